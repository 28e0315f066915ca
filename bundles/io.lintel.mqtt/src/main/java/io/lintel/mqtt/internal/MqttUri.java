// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.primitive.Serialization;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * A URI of TS-0010 clause 6.6: the server, and a path that is a topic prefix in a pointOfAccess and the whole topic in
 * a notificationURI (MQ-47 to MQ-54).
 *
 * @param path without its first slash, percent-decoded; empty if there is none
 * @param contentType what {@code ?ct=} asks for, if it does
 */
record MqttUri(ServerAddress server, String path, Optional<Serialization> contentType) {
    static final int DEFAULT_PORT = 1883;
    static final int DEFAULT_SECURE_PORT = 8883;

    /** @throws IllegalArgumentException saying what is wrong with the text */
    static MqttUri parse(String text) {
        try {
            return parse(new URI(text));
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not an mqtt: or mqtts: URI: " + text, e);
        }
    }

    /** @throws IllegalArgumentException saying what is wrong with the URI */
    static MqttUri parse(URI uri) {
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        boolean secure = scheme.equals("mqtts");
        if (!secure && !scheme.equals("mqtt")) {
            throw new IllegalArgumentException("not an mqtt: or mqtts: URI: " + uri);
        }
        String authority = uri.getRawAuthority();
        if (authority == null || authority.isEmpty()) {
            throw new IllegalArgumentException("names no MQTT server: " + uri);
        }
        String hostAndPort = authority.substring(authority.lastIndexOf('@') + 1);
        int colon = hostAndPort.lastIndexOf(':');
        boolean hasPort = colon > hostAndPort.lastIndexOf(']');
        String host = hasPort ? hostAndPort.substring(0, colon) : hostAndPort;
        int port = hasPort && colon + 1 < hostAndPort.length() ? port(hostAndPort.substring(colon + 1), uri)
                : secure ? DEFAULT_SECURE_PORT : DEFAULT_PORT;
        if (host.isEmpty()) {
            throw new IllegalArgumentException("names no MQTT server: " + uri);
        }
        String path = uri.getPath() == null ? "" : uri.getPath();
        path = path.startsWith("/") ? path.substring(1) : path;
        if (path.indexOf('+') >= 0 || path.indexOf('#') >= 0 || path.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a topic holds no wildcard: " + uri);
        }
        return new MqttUri(ServerAddress.of(host, port, secure), path, contentType(uri.getQuery()));
    }

    /** The path as the prefix of TS-0010 topics, which themselves begin with a slash. */
    String prefix() {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    /** The entity that a path of two or three slashes and one element names, as ACME writes it; empty for any other path. */
    Optional<String> receiverInPath() {
        String id = path.startsWith("//") ? path.substring(2) : path.startsWith("/") ? path.substring(1) : "";
        return id.isEmpty() || id.startsWith("/") ? Optional.empty() : Optional.of("/" + id);
    }

    @Override
    public String toString() {
        return (server.secure() ? "mqtts://" : "mqtt://") + server.authority() + (path.isEmpty() ? "" : encoded("/" + path));
    }

    private static String encoded(String path) {
        try {
            return new URI(null, "h", path, null).getRawPath();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("every text can be a path", e);
        }
    }

    private static int port(String text, URI uri) {
        try {
            int port = Integer.parseInt(text);
            if (port > 0 && port < 65536) {
                return port;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("no such port: " + uri);
    }

    private static Optional<Serialization> contentType(String query) {
        if (query == null) {
            return Optional.empty();
        }
        for (String parameter : query.split("&")) {
            if (parameter.startsWith("ct=")) {
                String value = parameter.substring(3);
                return Serialization.ofSuffix(value).or(() -> Serialization.ofMediaType(value));
            }
        }
        return Optional.empty();
    }
}
