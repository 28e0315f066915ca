// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.outbound.OutboundCounters;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code <remoteCSE>} that stands for this CSE at its registrar (TS-0001 10.2.2.2, TS-0004 7.4.4): looks whether it
 * stands there, makes it, adopts an earlier one or brings it up to date. What it needs to know is in the two trees, so
 * nothing is lost when the process dies. When to look is {@link RegistrarLink}'s affair.
 *
 * <p>Runs on its caller's thread and, after an answer, on the binding's, one look at a time; what it knows may be asked
 * from any thread.
 */
public final class OwnRegistration {
    private static final Logger LOG = LoggerFactory.getLogger(OwnRegistration.class);
    private static final int MAX_SEARCHED = 100;
    private static final Set<Integer> STANDS_ALREADY = Set.of(ResponseStatusCode.ORIGINATOR_HAS_ALREADY_REGISTERED.code(),
            ResponseStatusCode.CONFLICT.code(), ResponseStatusCode.ALREADY_EXISTS.code());

    private final EntityIds ids;
    private final RegistrarSettings settings;
    private final RegistrarPeer peer;
    private final ResourceStore store;
    private final Supplier<List<String>> doors;
    private final BooleanSupplier wasRegistered;
    private final OutboundCounters counters;
    private final Clock clock;

    private volatile boolean registered;
    private volatile Duration granted = Duration.ZERO;
    private volatile Instant until = Instant.EPOCH;
    private volatile String address;
    private volatile boolean withoutReleases;
    private volatile boolean made;
    private volatile boolean closing;

    /**
     * @param doors         where this CSE can be reached, as far as its open doors say
     * @param wasRegistered whether it has registered at this registrar before, as far as it knows
     */
    public OwnRegistration(EntityIds ids, RegistrarSettings settings, RegistrarPeer peer, ResourceStore store,
            Supplier<List<String>> doors, BooleanSupplier wasRegistered, OutboundCounters counters, Clock clock) {
        this.ids = ids;
        this.settings = settings;
        this.peer = peer;
        this.store = store;
        this.doors = doors;
        this.wasRegistered = wasRegistered;
        this.counters = counters;
        this.clock = clock;
        this.address = settings.base() + "/" + ids.identity().cseIdElement();
    }

    /** Whether this CSE is registered, as far as it knows. */
    boolean stands() {
        return registered && until.isAfter(clock.instant());
    }

    /** When it ends unless it is renewed. */
    Instant until() {
        return until;
    }

    /** Whether it was made, not only found, since this was asked last. */
    boolean wasMadeSinceAsked() {
        boolean answer = made;
        made = false;
        return answer;
    }

    /** It stands no more, or counts no more. */
    void lost() {
        registered = false;
    }

    /** This CSE closes: what fails now says nothing of the registration. */
    void end() {
        closing = true;
        registered = false;
    }

    /**
     * Sees to it that it stands and says what is true. Fails with {@link RefusedException} if the registrar answers, but
     * not as it should, and with the failure of the way there.
     */
    CompletionStage<Void> keep() {
        return look().thenCompose(current -> current.isPresent() ? bringUpToDate(current.get()) : create(true));
    }

