// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** When deliveries are acknowledged, and when they go into custody before. */
@Tag("MQ-02")
class AcknowledgementLedgerTest {
    private final List<Integer> acknowledged = new ArrayList<>();
    private final List<Integer> entrusted = new ArrayList<>();
    private final List<CompletableFuture<Void>> onDisk = new ArrayList<>();
    private final AcknowledgementLedger ledger = new AcknowledgementLedger(8, acknowledged::add);

    private List<AcknowledgementLedger.Ticket> opened(int from, int to) {
        return opened(ledger, from, to);
    }

    private List<AcknowledgementLedger.Ticket> opened(AcknowledgementLedger of, int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(id -> {
            AcknowledgementLedger.Ticket ticket = of.opened(id);
            of.entrustable(ticket, () -> {
                entrusted.add(id);
                CompletableFuture<Void> stage = new CompletableFuture<>();
                onDisk.add(stage);
                return stage;
            });
            return ticket;
        }).toList();
    }

    @Test
    void inTheOrderOfArrivalWhateverIsDoneFirst() {
        List<AcknowledgementLedger.Ticket> tickets = opened(1, 8);

        ledger.done(tickets.get(2));
        ledger.done(tickets.get(1));
        assertThat(acknowledged).isEmpty();
        ledger.done(tickets.get(0));

        assertThat(acknowledged).containsExactly(1, 2, 3);
        assertThat(entrusted).isEmpty();
        assertThat(ledger.earlyCount()).isZero();
    }

    @Test
    void nothingIsAcknowledgedEarlyBeforeItIsOnDisk() {
        opened(1, 3);
        assertThat(entrusted).isEmpty();

        ledger.responsesAwaited(true);
        assertThat(entrusted).as("the window is wide open").isEmpty();
        List<AcknowledgementLedger.Ticket> more = opened(4, 5);

        assertThat(entrusted).containsExactly(1, 2, 3, 4, 5);
        assertThat(acknowledged).isEmpty();
        onDisk.get(1).complete(null);
        assertThat(acknowledged).as("the first is not on disk").isEmpty();
        onDisk.get(0).complete(null);
        assertThat(acknowledged).containsExactly(1, 2);
        ledger.done(more.get(0));
        onDisk.get(2).complete(null);
        assertThat(acknowledged).containsExactly(1, 2, 3, 4);
        assertThat(ledger.earlyCount()).isEqualTo(3);
        assertThat(ledger.openCount()).isEqualTo(1);
    }

    @Test
    void whatTakesLongGoesIntoCustodyOldestFirst() {
        AcknowledgementLedger wide = new AcknowledgementLedger(100, acknowledged::add);
        List<AcknowledgementLedger.Ticket> tickets = opened(wide, 1, 4);
        wide.done(tickets.get(1));

        Waiting.until("patience is over", () -> {
            wide.relieve();
            return entrusted.size() == 3;
        });

        assertThat(entrusted).containsExactly(1, 3, 4);
        onDisk.get(0).complete(null);
        assertThat(acknowledged).containsExactly(1, 2);
    }

    @Test
    void whatCustodyDoesNotTakeIsNotAcknowledgedButTriedAgainInOrder() {
        opened(1, 4);
        ledger.entrustAll();
        assertThat(entrusted).containsExactly(1, 2, 3, 4);
        onDisk.get(0).complete(null);
        onDisk.get(2).completeExceptionally(new IllegalStateException("full"));
        onDisk.get(1).completeExceptionally(new IllegalStateException("full"));
        onDisk.get(3).complete(null);
        assertThat(acknowledged).containsExactly(1);

        Waiting.until("tried again", () -> {
            ledger.entrustAll();
            return entrusted.size() == 6;
        });

        assertThat(entrusted.subList(4, 6)).containsExactly(2, 3);
        onDisk.get(5).complete(null);
        assertThat(acknowledged).containsExactly(1);
        onDisk.get(4).complete(null);
        assertThat(acknowledged).containsExactly(1, 2, 3, 4);
    }

    @Test
    void nothingOfAnEarlierConnectionIsAcknowledged() {
        List<AcknowledgementLedger.Ticket> old = opened(1, 2);
        ledger.entrustAll();
        ledger.reset();
        List<AcknowledgementLedger.Ticket> present = opened(1, 1);

        onDisk.forEach(stage -> stage.complete(null));
        old.forEach(ledger::done);
        assertThat(acknowledged).isEmpty();
        ledger.done(present.get(0));
        ledger.done(present.get(0));
        ledger.done(AcknowledgementLedger.Ticket.NONE);

        assertThat(acknowledged).containsExactly(1);
    }
}
