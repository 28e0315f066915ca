// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Entity tags (RFC 9110 8.8.3) of representations: strong ones, made of the bytes themselves, so that another byte is another
 * tag. Pure.
 */
enum EntityTags {
    /** With the answers to those who compare. */
    ASKED,
    /** With every representation. */
    ALWAYS,
    /** And conditions are ignored. */
    NEVER;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long FIRST = 0x9E3779B97F4A7C15L;
    private static final long SECOND = 0xC2B2AE3D27D4EB4FL;

    static EntityTags of(String text) {
        return switch (text.trim()) {
            case "asked" -> ASKED;
            case "always" -> ALWAYS;
            case "never" -> NEVER;
            default -> throw new IllegalArgumentException("entityTags is asked, always or never, not " + text);
        };
    }

    /** Whether there is one in the answer to this request. */
    boolean wanted(Head head) {
        return this == ALWAYS || this == ASKED && (head.ifNoneMatch != null || head.ifMatch != null);
    }

    /**
     * The tag in its quotes: two sums of 64 bits of which a change of any eight bytes changes both.
     *
     * @param serialization {@code json}, {@code xml} or {@code cbor}
     */
    static String of(byte[] body, String serialization) {
        long one = FIRST ^ body.length;
        long two = SECOND + body.length;
        int at = 0;
        for (; at + 8 <= body.length; at += 8) {
            long word = (long) LONGS.get(body, at);
            one = Long.rotateLeft(one ^ word * SECOND, 31) * FIRST;
            two = (two + word) * SECOND ^ two >>> 29;
        }
        for (; at < body.length; at++) {
            one = Long.rotateLeft(one ^ body[at] * SECOND, 31) * FIRST;
            two = (two + body[at]) * SECOND ^ two >>> 29;
        }
        one = (one ^ one >>> 32) * SECOND;
        two = (two ^ two >>> 32) * FIRST;
        return "\"" + serialization.charAt(0) + Long.toHexString(one) + Long.toHexString(two) + "\"";
    }

    /**
     * Whether a list of tags, as in If-Match and If-None-Match, has this one. The compressed form of a representation has the
     * same tag with {@code -gzip} at its end. A weak tag never equals a strong one (RFC 9110 8.8.3.2), unless caches compare.
     */
    static boolean matches(String list, String tag, boolean weakly) {
        for (String each : list.split(",")) {
            String one = each.trim();
            if (weakly && one.startsWith("W/")) {
                one = one.substring(2);
            }
            if (one.equals("*") || one.replace("-gzip\"", "\"").equals(tag)) {
                return true;
            }
        }
        return false;
    }

    /** The tag of the compressed form. */
    static String compressed(String tag) {
        return tag.substring(0, tag.length() - 1) + "-gzip\"";
    }
}
