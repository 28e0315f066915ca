// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.group;

import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Address;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which group request has reached which target (TS-0004 7.3.2.4, 7.4.14.2): the same {@code gid} at the same target a
 * second time is refused with 4104, which ends the loops of groups that name each other, and keeps a member of several
 * nested groups from being asked twice. Repeated deliveries and second attempts have the request identifier of the first
 * and pass. Forgotten after a time; beyond a number nothing that has a {@code gid} is served. Any thread.
 */
public final class GroupRequests {
    static final int REMEMBERED = 100_000;
    private static final Duration KEPT = Duration.ofMinutes(2);

    private final ResourceReader store;
    private final TargetResolver resolver;
    private final Clock clock;
    private final Map<Key, Seen> seen = new LinkedHashMap<>();

    private record Key(String gid, int operation, String target) {
    }

    private record Seen(String originator, String requestIdentifier, Instant until) {
    }

    public GroupRequests(ResourceReader store, TargetResolver resolver, Clock clock) {
        this.store = store;
        this.resolver = resolver;
        this.clock = clock;
    }

    /** Refuses a request that came here before on its way through a group; remembers it otherwise. */
    public void check(RequestContext context, Address address) {
        context.request().parameters().text("gid").ifPresent(gid -> resolver.find(store, address)
                .ifPresent(place -> remember(gid, context, place)));
    }

    /** The request is about to be fanned out under this identifier. */
    void remember(String gid, RequestContext context, Place place) {
        String target = place.resource().id() + " " + place.virtual() + " " + String.join("/", place.rest());
        Key key = new Key(gid, context.request().operation().code(), target);
        Seen mine = new Seen(context.originator(), context.request().requestIdentifier(), clock.instant().plus(KEPT));
        synchronized (seen) {
            forgetOld();
            Seen first = seen.get(key);
            if (first != null) {
                boolean same = first.originator().equals(mine.originator())
                        && first.requestIdentifier().equals(mine.requestIdentifier());
                if (!same) {
                    throw new PrimitiveException(ResponseStatusCode.GROUP_REQUEST_IDENTIFIER_EXISTS, "group request " + gid
                            + " has been at " + context.request().to() + " before");
                }
                return;
            }
            if (seen.size() >= REMEMBERED) {
                throw new io.lintel.cse.api.store.StoreFullException(REMEMBERED + " requests of groups are remembered already");
            }
            seen.put(key, mine);
        }
    }

    /** All are kept equally long, so the oldest are at the front. */
    private void forgetOld() {
        Instant now = clock.instant();
        Iterator<Seen> oldest = seen.values().iterator();
        while (oldest.hasNext() && !oldest.next().until().isAfter(now)) {
            oldest.remove();
        }
    }
}
