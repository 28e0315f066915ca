// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.util.Locale;
import java.util.Map;

/**
 * How fast a counter grows, per minute, as averages over about 1, 5 and 15 minutes in which older times count less and
 * less: each new sample moves an average by the share e^(-seconds / window) of its distance. Belongs to {@link SysTopics}.
 */
final class SysLoad {
    private static final int[] WINDOW_MINUTES = {1, 5, 15};
    private static final double SECONDS_A_MINUTE = 60;

    private final String name;
    private final double[] averages = new double[WINDOW_MINUTES.length];
    private long last;

    SysLoad(String name) {
        this.name = name;
    }

    /** @param seconds since the sample before; 0 for the first */
    void sample(long value, double seconds) {
        if (seconds > 0) {
            double perMinute = (value - last) * SECONDS_A_MINUTE / seconds;
            for (int i = 0; i < averages.length; i++) {
                double kept = Math.exp(-seconds / (SECONDS_A_MINUTE * WINDOW_MINUTES[i]));
                averages[i] = perMinute + kept * (averages[i] - perMinute);
            }
        }
        last = value;
    }

    void addTo(Map<String, Object> all) {
        for (int i = 0; i < averages.length; i++) {
            all.put("load/" + name + "/" + WINDOW_MINUTES[i] + "min", String.format(Locale.ROOT, "%.2f", averages[i]));
        }
    }
}
