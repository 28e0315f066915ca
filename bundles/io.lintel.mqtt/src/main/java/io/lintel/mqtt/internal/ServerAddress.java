// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.util.Locale;

/**
 * One MQTT server: what one connection of ours leads to. Two spellings of the same server must become one address,
 * because two connections with the same client identifier would push each other out [MQTT-3.1.4-2].
 *
 * @param host   in lower case, without the brackets of an IPv6 literal; without TLS every spelling of loopback is
 *               {@code 127.0.0.1}, with TLS a name stays as it is, because the server's certificate has to show it
 * @param secure whether the server demands TLS on that port ({@code mqtts:}, MQ-49)
 */
record ServerAddress(String host, int port, boolean secure) {
    static final String LOOPBACK = "127.0.0.1";

    static ServerAddress of(String host, int port) {
        return of(host, port, false);
    }

    static ServerAddress of(String host, int port, boolean secure) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.startsWith("[") && name.endsWith("]")) {
            name = name.substring(1, name.length() - 1);
        }
        return new ServerAddress(!secure && isLoopback(name) ? LOOPBACK : name, port, secure);
    }

    /** Whether the host is a number and needs no name service. */
    boolean isLiteral() {
        return isLiteral(host);
    }

    boolean isLoopback() {
        return isLoopback(host);
    }

    String authority() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public String toString() {
        return secure ? "mqtts://" + authority() : authority();
    }

    private static boolean isLoopback(String name) {
        return name.equals("localhost") || name.equals("::1") || name.equals("0:0:0:0:0:0:0:1")
                || name.startsWith("127.") && isLiteral(name);
    }

    private static boolean isLiteral(String host) {
        return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
    }
}
