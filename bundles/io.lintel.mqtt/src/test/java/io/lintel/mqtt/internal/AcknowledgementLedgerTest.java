// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** When deliveries are acknowledged. */
class AcknowledgementLedgerTest {
    private final List<Integer> acknowledged = new ArrayList<>();
    private final AcknowledgementLedger ledger = new AcknowledgementLedger(8, acknowledged::add);

    private List<AcknowledgementLedger.Ticket> opened(int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(ledger::opened).toList();
    }

    @Test
    void inTheOrderOfArrivalWhateverIsDoneFirst() {
        List<AcknowledgementLedger.Ticket> tickets = opened(1, 4);

        ledger.done(tickets.get(2));
        ledger.done(tickets.get(1));
        assertThat(acknowledged).isEmpty();
        ledger.done(tickets.get(0));

        assertThat(acknowledged).containsExactly(1, 2, 3);
    }

    @Test
    void whatIsDoneOvertakesOnceTheWindowIsNearlyFull() {
        List<AcknowledgementLedger.Ticket> tickets = opened(1, 5);
        ledger.done(tickets.get(3));
        assertThat(acknowledged).isEmpty();

        opened(6, 6);

        assertThat(acknowledged).containsExactly(4);
        assertThat(ledger.earlyCount()).isZero();
    }

    @Test
    void theOldestGoesEarlyIfAResponseCouldNotComeInOtherwise() {
        opened(1, 6);
        assertThat(acknowledged).isEmpty();

        ledger.responsesAwaited(true);
        assertThat(acknowledged).containsExactly(1);
        opened(7, 8);

        assertThat(acknowledged).containsExactly(1, 2, 3);
        assertThat(ledger.openCount()).isEqualTo(5);
        assertThat(ledger.earlyCount()).isEqualTo(3);
    }

    @Test
    void theOldestGoesEarlyIfItTakesTooLong() {
        opened(1, 6);

        ledger.relieve(Long.MAX_VALUE);
        assertThat(acknowledged).isEmpty();
        ledger.relieve(0);

        assertThat(acknowledged).containsExactly(1);
    }

    @Test
    void aWindowSmallerThanSaidIsSuspectedWhenNothingComesAnyMore() {
        AcknowledgementLedger wide = new AcknowledgementLedger(100, acknowledged::add);
        IntStream.rangeClosed(1, 20).forEach(wide::opened);
        wide.relieve(0);
        assertThat(acknowledged).isEmpty();

        wide.responsesAwaited(true);
        wide.relieve(Long.MAX_VALUE);
        assertThat(acknowledged).isEmpty();
        wide.relieve(0);

        assertThat(acknowledged).containsExactlyElementsOf(IntStream.rangeClosed(1, 10).boxed().toList());
    }

    @Test
    void nothingOfAnEarlierConnectionIsAcknowledged() {
        List<AcknowledgementLedger.Ticket> old = opened(1, 2);
        ledger.reset();
        List<AcknowledgementLedger.Ticket> present = opened(1, 1);

        old.forEach(ledger::done);
        assertThat(acknowledged).isEmpty();
        ledger.done(present.get(0));
        ledger.done(present.get(0));
        ledger.done(AcknowledgementLedger.Ticket.NONE);

        assertThat(acknowledged).containsExactly(1);
    }
}
