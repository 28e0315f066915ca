// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.CseIdentity;
import io.lintel.mqtt.internal.AccessRules.Asker;
import io.lintel.mqtt.internal.AccessRules.Subject;
import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.Identity;
import io.lintel.primitive.Identifiers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * From what the server verified to whom the client may be: certificates that carry the ID of an AE or CSE say it
 * themselves (TS-0003 8.2.2, 10.1), for all others the configuration does. Pure but for the rules it asks.
 */
final class Principals {
    private static final String URI = "URI:";
    private static final String DNS = "DNS:";

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
        Asker asker = asker(client);
        for (String name : client.identity().names()) {
            Optional<String> id = name.startsWith(URI) ? entity(name.substring(URI.length()), me, knownCse)
                    : name.startsWith(DNS) ? access.cseDomainNames().cseId(name.substring(DNS.length()), me.spId())
                            : Optional.empty();
            if (id.filter(i -> Identifiers.isCseId(i) || Identifiers.isAbsoluteCseId(i)).isPresent()) {
                return new Principal(CredentialIds.ofCse(id.get()), List.of(id.get()), asker);
            }
            if (id.isPresent()) {
                // an AE of another registrar's cannot register here, and is nobody else
                return new Principal(CredentialIds.ofAe(id.get()), id.filter(Identifiers::isAeIdStem).stream().toList(), asker);
            }
        }
        String name = asker.names().stream().filter(n -> Identifiers.isCseId(n) || Identifiers.isAeIdStem(n)).findFirst()
                .orElse(client.identity().name());
        return new Principal(CredentialIds.ofCertificate(name), local(access.idsOfCertificate(name), me), asker);
    }

    /** In normal form, where the rules write an absolute CSE-ID of this service provider's. */
    private static List<String> local(List<String> ids, CseIdentity me) {
        return ids.stream().map(id -> id.startsWith(me.spId() + "/") ? id.substring(me.spId().length()) : id).toList();
    }

    /**
     * The AE or CSE of this service provider that a URI names: an absolute AE-ID or CSE-ID, with or without a scheme in
     * front, since URIs in certificates have one and the standard names none. Of another service provider it is an IN-CSE
     * that is known here (Mcc'): any other URI may be of anything.
     */
    private static Optional<String> entity(String uri, CseIdentity me, Predicate<String> knownCse) {
        int slashes = uri.indexOf("//");
        boolean schemeOrNothing = slashes == 0 || slashes > 1 && uri.charAt(slashes - 1) == ':'
                && uri.substring(0, slashes - 1).indexOf('/') < 0;
        if (!schemeOrNothing) {
            return Optional.empty();
        }
        String absolute = uri.substring(slashes);
        if (Identifiers.isAbsoluteCseId(absolute) && knownCse.test(absolute)) {
            return Optional.of(absolute);
        }
        String[] elements = uri.substring(slashes + 2).split("/", -1);
        if (elements.length < 2 || elements.length > 3 || !me.spId().equalsIgnoreCase("//" + elements[0])
                || !Identifiers.isElement(elements[1])) {
            return Optional.empty();
        }
        String cseId = "/" + elements[1];
        if (elements.length == 2) {
            boolean ae = elements[1].startsWith("S") && Identifiers.isAeIdStem(elements[1]) && !knownCse.test(cseId);
            return Optional.of(ae ? elements[1] : cseId);
        }
        if (!Identifiers.isAeIdStem(elements[2])) {
            return Optional.empty();
        }
        return Optional.of(cseId.equals(me.cseId()) ? elements[2] : cseId + "/" + elements[2]);
    }
}
