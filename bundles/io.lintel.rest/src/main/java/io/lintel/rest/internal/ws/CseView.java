// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.Registrations;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.mapping.CseLink;

/**
 * The CSE as this binding sees it: whom it asks, and who is registered there. Both come and go while connections stay; what
 * the CSE last said of itself holds meanwhile. Any thread.
 */
final class CseView {
    private final CseLink link;
    private volatile Optional<Cse> cse = Optional.empty();
    private volatile Optional<CseIdentity> identity = Optional.empty();
    private volatile Optional<Registrations> registrations = Optional.empty();

    CseView(ScheduledExecutorService timer, Duration absence, Duration patience) {
        link = new CseLink(timer, absence, patience);
    }

    void bind(Cse arrived) {
        identity = Optional.of(arrived.identity());
        cse = Optional.of(arrived);
        link.bind(arrived);
    }

    void unbind(Cse left) {
        link.unbind(left);
        if (cse.filter(left::equals).isPresent()) {
            cse = Optional.empty();
        }
    }

    void bind(Registrations arrived) {
        registrations = Optional.of(arrived);
    }

    void unbind(Registrations left) {
        if (registrations.filter(left::equals).isPresent()) {
            registrations = Optional.empty();
        }
    }

    void close() {
        link.close();
    }

    CompletionStage<ResponsePrimitive> handle(RequestPrimitive request, Hop hop) {
        return link.handle(request, hop);
    }

    void reachable(String entity) {
        cse.ifPresent(there -> there.reachable(entity));
    }

    /** Whether this CSE is to be reachable now, by its schedule. */
    boolean isAttending(Instant now) {
        return cse.map(there -> there.schedule().isOpen(now)).orElse(true);
    }

    Optional<CseIdentity> identity() {
        return identity;
    }

    boolean isRegistrar(String entity) {
        return registrations.flatMap(Registrations::registrar).filter(entity::equals).isPresent();
    }

    /**
     * The AE or CSE at the other end of this hop of which {@code fr} speaks, if it is registered here: as SP-relative ID, the
     * administrator by its name. What lies behind a CSE stands for that CSE.
     */
    Optional<String> entity(String from) {
        return identity.flatMap(own -> registrations.flatMap(known -> Identification.entity(from, own, known)));
    }
}
