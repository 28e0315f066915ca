// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.store.HeldRequest;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.OutboundTotal;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.api.store.StoreException;
import io.lintel.cse.api.store.StoreFullException;
import io.lintel.cse.api.store.WriteTask;
import io.lintel.primitive.ResponsePrimitive;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The contract of {@link ResourceStore} without a disk: one writer thread, tasks in order and all or nothing, stages that
 * complete in order on a thread that is not the writer's. Survives what a test calls a restart by being handed to the
 * next CSE.
 */
public class InMemoryResourceStore implements ResourceStore, AutoCloseable {
    private final MemoryTree tree = new MemoryTree();
    private final Map<String, ResponsePrimitive> responses = new HashMap<>();
    private final NavigableMap<Long, OutboundItem> outbound = new TreeMap<>();
    private final NavigableMap<Long, HeldRequest> inCustody = new TreeMap<>();
    private final ThreadPoolExecutor writer;
    private final ExecutorService completer = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS,
            new java.util.concurrent.LinkedBlockingQueue<>(),
            work -> thread(work, "lintel-memory-store-completer"));
    private final java.util.Set<String> held = new java.util.TreeSet<>();
    private long sequence;
    private int commitsToFail;
    private int commitsFailed;

    public InMemoryResourceStore(int queueCapacity) {
        writer = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(queueCapacity),
                work -> thread(work, "lintel-memory-store-writer"));
    }

    private static Thread thread(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public <T> CompletionStage<T> write(WriteTask<T> task) {
        CompletableFuture<T> stage = new CompletableFuture<>();
        try {
            writer.execute(() -> {
                Supplier<Boolean> completion = run(task, stage);
                completer.execute(completion::get);
            });
        } catch (RejectedExecutionException e) {
            stage.completeExceptionally(new StoreFullException("the write queue is full"));
        }
        return stage;
    }

    /** Runs a task and waits for its commit. */
    public <T> T writeNow(WriteTask<T> task) {
        return write(task).toCompletableFuture().join();
    }

    /** The next commits that have something to keep fail after their tasks have run. */
    public synchronized void failNextCommits(int count) {
        commitsToFail = count;
    }

    /** How many commits have failed so. */
    public synchronized int failed() {
        return commitsFailed;
    }

    private synchronized <T> Supplier<Boolean> run(WriteTask<T> task, CompletableFuture<T> stage) {
        Writer changes = new Writer();
        try {
            T result = task.run(changes);
            if (commitsToFail > 0 && changes.some) {
                commitsToFail--;
                commitsFailed++;
                throw new StoreException("the disk is full", null);
            }
            tree.commit();
            changes.commit();
            return () -> stage.complete(result);
        } catch (RuntimeException | Error e) {
            tree.rollback();
            return () -> stage.completeExceptionally(e);
        } finally {
            changes.over = true;
        }
    }

    /** What a task works with; invalid when the task has returned. */
    private final class Writer implements ResourceWriter {
        private final Map<String, ResponsePrimitive> stored = new HashMap<>();
        private final List<Runnable> atCommit = new ArrayList<>();
        private final NavigableMap<Long, OutboundItem> queued = new TreeMap<>();
        private final java.util.Set<Long> dequeued = new java.util.HashSet<>();
        private boolean over;
        private boolean some;

        private MemoryTree tree() {
            if (over) {
                throw new IllegalStateException("a writer was used after its task");
            }
            return tree;
        }

        void commit() {
            responses.putAll(stored);
            atCommit.forEach(Runnable::run);
        }

        @Override
        public String newId(int type, String parentId) {
            return tree().newId(type);
        }

        @Override
        public void insert(Resource resource) {
            some = true;
            tree().insert(resource);
        }

        @Override
        public void update(Resource resource) {
            some = true;
            tree().update(resource);
        }

        @Override
        public void delete(Resource resource) {
            some = true;
            tree().delete(resource);
        }

        @Override
        public Optional<ResponsePrimitive> storedResponse(String deliveryKey) {
            return Optional.ofNullable(stored.getOrDefault(deliveryKey, responses.get(deliveryKey)));
        }

        @Override
        public void storeResponse(String deliveryKey, ResponsePrimitive response, long untilMillis) {
            some = true;
            stored.put(deliveryKey, response);
        }

        @Override
        public OutboundItem enqueue(OutboundItem item) {
            return place(item, ((long) item.rank() << 40) + ++sequence * 256);
        }

        @Override
        public OutboundItem replace(OutboundItem old, OutboundItem item) {
            dequeue(old.sequence());
            return place(item, old.sequence() + 1);
        }

        private OutboundItem place(OutboundItem item, long place) {
            some = true;
            OutboundItem placed = item.placed(place, item.request().toString().length());
            queued.put(place, placed);
            atCommit.add(() -> {
                if (queued.get(place) == placed) {
                    outbound.put(place, placed);
                }
            });
            return placed;
        }

        @Override
        public void dequeue(long done) {
            some = true;
            queued.remove(done);
            dequeued.add(done);
            atCommit.add(() -> outbound.remove(done));
        }

        private java.util.stream.Stream<OutboundItem> waiting() {
            NavigableMap<Long, OutboundItem> all = new TreeMap<>(outbound);
            all.keySet().removeAll(dequeued);
            all.putAll(queued);
            return all.values().stream();
        }

        @Override
        public Optional<OutboundItem> outboundLatest(String latestKey) {
            return waiting().filter(item -> item.latestKey().equals(latestKey)).reduce((one, next) -> next);
        }

        @Override
        public OutboundTotal outboundTotal(String target) {
            List<OutboundItem> counted = waiting().filter(item -> target.isEmpty() || item.target().equals(target)).toList();
            return new OutboundTotal(target, counted.size(), counted.stream().mapToLong(OutboundItem::bytes).sum());
        }

        @Override
        public void hold(String target, boolean wanted) {
            some = true;
            atCommit.add(() -> {
                if (wanted) {
                    held.add(target);
                } else {
                    held.remove(target);
                }
            });
        }

        @Override
        public long keep(HeldRequest request) {
            some = true;
            long number = ++sequence;
            atCommit.add(() -> inCustody.put(number,
                    new HeldRequest(number, request.holder(), request.envelope(), request.message())));
            return number;
        }

        @Override
        public void release(long number) {
            some = true;
            atCommit.add(() -> inCustody.remove(number));
        }

        @Override
        public Optional<Resource> byId(String id) {
            return tree().byId(id);
        }

        @Override
        public Optional<Resource> child(String parentId, String name) {
            return tree().child(parentId, name);
        }

        @Override
        public List<Resource> children(String parentId, String afterId, int limit) {
            return tree().children(parentId, afterId, limit);
        }

        @Override
        public List<Resource> children(String parentId, int type, String afterId, int limit) {
            return tree().children(parentId, type, afterId, limit);
        }

        @Override
        public List<Resource> ofType(int type, String afterId, int limit) {
            return tree().ofType(type, afterId, limit);
        }

        @Override
        public Optional<Resource> newestInstance(String parentId) {
            return tree().newestInstance(parentId);
        }

        @Override
        public Optional<Resource> oldestInstance(String parentId) {
            return tree().oldestInstance(parentId);
        }

        @Override
        public Optional<Resource> instanceGeneratedAt(String parentId, long micros) {
            return tree().instanceGeneratedAt(parentId, micros);
        }

        @Override
        public List<Resource> expired(long atMillis, int limit) {
            return tree().expired(atMillis, limit);
        }
    }

    @Override
    public synchronized Optional<Resource> byId(String id) {
        return tree.byId(id);
    }

    @Override
    public synchronized Optional<Resource> child(String parentId, String name) {
        return tree.child(parentId, name);
    }

    @Override
    public synchronized List<Resource> children(String parentId, String afterId, int limit) {
        return tree.children(parentId, afterId, limit);
    }

    @Override
    public synchronized List<Resource> children(String parentId, int type, String afterId, int limit) {
        return tree.children(parentId, type, afterId, limit);
    }

    @Override
    public synchronized List<Resource> ofType(int type, String afterId, int limit) {
        return tree.ofType(type, afterId, limit);
    }

    @Override
    public synchronized Optional<Resource> newestInstance(String parentId) {
        return tree.newestInstance(parentId);
    }

    @Override
    public synchronized Optional<Resource> oldestInstance(String parentId) {
        return tree.oldestInstance(parentId);
    }

    @Override
    public synchronized Optional<Resource> instanceGeneratedAt(String parentId, long micros) {
        return tree.instanceGeneratedAt(parentId, micros);
    }

    @Override
    public synchronized List<Resource> expired(long atMillis, int limit) {
        return tree.expired(atMillis, limit);
    }

    @Override
    public synchronized List<OutboundItem> outbound(String target, long afterSequence, int limit) {
        return outbound.tailMap(afterSequence, false).values().stream().filter(item -> item.target().equals(target))
                .limit(limit).toList();
    }

    @Override
    public synchronized Optional<OutboundItem> outboundItem(long place) {
        return Optional.ofNullable(outbound.get(place));
    }

    @Override
    public synchronized List<OutboundItem> outboundExpired(long atMillis, int limit) {
        return outbound.values().stream().filter(item -> item.expiration() <= atMillis)
                .sorted(java.util.Comparator.comparing(OutboundItem::expiration)).limit(limit).toList();
    }

    @Override
    public synchronized List<OutboundTotal> outboundTotals() {
        Map<String, OutboundTotal> totals = new java.util.TreeMap<>();
        outbound.values().forEach(item -> totals.merge(item.target(), new OutboundTotal(item.target(), 1, item.bytes()),
                (a, b) -> new OutboundTotal(a.target(), a.items() + b.items(), a.bytes() + b.bytes())));
        return List.copyOf(totals.values());
    }

    @Override
    public synchronized java.util.Set<String> outboundHeld() {
        return java.util.Set.copyOf(held);
    }

    @Override
    public synchronized List<String> outboundTargets() {
        return outbound.values().stream().map(OutboundItem::target).distinct().toList();
    }

    @Override
    public synchronized List<HeldRequest> held(String holder, long fromNumber, int limit) {
        return inCustody.tailMap(fromNumber, true).values().stream().filter(request -> request.holder().equals(holder))
                .limit(limit).toList();
    }

    @Override
    public synchronized List<HeldRequest.Mark> heldMarks(String holder, long fromNumber, int limit) {
        return held(holder, fromNumber, limit).stream().map(one -> new HeldRequest.Mark(one.number(), one.bytes())).toList();
    }

    @Override
    public synchronized HeldRequest.Total heldTotal() {
        return new HeldRequest.Total(inCustody.size(), inCustody.values().stream().mapToLong(HeldRequest::bytes).sum());
    }

    @Override
    public synchronized long resourceCount() {
        return tree.size();
    }

    /** What is under way is finished first. */
    @Override
    public void close() {
        writer.getQueue().clear();
        end(writer);
        end(completer);
    }

    private static void end(ExecutorService thread) {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(10, TimeUnit.SECONDS)) {
                throw new AssertionError("the store does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
