// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.api.store.StoreException;
import io.lintel.cse.api.store.StoreFullException;
import io.lintel.primitive.Attributes;
import io.lintel.store.jdbc.StoreSettings;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Tasks, batches and stages: who runs where, in which order, and what a failure takes with it. */
public abstract class BatchContract extends StoreTest {

    /** Holds the writer in a task, so that what is handed over meanwhile becomes one batch. */
    private CountDownLatch holdWriter() {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        store.write(writer -> {
            running.countDown();
            return awaited(release);
        });
        awaited(running);
        return release;
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            latch.await();
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void stagesCompleteInOrderOnAThreadThatIsNotTheWriter() {
        base();
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        Set<String> completing = Collections.synchronizedSet(new HashSet<>());
        AtomicReference<String> writing = new AtomicReference<>();
        CountDownLatch release = holdWriter();
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            int number = i;
            CompletionStage<Object> stage = store.write(writer -> {
                writing.set(Thread.currentThread().getName());
                if (number % 7 == 3) {
                    throw new IllegalStateException("task " + number);
                }
                return writer.newId(CONTAINER, "cb-base");
            });
            all.add(stage.handle((result, failure) -> {
                order.add(number);
                completing.add(Thread.currentThread().getName());
                assertThat(failure != null).isEqualTo(number % 7 == 3);
                return null;
            }).toCompletableFuture());
        }
        release.countDown();
        all.forEach(StoreTest::await);
        assertThat(order).isSorted().hasSize(600);
        assertThat(completing).hasSize(1).doesNotContain(writing.get());
        assertThat(writing.get()).startsWith("lintel-");
    }

    @Test
    void aTaskThatThrowsLeavesNothingAndTakesNoOtherWithIt() {
        Resource container = container(base(), "lamp");
        Resource kept = instance(container, "kept");
        for (boolean readsLists : new boolean[] {false, true}) {
            CountDownLatch release = holdWriter();
            var before = store.write(writer -> insertInstance(writer, container, "before"));
            CompletionStage<Object> failing = store.write(writer -> {
                insertInstance(writer, container, "half");
                insertContainer(writer, container, "half");
                writer.delete(kept);
                writer.update(container.with(Attributes.of("cni", 99)));
                if (readsLists) {
                    assertThat(writer.children(container.id(), "", 100)).isNotEmpty();
                    assertThat(writer.expired(1, 1)).isEmpty();
                    writer.delete(writer.newestInstance(container.id()).orElseThrow());
                }
                throw new UnsupportedOperationException("half done");
            });
            var after = store.write(writer -> {
                assertThat(writer.byId(container.id())).contains(container);
                assertThat(writer.child(container.id(), "half")).isEmpty();
                assertThat(writer.oldestInstance(container.id())).contains(kept);
                return insertInstance(writer, container, "after");
            });
            release.countDown();
            assertThatThrownBy(() -> await(failing)).isInstanceOf(UnsupportedOperationException.class).hasMessage("half done");
            Resource first = await(before);
            Resource last = await(after);
            reopen();
            assertThat(store.children(container.id(), "", 100)).containsExactly(kept, first, last);
            assertThat(store.byId(container.id())).contains(container);
            assertThat(store.resourceCount()).isEqualTo(5);
            write(writer -> {
                writer.delete(first);
                writer.delete(last);
                return null;
            });
        }
    }

    @Test
    void anErrorInATaskDoesNotEndTheWriter() {
        base();
        CompletionStage<Object> failing = store.write(writer -> {
            throw new StackOverflowError("too deep");
        });
        assertThat(failing.toCompletableFuture().handle((r, e) -> e).join()).isInstanceOf(StackOverflowError.class);
        boolean found = write(writer -> writer.byId("cb-base").isPresent());
        assertThat(found).isTrue();
    }

