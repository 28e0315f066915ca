// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.type;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What an instance may hold, and for how long, by the limits of its parent and of this CSE (TS-0004 7.4.7, 7.4.39). Pure. */
public final class ContentLimits {
    private final int maximumBytes;

    public ContentLimits(CseSettings settings) {
        this.maximumBytes = settings.maximumContentBytes();
    }

    /** Refuses {@code con} that does not fit (5207); fills in {@code cs}, and {@code et} where {@code mia} makes it earlier. */
    public void admit(RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes requested = attributes.build();
        long size = size(requested.get("con").orElse(""));
        Attributes limits = parent.attributes();
        refuseAbove(maximumBytes, "con", size);
        if (limits.number("mbs").filter(mbs -> size > mbs).isPresent()) {
            throw Refusals.notAcceptable("con has " + size + " bytes, more than mbs of its parent: "
                    + limits.number("mbs").orElseThrow());
        }
        if (limits.number("mni").filter(mni -> mni == 0).isPresent()) {
            throw Refusals.notAcceptable("mni of the parent is 0: it can hold no instance");
        }
        attributes.set("cs", size);
        limits.number("mia").ifPresent(age -> limitAge(requested, context.now(), age, attributes));
    }

    /** Refuses a value that is larger than what this CSE stores of one. */
    public void refuseLarge(String attribute, Object value) {
        refuseAbove(maximumBytes, attribute, size(value));
    }

    private static void refuseAbove(int most, String attribute, long size) {
        if (size > most) {
            throw Refusals.notAcceptable(attribute + " has " + size + " bytes where at most " + most + " are stored");
        }
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

    /** Bytes of a value as it travels: UTF-8 of a text; of any other value, of how it is written. */
    public static long size(Object value) {
        if (value instanceof String text) {
            return utf8(text);
        }
        if (value instanceof Attributes object) {
            long[] total = {2 + Math.max(0, object.size() - 1)};
            object.forEach((name, member) -> total[0] += utf8(name) + 3 + quoted(member));
            return total[0];
        }
        if (value instanceof List<?> list) {
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
