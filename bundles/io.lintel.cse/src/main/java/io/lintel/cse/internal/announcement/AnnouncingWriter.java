// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.announcement;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.passing.PassingWriter;
import java.util.Optional;

/**
 * A task's writer that tells the {@link Announcer} of resources with {@code at}; see {@link AnnouncingStore}. Costs all
 * others a look for that attribute. The writer's thread, inside a task.
 */
final class AnnouncingWriter extends PassingWriter {
    private final ResourceWriter writer;
    private final Announcer announcer;

    AnnouncingWriter(ResourceWriter writer, Announcer announcer) {
        super(writer);
        this.writer = writer;
        this.announcer = announcer;
    }

    @Override
    public void insert(Resource resource) {
        writer.insert(resource);
        if (resource.attributes().has(Links.ANNOUNCE_TO)) {
            announcer.inserted(writer, resource);
        }
    }

    @Override
    public void update(Resource resource) {
        Optional<Resource> before = resource.attributes().has(Links.ANNOUNCE_TO) ? writer.byId(resource.id()) : Optional.empty();
        writer.update(resource);
        before.ifPresent(old -> announcer.updated(writer, old, resource));
    }

    @Override
    public void delete(Resource resource) {
        writer.delete(resource);
        if (resource.attributes().has(Links.ANNOUNCE_TO)) {
            announcer.deleted(writer, resource);
        }
    }
}
