// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.store.StoreFullException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Long reads in parts: who asks goes on at once, and those that wait take turns. */
class LongReadsTest {
    private final Queue<Runnable> executor = new ArrayDeque<>();
    private final LongReads reads = new LongReads(executor::add, 2);
    private final List<String> turns = new ArrayList<>();

    /** Takes so many parts, whatever time a part has. */
    private LongReads.Work<String> work(String name, int parts) {
        int[] left = {parts};
        return more -> {
            turns.add(name);
            return --left[0] == 0 ? Optional.of(name + " is done") : Optional.empty();
        };
    }

    @Test
    void aShortOneIsDoneAtOnceByWhoAsks() {
        assertThat(reads.run(work("a", 1)).toCompletableFuture()).isCompletedWithValue("a is done");
        assertThat(executor).isEmpty();
    }

    @Test
    void longOnesTakeTurnsAndTheExecutorHasOnePartAtATime() {
        CompletableFuture<String> first = reads.run(work("a", 3)).toCompletableFuture();
        CompletableFuture<String> second = reads.run(work("b", 3)).toCompletableFuture();
        assertThat(first).isNotDone();
        assertThat(executor).hasSize(1);
        while (!executor.isEmpty()) {
            executor.remove().run();
            assertThat(executor.size()).isLessThan(2);
        }
        assertThat(first).isCompletedWithValue("a is done");
        assertThat(second).isCompletedWithValue("b is done");
        assertThat(turns).containsExactly("a", "b", "a", "b", "a", "b");
        assertThat(reads.run(work("c", 2)).toCompletableFuture()).isNotDone();
        assertThat(executor).as("it begins again").hasSize(1);
    }

    @Test
    void moreThanMayWaitAreToldToComeAgain() {
        reads.run(work("a", 2));
        reads.run(work("b", 2));
        assertThatThrownBy(() -> reads.run(work("c", 2))).isInstanceOf(StoreFullException.class);
        assertThat(reads.run(work("d", 1)).toCompletableFuture()).as("a short one is served").isDone();
    }

    @Test
    void oneThatFailsFailsAlone() {
        int[] parts = {0};
        CompletableFuture<String> failing = reads.<String>run(more -> {
            if (++parts[0] == 2) {
                throw new IllegalStateException("no");
            }
            return Optional.empty();
        }).toCompletableFuture();
        CompletableFuture<String> other = reads.run(work("b", 2)).toCompletableFuture();
        while (!executor.isEmpty()) {
            executor.remove().run();
        }
        assertThat(failing).isCompletedExceptionally();
        assertThat(other).isCompletedWithValue("b is done");
    }

    @Test
    void whatWaitsWhenTheCseClosesIsAnswered() {
        LongReads closing = new LongReads(part -> {
            throw new RejectedExecutionException();
        }, 2);
        assertThat(closing.run(work("a", 2)).toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void aPartHasAnEnd() {
        int[] steps = {0};
        reads.run(more -> {
            while (more.getAsBoolean()) {
                steps[0]++;
            }
            return Optional.empty();
        });
        assertThat(steps[0]).isBetween(16, 1000);
    }
}
