// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The connection ends with the server's process, and not by DISCONNECT: the will is due [MQTT-3.1.2-8]. */
class WillAfterKillTest {
    private TestServer server;

    @BeforeEach
    void start() {
        server = TestServer.start();
        server.connectedDurably("watcher").subscribed("w/#", 2).send(Packets.DISCONNECT).expectClosed();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private PacketClient withWill(String clientId, boolean clean, String message, boolean retain) {
        return PacketClient.open(server.port())
                .send(Packets.connectWithWill(clientId, clean, "w/" + clientId, message, 1, retain))
                .expectConnack(0, false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theWillIsPublishedOnceWhenTheServerIsBack(boolean clean) {
        withWill("lamp", clean, "gone", true);
        server = server.killedAndRestarted();
        TestServer.eventually("the will is queued", () -> server.store().queued("watcher") == 1);
        assertThat(server.store().load().wills()).isEmpty();
        server = server.killedAndRestarted();
        try (PacketClient watcher = server.resumed("watcher")) {
            watcher.expectPublishAndAcknowledge("w/lamp", "gone").expectNothing();
        }
        try (PacketClient late = server.connected("late")) {
            late.send(Packets.subscribe(1, "w/lamp", 0)).expectSuback(1, 0).expectDescribed("PUBLISH w/lamp gone qos 0 retain");
        }
    }

    @Test
    void afterDisconnectThereIsNone() {
        withWill("lamp", true, "gone", false).send(Packets.DISCONNECT).expectClosed();
        TestServer.eventually("the will is forgotten", () -> server.store().load().wills().isEmpty());
        server = server.killedAndRestarted();
        try (PacketClient watcher = server.resumed("watcher")) {
            watcher.expectNothing();
        }
    }

    @Test
    void theConnackLeavesWhenTheWillIsOnDisk() {
        withWill("lamp", true, "gone", false);
        assertThat(server.store().load().wills()).hasSize(1);
        withWill("lamp", true, "gone again", false);   // takes over: the first one's will is due
        TestServer.eventually("one is left", () -> server.store().load().wills().size() == 1);
        server = server.killedAndRestarted();
        try (PacketClient watcher = server.resumed("watcher")) {
            watcher.expectPublishAndAcknowledge("w/lamp", "gone").expectPublishAndAcknowledge("w/lamp", "gone again");
        }
    }

    /** While a resumed session's will is on its way to disk, the session goes on taking messages. */
    @Test
    void aSessionThatIsResumedWithAWillMissesNothing() {
        server.connectedDurably("lamp").subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connected("p"); PacketClient lamp = PacketClient.open(server.port())) {
            for (int i = 1; i <= 20; i++) {
                publisher.send(Packets.publish("t", "m" + i, 1, i));
                if (i == 10) {
                    lamp.send(Packets.connectWithWill("lamp", false, "w/lamp", "gone", 1, false));
                }
            }
            lamp.expectConnack(0, true);
            for (int i = 1; i <= 20; i++) {
                lamp.expectPublishAndAcknowledge("t", "m" + i);
            }
        }
    }
}
