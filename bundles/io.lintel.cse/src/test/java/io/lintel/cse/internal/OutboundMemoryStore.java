// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.api.store.StoreException;
import io.lintel.cse.api.store.WriteTask;
import io.lintel.primitive.ResponsePrimitive;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * A store in memory that keeps the contract's order of events: tasks run one by one on a writer thread, a task that
 * throws leaves nothing behind, readers see what is committed, and stages complete on another thread. It outlives the
 * sides that are put upon it, which is what a restart looks like to them.
 */
final class OutboundMemoryStore implements ResourceStore, AutoCloseable {
    private final ExecutorService writerThread = Executors.newSingleThreadExecutor(r -> new Thread(r, "store-writer"));
    private final ExecutorService completions = Executors.newSingleThreadExecutor(r -> new Thread(r, "store-completions"));
    private volatile State committed = new State(Map.of(), new TreeMap<>());
    private long ids;
    private long sequence;
    private int commitsToFail;

    private record State(Map<String, Resource> resources, TreeMap<Long, OutboundItem> outbound) {
    }

    /** The next commits fail after their tasks have run. */
    void failNextCommits(int count) {
        writerThread.execute(() -> commitsToFail = count);
    }

    @Override
    public <T> CompletionStage<T> write(WriteTask<T> task) {
        CompletableFuture<T> stage = new CompletableFuture<>();
        writerThread.execute(() -> {
            Writing writing = new Writing(committed);
            try {
                T result = task.run(writing);
                if (commitsToFail > 0) {
                    commitsToFail--;
                    throw new StoreException("the disk is full", null);
                }
                committed = new State(writing.resources, writing.outbound);
                completions.execute(() -> stage.complete(result));
            } catch (RuntimeException e) {
                completions.execute(() -> stage.completeExceptionally(e));
            }
        });
        return stage;
    }

    /** Runs a task and waits for its commit. */
    <T> T writeNow(WriteTask<T> task) {
        return write(task).toCompletableFuture().join();
    }

    @Override
    public void close() {
        end(writerThread);
        end(completions);
    }

    private static void end(ExecutorService thread) {
        thread.shutdown();
        try {
            thread.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static List<Resource> select(Map<String, Resource> resources, String after, int limit, Predicate<Resource> wanted) {
        boolean[] passed = {after.isEmpty()};
        return resources.values().stream().filter(resource -> {
            boolean take = passed[0] && wanted.test(resource);
            passed[0] |= resource.id().equals(after);
            return take;
        }).limit(limit).toList();
    }

    @Override
    public List<OutboundItem> outbound(String target, long afterSequence, int limit) {
        return committed.outbound().tailMap(afterSequence, false).values().stream().filter(item -> item.target().equals(target))
                .limit(limit).toList();
    }

    @Override
    public List<String> outboundTargets() {
        return committed.outbound().values().stream().map(OutboundItem::target).distinct().toList();
    }

    @Override
    public long resourceCount() {
        return committed.resources().size();
    }

    @Override
    public Optional<Resource> byId(String id) {
        return Optional.ofNullable(committed.resources().get(id));
    }

    @Override
    public Optional<Resource> child(String parentId, String name) {
        return child(committed.resources(), parentId, name);
    }

    private static Optional<Resource> child(Map<String, Resource> resources, String parentId, String name) {
        return resources.values().stream().filter(r -> r.parentId().equals(parentId) && r.name().equals(name)).findFirst();
    }

    @Override
    public List<Resource> children(String parentId, String afterId, int limit) {
        return select(committed.resources(), afterId, limit, r -> r.parentId().equals(parentId));
    }

    @Override
    public List<Resource> children(String parentId, int type, String afterId, int limit) {
        return select(committed.resources(), afterId, limit, r -> r.parentId().equals(parentId) && r.type() == type);
    }

    @Override
    public List<Resource> ofType(int type, String afterId, int limit) {
        return select(committed.resources(), afterId, limit, r -> r.type() == type);
    }

    @Override
    public Optional<Resource> newestInstance(String parentId) {
        return children(parentId, 4, "", Integer.MAX_VALUE).stream().reduce((first, second) -> second);
    }

    @Override
    public Optional<Resource> oldestInstance(String parentId) {
        return children(parentId, 4, "", 1).stream().findFirst();
    }

    @Override
    public List<Resource> expired(long atMillis, int limit) {
        return committed.resources().values().stream().filter(r -> r.expiration() <= atMillis)
                .sorted(Comparator.comparingLong(Resource::expiration)).limit(limit).toList();
    }

    /** What one task sees and does. */
    private final class Writing implements ResourceWriter {
        private final Map<String, Resource> resources;
        private final TreeMap<Long, OutboundItem> outbound;

        Writing(State from) {
            resources = new LinkedHashMap<>(from.resources());
            outbound = new TreeMap<>(from.outbound());
        }

        @Override
        public String newId(int type, String parentId) {
            return "r" + type + "-" + ++ids;
        }

        @Override
        public void insert(Resource resource) {
            if (resources.putIfAbsent(resource.id(), resource) != null) {
                throw new IllegalStateException("there is a resource " + resource.id());
            }
        }

        @Override
        public void update(Resource resource) {
            if (resources.replace(resource.id(), resource) == null) {
                throw new IllegalStateException("there is no resource " + resource.id());
            }
        }

        @Override
        public void delete(Resource resource) {
            resources.remove(resource.id());
        }

        @Override
        public Optional<ResponsePrimitive> storedResponse(String deliveryKey) {
            return Optional.empty();
        }

        @Override
        public void storeResponse(String deliveryKey, ResponsePrimitive response, long untilMillis) {
            throw new UnsupportedOperationException("the outbound side stores no responses");
        }

        @Override
        public void enqueue(OutboundItem item) {
            outbound.put(++sequence, item.withSequence(sequence));
        }

        @Override
        public void dequeue(long gone) {
            outbound.remove(gone);
        }

        @Override
        public Optional<Resource> byId(String id) {
            return Optional.ofNullable(resources.get(id));
        }

        @Override
        public Optional<Resource> child(String parentId, String name) {
            return OutboundMemoryStore.child(resources, parentId, name);
        }

        @Override
        public List<Resource> children(String parentId, String afterId, int limit) {
            return select(resources, afterId, limit, r -> r.parentId().equals(parentId));
        }

        @Override
        public List<Resource> children(String parentId, int type, String afterId, int limit) {
            return select(resources, afterId, limit, r -> r.parentId().equals(parentId) && r.type() == type);
        }

        @Override
        public List<Resource> ofType(int type, String afterId, int limit) {
            return select(resources, afterId, limit, r -> r.type() == type);
        }

        @Override
        public Optional<Resource> newestInstance(String parentId) {
            return children(parentId, 4, "", Integer.MAX_VALUE).stream().reduce((first, second) -> second);
        }

        @Override
        public Optional<Resource> oldestInstance(String parentId) {
            return children(parentId, 4, "", 1).stream().findFirst();
        }

        @Override
        public List<Resource> expired(long atMillis, int limit) {
            return resources.values().stream().filter(r -> r.expiration() <= atMillis).limit(limit).toList();
        }
    }
}
