// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.cse.api.store.OutboundItem;

/**
 * The number of an item in the outbound queue, which is its place: 11 bits of rank, 44 of the store's running number, 8
 * that tell apart what took one place after the other. So one index serves the order, and a page goes on after a number.
 * Stateless.
 */
final class OutboundPlace {
    private static final int GENERATION_BITS = 8;
    private static final int NUMBER_BITS = 44;
    /** What a running number is multiplied with. */
    static final long NUMBERS = 1L << GENERATION_BITS;
    /** What is added for the rank of items that have no wish. */
    static final long USUAL = (long) OutboundItem.USUAL_RANK << NUMBER_BITS + GENERATION_BITS;

    private OutboundPlace() {
    }

    static long of(int rank, long number) {
        if (number >>> NUMBER_BITS != 0) {
            throw new IllegalArgumentException("the store's numbers are used up");
        }
        return (long) rank << NUMBER_BITS + GENERATION_BITS | number << GENERATION_BITS;
    }

    static int rank(long place) {
        return (int) (place >>> NUMBER_BITS + GENERATION_BITS);
    }

    /** Whether another one can follow in the same place. */
    static boolean hasNext(long place) {
        return (place + 1 & NUMBERS - 1) != 0;
    }
}
