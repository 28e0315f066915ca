// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.type;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.operation.CommonAttributes;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * {@code <contentInstance>} (TS-0004 7.4.7): its size and its place in the parent's counters; the oldest give way when
 * the parent is full. Costs the same however many instances there are.
 */
public final class ContentInstanceRules implements TypeRules {
    private final Instances instances;
    private final int maximumBytes;

    public ContentInstanceRules(Instances instances, CseSettings settings) {
        this.instances = instances;
        this.maximumBytes = settings.maximumContentBytes();
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes requested = attributes.build();
        long size = size(requested.get("con").orElse(""));
        Attributes container = parent.attributes();
        if (size > maximumBytes) {
            throw Refusals.notAcceptable("con has " + size + " bytes where at most " + maximumBytes + " are stored");
        }
        if (container.number("mbs").filter(mbs -> size > mbs).isPresent()) {
            throw Refusals.notAcceptable("con has " + size + " bytes, more than mbs of its container: "
                    + container.number("mbs").orElseThrow());
        }
        if (container.number("mni").filter(mni -> mni == 0).isPresent()) {
            throw Refusals.notAcceptable("mni of the container is 0: it can hold no instance");
        }
        attributes.set("cs", size).set("st", CommonAttributes.nextStateTag(container));
        container.number("mia").ifPresent(age -> limitAge(requested, context.now(), age, attributes));
    }

    private static void limitAge(Attributes requested, Instant now, long seconds, Attributes.Builder attributes) {
        if (seconds >= Integer.MAX_VALUE) {
            return;
        }
        Instant oldest = now.plusSeconds(seconds);
        Optional<Instant> expiration = requested.text("et").flatMap(Timestamps::parse);
        if (expiration.isEmpty() || expiration.get().isAfter(oldest)) {
            attributes.set("et", Timestamps.format(oldest));
        }
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        instances.added(writer, context.now(), parent, created);
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        instances.removed(writer, deleted);
    }

    /** Bytes of a value as it travels: UTF-8 of a text; of any other value, of how it is written. */
    private static long size(Object value) {
        if (value instanceof String text) {
            return utf8(text);
        }
        if (value instanceof Attributes object) {
            long[] total = {2 + Math.max(0, object.size() - 1)};
            object.forEach((name, member) -> total[0] += utf8(name) + 3 + quoted(member));
            return total[0];
        }
        if (value instanceof java.util.List<?> list) {
            long total = 2 + Math.max(0, list.size() - 1);
            for (Object element : list) {
                total += quoted(element);
            }
            return total;
        }
        return utf8(value.toString());
    }

    private static long quoted(Object value) {
        return size(value) + (value instanceof String ? 2 : 0);
    }

    private static long utf8(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return text.getBytes(StandardCharsets.UTF_8).length;
            }
        }
        return text.length();
    }
}
