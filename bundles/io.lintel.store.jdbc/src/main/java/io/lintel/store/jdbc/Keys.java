// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.primitive.ResourceTypes;
import java.util.Map;

/**
 * Resource IDs as this store makes them. One counter numbers everything, so numbers grow in order of creation.
 *
 * <pre>
 * cin-PARENT-NUMBER   an instance; both in base 36: its key in table inst, so that no index on the ID is needed
 * cnt-NUMBER          anything else; the number is its key in table res
 * </pre>
 *
 * AE-ID stems and the CSEBase's ID do not have this form; they get a number when they are inserted.
 */
final class Keys {
    static final int CONTENT_INSTANCE = 4;

    private static final Map<Integer, String> PREFIXES = Map.ofEntries(Map.entry(1, "acp"), Map.entry(2, "ae"),
            Map.entry(3, "cnt"), Map.entry(5, "cb"), Map.entry(9, "grp"), Map.entry(13, "mob"), Map.entry(14, "nod"),
            Map.entry(15, "pch"), Map.entry(16, "csr"), Map.entry(17, "req"), Map.entry(23, "sub"), Map.entry(28, "fcnt"),
            Map.entry(29, "ts"));

    private static final Map<Integer, String> INSTANCES = Map.of(CONTENT_INSTANCE, "cin-",
            ResourceTypes.TIME_SERIES_INSTANCE, "tsi-", ResourceTypes.FLEX_CONTAINER_INSTANCE, "fci-");

    private Keys() {
    }

    static boolean isInstance(int type) {
        return ResourceTypes.isInstance(type);
    }

    static String instanceId(int type, long parent, long number) {
        return INSTANCES.get(type) + Long.toString(parent, 36) + '-' + Long.toString(number, 36);
    }

    static String resourceId(int type, long number) {
        return PREFIXES.getOrDefault(type, "r" + type) + '-' + Long.toString(number, 36);
    }

    /** Where an instance of this ID would be, or null when the ID is not an instance's. */
    static Instance instance(String id) {
        if (id.length() < 4 || !INSTANCES.containsValue(id.substring(0, 4))) {
            return null;
        }
        int dash = id.indexOf('-', 4);
        if (dash < 0) {
            return null;
        }
        long parent = number(id, 4, dash);
        long number = number(id, dash + 1, id.length());
        return parent < 0 || number < 0 ? null : new Instance(parent, number);
    }

    /** The number in an ID that {@link #resourceId} made, or -1. */
    static long number(String id) {
        int dash = id.indexOf('-');
        if (dash < 1 || !PREFIXES.containsValue(id.substring(0, dash)) && id.charAt(0) != 'r') {
            return -1;
        }
        return number(id, dash + 1, id.length());
    }

    /** Base 36 in lower case without leading zeros and signs, so that one number has one spelling; else -1. */
    private static long number(String text, int from, int to) {
        if (from >= to || to - from > 12 || text.charAt(from) == '0') {
            return -1;
        }
        long value = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'z' ? c - 'a' + 10 : -1;
            if (digit < 0) {
                return -1;
            }
            value = value * 36 + digit;
        }
        return value;
    }

    /** The primary key in table inst. */
    record Instance(long parent, long number) {
    }
}
