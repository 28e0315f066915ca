// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

/** Topic names against one topic filter, without regular expressions (MQTT 3.1.1 section 4.7). Stateless. */
final class Topics {
    private Topics() {
    }

    static boolean hasWildcard(String filter) {
        return filter.indexOf('+') >= 0 || filter.indexOf('#') >= 0;
    }

    /** The part of a filter that every topic name matching it begins with. */
    static String literalPrefix(String filter) {
        int first = filter.length();
        for (int i = 0; i < filter.length(); i++) {
            char c = filter.charAt(i);
            if (c == '+' || c == '#') {
                first = i;
                break;
            }
        }
        // "a/#" matches "a" too, so the level separator in front of a final "#" is not part of what they share
        if (first > 0 && first < filter.length() && filter.charAt(first) == '#') {
            first--;
        }
        return filter.substring(0, first);
    }

    /** Whether the filter, a valid one, matches the topic name. */
    static boolean matches(String filter, String topic) {
        if (isReserved(topic) && (filter.charAt(0) == '+' || filter.charAt(0) == '#')) {
            return false;                                                                               // [MQTT-4.7.2-1]
        }
        int f = 0;
        int t = 0;
        while (true) {
            if (f < filter.length() && filter.charAt(f) == '#') {
                return true;
            }
            int filterEnd = endOfLevel(filter, f);
            int topicEnd = endOfLevel(topic, t);
            boolean plus = filterEnd == f + 1 && filter.charAt(f) == '+';
            if (!plus && !(filterEnd - f == topicEnd - t && filter.regionMatches(f, topic, t, topicEnd - t))) {
                return false;
            }
            if (topicEnd == topic.length()) {
                return filterEnd == filter.length() || filter.startsWith("/#", filterEnd) && filterEnd + 2 == filter.length();
            }
            if (filterEnd == filter.length()) {
                return false;
            }
            f = filterEnd + 1;
            t = topicEnd + 1;
        }
    }

    /** Topic names that wildcards at the beginning of a filter leave out. */
    static boolean isReserved(String topic) {
        return topic.charAt(0) == '$';
    }

    static int endOfLevel(String text, int from) {
        int slash = text.indexOf('/', from);
        return slash < 0 ? text.length() : slash;
    }
}
