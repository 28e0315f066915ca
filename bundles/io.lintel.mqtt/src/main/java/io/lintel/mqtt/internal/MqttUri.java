// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.primitive.Serialization;
import java.net.URI;
import java.util.Optional;

/**
 * A URI of TS-0010 clause 6.6: the server, and a path that is a topic prefix in a pointOfAccess and the whole topic in
 * a notificationURI.
 *
 * @param path without a leading slash, percent-decoded; empty if there is none
 * @param contentType what {@code ?ct=} asks for, if it does
 */
record MqttUri(ServerAddress server, String path, Optional<Serialization> contentType) {
    static final int DEFAULT_PORT = 1883;

    /** @throws IllegalArgumentException saying what is wrong with the URI */
    static MqttUri parse(URI uri) {
        if (!"mqtt".equalsIgnoreCase(uri.getScheme())) {
            throw new IllegalArgumentException("not an mqtt: URI: " + uri);
        }
        String authority = uri.getRawAuthority();
        if (authority == null || authority.isEmpty()) {
            throw new IllegalArgumentException("names no MQTT server: " + uri);
        }
        String hostAndPort = authority.substring(authority.lastIndexOf('@') + 1);
        int colon = hostAndPort.lastIndexOf(':');
        boolean hasPort = colon > hostAndPort.lastIndexOf(']');
        String host = hasPort ? hostAndPort.substring(0, colon) : hostAndPort;
        int port = hasPort && colon + 1 < hostAndPort.length() ? port(hostAndPort.substring(colon + 1), uri) : DEFAULT_PORT;
        if (host.isEmpty()) {
            throw new IllegalArgumentException("names no MQTT server: " + uri);
        }
        String path = uri.getPath() == null ? "" : uri.getPath();
        path = path.startsWith("/") ? path.substring(1) : path;
        if (path.indexOf('+') >= 0 || path.indexOf('#') >= 0 || path.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a topic holds no wildcard: " + uri);
        }
        return new MqttUri(ServerAddress.of(host, port), path, contentType(uri.getQuery()));
    }

    /** The path as the prefix of TS-0010 topics, which themselves begin with a slash. */
    String prefix() {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    @Override
    public String toString() {
        return "mqtt://" + server.authority() + (path.isEmpty() ? "" : "/" + path);
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
