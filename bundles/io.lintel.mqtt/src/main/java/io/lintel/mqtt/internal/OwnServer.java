// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * What the binding has to know of the co-located server, from that one's configuration. A component of its own, because
 * Felix SCR stops at the first of several configuration PIDs that has no configuration, and ignores the others.
 */
@Component(service = OwnServer.class, configurationPid = "io.lintel.mqttserver")
public final class OwnServer {
    private final ServerAddress address;
    private final int window;

    /** Settings of {@code io.lintel.mqttserver} that concern its clients; the server describes them. */
    @interface Config {
        int port() default MqttUri.DEFAULT_PORT;

        int maxInFlight() default 100;
    }

    @Activate
    public OwnServer(Config config) {
        address = ServerAddress.of(ServerAddress.LOOPBACK, config.port());
        window = config.maxInFlight();
    }

    ServerAddress address() {
        return address;
    }

    /** How many unacknowledged messages it allows a client. */
    int window() {
        return window;
    }
}
