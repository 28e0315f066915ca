// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.internal.polling.PollingChannels;
import io.lintel.primitive.Serialization;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * How a request gets from here to its next receiver.
 *
 * @param kind     what the receiver is
 * @param receiver the receiver's SP-relative ID; empty for a free URI and for {@link Kind#HERE}
 * @param to       the target as it shall be named in the request: without {@code ?ct=}
 * @param hops     the ways there, best first; empty only for {@link Kind#HERE}
 * @param release1 whether the receiver speaks Release 1 alone, which knows neither {@code rvi} nor {@code vsi}
 * @param foreign  whether the receiver is of another service provider's domain
 */
public record OutboundRoute(Kind kind, Optional<String> receiver, String to, List<Way> hops, boolean release1, boolean foreign) {

    private static final Duration FETCHED = Duration.ofMinutes(10);

    public OutboundRoute {
        hops = List.copyOf(hops);
    }

    public enum Kind {
        /** An AE registered here. */
        AE,
        /** Another CSE, which is the target or knows the way to it. */
        CSE,
        /** A notification target that is no oneM2M entity. */
        URI,
        /** A resource of this CSE that is no AE: the request is handled here. */
        HERE
    }

    /**
     * One point of access.
     *
     * @param serialization what to use there, if the receiver has a wish
     * @param credential    the Credential-ID of an initial registration
     */
    public record Way(URI pointOfAccess, Optional<Serialization> serialization, Optional<String> credential) {
        Way(URI pointOfAccess, Optional<Serialization> serialization) {
            this(pointOfAccess, serialization, Optional.empty());
        }
    }

    /** How long an item of the queue may wait for its answer on this way: one that is fetched waits until somebody comes. */
    Instant patience(OutboundItem item, Instant now, Instant usual) {
        boolean fetched = hops.stream().anyMatch(way -> PollingChannels.SCHEME.equals(way.pointOfAccess().getScheme()));
        Instant end = Instant.ofEpochMilli(item.expiration());
        return !fetched ? usual : end.isBefore(now.plus(FETCHED)) ? end : now.plus(FETCHED);
    }

    public static OutboundRoute here(String to) {
        return new OutboundRoute(Kind.HERE, Optional.empty(), to, List.of(), false, false);
    }
}
