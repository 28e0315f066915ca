// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.CseIdentity;
import io.lintel.mqtt.internal.AccessRules.Asker;
import io.lintel.mqtt.internal.AccessRules.Subject;
import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.Identity;
import io.lintel.tls.Identities;
import io.lintel.tls.PeerIdentity;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * From what the server verified to whom the client may be: for certificates {@link Identities} says it, for users the rules
 * do. Pure but for the rules it asks.
 */
final class Principals {
    private final AccessConfiguration access;

    Principals(AccessConfiguration access) {
        this.access = access;
    }

    /** Empty for an anonymous client. */
    Optional<Principal> of(ConnectedClient client, CseIdentity me, Predicate<String> knownCse) {
        Identity identity = client.identity();
        return switch (identity.method()) {
            case NONE -> Optional.empty();
            case PASSWORD -> Optional.of(new Principal(access.credentialIds().ofUser(identity.name()),
                    local(access.idsOfUser(identity.name()), me), asker(client)));
            case CERTIFICATE -> Optional.of(certificate(client, me, knownCse));
        };
    }

    /** A client as rules see it. */
    static Asker asker(ConnectedClient client) {
        Identity identity = client.identity();
        List<String> names = new ArrayList<>();
        if (!identity.isAnonymous()) {
            names.add(identity.name());
        }
        for (String name : identity.names()) {
            names.add(name);
            names.add(name.substring(name.indexOf(':') + 1));
        }
        Subject subject = switch (identity.method()) {
            case NONE -> Subject.ANONYMOUS;
            case PASSWORD -> Subject.USER;
            case CERTIFICATE -> Subject.CERTIFICATE;
        };
        return new Asker(subject, names, client.clientId());
    }

    private Principal certificate(ConnectedClient client, CseIdentity me, Predicate<String> knownCse) {
        PeerIdentity peer = access.identities().ofCertificate(client.identity().names(),
                new Identities.Self(me.spId(), me.cseId(), knownCse), access.rules().identities());
        return new Principal(peer.credential(), peer.ids(), asker(client));
    }

    /** In normal form, where the rules write an absolute CSE-ID of this service provider's. */
    private static List<String> local(List<String> ids, CseIdentity me) {
        return ids.stream().map(id -> id.startsWith(me.spId() + "/") ? id.substring(me.spId().length()) : id).toList();
    }
}
