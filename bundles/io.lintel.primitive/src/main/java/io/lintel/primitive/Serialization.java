// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.util.Arrays;
import java.util.Optional;

/**
 * The three serialisations of TS-0004 clause 8. The name in lower case is the MQTT topic's suffix and the entry in
 * {@code csz}.
 */
public enum Serialization {
    JSON("json"), XML("xml"), CBOR("cbor");

    private final String suffix;

    Serialization(String suffix) {
        this.suffix = suffix;
    }

    /** {@code json}, {@code xml} or {@code cbor}: the last level of an MQTT topic, the end of a media type. */
    public String suffix() {
        return suffix;
    }

    public static Optional<Serialization> ofSuffix(String suffix) {
        return Arrays.stream(values()).filter(s -> s.suffix.equals(suffix)).findFirst();
    }

    /** By media type, with or without parameters: {@code application/json}, {@code application/vnd.onem2m-res+json;ty=3}. */
    public static Optional<Serialization> ofMediaType(String mediaType) {
        int semicolon = mediaType.indexOf(';');
        String type = (semicolon < 0 ? mediaType : mediaType.substring(0, semicolon)).trim().toLowerCase(java.util.Locale.ROOT);
        if (!type.startsWith("application/")) {
            return Optional.empty();
        }
        String subtype = type.substring("application/".length());
        int plus = subtype.lastIndexOf('+');
        if (plus >= 0 && !subtype.startsWith("vnd.onem2m-")) {
            return Optional.empty();
        }
        return ofSuffix(plus < 0 ? subtype : subtype.substring(plus + 1));
    }
}
