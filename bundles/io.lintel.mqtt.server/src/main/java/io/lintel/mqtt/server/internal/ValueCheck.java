// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * Holds configured values against their ranges and gathers what is wrong, one sentence a key, so that an operator is
 * told of all mistakes at once. Used while the server is made.
 */
final class ValueCheck {
    private final List<String> problems = new ArrayList<>();

    int in(String key, int value, int least, int most) {
        return (int) in(key, (long) value, least, most);
    }

    long in(String key, long value, long least, long most) {
        if (value < least || value > most) {
            problems.add("mqttserver." + key + " is " + value + "; it may be "
                    + (most >= Integer.MAX_VALUE ? least + " or more" : "from " + least + " to " + most));
        }
        return value;
    }

    List<String> problems() {
        return List.copyOf(problems);
    }
}
