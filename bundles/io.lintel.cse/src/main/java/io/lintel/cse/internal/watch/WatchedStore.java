// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.watch;

import io.lintel.cse.api.ContentListener;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.api.store.WriteTask;
import io.lintel.cse.internal.passing.PassingStore;
import io.lintel.cse.internal.passing.PassingWriter;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store as everybody in the CSE sees it: what a task changes below a resource that somebody watches is told after its
 * commit, whoever made the task. Costs a change a question to each listener, and without listeners nothing.
 */
public final class WatchedStore extends PassingStore {
    private static final Logger LOG = LoggerFactory.getLogger(WatchedStore.class);

    private final Supplier<List<ContentListener>> listeners;

    /** @param listeners those there are now; from memory */
    public WatchedStore(ResourceStore store, Supplier<List<ContentListener>> listeners) {
        super(store);
        this.listeners = listeners;
    }

    @Override
    public <T> CompletionStage<T> write(WriteTask<T> task) {
        List<ContentListener> all = listeners.get();
        if (all.isEmpty()) {
            return super.write(task);
        }
        Set<String> changed = new LinkedHashSet<>();
        CompletionStage<T> result = super.write(writer -> task.run(new WatchedWriter(writer, all, changed)));
        return result.whenComplete((value, failure) -> {
            if (failure == null) {
                changed.forEach(id -> all.forEach(listener -> tell(listener, id)));
            }
        });
    }

    private static void tell(ContentListener listener, String id) {
        try {
            listener.changed(id);
        } catch (RuntimeException e) {
            LOG.error("{} failed to hear that {} changed", listener.getClass().getName(), id, e);
        }
    }

    private static final class WatchedWriter extends PassingWriter {
        private final List<ContentListener> listeners;
        private final Set<String> changed;

        WatchedWriter(ResourceWriter writer, List<ContentListener> listeners, Set<String> changed) {
            super(writer);
            this.listeners = listeners;
            this.changed = changed;
        }

        @Override
        public void insert(Resource resource) {
            super.insert(resource);
            note(resource.parentId());
        }

        @Override
        public void update(Resource resource) {
            super.update(resource);
            note(resource.parentId());
        }

        @Override
        public void delete(Resource resource) {
            super.delete(resource);
            note(resource.parentId());
            note(resource.id());
        }

        private void note(String id) {
            if (listeners.stream().anyMatch(listener -> listener.watches(id))) {
                changed.add(id);
            }
        }
    }
}
