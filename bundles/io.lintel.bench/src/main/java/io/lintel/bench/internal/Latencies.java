// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.util.Arrays;

/** How long each message took, in nanoseconds; kept as they come, sorted when asked. */
final class Latencies {
    private static final int FIRST_SIZE = 1 << 16;

    private long[] nanos = new long[FIRST_SIZE];
    private int count;

    void add(long value) {
        if (count == nanos.length) {
            nanos = Arrays.copyOf(nanos, 2 * count);
        }
        nanos[count++] = value;
    }

    int count() {
        return count;
    }

    /** The value that so many percent of the messages did not exceed, in milliseconds. */
    double percentile(double percent) {
        if (count == 0) {
            throw new IllegalStateException("nothing was measured");
        }
        Arrays.sort(nanos, 0, count);
        return nanos[Math.max(0, (int) Math.ceil(count * percent / 100) - 1)] / 1e6;
    }

    void clear() {
        count = 0;
    }
}
