// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the adapters have to know of the node's own MQTT server: how to tell that a configured server is it, and the account
 * that it keeps for them, so that they get in where anonymous clients are refused. The server makes the secret before it
 * listens, in a file that only the node's user reads. A component of its own, because Felix SCR stops at the first of
 * several configuration PIDs that has no configuration, and ignores the others.
 */
@Component(service = OwnServer.class, configurationPid = "io.lintel.mqttserver")
public final class OwnServer {
    static final String ACCOUNT = "lintel.adapter";

    private static final Logger LOG = LoggerFactory.getLogger(OwnServer.class);

    private final boolean enabled;
    private final int port;
    private final Path accounts;

    /** Settings of {@code io.lintel.mqttserver} that concern its clients; the server describes them. */
    @interface Config {
        boolean enabled() default true;

        int port() default 1883;
    }

    @Activate
    public OwnServer(Config config, BundleContext context) {
        this(config.enabled(), config.port(), Path.of(Optional.ofNullable(context.getProperty("lintel.home")).orElse("")));
    }

    OwnServer(boolean enabled, int port, Path home) {
        this.enabled = enabled;
        this.port = port;
        accounts = home.resolve("data").resolve("mqtt-accounts");
    }

    /** The secret of {@link #ACCOUNT} if this server is the node's own; no other gets to see it. Reads the disk. */
    Optional<String> secretFor(URI server, int serverPort) {
        if (!enabled || serverPort != port || !isLoopback(server.getHost()) || !Files.exists(accounts)) {
            return Optional.empty();
        }
        try {
            return Files.readAllLines(accounts, StandardCharsets.UTF_8).stream().filter(line -> line.startsWith(ACCOUNT + ":"))
                    .map(line -> line.substring(ACCOUNT.length() + 1)).findFirst();
        } catch (IOException e) {
            LOG.warn("{} cannot be read, so the adapters connect to the MQTT server without account: {}", accounts, e.toString());
            return Optional.empty();
        }
    }

    /** Names are not asked for: only {@code localhost} is one of this machine for sure. */
    private static boolean isLoopback(String host) {
        if (host.equals("localhost")) {
            return true;
        }
        try {
            return host.matches("[0-9.]+|\\[.*]") && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
