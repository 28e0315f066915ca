// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

/**
 * Bounds on what a codec reads, applied while parsing.
 *
 * @param maxBytes   longest input in bytes
 * @param maxDepth   deepest nesting of objects and lists
 * @param maxMembers most members and list elements in all
 */
public record DecodeLimits(int maxBytes, int maxDepth, int maxMembers) {
    /** 1 MiB, 32 levels, 20,000 members: far beyond any sensible primitive, small on a gateway with 64 MB of heap. */
    public static final DecodeLimits DEFAULT = new DecodeLimits(1 << 20, 32, 20_000);
}