    /**
     * The registration as it is. Who registers with a credential is nobody at the registrar's server before, and again when
     * the registrar has lost the registration: then looking fails, and the way in is to register.
     */
    private CompletionStage<Optional<Attributes>> look() {
        if (settings.credential().isEmpty()) {
            return peer.retrieve(address).thenApply(this::ours);
        }
        if (!registered && !wasRegistered.getAsBoolean()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return peer.retrieve(address).thenApply(this::ours).exceptionally(failure -> {
            if (closing) {
                throw new CompletionException(failure);
            }
            LOG.debug("{} does not answer this CSE, which registers anew: {}", settings.cseId(), failure.toString());
            return Optional.empty();
        });
    }

    /** Asks the registrar to delete it, and gives its answer. */
    CompletionStage<ResponsePrimitive> delete() {
        return peer.delete(address);
    }

    /** The registration as it is at the registrar, if it is there and ours. */
    private Optional<Attributes> ours(ResponsePrimitive response) {
        if (response.statusCode() != ResponseStatusCode.OK.code()) {
            return Optional.empty();
        }
        return response.content().map(content -> content.attributes())
                .filter(found -> found.text("csi").filter(ids.identity().cseId()::equals).isPresent());
    }

    /** Changes what differs, and renews when half of the time is over. */
    private CompletionStage<Void> bringUpToDate(Attributes current) {
        Instant now = clock.instant();
        Attributes.Builder changes = Attributes.builder();
        Attributes wanted = wanted();
        wanted.forEach((name, value) -> {
            if (!current.get(name).filter(value::equals).isPresent() && !(value instanceof List<?> list && list.isEmpty()
                    && !current.has(name))) {
                changes.set(name, value);
            }
        });
        Optional<Instant> expires = current.text("et").flatMap(Timestamps::parse);
        if (expires.isEmpty() || expires.get().isBefore(now.plus(settings.expiration().dividedBy(2)))) {
            changes.set("et", Timestamps.format(now.plus(settings.expiration())));
        }
        Attributes changed = changes.build();
        if (changed.isEmpty() || changed.size() == 1 && changed.has("et") && isAsLongAsItGets(expires, now)) {
            return standsUntil(expires, false);
        }
        return peer.update(address, changed).thenCompose(response -> {
            if (response.isSuccess()) {
                return standsUntil(response.content().flatMap(content -> content.attributes().text("et"))
                        .flatMap(Timestamps::parse)
                        .or(() -> changed.text("et").flatMap(Timestamps::parse)).or(() -> expires), false);
            }
            if (response.statusCode() == ResponseStatusCode.NOT_FOUND.code()) {
                return create(true);
            }
            if (changed.has("srv") && !withoutReleases && isBadRequest(response)) {
                withoutReleases = true;
                return bringUpToDate(current);
            }
            throw new CompletionException(new RefusedException("refused to update the registration", response));
        });
    }

    /** A registrar that grants less than we ask for is not asked again before half of what it granted is over. */
    private boolean isAsLongAsItGets(Optional<Instant> expires, Instant now) {
        return registered && expires.isPresent() && expires.get().equals(until)
                && Duration.between(now, until).compareTo(settings.check().multipliedBy(2)) > 0
                && Duration.between(now, until).compareTo(granted.dividedBy(2)) > 0;
    }

    private CompletionStage<Void> create(boolean named) {
        Instant now = clock.instant();
        Attributes.Builder registration = Attributes.builder();
        if (named) {
            registration.set("rn", ids.identity().cseIdElement());
        }
        registration.set("cb", ids.identity().cseId() + "/" + ids.identity().baseName()).set("csi", ids.identity().cseId())
                .set("cst", ids.identity().type().code()).setAll(wanted())
                .set("et", Timestamps.format(now.plus(settings.expiration())));
        return peer.create(registration.build()).thenCompose(response -> {
            if (response.statusCode() == ResponseStatusCode.CREATED.code()) {
                Attributes made = response.content().map(content -> content.attributes()).orElse(Attributes.empty());
                made.text("rn").filter(name -> !named).ifPresent(name -> address = settings.base() + "/" + name);
                made.text("ri").filter(id -> !named && !made.has("rn")).ifPresent(id -> address = peer.address(id));
                return standsUntil(made.text("et").flatMap(Timestamps::parse)
                        .or(() -> Optional.of(now.plus(settings.expiration()))), true);
            }
            if (STANDS_ALREADY.contains(response.statusCode())) {
                return adopt(response, named);
            }
            if (!withoutReleases && isBadRequest(response)) {
                withoutReleases = true;
                return create(named);
            }
            throw new CompletionException(new RefusedException("refused the registration", response));
        });
    }

    private static boolean isBadRequest(ResponsePrimitive response) {
        return response.statusCode() == ResponseStatusCode.BAD_REQUEST.code()
                || response.statusCode() == ResponseStatusCode.CONTENTS_UNACCEPTABLE.code();
    }

    /** The registrar says that we are registered, under a name that we do not know; or that our name is taken. */
    private CompletionStage<Void> adopt(ResponsePrimitive refusal, boolean named) {
        return peer.discoverRemoteCses().thenCompose(response -> {
            List<String> found = response.isSuccess() ? response.content().map(OwnRegistration::references).orElse(List.of())
                    : List.of();
            return search(found.stream().limit(MAX_SEARCHED).toList(), 0);
        }).thenCompose(current -> {
            if (current.isPresent()) {
                LOG.info("an earlier registration at {} stands as {}", settings.cseId(), address);
                return bringUpToDate(current.get());
            }
            if (named && refusal.statusCode() != ResponseStatusCode.ORIGINATOR_HAS_ALREADY_REGISTERED.code()) {
                return create(false);
            }
            throw new CompletionException(new RefusedException("says that this CSE is registered, but does not show how",
                    refusal));
        });
    }

    private static List<String> references(Content content) {
        if (content.value() instanceof List<?> list) {
            return list.stream().filter(String.class::isInstance).map(String.class::cast).toList();
        }
        return content.attributes().objects("rrf").stream().map(reference -> reference.text("val")).flatMap(Optional::stream)
                .toList();
    }

    private CompletionStage<Optional<Attributes>> search(List<String> found, int index) {
        if (index == found.size()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        String candidate = peer.address(found.get(index));
        return peer.retrieve(candidate).thenCompose(response -> {
            Optional<Attributes> current = ours(response);
            if (current.isPresent()) {
                address = candidate;
                return CompletableFuture.completedFuture(current);
            }
            return search(found, index + 1);
        });
    }

    private CompletionStage<Void> standsUntil(Optional<Instant> expires, boolean created) {
        boolean news = !registered || created;
        until = expires.orElseGet(() -> clock.instant().plus(settings.expiration()));
        granted = Duration.between(clock.instant(), until);
        registered = true;
        if (created) {
            made = true;
            counters.add(OutboundCounters.REGISTRATIONS);
        }
        if (news) {
            LOG.info("registered at {} by {} until {}{}", settings.cseId(), settings.uri(), until, created ? "" : ", as before");
        }
        return CompletableFuture.completedFuture(null);
    }

    /** What the registrar shall know of this CSE and what may change. */
    private Attributes wanted() {
        Attributes.Builder wanted = Attributes.builder().set("rr", true).set("poa", reachableAt())
                .set("dcse", RemoteCseIndex.descendants(store, ids.identity().cseId(), Optional.of(settings.cseId())))
                .set("csz", List.of(settings.serialization().suffix()));
        if (!withoutReleases) {
            wanted.set("srv", peer.supportedReleases());
        }
        return wanted.build();
    }

    private List<String> reachableAt() {
        if (!settings.pointsOfAccess().isEmpty()) {
            return settings.pointsOfAccess();
        }
        return settings.isMqtt() ? List.of(settings.uri().toString()) : List.copyOf(doors.get());
    }

    /** The registrar answered, but not as it should. */
    static final class RefusedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        RefusedException(String what, ResponsePrimitive response) {
            super(what + " with " + response.statusCode() + response.content().map(content -> ": " + content.value()).orElse(""),
                    null, false, false);
        }
    }
}
