// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.itest.conformance.TaggedTests.Tagged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The table of the WebSocket page, rule by rule, against the tags of the tests; its last column is written here. */
class WebSocketPageTest {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path PAGE = ROOT.resolve("docs/websocket.md");
    private static final String ROW = "\\| WS-\\d\\d \\|.*";

    @Test
    void everyRuleIsShownByTests() throws IOException {
        Map<String, List<Tagged>> byRule = TaggedTests.below(ROOT.resolve("bundles")).stream()
                .filter(tagged -> tagged.tag().startsWith("WS-")).collect(Collectors.groupingBy(Tagged::tag));
        assertThat(byRule.values()).allSatisfy(tests -> assertThat(tests).allSatisfy(test -> assertThat(test.fault()).isEmpty()));
        List<String> rules = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(PAGE)) {
            if (line.matches(ROW)) {
                String rule = line.substring(2, 7);
                rules.add(rule);
                assertThat(byRule).as(line).containsKey(rule);
                lines.add(line.substring(0, line.lastIndexOf('|', line.length() - 2)) + "| "
                        + ConformancePageTest.tests(byRule.get(rule)) + " |");
            } else {
                lines.add(line);
            }
        }
        assertThat(rules)
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 12).mapToObj(i -> String.format("WS-%02d", i)).toList());
        assertThat(rules).containsAll(byRule.keySet());
        String page = String.join("\n", lines) + "\n";
        if (Boolean.getBoolean("conformance.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).as("run this test with -Dconformance.write=true").isEqualTo(page);
    }
}
