// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.primitive.Serialization;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * What every connection of the binding has in common, from its configuration.
 *
 * @param keepAliveSeconds for servers without a setting of their own
 * @param requestTimeout the longest wait for a response, whatever the request's own deadline
 * @param connectWait    how long a request to be sent waits for its connection
 * @param serialization  for receivers that have not said what they want
 * @param spRelativeIds  whether an AE that never spoke is addressed as {@code mn-cse:CAE01} instead of {@code CAE01}
 * @param repetitions    whose requests are told apart by their messages
 * @param serverWindow   unacknowledged messages that servers other than the own one allow, see {@link AcknowledgementLedger}
 * @param idle           how long a connection stays that was made because there was something to send
 */
record Settings(int keepAliveSeconds, Duration requestTimeout, Duration connectWait, Serialization serialization,
        boolean spRelativeIds, Set<Leniency> leniencies, RequestIntake.Limits limits, Repetitions repetitions,
        int serverWindow, Duration idle) {
    Settings {
        leniencies = Set.copyOf(leniencies);
    }

    /** @throws IllegalArgumentException with a sentence that names the key */
    static Settings of(MqttBinding.Config config) {
        Serialization serialization = Serialization.ofSuffix(config.defaultSerialization()).orElseThrow(
                () -> new IllegalArgumentException("mqtt.defaultSerialization must be json, xml or cbor: "
                        + config.defaultSerialization()));
        boolean spRelative = config.idForm().equals("spRelative");
        if (!spRelative && !config.idForm().equals("stem")) {
            throw new IllegalArgumentException("mqtt.idForm must be stem or spRelative: " + config.idForm());
        }
        List<String> leniencies = words(config.leniencies());
        if (config.keepAliveSeconds() < 0 || config.requestTimeoutSeconds() < 1 || config.connectWaitMillis() < 0
                || config.maxInProgress() < 1 || config.maxWaiting() < 1 || config.maxWaitingBytes() < 1
                || config.serverWindow() < 1 || config.idleSeconds() < 1) {
            throw new IllegalArgumentException("mqtt: times and limits must be positive");
        }
        return new Settings(config.keepAliveSeconds(), Duration.ofSeconds(config.requestTimeoutSeconds()),
                Duration.ofMillis(config.connectWaitMillis()), serialization, spRelative,
                Leniency.of(leniencies.equals(List.of("none")) ? List.of() : leniencies),
                new RequestIntake.Limits(config.maxInProgress(), config.maxWaiting(), config.maxWaitingBytes()),
                Repetitions.of(words(config.reusedIdentifiers())),
                config.serverWindow(), Duration.ofSeconds(config.idleSeconds()));
    }

    /** A configuration file holds a list as one text with commas. */
    static List<String> words(String... values) {
        return Arrays.stream(values).flatMap(value -> Arrays.stream(value.split("[,\\s]+"))).filter(word -> !word.isEmpty())
                .toList();
    }

    boolean allows(Leniency leniency) {
        return leniencies.contains(leniency);
    }
}
