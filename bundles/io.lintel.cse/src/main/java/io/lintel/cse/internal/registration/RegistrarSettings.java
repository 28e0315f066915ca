// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import io.lintel.primitive.Identifiers;
import io.lintel.primitive.Serialization;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

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
 * @param credential    the Credential-ID to register with, where the registrar's MQTT server does not know this CSE by its
 *                      CSE-ID before (TS-0010 6.4.4)
 * @param inCse         the CSE-ID of the IN-CSE, which may lie beyond the registrar
 */
public record RegistrarSettings(URI uri, String cseId, String name, List<String> pointsOfAccess, Serialization serialization,
        Duration expiration, Duration check, Duration retryInitial, Duration retryMax, Optional<String> credential,
        String inCse) {
    private static final Pattern CREDENTIAL_ID = Pattern.compile("[A-Za-z0-9._@%:/-]{1,200}");

    public RegistrarSettings {
        pointsOfAccess = List.copyOf(pointsOfAccess);
    }

    /** @throws IllegalArgumentException naming the key that is wrong */
    public static RegistrarSettings of(String uri, String cseId, String name, List<String> pointsOfAccess, String serialization,
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
        return new RegistrarSettings(parsed, cseId, name, pointsOfAccess, spoken, expiration, check, retryInitial, retryMax,
                Optional.empty(), cseId);
    }

    /** @param credentialId empty text for none */
    public RegistrarSettings withCredential(String credentialId) {
        String id = credentialId.trim();
        if (!id.isEmpty() && !CREDENTIAL_ID.matcher(id).matches()) {
            throw new IllegalArgumentException("registrar.credentialId is a number, a dash and letters, digits, . _ - @,"
                    + " such as 12-gateway: " + id);
        }
        return new RegistrarSettings(uri, cseId, name, pointsOfAccess, serialization, expiration, check, retryInitial, retryMax,
                Optional.of(id).filter(text -> !text.isEmpty()), inCse);
    }

    /** @param infrastructure empty text: the registrar is the IN-CSE */
    public RegistrarSettings withInCse(String infrastructure) {
        String id = infrastructure.trim();
        if (!id.isEmpty() && !Identifiers.isCseId(id)) {
            throw new IllegalArgumentException("registrar.inCseId is a slash and one element: " + id);
        }
        return new RegistrarSettings(uri, cseId, name, pointsOfAccess, serialization, expiration, check, retryInitial, retryMax,
                credential, id.isEmpty() ? cseId : id);
    }

    boolean isMqtt() {
        return uri.getScheme().toLowerCase(java.util.Locale.ROOT).startsWith("mqtt");
    }

    /** The address of the registrar's CSEBase. */
    String base() {
        return cseId + "/" + name;
    }
}
