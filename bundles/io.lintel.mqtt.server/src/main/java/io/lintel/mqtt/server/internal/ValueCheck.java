// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Holds configured values against their ranges and gathers what is wrong, one sentence a key, so that an operator is
 * told of all mistakes at once. Used while the server is made.
 */
final class ValueCheck {
    private final List<String> problems = new ArrayList<>();

    int in(String key, IntSupplier value, int least, int most) {
        return (int) inLong(key, () -> value.getAsInt(), least, most);
    }

    /** @param value fails if what is configured is no number, as the component runtime arranges */
    long inLong(String key, LongSupplier value, long least, long most) {
        long number;
        try {
            number = value.getAsLong();
        } catch (RuntimeException e) {
            problems.add("mqttserver." + key + " is no number; it may be " + range(least, most));
            return least;
        }
        if (number < least || number > most) {
            problems.add("mqttserver." + key + " is " + number + "; it may be " + range(least, most));
        }
        return number;
    }

    private static String range(long least, long most) {
        return most >= Integer.MAX_VALUE ? least + " or more" : "from " + least + " to " + most;
    }

    List<String> problems() {
        return List.copyOf(problems);
    }
}
