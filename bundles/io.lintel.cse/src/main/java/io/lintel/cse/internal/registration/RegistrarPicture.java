// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.outbound.OutboundSettings;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local {@code <remoteCSE>} that stands for the registrar (TS-0004 7.4.4.2.1): made after the first registration, and
 * kept as long as this CSE wants to be registered, through any silence of the registrar. Made by ordinary requests of
 * this CSE to itself.
 */
public final class RegistrarPicture {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrarPicture.class);
    private static final Duration LIFE = Duration.ofDays(365);
    private static final String REMOTE_CSE = "m2m:csr";
    private static final int IN_CSE = 1;

    private final EntityIds ids;
    private final RegistrarSettings settings;
    private final RegistrarPeer peer;
    private final RemoteCseIndex remotes;
    private final Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> internal;
    private final OutboundSettings outbound;
    private final Clock clock;
    private final Duration renewBefore;

    public RegistrarPicture(EntityIds ids, RegistrarSettings settings, RegistrarPeer peer, RemoteCseIndex remotes,
            Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> internal, OutboundSettings outbound, Clock clock) {
        this.ids = ids;
        this.settings = settings;
        this.peer = peer;
        this.remotes = remotes;
        this.internal = internal;
        this.outbound = outbound;
        this.clock = clock;
        this.renewBefore = settings.check().plus(settings.retryMax()).multipliedBy(4);
    }

    /** Makes it if it is not there, changes it if it is not right; completes when that is on disk. */
    CompletionStage<Void> keep(Void registered) {
        Optional<Resource> own = own();
        if (own.isPresent()) {
            return update(own.get());
        }
        return peer.retrieve(settings.base()).exceptionally(failure -> null)
                .thenCompose(response -> create(response == null || !response.isSuccess() ? Attributes.empty()
                        : response.content().map(Content::attributes).orElse(Attributes.empty())));
    }

    /** Keeps it from expiring while the registrar is silent. */
    void refresh() {
        own().ifPresent(this::update);
    }

    CompletionStage<Void> delete() {
        Optional<Resource> own = own();
        return own.isEmpty() ? CompletableFuture.completedFuture(null)
                : run(request(Operation.DELETE, own.get().id()).build(), ResponseStatusCode.DELETED);
    }

    private Optional<Resource> own() {
        return remotes.withCseId(settings.cseId()).stream().findFirst();
    }

    private CompletionStage<Void> create(Attributes base) {
        Attributes.Builder remote = Attributes.builder().set("rn", settings.cseId().substring(1)).set("csi", settings.cseId())
                .set("cb", settings.base()).set("cst", base.number("cst").orElse((long) IN_CSE)).set("rr", true)
                .set("poa", List.of(settings.uri().toString())).set("csz", List.of(settings.serialization().suffix()))
                .set("et", Timestamps.format(clock.instant().plus(LIFE)));
        if (!base.texts("srv").isEmpty()) {
            remote.set("srv", base.texts("srv"));
        }
        return run(request(Operation.CREATE, ids.identity().baseName()).resourceType(ResourceTypes.REMOTE_CSE)
                .content(new Content(REMOTE_CSE, remote.build())).build(), ResponseStatusCode.CREATED);
    }

    private CompletionStage<Void> update(Resource own) {
        Instant now = clock.instant();
        Attributes.Builder changes = Attributes.builder();
        List<String> points = List.of(settings.uri().toString());
        if (!own.attributes().texts("poa").equals(points)) {
            changes.set("poa", points);
        }
        List<String> spoken = List.of(settings.serialization().suffix());
        if (!own.attributes().texts("csz").equals(spoken)) {
            changes.set("csz", spoken);
        }
        if (own.expiration() < now.plus(renewBefore).toEpochMilli()) {
            changes.set("et", Timestamps.format(now.plus(LIFE)));
        }
        Attributes changed = changes.build();
        return changed.isEmpty() ? CompletableFuture.completedFuture(null)
                : run(request(Operation.UPDATE, own.id()).content(new Content(REMOTE_CSE, changed)).build(),
                ResponseStatusCode.UPDATED);
    }

    private RequestPrimitive.Builder request(Operation operation, String to) {
        return RequestPrimitive.builder(operation, to).from(ids.identity().cseId()).requestIdentifier(RequestIdentifiers.next())
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, outbound.releaseVersion());
    }

    private CompletionStage<Void> run(RequestPrimitive request, ResponseStatusCode expected) {
        return internal.apply(request).thenAccept(response -> {
            if (response.statusCode() != expected.code()) {
                LOG.error("the remoteCSE of the registrar: {} gave {} {}", request.operation(), response.statusCode(),
                        response.content().map(Content::value).orElse(""));
            }
        });
    }
}
