// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.primitive.Address;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One entry of {@code nu}, taken apart (TS-0004 6.2.3, TS-0010 6.6).
 *
 * @param name          the target without {@code ?ct=}
 * @param uri           the same as a URI, if it is a protocol's and not an ID
 * @param serialization what {@code ?ct=} asks for
 */
public record NotificationTarget(String name, Optional<URI> uri, Optional<Serialization> serialization) {
    /** Those of the bindings that oneM2M has, whether or not they are installed at the moment. */
    private static final Set<String> SCHEMES = Set.of("http", "https", "coap", "coaps", "mqtt", "mqtts", "ws", "wss");

    /** @throws PrimitiveException 4000, saying what is wrong with the entry */
    public static NotificationTarget parse(String entry) {
        String name = entry;
        Optional<Serialization> serialization = Optional.empty();
        int question = entry.indexOf('?');
        if (question >= 0) {
            List<String> kept = new ArrayList<>();
            for (String parameter : entry.substring(question + 1).split("&")) {
                if (parameter.startsWith("ct=")) {
                    String wanted = parameter.substring(3);
                    serialization = Serialization.ofSuffix(wanted).or(() -> Serialization.ofMediaType(wanted));
                    if (serialization.isEmpty()) {
                        throw bad(entry, "ct is json, xml or cbor");
                    }
                } else {
                    kept.add(parameter);
                }
            }
            name = entry.substring(0, question) + (kept.isEmpty() ? "" : "?" + String.join("&", kept));
        }
        if (name.indexOf("://") <= 0) {
            Address.parse(name);
            return new NotificationTarget(name, Optional.empty(), serialization);
        }
        URI uri;
        try {
            uri = new URI(name);
        } catch (URISyntaxException e) {
            throw bad(entry, e.getReason());
        }
        if (uri.getHost() == null) {
            throw bad(entry, "it names no host");
        }
        if (!SCHEMES.contains(uri.getScheme().toLowerCase(Locale.ROOT))) {
            throw bad(entry, "there is no binding for " + uri.getScheme());
        }
        boolean mqtt = uri.getScheme().equalsIgnoreCase("mqtt") || uri.getScheme().equalsIgnoreCase("mqtts");
        if (mqtt && (uri.getPath() == null || uri.getPath().length() < 2)) {
            throw bad(entry, "a MQTT target needs a path, which is its topic");
        }
        return new NotificationTarget(name, Optional.of(uri), serialization);
    }

    private static PrimitiveException bad(String entry, String why) {
        return new PrimitiveException(ResponseStatusCode.BAD_REQUEST, "notification target " + entry + " can't be used: " + why);
    }
}
