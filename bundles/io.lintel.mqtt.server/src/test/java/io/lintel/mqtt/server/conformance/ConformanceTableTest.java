// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/**
 * Holds the table in {@code docs/mqtt-server-conformance.md} against the tests it is made of. With
 * {@code -Dconformance.write=true} it writes the table anew.
 */
class ConformanceTableTest {
    private static final Path PAGE = Path.of("../../docs/mqtt-server-conformance.md");
    private static final Path SOURCES = Path.of("src/test/java/io/lintel/mqtt/server/conformance");
    private static final String MARK = "<!-- from here on: written by ConformanceTableTest -->\n";

    private static final Map<String, List<Class<? extends ConformanceSuite>>> SECTIONS = sections();

    private static Map<String, List<Class<? extends ConformanceSuite>>> sections() {
        Map<String, List<Class<? extends ConformanceSuite>>> sections = new LinkedHashMap<>();
        sections.put("Packet parsing", List.of(PacketParsingSuite.class, StringsSuite.class));
        sections.put("CONNECT and CONNACK", List.of(ConnectSuite.class));
        sections.put("Sessions", List.of(SessionSuite.class, PrincipalSuite.class));
        sections.put("Keep alive, will, DISCONNECT", List.of(KeepAliveAndWillSuite.class));
        sections.put("PUBLISH and QoS, client to server", List.of(QosInboundSuite.class));
        sections.put("PUBLISH and QoS, server to client", List.of(QosOutboundSuite.class, IdentifiersSuite.class));
        sections.put("Retained messages", List.of(RetainedSuite.class));
        sections.put("SUBSCRIBE and UNSUBSCRIBE", List.of(SubscribeSuite.class));
        sections.put("Topics and matching", List.of(TopicMatchingSuite.class, SysTopicsSuite.class));
        sections.put("Transport: WebSocket", List.of(WebSocketSuite.class));
        return sections;
    }

    @Test
    void theTableSaysWhatTheTestsShow() throws IOException {
        String page = Files.readString(PAGE);
        String head = page.substring(0, page.indexOf(MARK) + MARK.length());
        if (Boolean.getBoolean("conformance.write")) {
            Files.writeString(PAGE, head + table());
        }
        assertThat(Files.readString(PAGE)).as("run this test with -Dconformance.write=true").isEqualTo(head + table());
    }

    @Test
    void everySuiteRunsAgainstBothServersAndIsInTheTable() {
        List<String> suites = SECTIONS.values().stream().flatMap(List::stream).map(Class::getSimpleName).toList();
        for (Class<?> test : List.of(LintelConformanceTest.class, MosquittoConformanceTest.class)) {
            assertThat(Stream.of(test.getDeclaredClasses()).map(run -> run.getSuperclass().getSimpleName()).toList())
                    .containsExactlyInAnyOrderElementsOf(suites);
        }
    }

    private static String table() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, List<Class<? extends ConformanceSuite>>> section : SECTIONS.entrySet()) {
            text.append("\n## ").append(section.getKey()).append("\n\n");
            text.append("| rule | statement | test | Lintel | Mosquitto 2.0.11 |\n|---|---|---|---|---|\n");
            for (Class<?> suite : section.getValue()) {
                for (Method test : tests(suite)) {
                    Checks checks = test.getAnnotation(Checks.class);
                    assertThat(checks).as("what " + test + " checks").isNotNull();
                    text.append("| ").append(cell(checks.value())).append(" | ").append(String.join(", ", checks.statements()))
                            .append(" | `").append(suite.getSimpleName()).append('.').append(test.getName()).append("` | ")
                            .append(checks.lintel().isEmpty() ? "yes" : cell(checks.lintel())).append(" | ")
                            .append(checks.mosquitto().isEmpty() ? "same" : cell(checks.mosquitto())).append(" |\n");
                }
            }
        }
        return text.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }

    /** In the order of the source, which reflection does not know. */
    private static List<Method> tests(Class<?> suite) throws IOException {
        String source = Files.readString(SOURCES.resolve(suite.getSimpleName() + ".java"));
        return Arrays.stream(suite.getDeclaredMethods())
                .filter(m -> m.isAnnotationPresent(Test.class) || m.isAnnotationPresent(ParameterizedTest.class))
                .sorted(Comparator.comparingInt(m -> source.indexOf("void " + m.getName() + "("))).toList();
    }
}
