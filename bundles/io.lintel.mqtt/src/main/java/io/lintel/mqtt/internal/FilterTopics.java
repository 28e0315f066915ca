// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which topics of TS-0010 a filter can match, for filters of any width: whether it is to be granted and narrowed at
 * delivery, or contradicts the rights in a literal level (TS-0010 7.4). Pure.
 */
final class FilterTopics {
    private static final String ROOT = "oneM2M";

    private FilterTopics() {
    }

    /**
     * Whether the filter matches a topic that the right is for. The right is asked for topics whose levels may be
     * {@link TopicRights#ANY}. Below a prefix the filter has to name the level {@code oneM2M}: {@code home/#} means
     * other topics than those of an entity with a pointOfAccess {@code mqtt://host/home}.
     */
    static boolean matchSome(TopicFilter filter, Predicate<Topic> right) {
        boolean plainPrefix = true;
        for (int root = 1; root <= filter.size(); root++) {
            String before = level(filter, root - 1);
            plainPrefix &= before.isEmpty() || before.equals(TopicRights.ANY);
            String here = level(filter, root);
            boolean possible = here != null && (here.equals(ROOT) || here.equals(TopicRights.ANY) && plainPrefix);
            if (possible && matchSome(filter, root, right)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matchSome(TopicFilter filter, int root, Predicate<Topic> right) {
        String kind = level(filter, root + 1);
        String originator = level(filter, root + 2);
        String receiver = level(filter, root + 3);
        if (kind == null || originator == null || receiver == null) {
            return false;
        }
        for (Topic.Kind each : Topic.Kind.values()) {
            if ((kind.equals(TopicRights.ANY) || kind.equals(each.level()))
                    && right.test(new Topic("", each, originator, receiver, List.of()))) {
                return true;
            }
        }
        return false;
    }

    /** What the filter has there: a literal, or {@link TopicRights#ANY}; null if what it matches ends before. */
    private static String level(TopicFilter filter, int index) {
        int last = filter.size() - 1;
        if (index >= last && TopicFilter.isRest(filter.level(last))) {
            return TopicRights.ANY;
        }
        return index > last ? null : filter.level(index);
    }

    /** Whether a topic or filter is in the tree of oneM2M, under whatever prefix, though it may be none of TS-0010's topics. */
    static boolean isBelowRoot(String topic) {
        int at = topic.indexOf("/" + ROOT);
        while (at >= 0) {
            int end = at + 1 + ROOT.length();
            if (end == topic.length() || topic.charAt(end) == '/') {
                return true;
            }
            at = topic.indexOf("/" + ROOT, end);
        }
        return false;
    }

    /** The topic of TS-0010 that a name is; empty if it is none. */
    static Optional<Topic> oneM2mTopic(String name) {
        return name.indexOf("/" + ROOT + "/") < 0 ? Optional.empty() : Topic.parse(name);
    }
}
