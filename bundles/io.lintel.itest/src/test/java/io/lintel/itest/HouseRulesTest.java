// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds every source and script of the project against the rules that a reader relies on and no compiler keeps. A fault
 * is told as {@code file:line: rule}. What the rules can see is shown first, on sources that break them.
 */
class HouseRulesTest {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final String LICENCE = "SPDX-License-Identifier: Apache-2.0";
    private static final int LINE_LENGTH = 130;
    private static final int CLASS_LENGTH = 400;
    /** Marks of unfinished work; written so that this file has none. */
    private static final Pattern UNFINISHED = Pattern.compile("\\b(?:TOD[O]|FIXM[E]|XX[X])\\b");
    private static final Pattern TOP_LEVEL_TYPE = Pattern.compile(
            "(?:(?:public|final|abstract|sealed|non-sealed|strictfp) )*(?:class|interface|@interface|enum|record) .*");

    @Test
    void sourcesKeepTheRules() throws IOException {
        List<String> faults = new ArrayList<>();
        int read = 0;
        for (Path bundle : children(ROOT.resolve("bundles"))) {
            for (Path source : files(bundle.resolve("src"))) {
                if (source.toString().endsWith(".java")) {
                    check(ROOT, source, faults);
                    read++;
                }
            }
        }
        assertThat(read).as("sources found below %s", ROOT).isGreaterThan(500);
        assertThat(faults).isEmpty();
    }

    @Test
    void scriptsNameTheirLicence() throws IOException {
        List<String> scripts = new ArrayList<>();
        List<String> faults = new ArrayList<>();
        for (Path folder : List.of(ROOT.resolve("run-configs"), ROOT.resolve(".ci"))) {
            for (Path file : files(folder)) {
                if (isScript(file) && !file.startsWith(ROOT.resolve("run-configs/target"))) {
                    scripts.add(ROOT.relativize(file).toString());
                    checkScript(ROOT, file, faults);
                }
            }
        }
        assertThat(scripts).contains(".ci/run", "run-configs/build", "run-configs/dist/bin/lintel");
        assertThat(faults).isEmpty();
    }

    @Test
    void everyFaultIsFoundWhereItIs(@TempDir Path project) throws IOException {
        Path main = Files.createDirectories(project.resolve("src/main/java")).resolve("Bad.java");
        Files.writeString(main, "package bad;\n\n/* not Javadoc */\n@Deprecated\nfinal class Bad {\n\tint tab;\n"
                + "    // " + "TO" + "DO later, " + "FIX" + "ME and " + "XX" + "X too\n" + "    // " + "é".repeat(124) + "\n"
                + "    //\n".repeat(392) + "}\n");
        List<String> faults = new ArrayList<>();
        check(project, main, faults);
        assertThat(faults).containsExactly(
                "src/main/java/Bad.java:1: the first line is not // " + LICENCE,
                "src/main/java/Bad.java:5: a top-level type without Javadoc",
                "src/main/java/Bad.java:6: a tab",
                "src/main/java/Bad.java:7: a mark of unfinished work",
                "src/main/java/Bad.java:8: 131 characters, at most 130 are allowed",
                "src/main/java/Bad.java:401: 401 lines, at most 400 are allowed");

        Path script = Files.writeString(project.resolve("script"), "#!/bin/bash\necho hello\n");
        List<String> scriptFaults = new ArrayList<>();
        assertThat(isScript(script)).isTrue();
        checkScript(project, script, scriptFaults);
        assertThat(scriptFaults).containsExactly("script:2: the second line is not # " + LICENCE);
    }

    @Test
    void whatIsAllowedIsNoFault(@TempDir Path project) throws IOException {
        String licence = "// " + LICENCE + "\npackage good;\n\n";
        Path main = Files.createDirectories(project.resolve("src/main/java"));
        Path test = Files.createDirectories(project.resolve("src/test/java"));
        List<Path> good = List.of(
                Files.writeString(main.resolve("Good.java"), licence + "/** Says why. */\n@Deprecated(\n        since = \"1\")\n"
                        + "public sealed interface Good {\n    // " + "é".repeat(123) + "\n" + "    //\n".repeat(391) + "}\n"),
                Files.writeString(main.resolve("package-info.java"), licence),
                Files.writeString(test.resolve("LongTest.java"), licence + "class LongTest {\n" + "\n".repeat(500) + "}\n"));
        List<String> faults = new ArrayList<>();
        for (Path source : good) {
            check(project, source, faults);
        }
        assertThat(Files.readAllLines(good.get(0))).hasSize(CLASS_LENGTH);
        assertThat(faults).isEmpty();
    }

    private static void check(Path root, Path source, List<String> faults) throws IOException {
        String name = root.relativize(source).toString().replace('\\', '/');
        boolean main = name.contains("src/main/");
        List<String> lines = Files.readAllLines(source);
        if (lines.isEmpty() || !lines.get(0).equals("// " + LICENCE)) {
            faults.add(name + ":1: the first line is not // " + LICENCE);
        }
        boolean documented = false;
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            String place = name + ":" + (i + 1) + ": ";
            int length = line.codePointCount(0, line.length());
            if (length > LINE_LENGTH) {
                faults.add(place + length + " characters, at most " + LINE_LENGTH + " are allowed");
            }
            if (line.indexOf('\t') >= 0) {
                faults.add(place + "a tab");
            }
            if (UNFINISHED.matcher(line).find()) {
                faults.add(place + "a mark of unfinished work");
            }
            documented |= line.startsWith("/**");
            if (TOP_LEVEL_TYPE.matcher(line).matches()) {
                if (main && !documented) {
                    faults.add(place + "a top-level type without Javadoc");
                }
                documented = false;
            }
        }
        if (main && lines.size() > CLASS_LENGTH) {
            faults.add(name + ":" + lines.size() + ": " + lines.size() + " lines, at most " + CLASS_LENGTH + " are allowed");
        }
    }

    /** A file is a script if the operating system would take it for one. */
    private static boolean isScript(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(2), StandardCharsets.ISO_8859_1).equals("#!");
        }
    }

    private static void checkScript(Path root, Path script, List<String> faults) throws IOException {
        List<String> lines = Files.readAllLines(script);
        if (lines.size() < 2 || !lines.get(1).equals("# " + LICENCE)) {
            faults.add(root.relativize(script) + ":2: the second line is not # " + LICENCE);
        }
    }

    private static List<Path> children(Path folder) throws IOException {
        try (Stream<Path> found = Files.list(folder)) {
            return found.sorted().toList();
        }
    }

    /** The regular files below a folder; none if it is not there. */
    private static List<Path> files(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> found = Files.walk(folder)) {
            return found.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
