// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.outbound.OutboundExchange;
import io.lintel.cse.internal.outbound.OutboundRoute;
import io.lintel.cse.internal.outbound.OutboundSettings;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** The requests that a CSE makes to its registrar about its registration (TS-0004 7.4.4). Any thread. */
public final class RegistrarPeer {
    private static final String REMOTE_CSE = "m2m:csr";

    private final EntityIds ids;
    private final RegistrarSettings settings;
    private final OutboundExchange exchange;
    private final OutboundSettings outbound;
    private final Clock clock;

    public RegistrarPeer(EntityIds ids, RegistrarSettings settings, OutboundExchange exchange, OutboundSettings outbound,
            Clock clock) {
        this.ids = ids;
        this.settings = settings;
        this.exchange = exchange;
        this.outbound = outbound;
        this.clock = clock;
    }

    /** What this CSE says of itself in {@code srv}. */
    List<String> supportedReleases() {
        return outbound.supportedReleases();
    }

    /** The registration itself: with the Credential-ID, if there is one, as this CSE is nobody there before (TS-0010 6.4.4). */
    CompletionStage<ResponsePrimitive> create(Attributes registration) {
        return send(request(Operation.CREATE, settings.base()).resourceType(ResourceTypes.REMOTE_CSE)
                .content(new Content(REMOTE_CSE, registration)), settings.credential());
    }

    CompletionStage<ResponsePrimitive> retrieve(String address) {
        return send(request(Operation.RETRIEVE, address));
    }

    CompletionStage<ResponsePrimitive> update(String address, Attributes changes) {
        return send(request(Operation.UPDATE, address).content(new Content(REMOTE_CSE, changes)));
    }

    CompletionStage<ResponsePrimitive> delete(String address) {
        return send(request(Operation.DELETE, address));
    }

    /** The addresses of the registrar's {@code <remoteCSE>}, by discovery. */
    CompletionStage<ResponsePrimitive> discoverRemoteCses() {
        Attributes filter = Attributes.builder().set("fu", 1).set("ty", List.of(ResourceTypes.REMOTE_CSE)).set("lvl", 1).build();
        return send(request(Operation.RETRIEVE, settings.base()).set(RequestParameter.FILTER_CRITERIA, filter));
    }

    /** The address of what a registrar's answer calls by CSE-relative, SP-relative or absolute name. */
    String address(String named) {
        return named.startsWith("/") ? named : settings.cseId() + "/" + named;
    }

    private RequestPrimitive.Builder request(Operation operation, String to) {
        return RequestPrimitive.builder(operation, to).from(ids.identity().cseId()).requestIdentifier(RequestIdentifiers.next())
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, outbound.releaseVersion());
    }

    private CompletionStage<ResponsePrimitive> send(RequestPrimitive.Builder builder) {
        return send(builder, Optional.empty());
    }

    private CompletionStage<ResponsePrimitive> send(RequestPrimitive.Builder builder, Optional<String> credential) {
        Duration timeout = outbound.requestTimeout();
        var deadline = clock.instant().plus(timeout);
        // The registrar's MQTT server may keep the request while the registrar is away: late, it must not be served.
        RequestPrimitive request = builder.set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, Timestamps.formatFine(deadline))
                .build();
        OutboundRoute route = new OutboundRoute(OutboundRoute.Kind.CSE, Optional.of(settings.cseId()), request.to(),
                List.of(new OutboundRoute.Way(settings.uri(), Optional.of(settings.serialization()), credential)), false, false);
        return exchange.send(request, route, deadline);
    }
}
