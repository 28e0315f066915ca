// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;

/** Counted on the event loop alone, which makes plain ordered stores enough; read from any thread. */
final class Counters {
    private final AtomicLongArray values = new AtomicLongArray(Counter.values().length);

    void add(Counter counter, long amount) {
        values.lazySet(counter.ordinal(), values.get(counter.ordinal()) + amount);
    }

    long get(Counter counter) {
        return values.get(counter.ordinal());
    }

    Map<String, Long> all() {
        Map<String, Long> all = new TreeMap<>();
        for (Counter counter : Counter.values()) {
            all.put(counter.key(), get(counter));
        }
        return all;
    }
}
