// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.StoreFullException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sweep of resources whose expiration has passed, in bounded batches, each resource a task of its own that behaves
 * as DELETE. Waits for nothing; a sweep that is still going on when the next one is due goes on alone.
 */
public final class Expiration {
    private static final Logger LOG = LoggerFactory.getLogger(Expiration.class);
    private static final int BATCH = 100;

    private final ResourceStore store;
    private final Deletion deletion;
    private final Clock clock;
    private final Executor executor;
    private final AtomicBoolean running = new AtomicBoolean();

    public Expiration(ResourceStore store, Deletion deletion, Clock clock, Executor executor) {
        this.store = store;
        this.deletion = deletion;
        this.clock = clock;
        this.executor = executor;
    }

    public void sweep() {
        if (running.compareAndSet(false, true)) {
            batch();
        }
    }

    private void batch() {
        try {
            List<Resource> expired = store.expired(clock.millis(), BATCH);
            if (expired.isEmpty()) {
                running.set(false);
                return;
            }
            Map<String, Resource> roots = new LinkedHashMap<>();
            expired.stream().map(this::root).forEach(root -> roots.put(root.id(), root));
            CompletableFuture<?>[] deletions = roots.values().stream()
                    .map(resource -> deletion.expire(resource).toCompletableFuture())
                    .toArray(CompletableFuture[]::new);
            CompletableFuture.allOf(deletions).whenComplete((done, failure) -> next(failure));
        } catch (RuntimeException e) {
            next(e);
        }
    }

    /** What ends at the same time as its parent ends with it, so that a subscription still tells of the end. */
    private Resource root(Resource expired) {
        Resource root = expired;
        Optional<Resource> parent = store.byId(root.parentId());
        while (parent.isPresent() && parent.get().expiration() == expired.expiration()) {
            root = parent.get();
            parent = store.byId(root.parentId());
        }
        return root;
    }

    private void next(Throwable failure) {
        if (failure != null && failure.getCause() instanceof StoreFullException full) {
            LOG.debug("the sweep of expired resources waits for room: {}", full.getMessage());
            running.set(false);
            return;
        }
        if (failure != null) {
            LOG.error("the sweep of expired resources failed; the next one tries again", failure);
            running.set(false);
            return;
        }
        try {
            executor.execute(this::batch);
        } catch (RejectedExecutionException closing) {
            running.set(false);
        }
    }
}
