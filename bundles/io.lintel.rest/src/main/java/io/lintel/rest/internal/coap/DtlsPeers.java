// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.security.Principal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import org.eclipse.californium.elements.DtlsEndpointContext;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.auth.PreSharedKeyIdentity;
import org.eclipse.californium.elements.auth.X509CertPath;
import org.eclipse.californium.elements.util.Bytes;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Registrations;
import io.lintel.tls.CertificateNames;
import io.lintel.tls.Identities;
import io.lintel.tls.PeerIdentity;

/**
 * Who is at the other end of a DTLS session, by the credential of its handshake. Asking again for each message would cost more
 * than serving it, so an answer is kept for some seconds; then new rules and registrations count. Any thread.
 */
final class DtlsPeers implements Function<EndpointContext, Peer> {
    private static final PeerIdentity NOBODY = new PeerIdentity("", List.of());
    private static final int MAX_KEPT = 1_024;
    private static final long KEPT_NANOS = Duration.ofSeconds(5).toNanos();

    private final Identities identities;
    private final Supplier<Optional<CseIdentity>> cse;
    private final Supplier<Optional<Registrations>> registrations;
    private final LongSupplier nanoClock;
    private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Kept> eldest) {
            return size() > MAX_KEPT;
        }
    };

    private record Kept(Principal principal, PeerIdentity identity, long since) {
    }

    /**
     * @param cse           this CSE, as long as there is one
     * @param registrations of it
     */
    DtlsPeers(Identities identities, Supplier<Optional<CseIdentity>> cse, Supplier<Optional<Registrations>> registrations,
            LongSupplier nanoClock) {
        this.identities = identities;
        this.cse = cse;
        this.registrations = registrations;
        this.nanoClock = nanoClock;
    }

    @Override
    public Peer apply(EndpointContext context) {
        Bytes session = context.get(DtlsEndpointContext.KEY_SESSION_ID);
        String name = session == null || session.isEmpty() ? Peer.text(context.getPeerAddress())
                : "dtls " + session.getAsString();
        return new Peer(name, context.getPeerAddress(), false, Optional.of(identity(name, context.getPeerIdentity())),
                registrations);
    }

    private PeerIdentity identity(String session, Principal principal) {
        long now = nanoClock.getAsLong();
        synchronized (kept) {
            Kept known = kept.get(session);
            if (known != null && known.principal.equals(principal) && now - known.since < KEPT_NANOS) {
                return known.identity;
            }
        }
        Optional<CseIdentity> me = cse.get();
        if (me.isEmpty()) {
            return NOBODY;   // nobody is served now anyway
        }
        PeerIdentity identity = identity(principal, self(me.get()));
        synchronized (kept) {
            kept.put(session, new Kept(principal, identity, now));
        }
        return identity;
    }

    private PeerIdentity identity(Principal principal, Identities.Self self) {
        if (principal instanceof PreSharedKeyIdentity psk) {
            return identities.ofPsk(psk.getIdentity(), self);
        }
        if (principal instanceof X509CertPath path) {
            List<String> names = DtlsCertificates.first(path.getPath()).map(CertificateNames::of).orElse(List.of());
            return names.isEmpty() ? NOBODY : identities.ofCertificate(names, self);
        }
        return NOBODY;
    }

    private Identities.Self self(CseIdentity me) {
        return new Identities.Self(me.spId(), me.cseId(), id -> registrations.get()
                .filter(all -> all.cse(id).isPresent() || all.registrar().filter(id::equals).isPresent()).isPresent());
    }
}