    @Test
    void aFullQueueIsAnsweredAtOnceAndHasRoomAgainLater() {
        store.close();
        store = open(new StoreSettings(10, 10, 1000, 1));
        CountDownLatch release = holdWriter();
        List<CompletionStage<String>> taken = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            taken.add(store.write(writer -> "done"));
        }
        CompletionStage<String> refused = store.write(writer -> "never");
        assertThatThrownBy(() -> await(refused)).isInstanceOf(StoreFullException.class).hasMessageContaining("full");
        CompletionStage<Void> alsoRefused = store.write(List.of());
        assertThatThrownBy(() -> await(alsoRefused)).isInstanceOf(StoreFullException.class);
        release.countDown();
        taken.forEach(stage -> assertThat(await(stage)).isEqualTo("done"));
        CompletableFuture<String> later = new CompletableFuture<>();
        new Thread(() -> {
            while (!later.isDone()) {
                store.write(writer -> "again").thenAccept(later::complete);
                Thread.onSpinWait();
            }
        }).start();
        assertThat(await(later)).isEqualTo("again");
    }

    @Test
    void whatWasTakenIsWrittenBeforeTheStoreCloses() {
        base();
        CountDownLatch release = holdWriter();
        List<CompletionStage<Resource>> taken = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String name = "c" + i;
            taken.add(store.write(writer -> insertContainer(writer, writer.byId("cb-base").orElseThrow(), name)));
        }
        release.countDown();
        reopen();
        for (CompletionStage<Resource> stage : taken) {
            assertThat(store.byId(await(stage).id())).isPresent();
        }
    }

    @Test
    void aClosedStoreRefuses() {
        store.close();
        CompletionStage<String> stage = store.write(writer -> "never");
        assertThatThrownBy(() -> await(stage)).isInstanceOf(StoreException.class).hasMessageContaining("closed");
        assertThat(store.isOpen()).isFalse();
        store = open(SETTINGS);
        assertThat(store.isOpen()).isTrue();
        assertThat(store.name()).isEqualTo("store");
    }

    @Test
    void aWriterThatATaskKeptServesNoMore() {
        ResourceWriter kept = write(writer -> writer);
        assertThatThrownBy(() -> kept.byId("cb-base")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void manyTasksOfOneBatchOnOneContainerAddUp() {
        Resource container = container(base(), "lamp");
        CountDownLatch release = holdWriter();
        List<CompletionStage<Object>> stages = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            stages.add(store.write(writer -> {
                insertInstance(writer, container, "x");
                Resource now = writer.byId(container.id()).orElseThrow();
                long cni = now.attributes().number("cni").orElseThrow() + 1;
                while (cni > 50) {
                    writer.delete(writer.oldestInstance(container.id()).orElseThrow());
                    cni--;
                }
                writer.update(now.with(now.attributes().toBuilder().set("cni", cni).build()));
                return null;
            }));
        }
        release.countDown();
        stages.forEach(StoreTest::await);
        reopen();
        assertThat(store.byId(container.id()).orElseThrow().attributes().number("cni")).contains(50L);
        assertThat(store.children(container.id(), INSTANCE, "", 1000)).hasSize(50);
        assertThat(store.resourceCount()).isEqualTo(52);
    }

    @Test
    void aReaderNeverSeesAnOlderStateThanOneThatWasAnswered() throws InterruptedException {
        store.close();
        store = open(new StoreSettings(64, 4, 1 << 20, 2));
        Resource container = container(base(), "lamp");
        CompletableFuture<Long> seenTooLow = new CompletableFuture<>();
        AtomicReference<Long> answered = new AtomicReference<>(0L);
        Thread reader = new Thread(() -> {
            while (!seenTooLow.isDone() && answered.get() < 2000) {
                long atLeast = answered.get();
                long byId = store.byId(container.id()).orElseThrow().attributes().number("cni").orElseThrow();
                long byName = store.child("cb-base", "lamp").orElseThrow().attributes().number("cni").orElseThrow();
                store.children(container.id(), "", 10).forEach(child -> store.byId(child.id()));
                if (byId < atLeast || byName < atLeast) {
                    seenTooLow.complete(atLeast);
                }
            }
        });
        reader.start();
        for (long i = 1; i <= 2000; i++) {
            long number = i;
            write(writer -> {
                writer.update(container.with(Attributes.of("cni", number)));
                if (number % 100 == 0) {
                    insertInstance(writer, container, "x");
                }
                return null;
            });
            answered.set(i);
        }
        reader.join();
        assertThat(seenTooLow).isNotDone();
    }
}
