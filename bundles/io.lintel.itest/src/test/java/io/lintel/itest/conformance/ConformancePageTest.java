// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.itest.conformance.Entries.Entry;
import io.lintel.itest.conformance.TaggedTests.Tagged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds {@code docs/conformance.md} against the lists of requirements and the tags of the tests: no requirement without a
 * test, no tag that names none, nothing pointed to that is not there. With {@code -Dconformance.write=true} it writes the
 * tables anew.
 */
class ConformancePageTest {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path PAGE = ROOT.resolve("docs/conformance.md");
    private static final String MARK = "<!-- from here on: written by ConformancePageTest -->\n";

    @Test
    void everyRequirementIsThere() throws IOException {
        assertThat(Entries.read("mqtt-binding.txt")).extracting(Entry::id)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 67).mapToObj(i -> String.format("MQ-%02d", i)).toList());
    }

    @Test
    void everyTagNamesARequirementAndIsOnATest() throws IOException {
        Set<String> known = Entries.read("mqtt-binding.txt").stream().map(Entry::id).collect(Collectors.toSet());
        assertThat(requirementTags()).allSatisfy(tagged -> {
            assertThat(known).as(tagged.name()).contains(tagged.tag());
            assertThat(tagged.fault()).as(tagged.name()).isEmpty();
        });
    }

    @Test
    void everyRequirementIsShownByATest() throws IOException {
        Set<String> shown = requirementTags().stream().map(Tagged::tag).collect(Collectors.toSet());
        assertThat(Entries.read("mqtt-binding.txt")).extracting(Entry::id).filteredOn(id -> !shown.contains(id)).isEmpty();
    }

    @Test
    void whatTheSecondTablePointsToIsThere() throws IOException {
        Set<String> tests = TaggedTests.names(ROOT.resolve("bundles"));
        Set<String> requirements = Entries.read("mqtt-binding.txt").stream().map(Entry::id).collect(Collectors.toSet());
        List<String> faults = new ArrayList<>();
        for (Entry entry : Entries.read("onem2m.txt")) {
            for (String pointer : entry.value("shown").split(", ")) {
                if (!tests.contains(pointer) && !requirements.contains(pointer) && !isDocument(pointer)) {
                    faults.add(entry.id() + ": " + pointer);
                }
            }
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void thePageSaysWhatTheTestsShow() throws IOException {
        String page = Files.readString(PAGE);
        String head = page.substring(0, page.indexOf(MARK) + MARK.length());
        String tables = requirements() + onem2m();
        if (Boolean.getBoolean("conformance.write")) {
            Files.writeString(PAGE, head + tables);
        }
        assertThat(Files.readString(PAGE)).as("run this test with -Dconformance.write=true").isEqualTo(head + tables);
    }

    @Test
    void tagsAreFoundWhereTheyAre(@TempDir Path folder) throws IOException {
        Path source = Files.writeString(folder.resolve("ATest.java"), """
                @Tag("MQ-01")
                class ATest {
                    // @Tag("MQ-02")
                    String text = "@Tag(\\"MQ-03\\")";
                    @Tag("MQ-04") @ParameterizedTest @CsvSource(textBlock = "@Tag") void one(int a) { }
                    @Tags({@Tag("MQ-05"), @Tag(value = "MQ-06")})
                    @org.junit.jupiter.api.Test
                    void two() { }
                    @Tag("MQ-07") void none() { }
                    @Nested class Inner { @Tag("MQ-08") @Test @Disabled void three() { } }
                }
                """);
        assertThat(TaggedTests.in("b", List.of(source))).containsExactly(
                new Tagged("MQ-01", "b", "ATest", ""), new Tagged("MQ-04", "b", "ATest.one", ""),
                new Tagged("MQ-05", "b", "ATest.two", ""), new Tagged("MQ-06", "b", "ATest.two", ""),
                new Tagged("MQ-07", "b", "ATest.none", "no test"), new Tagged("MQ-08", "b", "ATest$Inner.three", "disabled"));
    }

    @Test
    void aListWithAFaultIsRefused() {
        assertThat(Entries.parse("[S]\n# c\nA-1\nk: one\n  two\n"))
                .containsExactly(new Entry("S", "A-1", Map.of("k", "one two")));
        assertThatThrownBy(() -> Entries.parse("A-1\nA-1\n")).hasMessage("there twice: A-1");
        assertThatThrownBy(() -> Entries.parse("k: one\n")).hasMessage("belongs nowhere: k: one");
    }

    private static List<Tagged> requirementTags() throws IOException {
        return TaggedTests.below(ROOT.resolve("bundles")).stream().filter(t -> t.tag().startsWith("MQ")).toList();
    }

    /** A page, with or without one of its headings, or a script with its arguments. */
    private static boolean isDocument(String pointer) throws IOException {
        String path = pointer.split("[ #]")[0];
        if (!path.contains("/") && !path.endsWith(".md") || !Files.isRegularFile(ROOT.resolve(path))) {
            return false;
        }
        return !pointer.contains("#") || Files.readAllLines(ROOT.resolve(path)).stream().filter(line -> line.startsWith("#"))
                .map(ConformancePageTest::anchor).anyMatch(pointer.substring(pointer.indexOf('#') + 1)::equals);
    }

    private static String anchor(String heading) {
        return heading.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 _-]", "").replace(' ', '-');
    }

    private static String requirements() throws IOException {
        Map<String, List<Tagged>> byTag = requirementTags().stream().collect(Collectors.groupingBy(Tagged::tag));
        StringBuilder text = new StringBuilder();
        String section = "";
        for (Entry entry : Entries.read("mqtt-binding.txt")) {
            if (!section.equals(entry.section())) {
                section = entry.section();
                text.append("\n## ").append(section).append("\n\n")
                        .append("| clause | | requirement | for | how it is read, what Lintel does | tests |\n")
                        .append("|---|---|---|---|---|---|\n");
            }
            text.append("| ").append(entry.value("clause")).append(" | ").append(entry.id()).append(" | ")
                    .append(cell(entry.value("says"))).append(" | ").append(entry.value("who")).append(" | ")
                    .append(cell(entry.optional("read").orElse(""))).append(" | ")
                    .append(tests(byTag.getOrDefault(entry.id(), List.of()))).append(" |\n");
        }
        return text.toString();
    }

    /** By bundle and class: {@code mqtt/TopicTest: one, two}; a class alone is all its tests. */
    static String tests(List<Tagged> tagged) {
        Map<String, Set<String>> byClass = new TreeMap<>();
        for (Tagged test : tagged) {
            String[] name = test.name().split("\\.");
            Set<String> methods = byClass.computeIfAbsent(test.bundle().replace("io.lintel.", "") + "/" + name[0],
                    type -> new TreeSet<>());
            if (name.length > 1) {
                methods.add(name[1]);
            }
        }
        return byClass.entrySet().stream().map(e -> "`" + e.getKey() + "`" + (e.getValue().isEmpty() ? "" : ": ")
                + String.join(", ", e.getValue())).collect(Collectors.joining("; "));
    }

    private static String onem2m() throws IOException {
        Map<String, StringBuilder> sections = new LinkedHashMap<>();
        for (Entry entry : Entries.read("onem2m.txt")) {
            StringBuilder text = sections.computeIfAbsent(entry.section(), section -> new StringBuilder("\n## ").append(section)
                    .append("\n\n| | says | Lintel | | shown by |\n|---|---|---|---|---|\n"));
            text.append("| ").append(entry.id()).append(" | ").append(cell(entry.value("says"))).append(" | ")
                    .append(cell(entry.value("lintel"))).append(" | ").append(entry.value("met")).append(" | ")
                    .append(List.of(entry.value("shown").split(", ")).stream().map(ConformancePageTest::link)
                            .collect(Collectors.joining(", "))).append(" |\n");
        }
        return String.join("", sections.values());
    }

    private static String link(String pointer) {
        if (pointer.startsWith("docs/")) {
            return "[" + pointer.substring(5).replaceFirst("#.*", "") + "](" + pointer.substring(5) + ")";
        }
        return pointer.startsWith("MQ-") ? pointer : "`" + pointer + "`";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
