// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.nio.file.Path;
import java.util.Optional;
import org.osgi.framework.BundleContext;
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
    private final Path home;
    private final OwnAccount account;

    /** Settings of {@code io.lintel.mqttserver} that concern its clients; the server describes them. */
    @interface Config {
        boolean enabled() default true;

        int port() default MqttUri.DEFAULT_PORT;

        int maxInFlight() default 100;
    }

    @Activate
    public OwnServer(Config config, BundleContext context) {
        this(config, Path.of(Optional.ofNullable(context.getProperty("lintel.home")).orElse("")));
    }

    OwnServer(Config config, Path home) {
        account = new OwnAccount(config.enabled(), home.resolve("data").resolve("mqtt-accounts"));
        address = ServerAddress.of(ServerAddress.LOOPBACK, config.port());
        window = config.maxInFlight();
        this.home = home;
    }

    ServerAddress address() {
        return address;
    }

    /** What this CSE's client presents itself with there. */
    OwnAccount account() {
        return account;
    }

    /** How many unacknowledged messages it allows a client. */
    int window() {
        return window;
    }

    /** The node's home: what file names are relative to. */
    Path home() {
        return home;
    }
}
