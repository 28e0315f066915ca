// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What carries MQTT packets on a listener. */
enum Transport {
    TCP(false, false), TLS(true, false), WS(false, true), WSS(true, true);

    private final boolean secure;
    private final boolean webSocket;

    Transport(boolean secure, boolean webSocket) {
        this.secure = secure;
        this.webSocket = webSocket;
    }

    static Optional<Transport> of(String name) {
        String key = name.trim().toLowerCase(Locale.ROOT);
        return Arrays.stream(values()).filter(transport -> transport.key().equals(key)).findFirst();
    }

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isSecure() {
        return secure;
    }

    boolean isWebSocket() {
        return webSocket;
    }
}
