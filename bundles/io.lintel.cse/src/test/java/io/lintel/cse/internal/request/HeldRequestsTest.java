// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.RequestCustody;
import io.lintel.cse.api.RequestCustody.Receipt;
import io.lintel.cse.api.store.StoreFullException;
import io.lintel.cse.internal.InMemoryResourceStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What bindings leave with the CSE. */
class HeldRequestsTest {
    private final InMemoryResourceStore store = new InMemoryResourceStore(1_000);
    private HeldRequests custody = new HeldRequests(store, 5, 1_000);

    @AfterEach
    void close() {
        store.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private Receipt keep(String holder, String message) {
        return custody.keep(holder, "topic", bytes(message)).toCompletableFuture().join();
    }

    private List<String> held(String holder) {
        List<Receipt> receipts = custody.receipts(holder);
        return receipts.isEmpty() ? List.of() : custody.held(holder, receipts.get(0), 10).stream()
                .map(held -> new String(held.message(), StandardCharsets.UTF_8)).toList();
    }

    /** Releases are made after what was handed over before; so is this. */
    private void releasesAreMade() {
        store.writeNow(writer -> null);
        store.writeNow(writer -> null);
    }

    @Test
    @Tag("MQ-01")
    void whatIsLeftIsThereInOrderAfterARestartAndGoneWhenReleased() {
        Receipt first = keep("one", "a");
        keep("two", "b");
        Receipt third = keep("one", "c");
        assertThat(custody.receipts("one")).containsExactly(first, third);

        custody = new HeldRequests(store, 5, 1_000);
        assertThat(custody.count()).isEqualTo(3);
        assertThat(held("one")).containsExactly("a", "c");
        assertThat(custody.held("one", third, 10)).hasSize(1);
        custody.release(first);
        releasesAreMade();

        assertThat(held("one")).containsExactly("c");
        assertThat(custody.count()).isEqualTo(2);
        assertThat(new HeldRequests(store, 5, 1_000).count()).isEqualTo(2);
    }

    @Test
    void nothingIsTakenBeyondTheLimits() {
        List<Receipt> receipts = new ArrayList<>();
        IntStream.range(0, 5).forEach(i -> receipts.add(keep("one", "x")));
        assertThatThrownBy(() -> keep("one", "x")).isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StoreFullException.class);
        receipts.forEach(custody::release);
        releasesAreMade();
        assertThat(custody.count()).isZero();
        keep("one", "x".repeat(900));
        assertThatThrownBy(() -> keep("one", "x".repeat(100))).hasCauseInstanceOf(StoreFullException.class);
    }

    @Test
    void whatTheDiskDoesNotTakeDoesNotCountAndAReleaseIsTriedAgain() {
        store.failNextCommits(1);
        assertThatThrownBy(() -> keep("one", "lost")).isInstanceOf(CompletionException.class);
        assertThat(custody.count()).isZero();
        Receipt kept = keep("one", "kept");
        store.failNextCommits(1);
        custody.release(kept);
        releasesAreMade();
        assertThat(custody.count()).isEqualTo(1);
        custody.flush();
        releasesAreMade();
        assertThat(custody.count()).isZero();
        assertThat(held("one")).isEmpty();
    }

    @Test
    void withoutCustodyNothingCanBeLeft() {
        assertThat(RequestCustody.NONE.keep("h", "e", bytes("m")).toCompletableFuture()).isCompletedExceptionally();
        assertThat(RequestCustody.NONE.receipts("h")).isEmpty();
    }
}
