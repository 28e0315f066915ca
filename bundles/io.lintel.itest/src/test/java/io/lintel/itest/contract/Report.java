// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The table of a run: for each resource type or procedure its cases, runs, and how they went. */
final class Report {
    private static final int SLOWEST = 20;

    private final List<Outcome> outcomes = new ArrayList<>();

    /**
     * How one run of a case went.
     *
     * @param fault null if it passed; empty if the binding or serialisation can't express the case
     */
    record Outcome(ContractCase contractCase, String binding, String format, String fault, long millis) {
        boolean applicable() {
            return fault == null || !fault.isEmpty();
        }

        boolean failed() {
            return fault != null && !fault.isEmpty();
        }
    }

    synchronized void add(Outcome outcome) {
        outcomes.add(outcome);
    }

    synchronized List<Outcome> of(ContractCase contractCase) {
        return outcomes.stream().filter(outcome -> outcome.contractCase() == contractCase).toList();
    }

    synchronized long runs() {
        return outcomes.stream().filter(Outcome::applicable).count();
    }

    synchronized String text(long seconds) {
        Map<String, List<Outcome>> byTopic = new TreeMap<>();
        outcomes.forEach(outcome -> byTopic.computeIfAbsent(outcome.contractCase().topic(), topic -> new ArrayList<>())
                .add(outcome));
        StringBuilder text = new StringBuilder(String.format("%-44s %6s %6s %6s %6s %6s%n", "Contract: type or procedure",
                "cases", "runs", "passed", "failed", "n/a"));
        byTopic.forEach((topic, of) -> text.append(line(topic, of)));
        text.append(line("all", outcomes));
        Map<String, List<Outcome>> byWay = new TreeMap<>();
        outcomes.forEach(outcome -> byWay.computeIfAbsent("over " + outcome.binding() + ", " + outcome.format(),
                way -> new ArrayList<>()).add(outcome));
        byWay.forEach((way, of) -> text.append(line(way, of)));
        return text.append(seconds).append(" s\n").toString();
    }

    private static String line(String name, List<Outcome> of) {
        return String.format("%-44s %6d %6d %6d %6d %6d%n", name, of.stream().map(Outcome::contractCase).distinct().count(),
                of.stream().filter(Outcome::applicable).count(), of.stream().filter(outcome -> outcome.fault() == null).count(),
                of.stream().filter(Outcome::failed).count(),
                of.stream().filter(outcome -> !outcome.applicable()).count());
    }

    /** The runs that took longest: what is to be looked at when the suite becomes slow. */
    synchronized String slowest() {
        StringBuilder text = new StringBuilder("Slowest runs\n");
        outcomes.stream().sorted(Comparator.comparingLong(Outcome::millis).reversed()).limit(SLOWEST).forEach(outcome -> text
                .append(String.format("%6d ms %s %s, %s%n", outcome.millis(), outcome.contractCase().place(), outcome.binding(),
                        outcome.format())));
        return text.toString();
    }

    synchronized String failures() {
        StringBuilder text = new StringBuilder();
        outcomes.stream().filter(Outcome::failed).forEach(outcome -> text
                .append(outcome.contractCase().place()).append(" '").append(outcome.contractCase().name()).append("' over ")
                .append(outcome.binding()).append(", ").append(outcome.format()).append(": ").append(outcome.fault())
                .append('\n'));
        return text.toString();
    }
}
