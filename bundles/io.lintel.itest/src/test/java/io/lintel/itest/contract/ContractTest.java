// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.itest.contract.Report.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/**
 * The contract of the CSE: every case of {@code src/test/resources/contract} over every binding in every serialisation,
 * many at a time and in no particular order, on running nodes. {@code -Dcontract=TEXT} runs the cases whose place or name
 * has the text, {@code -Dcontract.binding} and {@code -Dcontract.format} limit the ways.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContractTest {
    /** What there is at least; raised as it grows. */
    private static final int AT_LEAST = 2020;
    private static final int AT_A_TIME = 32;
    private static final long SEED = 20221122;
    private static final Path CASES = Path.of("src/test/resources/contract");
    private static final Path REPORT = Path.of("target/contract-report.txt");

    private final String wanted = System.getProperty("contract", "");
    private final String wantedBinding = System.getProperty("contract.binding", "");
    private final String wantedFormat = System.getProperty("contract.format", "");
    private final Map<String, ContractNode> nodes = new LinkedHashMap<>();
    private final Report report = new Report();
    private List<ContractCase> all;
    private List<ContractCase> chosen;

    @BeforeAll
    @Timeout(value = 40, unit = TimeUnit.MINUTES)
    void runAll() throws Exception {
        all = CaseFile.readAll(CASES);
        chosen = all.stream().filter(one -> (one.place() + " " + one.name()).contains(wanted)).toList();
        for (String role : List.of("mn", "in")) {
            if (chosen.stream().anyMatch(one -> one.node().equals(role))) {
                nodes.put(role, ContractNode.start(role));
            }
        }
        List<Runnable> runs = new ArrayList<>();
        for (ContractCase one : chosen) {
            for (Door door : nodes.get(one.node()).doors()) {
                for (Format format : Format.ALL) {
                    if (door.name().contains(wantedBinding) && format.name().contains(wantedFormat)) {
                        runs.add(() -> run(one, door, format));
                    }
                }
            }
        }
        Collections.shuffle(runs, new Random(SEED));
        long start = System.nanoTime();
        ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
        runs.forEach(threads::execute);
        threads.shutdown();
        assertThat(threads.awaitTermination(30, TimeUnit.MINUTES)).as("all runs came to an end").isTrue();
        String text = report.text(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
        Files.createDirectories(REPORT.getParent());
        Files.writeString(REPORT, text + "\n" + report.failures() + "\n" + report.slowest());
        System.out.println(text);
    }

    private void run(ContractCase one, Door door, Format format) {
        long start = System.nanoTime();
        String fault = null;
        if (!one.runsOver(door.name(), format.name())) {
            fault = "";
        } else {
            try {
                new Scenario(one, nodes.get(one.node()), door, format).run();
            } catch (ContractFault e) {
                fault = e.getMessage();
            } catch (Exception | LinkageError e) {
                fault = e.toString();
            }
        }
        report.add(new Outcome(one, door.name(), format.name(), fault,
                TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)));
    }

    @AfterAll
    void end() throws Exception {
        for (ContractNode node : nodes.values()) {
            node.close();
        }
    }

    @TestFactory
    Stream<DynamicNode> contract() {
        Map<String, List<DynamicNode>> byTopic = new LinkedHashMap<>();
        chosen.forEach(one -> byTopic.computeIfAbsent(one.topic(), topic -> new ArrayList<>())
                .add(DynamicTest.dynamicTest(one.name(), () -> passed(one))));
        return byTopic.entrySet().stream().map(entry -> DynamicContainer.dynamicContainer(entry.getKey(), entry.getValue()));
    }

    private void passed(ContractCase one) {
        List<String> faults = report.of(one).stream().filter(Outcome::failed)
                .map(outcome -> one.place() + " over " + outcome.binding() + ", " + outcome.format() + ": " + outcome.fault())
                .toList();
        assertThat(faults).isEmpty();
    }

    /** Nothing is left out unseen: every case of the files went every way, and there are as many as there were. */
    @Test
    void allCasesRan() {
        assertThat(chosen.size()).as("cases chosen").isPositive();
        boolean limited = !wantedBinding.isEmpty() || !wantedFormat.isEmpty();
        if (!limited) {
            assertThat(wanted.isEmpty() ? all.size() : AT_LEAST).as("cases in the files").isGreaterThanOrEqualTo(AT_LEAST);
            List<String> missing = new ArrayList<>();
            for (ContractCase one : chosen) {
                List<Outcome> outcomes = report.of(one);
                if (outcomes.size() != nodes.get(one.node()).doors().size() * Format.ALL.size()
                        || outcomes.stream().noneMatch(Outcome::applicable)) {
                    missing.add(one.place() + " " + one.name());
                }
            }
            assertThat(missing).as("cases that did not run").isEmpty();
        }
    }
}
