// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter.internal;

/** Whether a topic matches a filter, by the rules of MQTT 3.1.1 clause 4.7. */
final class TopicFilters {
    private TopicFilters() {
    }

    static boolean matches(String filter, String topic) {
        if (topic.startsWith("$") && (filter.startsWith("+") || filter.startsWith("#"))) {
            return false;
        }
        String[] wanted = filter.split("/", -1);
        String[] levels = topic.split("/", -1);
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].equals("#")) {
                return true;
            }
            if (i >= levels.length || !wanted[i].equals("+") && !wanted[i].equals(levels[i])) {
                return i == levels.length && wanted[i].equals("#");
            }
        }
        return wanted.length == levels.length;
    }
}
