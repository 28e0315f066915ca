// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api.store;

/**
 * How much waits for one target.
 *
 * @param target the target; empty text for all of them together
 * @param items  how many items
 * @param bytes  what they take on disk
 */
public record OutboundTotal(String target, long items, long bytes) {
}
