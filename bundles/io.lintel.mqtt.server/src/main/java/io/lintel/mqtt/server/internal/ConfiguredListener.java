// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * A further listener, one for each configuration {@code io.lintel.mqttserver.listener-<name>}. It holds the settings only:
 * {@link MqttServer} opens what is there, so that listeners come, change and go while the server and its sessions stay.
 */
@Component(service = ConfiguredListener.class, configurationPid = "io.lintel.mqttserver.listener",
        configurationPolicy = ConfigurationPolicy.REQUIRE)
public final class ConfiguredListener {
    private final String name;
    private final Config config;

    /** Settings of one listener; a key is {@code mqttserver.listener-<name>.<key>}. Files are in PEM, relative to the home. */
    @ObjectClassDefinition(factoryPid = "io.lintel.mqttserver.listener", name = "Lintel MQTT listener",
            description = "A further listener of the MQTT server")
    @interface Config {
        @AttributeDefinition(description = "Whether it listens at all")
        boolean enabled() default true;

        @AttributeDefinition(description = "Address to listen on; 0.0.0.0 opens it to the network, which tcp and ws refuse")
        String host() default "127.0.0.1";

        @AttributeDefinition(description = "TCP port; 0 takes any free one")
        int port() default 0;

        @AttributeDefinition(description = "tcp, tls, ws (WebSocket) or wss (WebSocket over TLS)")
        String transport() default "tls";

        @AttributeDefinition(description = "Path of the WebSocket")
        String path() default "/mqtt";

        @AttributeDefinition(description = "How clients are verified: none (tcp and ws only), password, certificate, or "
                + "password,certificate for either; empty: none for tcp and ws, either for tls and wss")
        String authentication() default "";

        @AttributeDefinition(description = "The server's certificate with those of its issuers; empty: one that the node makes")
        String certificateFile() default "";

        @AttributeDefinition(description = "The private key of that certificate, without password")
        String keyFile() default "";

        @AttributeDefinition(description = "Certificates of those who vouch for clients; empty: the node's own authority")
        String clientCaFile() default "";

        @AttributeDefinition(description = "Lists of revoked client certificates, one of every authority in their chains")
        String crlFile() default "";

        @AttributeDefinition(description = "Host names and addresses for the node's own certificate, separated by commas")
        String names() default "";

        @AttributeDefinition(description = "TLS versions: TLSv1.2, TLSv1.3 or both")
        String protocols() default "TLSv1.2,TLSv1.3";

        @AttributeDefinition(description = "Cipher suites in order of preference, by their Java names; empty: those with forward "
                + "secrecy and GCM, and the one that oneM2M TS-0003 names")
        String cipherSuites() default "";

        @AttributeDefinition(description = "Web pages that may open a WebSocket, such as https://page.example, or * for all; "
                + "empty: pages of this host, and whatever is no browser")
        String origins() default "";
    }

    /** What the component runtime knows of the configuration. */
    @interface Source {
        String service_pid();
    }

    @Activate
    public ConfiguredListener(Config config, Source source) {
        this(source.service_pid().substring(source.service_pid().indexOf('~') + 1), config);
    }

    ConfiguredListener(String name, Config config) {
        this.name = name;
        this.config = config;
    }

    String name() {
        return name;
    }

    Config config() {
        return config;
    }
}
