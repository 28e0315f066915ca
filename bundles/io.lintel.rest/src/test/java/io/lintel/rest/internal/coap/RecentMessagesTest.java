// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;

import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.network.KeyMID;
import org.junit.jupiter.api.Test;

/** What is remembered of the messages that have come in, for how long, and what is forgotten first. */
class RecentMessagesTest {
    private final AtomicLong now = new AtomicLong();
    private final RecentMessages recent = new RecentMessages(10, 4, now::get);

    private static Exchange exchange(boolean answered) {
        Exchange exchange = new Exchange(Request.newGet(), "peer", Exchange.Origin.REMOTE, null);
        if (answered) {
            exchange.setComplete();
        }
        return exchange;
    }

    @Test
    void aMessageThatComesAgainIsKnownForItsWholeLifetime() {
        Exchange first = exchange(true);
        KeyMID key = new KeyMID(7, "a");
        assertThat(recent.findPrevious(key, first)).isNull();
        now.set(RecentMessages.EXCHANGE_LIFETIME.toNanos() - 1);
        assertThat(recent.findPrevious(new KeyMID(7, "a"), exchange(false))).isSameAs(first);
        assertThat(recent.findPrevious(new KeyMID(7, "b"), exchange(false))).as("another peer").isNull();
        now.set(RecentMessages.EXCHANGE_LIFETIME.toNanos());
        assertThat(recent.findPrevious(new KeyMID(7, "a"), exchange(false))).as("the number is used anew").isNull();
    }

    @Test
    void ofOnePeerAndOfAllOnlySoManyAreRemembered() {
        for (int mid = 0; mid < 100; mid++) {
            recent.findPrevious(new KeyMID(mid, "busy"), exchange(true));
        }
        assertThat(recent.size()).isEqualTo(4);
        assertThat(recent.remembers(new KeyMID(99, "busy"))).isTrue();
        assertThat(recent.remembers(new KeyMID(95, "busy"))).isFalse();
        for (int peer = 0; peer < 100; peer++) {
            recent.findPrevious(new KeyMID(1, "peer" + peer), exchange(true));
        }
        assertThat(recent.size()).isEqualTo(10);
    }

    @Test
    void whatIsStillBeingServedIsNeverForgottenForOthers() {
        Exchange slow = exchange(false);
        recent.findPrevious(new KeyMID(1, "slow"), slow);
        for (int mid = 2; mid < 200; mid++) {
            recent.findPrevious(new KeyMID(mid, mid % 2 == 0 ? "slow" : "other" + mid), exchange(true));
        }
        assertThat(recent.findPrevious(new KeyMID(1, "slow"), exchange(false))).isSameAs(slow);
    }

    @Test
    void whatHasEndedIsGone() {
        recent.findPrevious(new KeyMID(1, "a"), exchange(true));
        recent.clear();
        assertThat(recent.isEmpty()).isTrue();
        assertThat(recent.remembers(new KeyMID(1, "a"))).isFalse();
    }

    @Test
    void aRequestOfThePeersIsNothingThatAResponseAnswers() {
        recent.findPrevious(new KeyMID(1, "a"), exchange(true));
        assertThat(recent.find(new KeyMID(1, "a"))).isNull();
        Exchange own = new Exchange(Request.newGet(), "a", Exchange.Origin.LOCAL, null);
        assertThat(recent.findPrevious(new KeyMID(1, "a"), own)).as("numbers of the two sides have nothing in common").isNull();
        assertThat(recent.find(new KeyMID(1, "a"))).isSameAs(own);
    }
}
