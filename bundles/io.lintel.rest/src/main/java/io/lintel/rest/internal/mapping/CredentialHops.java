// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import java.util.List;
import java.util.Optional;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.Registrations;
import io.lintel.cse.api.Registrations.Registration;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.tls.PeerIdentity;

/**
 * From whom a TLS or DTLS association has verified to what the CSE is told of the sender of a request (TS-0003 8.2.3). A
 * credential that stands for one AE or CSE says who it is. One that stands for several says so with the registration; from
 * then on the sender is whoever registered with it (SE-05). The CSE holds {@code fr} against that: 4106. Any thread.
 */
public final class CredentialHops {
    private CredentialHops() {
    }

    /**
     * @param peer          for logs
     * @param registrations who is registered; empty while there is no CSE
     * @param deliveryKey   as {@link Hop#deliveryKey()}
     */
    public static Hop of(Binding binding, String peer, PeerIdentity identity, RequestPrimitive request,
            Optional<Registrations> registrations, Optional<String> deliveryKey) {
        Optional<String> verified = identity.exact();
        boolean registration = isRegistration(request);
        if (verified.isEmpty() && !registration) {
            verified = registrations.flatMap(all -> {
                List<Registration> registered = registered(identity, all);
                return sender(registered, request).or(() -> registered.size() == 1 ? Optional.of(registered.get(0).id())
                        : Optional.empty());
            });
        }
        boolean named = registration || verified.isEmpty();
        Optional<String> credential = named ? Optional.of(identity.credential()) : Optional.empty();
        Optional<List<String>> permitted = named ? Optional.of(identity.ids()) : Optional.empty();
        return new Hop(binding, peer, false, true, verified, Optional.empty(), credential, deliveryKey, false, permitted);
    }

    private static boolean isRegistration(RequestPrimitive request) {
        return request.operation() == Operation.CREATE && request.resourceType()
                .filter(type -> type == ResourceTypes.AE || type == ResourceTypes.REMOTE_CSE).isPresent();
    }

    /** Who registered with the credential, as far as it still stands for them. */
    static List<Registration> registered(PeerIdentity identity, Registrations all) {
        return all.withCredential(identity.credential()).stream().filter(one -> identity.covers(one.id())).toList();
    }

    /**
     * The one of these that a request says it is from or comes from behind of, else a CSE, which may relay for others: the CSE
     * here holds {@code fr} against it.
     */
    static Optional<String> sender(List<Registration> registered, RequestPrimitive request) {
        String from = request.from().orElse("");
        String stem = from.substring(from.lastIndexOf('/') + 1);
        return registered.stream().filter(one -> one.cse() ? from.equals(one.id()) || from.startsWith(one.id() + "/")
                : one.id().equals(stem)).findFirst()
                .or(() -> registered.stream().filter(Registration::cse).findFirst()).map(Registration::id);
    }
}
