// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whose a session is. MQTT 3.1.1 knows client identifiers only, and says that a later connection takes over [MQTT-3.1.4-2]:
 * without more, everybody who can guess an identifier can end its connection and read its messages.
 */
abstract class PrincipalSuite extends ConformanceSuite {
    PrincipalSuite(Subject.Starter starter) {
        super(starter);
    }

    private static byte[] connectAs(String user, String clientId, boolean clean) {
        return Packets.body().string("MQTT").one(4, clean ? 0xc2 : 0xc0).two(0).string(clientId).string(user)
                .string(Subject.PASSWORD).as(0x10);
    }

    @ParameterizedTest(name = "clean session {0}")
    @ValueSource(booleans = {true, false})
    @Checks(value = "a client identifier in use is taken over by the same principal only", statements = "3.1.4-2",
            lintel = "CONNACK 0x05 for others", mosquitto = "everybody may take it over")
    void onlyTheSamePrincipalTakesOver(boolean clean) {
        String id = "mine " + clean;
        try (PacketClient first = open(); PacketClient other = open(); PacketClient nobody = open();
                PacketClient again = open()) {
            first.send(connectAs(Subject.SOMEONE, id, clean)).expectConnack(0, false);
            other.send(connectAs(Subject.SOMEONE_ELSE, id, clean));
            if (isMosquitto()) {
                other.expectConnack(0, !clean);
                first.expectClosed();
                return;
            }
            other.expectConnack(5, false).expectClosed();
            nobody.send(Packets.connect(id, clean, 0)).expectConnack(5, false).expectClosed();
            first.expectNothing();
            again.send(connectAs(Subject.SOMEONE, id, clean)).expectConnack(0, !clean);
            first.expectClosed();
            again.expectNothing();
        }
    }

    @ParameterizedTest(name = "clean session {0}")
    @ValueSource(booleans = {true, false})
    @Checks(value = "the session of a client that is away is resumed, or discarded, by the same principal only",
            statements = {"3.1.2-4", "3.1.2-6"}, lintel = "CONNACK 0x05 for others", mosquitto = "everybody may")
    void onlyTheSamePrincipalHasTheSession(boolean clean) {
        String id = "left " + clean;
        open().send(connectAs(Subject.SOMEONE, id, false)).expectConnack(0, false).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient other = open(); PacketClient again = open()) {
            other.send(connectAs(Subject.SOMEONE_ELSE, id, clean));
            if (isMosquitto()) {
                other.expectConnack(0, !clean);
                return;
            }
            other.expectConnack(5, false).expectClosed();
            again.send(connectAs(Subject.SOMEONE, id, false)).expectConnack(0, true);
        }
    }
}
