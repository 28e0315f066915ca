// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/**
 * The MQTT server through which the registrar is reached, if it is: the registrar's requests come in there, so the
 * binding is connected to it from the start. A component of its own for the reason given at {@link OwnServer}.
 */
@Component(service = RegistrarServer.class, configurationPid = "io.lintel.registrar")
public final class RegistrarServer {
    private final Optional<MqttUri> uri;

    /** The setting of {@code io.lintel.registrar} that concerns this binding; the CSE describes it. */
    @interface Config {
        String uri() default "";
    }

    @Activate
    public RegistrarServer(Config config) {
        String text = config.uri().trim();
        uri = text.startsWith("mqtt:") || text.startsWith("mqtts:") ? Optional.of(parse(text)) : Optional.empty();
    }

    private static MqttUri parse(String text) {
        try {
            return MqttUri.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("registrar.uri: " + e.getMessage(), e);
        }
    }

    Optional<MqttUri> uri() {
        return uri;
    }
}
