// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import io.lintel.itest.contract.CaseFile.Line;
import io.lintel.itest.contract.ContractCase.Answer;
import io.lintel.itest.contract.ContractCase.Ask;
import io.lintel.itest.contract.ContractCase.Begin;
import io.lintel.itest.contract.ContractCase.End;
import io.lintel.itest.contract.ContractCase.Raw;
import io.lintel.itest.contract.ContractCase.Receive;
import io.lintel.itest.contract.ContractCase.Reply;
import io.lintel.itest.contract.ContractCase.Silence;
import io.lintel.itest.contract.ContractCase.Step;
import io.lintel.itest.contract.Expected.Members;
import io.lintel.itest.contract.Expected.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the steps of a case: lines that begin with a word in capitals or an arrow, each with the block behind it. */
final class StepReader {
    private static final List<String> OPERATIONS = List.of("", "CREATE", "RETRIEVE", "UPDATE", "DELETE", "NOTIFY");
    private static final Pattern BEGIN = Pattern.compile(
            "(CREATE|RETRIEVE|UPDATE|DELETE|NOTIFY|RECEIVE|ANSWER|SILENCE|BEGIN|END|->|eventually ->)( .*|$)");
    private static final int SILENCE_MILLIS = 300;

    private final String file;
    private final List<Line> lines;
    private final Map<String, Members> definitions;
    private int at;

    StepReader(String file, List<Line> lines, Map<String, Members> definitions) {
        this.file = file;
        this.lines = lines.stream().filter(line -> !line.text().isBlank()).toList();
        this.definitions = definitions;
    }

    List<Step> read() {
        List<Step> steps = new ArrayList<>();
        while (at < lines.size()) {
            Line line = lines.get(at);
            try {
                steps.add(step(line));
            } catch (RuntimeException e) {
                throw new ContractFault(file + ":" + line.number() + ": " + e.getMessage(), e);
            }
        }
        if (steps.isEmpty()) {
            throw new IllegalArgumentException("a case without steps");
        }
        return steps;
    }

    private Step step(Line line) {
        String word = line.text().strip().split(" ")[0];
        String rest = line.rest(word);
        at++;
        int operation = OPERATIONS.indexOf(word);
        if (operation > 0) {
            return ask(line, operation, rest, true);
        }
        return switch (word) {
            case "RECEIVE" -> {
                String who = rest.split(" ")[0];
                yield new Receive(line.number(), who, parameters(rest.substring(who.length())), content(block()));
            }
            case "BEGIN" -> {
                String name = rest.split(" ")[0];
                String request = rest.substring(name.length()).strip();
                String operationName = request.split(" ")[0];
                yield new Begin(line.number(), name, ask(line, OPERATIONS.indexOf(operationName),
                        request.substring(operationName.length()).strip(), false));
            }
            case "END" -> new End(line.number(), rest.split(" ")[0], answer());
            case "ANSWER" -> new Reply(line.number(), rest.split(" ")[0], Integer.parseInt(rest.split(" ")[1]));
            case "SILENCE" -> new Silence(line.number(), rest.split(" ")[0], SILENCE_MILLIS);
            default -> throw new IllegalArgumentException("no step: " + line.text());
        };
    }

    private Ask ask(Line line, int operation, String rest, boolean answered) {
        String to = rest.substring(0, end(rest, 0));
        Map<String, Expected> parameters = parameters(rest.substring(to.length()));
        String block = block();
        Raw raw = raw(block);
        Expected content = raw == null ? content(block) : null;
        return new Ask(line.number(), operation, to, parameters, content, raw, answered ? answer() : null);
    }

    private Answer answer() {
        if (at >= lines.size() || !lines.get(at).text().contains("->")) {
            throw new IllegalArgumentException("a request without '->'");
        }
        String answer = lines.get(at++).text().strip();
        boolean eventually = answer.startsWith("eventually");
        answer = answer.replaceFirst("^(eventually )?->\\s*", "");
        String status = answer.split(" ")[0];
        answer = answer.substring(status.length()).strip();
        String says = null;
        Matcher sentence = Pattern.compile("says \"([^\"]*)\"").matcher(answer);
        if (sentence.find()) {
            says = sentence.group(1);
            answer = answer.replace(sentence.group(), "").strip();
        }
        boolean any = answer.endsWith("any");
        if (any) {
            answer = answer.substring(0, answer.length() - 3);
        }
        String expected = block();
        Raw rawAnswer = raw(expected);
        return new Answer(Integer.parseInt(status), parameters(answer), rawAnswer == null ? content(expected) : null, any, says,
                rawAnswer, eventually);
    }

    /** Where a word ends; blanks inside of {@code ${…}} belong to it. */
    private static int end(String text, int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) != ' ') {
            at = text.startsWith("${", at) ? text.indexOf('}', at) + 1 : at + 1;
        }
        return at;
    }

    /** The lines up to the next step. */
    private String block() {
        StringBuilder block = new StringBuilder();
        while (at < lines.size() && !BEGIN.matcher(lines.get(at).text().strip()).matches()) {
            block.append(block.isEmpty() ? "" : "\n").append(lines.get(at).text());
            at++;
        }
        return block.toString();
    }

    private Expected content(String block) {
        return block.isBlank() ? null : Notation.read(block, definitions);
    }

    private static Raw raw(String block) {
        String stripped = block.strip();
        if (stripped.equals("raw") || stripped.startsWith("raw\n") || stripped.startsWith("raw ")) {
            return new Raw(stripped.substring(3).strip(), false);
        }
        return stripped.startsWith("hex ") || stripped.startsWith("hex\n") ? new Raw(stripped.substring(3).strip(), true) : null;
    }

    private Map<String, Expected> parameters(String text) {
        Map<String, Expected> parameters = new LinkedHashMap<>();
        int from = 0;
        while (true) {
            while (from < text.length() && text.charAt(from) == ' ') {
                from++;
            }
            if (from >= text.length()) {
                return parameters;
            }
            int equals = text.indexOf('=', from);
            if (equals < 0) {
                throw new IllegalArgumentException("expected name=value: " + text.substring(from));
            }
            String name = text.substring(from, equals);
            from = equals + 1;
            if (from < text.length() && "{[\"".indexOf(text.charAt(from)) >= 0) {
                List<Expected> value = new ArrayList<>();
                from = Notation.end(text, from, definitions, value);
                parameters.put(name, value.get(0));
            } else {
                int end = end(text, from);
                parameters.put(name, new Text(text.substring(from, end)));
                from = end;
            }
        }
    }
}
