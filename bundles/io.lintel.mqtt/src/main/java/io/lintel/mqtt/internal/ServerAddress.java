// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.util.Locale;

/**
 * One MQTT server: what one connection of ours leads to. Two spellings of the same server must become one address,
 * because two connections with the same client identifier would push each other out [MQTT-3.1.4-2].
 *
 * @param host in lower case, without the brackets of an IPv6 literal; every spelling of loopback is {@code 127.0.0.1}
 */
record ServerAddress(String host, int port) {
    static final String LOOPBACK = "127.0.0.1";

    static ServerAddress of(String host, int port) {
        String name = host.toLowerCase(Locale.ROOT);
        if (name.startsWith("[") && name.endsWith("]")) {
            name = name.substring(1, name.length() - 1);
        }
        boolean loopback = name.equals("localhost") || name.equals("::1") || name.equals("0:0:0:0:0:0:0:1")
                || name.startsWith("127.") && isLiteral(name);
        return new ServerAddress(loopback ? LOOPBACK : name, port);
    }

    /** Whether the host is a number and needs no name service. */
    boolean isLiteral() {
        return isLiteral(host);
    }

    boolean isLoopback() {
        return host.equals(LOOPBACK);
    }

    /** As Paho wants it. */
    String tcpUri() {
        return "tcp://" + authority();
    }

    String authority() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    @Override
    public String toString() {
        return authority();
    }

    private static boolean isLiteral(String host) {
        return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || c >= '0' && c <= '9');
    }
}
