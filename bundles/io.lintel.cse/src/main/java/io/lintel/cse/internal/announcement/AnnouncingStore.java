// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.announcement;

import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.WriteTask;
import io.lintel.cse.internal.passing.PassingStore;
import java.util.concurrent.CompletionStage;

/**
 * The store as the hosting side sees it: whatever a task of its own does to a resource that is announced, the announced
 * resources follow, in the same commit. So nobody who changes a resource has to think of that. Reads pass through.
 */
public final class AnnouncingStore extends PassingStore {
    private final Announcer announcer;

    public AnnouncingStore(ResourceStore store, Announcer announcer) {
        super(store);
        this.announcer = announcer;
    }

    @Override
    public <T> CompletionStage<T> write(WriteTask<T> task) {
        return super.write(writer -> task.run(new AnnouncingWriter(writer, announcer)));
    }
}
