// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long START = Long.MAX_VALUE - 3 * SECOND;   // the clock may run over

    @Test
    void aBurstIsFreeAndTheRestTakesItsTime() {
        TokenBucket bucket = new TokenBucket(10, 1, START);
        for (int i = 0; i < 10; i++) {
            assertThat(bucket.take(1, START)).isZero();
        }
        assertThat(bucket.take(1, START)).isEqualTo(SECOND / 10);
        assertThat(bucket.take(9, START)).isEqualTo(SECOND);
        assertThat(bucket.take(1, START + SECOND)).isEqualTo(SECOND / 10);
        long later = START + 10 * SECOND;
        assertThat(bucket.isFull(later)).isTrue();
        assertThat(bucket.take(10, later)).as("no more than one burst is saved up").isZero();
        assertThat(bucket.take(1, later)).isEqualTo(SECOND / 10);
    }

    @Test
    void whatIsNotThereIsNotTaken() {
        TokenBucket bucket = new TokenBucket(1, 2, START);
        assertThat(bucket.tryTake(START)).isTrue();
        assertThat(bucket.tryTake(START)).isTrue();
        assertThat(bucket.tryTake(START)).isFalse();
        assertThat(bucket.tryTake(START + SECOND - 1)).isFalse();
        assertThat(bucket.tryTake(START + SECOND)).isTrue();
    }

    @Test
    void largeAmountsAreExact() {
        TokenBucket bucket = new TokenBucket(Integer.MAX_VALUE, 1, 0);
        assertThat(bucket.take(268_435_460L, 0)).isZero();
        assertThat(bucket.take(Integer.MAX_VALUE, 0)).isBetween(125_000_000L, 125_000_010L);
    }
}
