// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Identifiers;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Timestamps;
import java.time.Instant;

/** The attributes that all types share: identifiers, times, expiration, state tag, creator (TS-0004 7.2.3.2, 7.2.3.5). */
public final class CommonAttributes {
    private final CseSettings settings;

    public CommonAttributes(CseSettings settings) {
        this.settings = settings;
    }

    /** Starts the representation of a new resource. The type's own rules complete it. */
    Attributes.Builder start(RequestContext context, ResourceType type, Resource parent, String id, String name,
            Attributes requested) {
        String now = Timestamps.format(context.now());
        Attributes.Builder attributes = Attributes.builder().set("rn", name).set("ty", type.number()).set("ri", id)
                .set("pi", parent.id()).set("ct", now).set("lt", now);
        if (type.hasAttribute("et")) {
            attributes.set("et", expiration(context.now(), TargetResolver.end(parent), requested));
        }
        requested.forEach((member, value) -> {
            if (!attributes.has(member)) {
                attributes.set(member, member.equals("cr") ? context.originator() : value);
            }
        });
        if (type.attribute("st").filter(st -> st.mandatory()).isPresent()) {
            attributes.set("st", 0);
        }
        return attributes;
    }

    /** What was asked for or the default, but never beyond the parent's nor beyond what is allowed here. */
    private String expiration(Instant now, long parentMillis, Attributes requested) {
        Instant wanted = requested.text("et").flatMap(Timestamps::parse).orElse(now.plus(settings.defaultExpiration()));
        Instant limit = now.plus(settings.maximumExpiration());
        if (parentMillis != Long.MAX_VALUE && Instant.ofEpochMilli(parentMillis).isBefore(limit)) {
            limit = Instant.ofEpochMilli(parentMillis);
        }
        return Timestamps.format(wanted.isAfter(limit) ? limit : wanted);
    }

    /** The expiration after an UPDATE that names it. */
    void changeExpiration(RequestContext context, Resource parent, Attributes changes, Attributes.Builder after) {
        if (changes.has("et")) {
            after.set("et", expiration(context.now(), parent.expiration(), changes));
        }
    }

    /** Refuses an expiration that lies in the past or is none. */
    static void checkExpiration(Attributes requested, Instant now) {
        requested.text("et").ifPresent(text -> {
            Instant time = Timestamps.parse(text).orElseThrow(() -> Refusals.badRequest("et is no timestamp: " + text));
            if (!time.isAfter(now)) {
                throw Refusals.badRequest("et lies in the past: " + text);
            }
        });
    }

    static void checkName(Attributes requested) {
        requested.text("rn").ifPresent(name -> {
            if (!Identifiers.isElement(name)) {
                throw Refusals.badRequest("rn may hold letters, digits, '-', '.' and '_' only: " + name);
            }
            if (TargetResolver.RESERVED_NAMES.contains(name)) {
                throw Refusals.badRequest("rn is the name of a virtual resource: " + name);
            }
        });
    }

    /** Whether the CSE counts the resource's modifications in {@code st}; an announced one shows its original's. */
    static boolean countsModifications(Resource resource) {
        return resource.type() < ResourceTypes.ANNOUNCED_OFFSET && resource.attributes().has("st");
    }

    /** The next value of {@code st}. */
    public static long nextStateTag(Attributes attributes) {
        return attributes.number("st").orElse(0L) + 1;
    }
}
