// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the rounds gave, by subject; one value per subject and round. */
final class Samples {
    private final Map<String, List<Double>> values = new LinkedHashMap<>();

    void add(String subject, double value) {
        values.computeIfAbsent(subject, key -> new ArrayList<>()).add(value);
    }

    double median(String subject) {
        return median(of(subject));
    }

    boolean has(String subject) {
        return values.containsKey(subject);
    }

    double sum(String subject) {
        return of(subject).stream().mapToDouble(Double::doubleValue).sum();
    }

    /** Drops every subject that begins so. */
    void forget(String start) {
        values.keySet().removeIf(subject -> subject.startsWith(start));
    }

    private List<Double> of(String subject) {
        List<Double> found = values.get(subject);
        if (found == null) {
            throw new IllegalStateException("nothing was measured for " + subject);
        }
        return found;
    }

    /** The two subjects of each round held against each other. */
    Figure compare(String what, String unit, String product, String limit, Budget budget) {
        List<Double> products = of(product);
        List<Double> limits = of(limit);
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < Math.min(products.size(), limits.size()); round++) {
            ratios.add(products.get(round) / limits.get(round));
        }
        return new Figure(what, unit, median(products), median(limits), median(ratios), budget);
    }

    static double median(List<Double> list) {
        List<Double> sorted = new ArrayList<>(list);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
