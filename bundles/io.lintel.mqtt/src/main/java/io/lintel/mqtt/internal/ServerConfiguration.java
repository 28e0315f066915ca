// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.primitive.Schedule;
import io.lintel.primitive.ScheduleExpression;
import io.lintel.tls.ClientTls;
import io.lintel.tls.NodeTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.AttributeType;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * An MQTT server with settings of its own, one for each configuration {@code io.lintel.mqtt.server-<name>}. It holds the
 * settings only: {@link MqttBinding} connects to what is there, so that servers come, change and go while the others stay.
 * What is wrong with them is asked for, not thrown here, so that the door can say it.
 */
@Component(service = ServerConfiguration.class, configurationPid = ServerConfiguration.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ServerConfiguration {
    static final String PID = "io.lintel.mqtt.server";

    private final String name;
    private final Config config;
    private final Path home;
    private final Optional<AccessConfiguration> access;

    /** Settings of one server; a key is {@code mqtt.server-<name>.<key>}. Files are in PEM, relative to the home. */
    @ObjectClassDefinition(factoryPid = "io.lintel.mqtt.server", name = "Lintel MQTT server to be a client of",
            description = "An MQTT server that this CSE is a client of, with settings of its own")
    @interface Config {
        @AttributeDefinition(description = "mqtt: or mqtts: URI of the server; its path is put before the topics")
        String uri() default "";

        @AttributeDefinition(required = false, description = "Further URIs by which others call the same server, separated by "
                + "commas: it gets one connection all the same")
        String[] aliases() default {};

        @AttributeDefinition(description = "tcp, or websocket")
        String transport() default "tcp";

        @AttributeDefinition(description = "Path of the WebSocket")
        String webSocketPath() default "/mqtt";

        @AttributeDefinition(required = false, description = "User name; empty: none is sent")
        String userName() default "";

        @AttributeDefinition(required = false, type = AttributeType.PASSWORD, description = "Password of the user")
        String password() default "";

        @AttributeDefinition(required = false, description = "File whose first line is the password")
        String passwordFile() default "";

        @AttributeDefinition(required = false, description = "This CSE's certificate with those of its issuers, for servers that "
                + "ask for one")
        String certificateFile() default "";

        @AttributeDefinition(required = false, description = "The private key of that certificate, without password")
        String keyFile() default "";

        @AttributeDefinition(required = false, description = "Certificates of those who vouch for the server; empty: the "
                + "authorities of the Java runtime, and the node's own")
        String caFile() default "";

        @AttributeDefinition(description = "Whether this server knows its clients and lets each speak in the own name only, "
                + "as TS-0010 7.4 wants it. Then whom a topic names, AE, CSE or Credential-ID, is believed; else nobody is who "
                + "is not on this machine")
        boolean verifies() default false;

        @AttributeDefinition(required = false, description = "Client identifier; empty: C:: and the CSE-ID without slash")
        String clientId() default "";

        @AttributeDefinition(description = "Seconds between signs of life, 0 for none; -1: as mqtt.keepAliveSeconds says")
        int keepAliveSeconds() default -1;

        @AttributeDefinition(description = "Unacknowledged messages that the server allows a client (Mosquitto: "
                + "max_inflight_messages); 0: as mqtt.serverWindow says")
        int window() default 0;

        @AttributeDefinition(description = "When to be connected: permanent; need: while there is something to send or awaited; "
                + "schedule: as the schedule below the CSEBase says, or else the key schedule. Others reach this CSE through a "
                + "server only while it is connected")
        String connect() default "permanent";

        @AttributeDefinition(description = "With connect=need: seconds that an unused connection stays; 0: as "
                + "mqtt.idleSeconds says")
        int idleSeconds() default 0;

        @AttributeDefinition(required = false, description = "With connect=schedule, while the CSEBase has no schedule below it: "
                + "entries of one, second minute hour day month weekday year in UTC, separated by semicolons, such as "
                + "* 0-14 * * * * *; nothing: always")
        String schedule() default "";
    }

    /** What the component runtime knows of the configuration. */
    @interface Source {
        String service_pid();
    }

    @Activate
    public ServerConfiguration(Config config, Source source, BundleContext context, @Reference AccessConfiguration access) {
        this(name(source.service_pid()), config,
                Path.of(Optional.ofNullable(context.getProperty("lintel.home")).orElse("")), Optional.of(access));
    }

    ServerConfiguration(String name, Config config, Path home) {
        this(name, config, home, Optional.empty());
    }

    /** @param access what credentials stand for */
    ServerConfiguration(String name, Config config, Path home, Optional<AccessConfiguration> access) {
        this.name = name;
        this.config = config;
        this.home = home;
        this.access = access;
    }

    /** What stands behind the tilde of the configuration's own PID. */
    static String name(String pid) {
        return pid.substring(pid.indexOf('~') + 1);
    }

    String name() {
        return name;
    }

    /** @throws IllegalArgumentException with a sentence that names the key */
    MqttUri uri() {
        return uri("uri", config.uri());
    }

    /** Addresses that mean this server too. @throws IllegalArgumentException with a sentence that names the key */
    List<ServerAddress> aliases() {
        return Settings.words(config.aliases()).stream().map(text -> uri("aliases", text).server()).toList();
    }

    /** @throws IllegalArgumentException with a sentence that names the key */
    ServerSettings settings(Settings common) {
        boolean webSocket = switch (config.transport().toLowerCase(Locale.ROOT)) {
            case "tcp" -> false;
            case "websocket" -> true;
            default -> throw wrong("transport", "is tcp or websocket, not " + config.transport());
        };
        if (webSocket && !config.webSocketPath().startsWith("/")) {
            throw wrong("webSocketPath", "begins with /, unlike " + config.webSocketPath());
        }
        if (config.keepAliveSeconds() < -1 || config.keepAliveSeconds() > 65_535) {
            throw wrong("keepAliveSeconds", "is from 0 to 65535, or -1, not " + config.keepAliveSeconds());
        }
        if (config.window() < 0) {
            throw wrong("window", "is a number of messages, not " + config.window());
        }
        if (config.clientId().indexOf('\0') >= 0 || config.clientId().length() > 256) {
            throw wrong("clientId", "is too long, or holds what no client identifier may");
        }
        ServerAddress address = uri().server();
        if (config.verifies() && !address.secure() && !address.isLoopback()) {
            throw wrong("verifies", "needs TLS: what comes over the network by " + config.uri() + " anybody may have sent");
        }
        return new ServerSettings(address, webSocket ? Optional.of(config.webSocketPath()) : Optional.empty(), account(),
                tls(address), Optional.of(config.clientId().trim()).filter(id -> !id.isEmpty()),
                config.keepAliveSeconds() < 0 ? common.keepAliveSeconds() : config.keepAliveSeconds(),
                config.window() == 0 ? common.serverWindow() : config.window(), attendance(common),
                config.verifies() ? access : Optional.empty());
    }

    private Account account() {
        if (config.userName().isEmpty()) {
            if (!config.password().isEmpty() || !config.passwordFile().isBlank()) {
                throw wrong("userName", "is missing: MQTT sends a password with a user name only");
            }
            return Account.NONE;
        }
        if (config.passwordFile().isBlank()) {
            return Account.of(config.userName(), config.password());
        }
        if (!config.password().isEmpty()) {
            throw wrong("passwordFile", "and password exclude each other");
        }
        return new Account.InFile(config.userName(), home.resolve(config.passwordFile().trim()));
    }

    private ClientTls tls(ServerAddress address) {
        Optional<Path> certificate = file(config.certificateFile());
        Optional<Path> key = file(config.keyFile());
        if (certificate.isPresent() != key.isPresent()) {
            throw wrong(certificate.isPresent() ? "keyFile" : "certificateFile", "is missing: a certificate and its key "
                    + "go together");
        }
        Optional<Path> authorities = file(config.caFile());
        if (!address.secure() && (certificate.isPresent() || authorities.isPresent())) {
            throw wrong("uri", "is " + config.uri() + ", but there are certificates, which only mqtts: uses");
        }
        return new ClientTls(authorities, true, NodeTls.folder(home), certificate, key);
    }

    private Attendance attendance(Settings common) {
        List<String> entries = Arrays.stream(config.schedule().split(";")).map(String::trim).filter(entry -> !entry.isEmpty())
                .toList();
        if (config.idleSeconds() < 0) {
            throw wrong("idleSeconds", "is a number of seconds, not " + config.idleSeconds());
        }
        switch (config.connect()) {
            case "permanent" -> {
                return Attendance.PERMANENT;
            }
            case "need" -> {
                return Attendance.need(config.idleSeconds() == 0 ? common.idle() : Duration.ofSeconds(config.idleSeconds()));
            }
            case "schedule" -> {
                for (String entry : entries) {
                    ScheduleExpression.fault(entry).ifPresent(fault -> {
                        throw wrong("schedule", "is wrong: " + fault);
                    });
                }
                return new Attendance(Attendance.Policy.SCHEDULE, Duration.ZERO, new Schedule(entries));
            }
            default -> throw wrong("connect", "is permanent, need or schedule, not " + config.connect());
        }
    }

    private MqttUri uri(String key, String text) {
        try {
            return MqttUri.parse(text.trim());
        } catch (IllegalArgumentException e) {
            throw wrong(key, text.isBlank() ? "is missing" : "is wrong: " + e.getMessage());
        }
    }

    private Optional<Path> file(String text) {
        return text.isBlank() ? Optional.empty() : Optional.of(home.resolve(text.trim()));
    }

    private IllegalArgumentException wrong(String key, String sentence) {
        return new IllegalArgumentException("mqtt.server-" + name + "." + key + " " + sentence);
    }
}
