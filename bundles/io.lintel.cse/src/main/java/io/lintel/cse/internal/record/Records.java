// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.record;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.primitive.Attributes;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * What the CSE has to remember beside the attributes that everybody sees, such as how far the watch over a time series has
 * come. A record is kept as a resource without a parent, of a number that no resource type has, so that it is committed and
 * survives together with the resources it belongs to; no address leads to it. Written on the writer's thread; stateless.
 */
public final class Records {
    /** Beyond what {@code m2m:resourceType} allows. */
    private static final int TYPE = 60_000;
    private static final String MEMBER = "lintel:record";
    private static final int PAGE = 200;

    private Records() {
    }

    /** Whether a stored resource is a record, and so nobody's target. */
    public static boolean isRecord(Resource resource) {
        return resource.type() == TYPE;
    }

    public static Optional<Attributes> get(ResourceReader reader, String name) {
        return reader.child("", name).filter(Records::isRecord).map(Resource::attributes);
    }

    /** Makes or replaces a record. */
    public static void put(ResourceWriter writer, String name, Attributes content) {
        Optional<Resource> before = writer.child("", name).filter(Records::isRecord);
        if (before.isPresent()) {
            writer.update(before.get().with(content));
        } else {
            writer.insert(new Resource(TYPE, MEMBER, writer.newId(TYPE, ""), "", name, "", Long.MAX_VALUE, content));
        }
    }

    public static void remove(ResourceWriter writer, String name) {
        writer.child("", name).filter(Records::isRecord).ifPresent(writer::delete);
    }

    /** Shows all records whose name begins so, with the rest of the name. */
    public static void each(ResourceReader reader, String prefix, BiConsumer<String, Attributes> visitor) {
        String last = "";
        List<Resource> page;
        do {
            page = reader.ofType(TYPE, last, PAGE);
            for (Resource resource : page) {
                last = resource.id();
                if (resource.name().startsWith(prefix)) {
                    visitor.accept(resource.name().substring(prefix.length()), resource.attributes());
                }
            }
        } while (page.size() == PAGE);
    }
}
