// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

/**
 * A topic filter of MQTT 3.1.1 4.7, taken apart once and asked often. Pure; allocates nothing when asked.
 */
final class TopicFilter {
    private static final String ONE = "+";
    private static final String REST = "#";

    private final String text;
    private final String[] levels;

    private TopicFilter(String text) {
        this.text = text;
        this.levels = text.split("/", -1);
    }

    /** @throws IllegalArgumentException with a sentence, if the text is no topic filter */
    static TopicFilter of(String text) {
        TopicFilter filter = new TopicFilter(text);
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a topic filter is not empty");
        }
        for (int i = 0; i < filter.levels.length; i++) {
            String level = filter.levels[i];
            boolean wildcard = level.indexOf('+') >= 0 || level.indexOf('#') >= 0;
            if (wildcard && level.length() > 1) {
                throw new IllegalArgumentException("+ and # stand for whole levels only: " + text);
            }
            if (level.equals(REST) && i < filter.levels.length - 1) {
                throw new IllegalArgumentException("# is the last level only: " + text);
            }
        }
        return filter;
    }

    int size() {
        return levels.length;
    }

    String level(int index) {
        return levels[index];
    }

    static boolean isOne(String level) {
        return level.equals(ONE);
    }

    static boolean isRest(String level) {
        return level.equals(REST);
    }

    /** Whether a message on this topic goes to a subscription with this filter. */
    boolean matches(String topic) {
        int at = 0;
        for (int i = 0; i < levels.length; i++) {
            String level = levels[i];
            if (i == 0 && topic.startsWith("$") && (isOne(level) || isRest(level))) {
                return false;                                                                           // [MQTT-4.7.2-1]
            }
            if (isRest(level)) {
                return true;
            }
            if (at > topic.length()) {
                return false;
            }
            int end = topic.indexOf('/', at);
            if (end < 0) {
                end = topic.length();
            }
            if (!isOne(level) && (end - at != level.length() || !topic.startsWith(level, at))) {
                return false;
            }
            at = end + 1;
        }
        return at > topic.length();
    }

    /** Whether there is a topic that both match. */
    boolean overlaps(TopicFilter other) {
        String mine = levels[0];
        String its = other.levels[0];
        boolean systemOnly = mine.startsWith("$") != its.startsWith("$");
        if (systemOnly) {
            return false;
        }
        for (int i = 0; ; i++) {
            boolean mineEnds = i == levels.length;
            boolean itsEnds = i == other.levels.length;
            if (mineEnds || itsEnds) {
                return mineEnds && itsEnds || !mineEnds && isRest(levels[i]) || !itsEnds && isRest(other.levels[i]);
            }
            if (isRest(levels[i]) || isRest(other.levels[i])) {
                return true;
            }
            if (!isOne(levels[i]) && !isOne(other.levels[i]) && !levels[i].equals(other.levels[i])) {
                return false;
            }
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
