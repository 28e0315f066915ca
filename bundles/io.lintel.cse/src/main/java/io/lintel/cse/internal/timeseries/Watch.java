// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.timeseries;

import io.lintel.primitive.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How far the detection of missing data has come with one {@code <timeSeries>}: the first point's time, the next point
 * that is neither there nor missing, and which later ones are there already, as ranges. This is the record that survives a
 * restart. Used on the writer's thread, inside one task.
 */
final class Watch {
    /** Points that come more than so many gaps ahead of the one waited for are not remembered. */
    private static final int MOST_RANGES = 1000;

    private final long first;
    private long next;
    private final TreeMap<Long, Long> there = new TreeMap<>();

    Watch(long first) {
        this.first = first;
        this.next = 1;
    }

    private Watch(Attributes record) {
        this.first = record.number("first").orElseThrow();
        this.next = record.number("next").orElseThrow();
        List<Long> ends = record.numbers("there");
        for (int i = 0; i + 1 < ends.size(); i += 2) {
            there.put(ends.get(i), ends.get(i + 1));
        }
    }

    static Watch of(Attributes record) {
        return new Watch(record);
    }

    Attributes record() {
        Attributes.Builder record = Attributes.builder().set("first", first).set("next", next);
        if (!there.isEmpty()) {
            List<Long> ends = new ArrayList<>(there.size() * 2);
            there.forEach((from, to) -> {
                ends.add(from);
                ends.add(to);
            });
            record.set("there", ends);
        }
        return record.build();
    }

    long first() {
        return first;
    }

    /** The point that is waited for. */
    long next() {
        return next;
    }

    /** A point is there; one that has been judged already changes nothing. */
    void arrived(long point) {
        if (point < next) {
            return;
        }
        Map.Entry<Long, Long> before = there.floorEntry(point);
        if (before != null && before.getValue() >= point) {
            return;
        }
        long from = before != null && before.getValue() == point - 1 ? before.getKey() : point;
        Long joined = there.get(point + 1);
        long to = joined != null ? joined : point;
        if (joined != null) {
            there.remove(point + 1);
        } else if (from == point && there.size() >= MOST_RANGES) {
            return;
        }
        there.put(from, to);
        goOn();
    }

    /** All points up to one have their time behind them; gives those that are missing, the newest of them at most. */
    List<Long> judge(long last, int most) {
        List<Long> missing = new ArrayList<>();
        long start = Math.max(next, last - most + 1);
        for (long point = start; point <= last; point++) {
            Map.Entry<Long, Long> range = there.floorEntry(point);
            if (range == null || range.getValue() < point) {
                missing.add(point);
            }
        }
        next = Math.max(next, last + 1);
        goOn();
        return missing;
    }

    /** Past the points that are there. */
    private void goOn() {
        while (!there.isEmpty() && there.firstKey() <= next) {
            next = Math.max(next, there.pollFirstEntry().getValue() + 1);
        }
    }
}
