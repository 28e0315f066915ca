// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.Cse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The real binding, Mosquitto, and a plain MQTT client, for tests that put a node together. */
public final class MqttParts {
    private MqttParts() {
    }

    /** Mosquitto as it is installed. */
    public static final class Server implements AutoCloseable {
        private final Mosquitto mosquitto;

        public Server(Path directory) {
            mosquitto = new Mosquitto(directory);
        }

        public String authority() {
            return "127.0.0.1:" + mosquitto.port();
        }

        public void stop() {
            mosquitto.stop();
        }

        public void start() {
            mosquitto.start();
        }

        @Override
        public void close() {
            mosquitto.close();
        }
    }

    /** An AE that speaks MQTT and keeps what it is sent. */
    public static final class Ae implements AutoCloseable {
        private final Peer peer;

        public Ae(Server server, String stem) {
            peer = new Peer(server.mosquitto.port(), "A::" + stem, "/oneM2M/resp/" + stem + "/#");
        }

        public void publish(String topic, String payload) {
            peer.publish(topic, payload);
        }

        public List<String> received() {
            return peer.received.stream().map(Peer.Received::text).toList();
        }

        @Override
        public void close() {
            peer.close();
        }
    }

    /** The binding of a CSE to one server, connected and subscribed. */
    public static MqttBinding binding(Server server, Cse cse) {
        MqttBinding binding = Configs.binding(Map.of("servers", new String[] {"mqtt://" + server.authority()},
                "requestTimeoutSeconds", 2, "connectWaitMillis", 500), "");
        binding.bindCse(cse);
        return binding;
    }

    public static void end(MqttBinding binding) {
        binding.deactivate();
    }
}
