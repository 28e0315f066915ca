// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import java.util.List;
import java.util.Optional;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.Registrations;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.tls.Identities;
import io.lintel.tls.PeerIdentity;

/**
 * What the CSE is told of a sender whose certificate or key was verified (TS-0003 8.2.3): the AE or CSE that the credential
 * says; where it leaves that open, the one that registered with it, or what it may register as. Over HTTP and WebSocket;
 * CoAP has its hops of {@link CredentialHops}, which finds who registered for all of them. Any thread;
 * {@link #registrations(Registrations)} may come and go.
 */
public final class Associations {
    private final Identities identities;
    private volatile Registrations registrations;

    public Associations(Identities identities) {
        this.identities = identities;
    }

    /** @param now who is registered, null if nobody knows at the moment */
    public void registrations(Registrations now) {
        registrations = now;
    }

    /** No longer, unless others have taken their place. */
    public void withdraw(Registrations old) {
        if (registrations == old) {
            registrations = null;
        }
    }

    /** Who is registered, as long as there is a CSE. */
    public Optional<Registrations> registrations() {
        return Optional.ofNullable(registrations);
    }

    /** @param names of a certificate, as {@link io.lintel.tls.CertificateNames} has them, not empty */
    public PeerIdentity ofCertificate(List<String> names, CseIdentity me) {
        return identities.ofCertificate(names, self(me));
    }

    /** @param identity of the key that was agreed beforehand */
    public PeerIdentity ofPsk(String identity, CseIdentity me) {
        return identities.ofPsk(identity, self(me));
    }

    private Identities.Self self(CseIdentity me) {
        return new Identities.Self(me.spId(), me.cseId(), id -> {
            Registrations now = registrations;
            return now != null && (now.cse(id).isPresent() || now.registrar().filter(id::equals).isPresent());
        });
    }

    /**
     * A request from somebody who was verified.
     *
     * @param request empty for what is true of all requests of a connection
     */
    public Hop hop(Binding binding, String address, PeerIdentity peer, Optional<RequestPrimitive> request,
            Optional<String> deliveryKey) {
        Optional<String> exact = peer.exact();
        Optional<String> verified = exact.isPresent() ? exact : request.flatMap(primitive -> registered(peer, primitive));
        Optional<List<String>> permitted = exact.isPresent() ? Optional.empty() : Optional.of(peer.ids());
        return new Hop(binding, address, false, true, verified, Optional.empty(), Optional.of(peer.credential()), deliveryKey,
                false, permitted);
    }

    /** A request over TLS or DTLS from somebody who showed nothing. */
    public static Hop unknown(Binding binding, String address, Optional<String> deliveryKey) {
        return new Hop(binding, address, false, false, Optional.empty(), Optional.empty(), Optional.empty(), deliveryKey);
    }

    /** Who of those that registered with the credential it is; nobody if it registers itself. */
    private Optional<String> registered(PeerIdentity peer, RequestPrimitive request) {
        boolean registers = request.operation() == Operation.CREATE && request.resourceType()
                .filter(type -> type == ResourceTypes.AE).isPresent();
        return registers ? Optional.empty() : registrations().flatMap(all -> CredentialHops.sender(
                CredentialHops.registered(peer, all), request));
    }
}
