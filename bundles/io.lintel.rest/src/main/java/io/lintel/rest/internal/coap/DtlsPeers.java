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

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.CseIdentity;
import io.lintel.rest.internal.mapping.Associations;
import io.lintel.rest.internal.mapping.CredentialHops;
import io.lintel.tls.CertificateNames;
import io.lintel.tls.PeerIdentity;

/**
 * Who is at the other end of a DTLS session, by the credential of its handshake. Asking again for each message would cost more
 * than serving it, so an answer is kept for some seconds; then new rules and registrations count. Any thread.
 */
final class DtlsPeers implements Function<EndpointContext, Peer> {
    private static final PeerIdentity NOBODY = new PeerIdentity("", List.of());
    private static final int MAX_KEPT = 1_024;
    private static final long KEPT_NANOS = Duration.ofSeconds(5).toNanos();

    private final Associations associations;
    private final Supplier<Optional<CseIdentity>> cse;
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

    /** @param cse this CSE, as long as there is one */
    DtlsPeers(Associations associations, Supplier<Optional<CseIdentity>> cse, LongSupplier nanoClock) {
        this.associations = associations;
        this.cse = cse;
        this.nanoClock = nanoClock;
    }

    @Override
    public Peer apply(EndpointContext context) {
        Bytes session = context.get(DtlsEndpointContext.KEY_SESSION_ID);
        String name = session == null || session.isEmpty() ? Peer.text(context.getPeerAddress())
                : "dtls " + session.getAsString();
        PeerIdentity identity = identity(name, context.getPeerIdentity());
        return new Peer(name, context.getPeerAddress(), true, (request, deliveryKey) -> CredentialHops.of(Binding.COAP, name,
                identity, request, associations.registrations(), deliveryKey));
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
        PeerIdentity identity = identity(principal, me.get());
        synchronized (kept) {
            kept.put(session, new Kept(principal, identity, now));
        }
        return identity;
    }

    private PeerIdentity identity(Principal principal, CseIdentity me) {
        if (principal instanceof PreSharedKeyIdentity psk) {
            return associations.ofPsk(psk.getIdentity(), me);
        }
        if (principal instanceof X509CertPath path) {
            List<String> names = DtlsCertificates.first(path.getPath()).map(CertificateNames::of).orElse(List.of());
            return names.isEmpty() ? NOBODY : associations.ofCertificate(names, me);
        }
        return NOBODY;
    }
}
