// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Packet identifiers all the way round, in both directions (MQTT 3.1.1 section 2.3.1). */
abstract class IdentifiersSuite extends ConformanceSuite {
    private static final int IN_FLIGHT = 20;

    IdentifiersSuite(Subject.Starter starter) {
        super(starter);
    }

    @Override
    Setup setup() {
        return Setup.DEFAULTS.lintel("maxInFlight", IN_FLIGHT).mosquitto("max_inflight_messages " + IN_FLIGHT);
    }

    @Test
    @Checks(value = "all 65 535 identifiers, and then the first again", statements = {"2.3.1-2", "2.3.1-3"})
    void everyIdentifierOfAClientMayBeUsed() {
        int burst = 100;
        try (PacketClient publisher = connected("all identifiers")) {
            for (int from = 1; from <= 65_600; from += burst) {
                Packets publishes = Packets.body();
                for (int i = from; i < from + burst; i++) {
                    publishes.raw(Packets.publish("nobody", "x", 1, 1 + (i - 1) % 65_535));
                }
                publisher.send(publishes.bytes());
                for (int i = from; i < from + burst; i++) {
                    publisher.expectPuback(1 + (i - 1) % 65_535);
                }
            }
        }
    }

    @Test
    @Checks(value = "identifiers come round after 65 535 and leave out those in flight",
            mosquitto = "gives an identifier again that is in flight: a fault", statements = {"2.3.1-1", "2.3.1-3", "2.3.1-4"})
    void identifiersInFlightAreNotGivenAgainWhenTheyComeRound() {
        int burst = IN_FLIGHT - 1;
        byte[] publishes = new byte[0];
        for (int k = 0; k < burst; k++) {
            publishes = Packets.body().raw(publishes).raw(Packets.publish("round", "x", 1, 2)).bytes();
        }
        try (PacketClient subscriber = connected("round"); PacketClient publisher = connected("publisher")) {
            subscriber.subscribed("round", 1);
            publisher.send(Packets.publish("round", "kept", 1, 1)).expectPuback(1);
            int kept = subscriber.expectPublish("round", "kept", 1);
            Set<Integer> seen = new HashSet<>();
            boolean again = false;
            for (int i = 0; i < 66_000 && !again; i += burst) {
                publisher.send(publishes);
                Packets acknowledgements = Packets.body();
                for (int k = 0; k < burst; k++) {
                    int id = subscriber.receive().packetId();
                    assertThat(id).isNotZero();
                    again |= id == kept;
                    seen.add(id);
                    acknowledgements.raw(Packets.puback(id));
                }
                subscriber.send(acknowledgements.bytes());
                for (int k = 0; k < burst; k++) {
                    publisher.expectPuback(2);
                }
            }
            assertThat(again).isEqualTo(isMosquitto());
            assertThat(seen.size()).isGreaterThanOrEqualTo(65_534);   // all of them but the one kept
        }
    }
}
