// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sessions under any client identifier, and leaving a server for good in the three steps of TS-0010 6.3.3. */
class LeavingTest {
    private static final String FILTER = "/oneM2M/reg_resp/12-gateway/#";

    @TempDir
    Path directory;
    private final MqttThreads threads = MqttThreads.start();

    @AfterEach
    void end() {
        threads.stop();
    }

    private MqttLink link(int port, String clientId) {
        ServerSettings settings = new ServerSettings(ServerAddress.of("127.0.0.1", port), Optional.empty(), Account.NONE,
                ClientTls.plain(directory), Optional.empty(), 30, 20, Attendance.PERMANENT);
        MqttLink link = new MqttLink(settings, clientId, threads.timer(), settings.sockets(new OwnSockets(), clientId),
                new Unheard());
        link.filter(FILTER, true);
        link.open();
        return link;
    }

    @Test
    @Tag("MQ-14")
    @Tag("MQ-20")
    void leavingIsDisconnectThenConnectWithCleanSessionThenDisconnect() {
        try (ScriptedServer server = new ScriptedServer()) {
            MqttLink link = link(server.port(), "12-gateway");
            ScriptedServer.Packet durable = server.accept();
            assertThat(durable.body()[7]).as("clean session 0").isZero();
            assertThat(durable.string(10)).isEqualTo("12-gateway");
            server.connack(false);
            assertThat(server.grantSubscription()).containsExactly(FILTER + " 1");
            Waiting.until("ready", link::isReady);

            CompletionStage<Void> left = link.leave();

            server.expect(ScriptedServer.DISCONNECT);
            ScriptedServer.Packet clean = server.accept();
            assertThat(clean.body()[7]).as("clean session 1, nothing else").isEqualTo((byte) 2);
            assertThat(clean.string(10)).isEqualTo("12-gateway");
            server.connack(false);
            server.expect(ScriptedServer.DISCONNECT);
            Waiting.result(left);
        }
    }

    @Test
    @Tag("MQ-20")
    void afterwardsTheServerKnowsNoSessionAnyMore() throws Exception {
        try (Mosquitto mosquitto = new Mosquitto(directory)) {
            MqttLink link = link(mosquitto.port(), "C::mn-cse");
            Waiting.until("ready", link::isReady);
            link.close();
            assertThat(isSessionPresent(mosquitto.port())).isTrue();

            Waiting.result(link(mosquitto.port(), "C::mn-cse").leave());

            assertThat(isSessionPresent(mosquitto.port())).isFalse();
        }
    }

    @Test
    @Tag("MQ-20")
    void aServerThatIsAwayCannotBeLeftAndTheReasonIsTold() {
        CompletionStage<Void> left = link(Mosquitto.freePort(), "C::mn-cse").leave();

        assertThat(Waiting.failure(left)).isInstanceOf(IOException.class).hasMessageContaining("refused");
    }

    private static boolean isSessionPresent(int port) throws Exception {
        MqttAsyncClient client = new MqttAsyncClient("tcp://127.0.0.1:" + port, "C::mn-cse", new MemoryPersistence());
        MqttConnectOptions options = new MqttConnectOptions();
        options.setCleanSession(false);
        var token = client.connect(options);
        token.waitForCompletion(10_000);
        client.disconnectForcibly(0, 200);
        client.close(true);
        return token.getSessionPresent();
    }

    /** A listener for links that carry nothing. */
    private static final class Unheard implements MqttLink.Listener {
        @Override
        public void arrived(String topic, MqttMessage message, long generation) {
            throw new AssertionError("nothing was to arrive");
        }

        @Override
        public void connecting() {
            // seen by isReady
        }

        @Override
        public void ready() {
            // seen by isReady
        }

        @Override
        public void lost(boolean clientLost) {
            // seen by isReady
        }

        @Override
        public void published(Outbox.Message message) {
            throw new AssertionError("nothing was published");
        }
    }
}
