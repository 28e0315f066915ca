// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.record.Records;
import io.lintel.primitive.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps on disk what dynamic authorization has given, so that it counts after a restart, too: grants, tokens of authorization
 * systems, and the local names of tokens. Written with whatever else the writer commits at that time. Any thread.
 */
final class AccessMemory {
    private static final Logger LOG = LoggerFactory.getLogger(AccessMemory.class);
    private volatile ResourceStore store;

    /** From now on things are kept here. */
    void open(ResourceStore kept) {
        store = kept;
    }

    /** Completes when it is on disk; also if it can't be kept, since it counts in this run in any case. */
    CompletionStage<Void> put(String name, Attributes content) {
        ResourceStore kept = store;
        return kept == null ? CompletableFuture.completedFuture(null) : kept.<Void>write(writer -> {
            Records.put(writer, name, content);
            return null;
        }).exceptionally(failure -> {
            LOG.warn("{} is not kept and counts until the next restart only: {}", name, failure.toString());
            return null;
        });
    }

    void remove(List<String> names) {
        ResourceStore kept = store;
        if (kept != null && !names.isEmpty()) {
            kept.write(writer -> {
                names.forEach(name -> Records.remove(writer, name));
                return true;
            }).exceptionally(failure -> {
                LOG.debug("{} stay on disk: {}", names, failure.toString());
                return false;
            });
        }
    }

    /** What was kept under names that begin so, with the rest of the name. */
    void each(String prefix, BiConsumer<String, Attributes> visitor) {
        List<Runnable> found = new ArrayList<>();
        Records.each(store, prefix, (rest, content) -> found.add(() -> visitor.accept(rest, content)));
        found.forEach(Runnable::run);
    }
}
