// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.primitive.Identifiers;
import io.lintel.primitive.Serialization;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;

/**
 * Where and how this CSE registers (TS-0001 10.2.2.2).
 *
 * @param uri           the registrar's point of access
 * @param cseId         its SP-relative CSE-ID
 * @param name          the resource name of its CSEBase
 * @param pointsOfAccess where the registrar reaches this CSE; none: the registrar's own URI if it is MQTT, else what the
 *                      open doors say
 * @param serialization what is spoken with the registrar
 * @param expiration    how long the registration shall last without renewal
 * @param check         how often it is looked at
 * @param retryInitial  pause after the first failure; doubles with each further one
 * @param retryMax      where the doubling ends
 */
record RegistrarSettings(URI uri, String cseId, String name, List<String> pointsOfAccess, Serialization serialization,
        Duration expiration,
        Duration check, Duration retryInitial, Duration retryMax) {
    RegistrarSettings {
        pointsOfAccess = List.copyOf(pointsOfAccess);
    }

    /** @throws IllegalArgumentException naming the key that is wrong */
    static RegistrarSettings of(String uri, String cseId, String name, List<String> pointsOfAccess, String serialization,
            Duration expiration, Duration check, Duration retryInitial, Duration retryMax) {
        URI parsed;
        try {
            parsed = new URI(uri.trim());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("registrar.uri is no URI: " + uri, e);
        }
        if (parsed.getScheme() == null || parsed.getHost() == null) {
            throw new IllegalArgumentException("registrar.uri needs a scheme and a host: " + uri);
        }
        if (!Identifiers.isCseId(cseId) || !Identifiers.isElement(name)) {
            throw new IllegalArgumentException("registrar.cseId is a slash and one element, registrar.name one element: "
                    + cseId + ", "
                    + name);
        }
        Serialization spoken = Serialization.ofSuffix(serialization).orElseThrow(
                () -> new IllegalArgumentException("registrar.serialization is json, xml or cbor: " + serialization));
        for (Duration duration : List.of(expiration, check, retryInitial, retryMax)) {
            if (duration.isNegative() || duration.isZero()) {
                throw new IllegalArgumentException("the times of the registrar's area must be positive");
            }
        }
        return new RegistrarSettings(parsed, cseId, name, pointsOfAccess, spoken, expiration, check, retryInitial, retryMax);
    }

    boolean isMqtt() {
        return uri.getScheme().toLowerCase(java.util.Locale.ROOT).startsWith("mqtt");
    }

    /** The address of the registrar's CSEBase. */
    String base() {
        return cseId + "/" + name;
    }
}
