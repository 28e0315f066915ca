// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import io.lintel.itest.contract.ContractCase.Participant;
import io.lintel.itest.contract.ContractCase.Step;
import io.lintel.itest.contract.Expected.Members;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Reads the case files; the format is described in their {@code README.md}. What is wrong is told with file and line. */
final class CaseFile {
    private static final String DEFINITIONS = "definitions.case";
    private static final Set<String> BINDINGS = Set.of("mqtt", "http", "coap", "ws");
    private static final Set<String> FORMATS = Set.of("json", "xml", "cbor");
    private static final Set<String> NODES = Set.of("mn", "in");

    private final Path file;
    private final String topic;
    private final Map<String, Members> definitions;
    private final List<ContractCase> cases = new ArrayList<>();

    private CaseFile(Path file, String topic, Map<String, Members> definitions) {
        this.file = file;
        this.topic = topic;
        this.definitions = new HashMap<>(definitions);
    }

    /** A line with its number. */
    record Line(int number, String text) {
        boolean starts(String word) {
            return text.strip().equals(word) || text.strip().startsWith(word + " ");
        }

        String rest(String word) {
            return text.strip().substring(word.length()).strip();
        }
    }

    /** All cases below a folder. */
    static List<ContractCase> readAll(Path folder) throws IOException {
        CaseFile common = new CaseFile(folder.resolve(DEFINITIONS), "", Map.of());
        common.read();
        List<ContractCase> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path path : files.filter(one -> one.toString().endsWith(".case")).sorted().toList()) {
                if (!path.getFileName().toString().equals(DEFINITIONS)) {
                    String topic = folder.relativize(path).toString().replace('\\', '/').replaceFirst("\\.case$", "");
                    CaseFile file = new CaseFile(path, topic, common.definitions);
                    file.read();
                    all.addAll(file.cases);
                }
            }
        }
        return all;
    }

    private void read() throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<Line> block = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Line line = new Line(i + 1, lines.get(i));
            if (line.starts("case") && !lines.get(i).startsWith(" ") || line.starts("define") && !lines.get(i).startsWith(" ")) {
                finish(block);
                block.clear();
            }
            if (!lines.get(i).strip().startsWith("#")) {
                block.add(line);
            }
        }
        finish(block);
        Set<String> names = new HashSet<>();
        for (ContractCase one : cases) {
            if (!names.add(one.name())) {
                throw new ContractFault(file + ":" + one.line() + ": a second case '" + one.name() + "'");
            }
        }
    }

    private void finish(List<Line> block) {
        if (block.stream().allMatch(line -> line.text().isBlank())) {
            return;
        }
        Line first = block.get(0);
        try {
            if (first.starts("define")) {
                StringBuilder text = new StringBuilder();
                block.subList(1, block.size()).forEach(line -> text.append(line.text()).append('\n'));
                definitions.put(first.rest("define"), (Members) Notation.read(text.toString(), definitions));
            } else if (first.starts("case")) {
                rows(block);
            } else {
                throw new IllegalArgumentException("expected 'case' or 'define'");
            }
        } catch (ContractFault e) {
            throw e;
        } catch (RuntimeException e) {
            throw new ContractFault(file + ":" + first.number() + ": " + e.getMessage(), e);
        }
    }

    /** Makes a case of a block, or one of each row. */
    private void rows(List<Line> block) {
        List<List<String>> table = new ArrayList<>();
        List<Line> body = new ArrayList<>();
        for (Line line : block) {
            String text = line.text().strip();
            if (text.startsWith("|")) {
                table.add(Stream.of(text.substring(1, text.length() - 1).split("\\|", -1)).map(String::strip).toList());
            } else {
                body.add(line);
            }
        }
        if (table.isEmpty()) {
            cases.add(one(body));
            return;
        }
        List<String> columns = table.get(0);
        Set<String> rowNames = new HashSet<>();
        for (List<String> row : table.subList(1, table.size())) {
            if (row.size() != columns.size()) {
                throw new IllegalArgumentException(row.size() + " cells instead of " + columns.size() + ": " + row);
            }
            List<Line> filled = new ArrayList<>();
            for (Line line : body) {
                String text = line.text();
                for (int i = 0; i < columns.size(); i++) {
                    text = text.replace("<" + columns.get(i) + ">", row.get(i));
                }
                filled.add(new Line(line.number(), text));
            }
            if (filled.get(0).text().equals(body.get(0).text())) {
                filled.set(0, new Line(body.get(0).number(), body.get(0).text() + ": " + row.get(0)));
            }
            String name = filled.get(0).text();
            if (!rowNames.add(name)) {
                filled.set(0, new Line(body.get(0).number(), name + " (row " + table.indexOf(row) + ")"));
            }
            cases.add(one(filled));
        }
    }

    private ContractCase one(List<Line> lines) {
        String clause = "";
        Set<String> bindings = Set.of();
        Set<String> formats = Set.of();
        String node = "mn";
        boolean registered = true;
        List<Participant> participants = new ArrayList<>();
        int at = 1;
        for (; at < lines.size(); at++) {
            Line line = lines.get(at);
            if (line.starts("clause")) {
                clause = line.rest("clause");
            } else if (line.starts("only")) {
                bindings = words(line.rest("only"), BINDINGS);
            } else if (line.starts("in")) {
                formats = words(line.rest("in"), FORMATS);
            } else if (line.starts("node")) {
                node = words(line.rest("node"), NODES).iterator().next();
            } else if (line.starts("no ae")) {
                registered = false;
            } else if (line.starts("ae") || line.starts("target")) {
                boolean target = line.starts("target");
                String[] words = line.rest(target ? "target" : "ae").split(" ", 2);
                participants.add(new Participant(words[0], words.length == 1 ? new Members(new LinkedHashMap<>(), false)
                        : (Members) Notation.read(words[1], definitions), target));
            } else if (line.starts("sink")) {
                participants.add(new Participant(line.rest("sink"), null, false));
            } else if (!line.text().isBlank()) {
                break;
            }
        }
        if (clause.isEmpty()) {
            throw new IllegalArgumentException("a case names its clause");
        }
        List<Step> steps = new StepReader(file.toString(), lines.subList(at, lines.size()), definitions).read();
        return new ContractCase(topic, lines.get(0).number(), lines.get(0).rest("case"), clause, bindings, formats, node,
                registered, participants, steps);
    }

    private static Set<String> words(String text, Set<String> known) {
        Set<String> words = Set.of(text.split("[ ,]+"));
        if (!known.containsAll(words)) {
            throw new IllegalArgumentException("'" + text + "' is not of " + known);
        }
        return words;
    }
}
