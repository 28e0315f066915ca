// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.mqtt.server.MqttServerAdministration;
import java.util.Set;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * All ports of the co-located MQTT server, those for TLS and WebSocket too: an AE's pointOfAccess may well name one of them,
 * and is the server that this CSE is connected to already. A component of its own, because the binding also runs without that
 * server's package.
 */
@Component(service = OwnListeners.class)
public final class OwnListeners {
    private final MqttServerAdministration server;

    @Activate
    public OwnListeners(@Reference MqttServerAdministration server) {
        this.server = server;
    }

    /** Asked from any thread. */
    Set<Integer> ports() {
        return server.listeners().stream().map(address -> address.substring(address.lastIndexOf(':') + 1))
                .filter(port -> port.matches("[0-9]{1,5}")).map(Integer::valueOf).collect(Collectors.toSet());
    }
}
