// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

/**
 * An MQTT server that takes part in a comparison.
 *
 * @param name    what its values are filed under
 * @param product whether it is ours: what it cannot do fails the benchmark, where another is left out of the comparison
 */
record MqttSubject(String name, int port, long pid, boolean product) {
    static final String LINTEL = "lintel";
    static final String BY_DEFAULT = "Mosquitto";
    static final String SAVING = "Mosquitto, saving";

    static MqttSubject of(Node node) {
        return new MqttSubject(LINTEL, node.mqttPort(), node.pid(), true);
    }

    static MqttSubject other(String name, int port, Child process) {
        return new MqttSubject(name, port, process.pid(), false);
    }
}
