// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Departure;
import io.lintel.tls.ClientTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
                ClientTls.of(directory), Optional.empty(), 30, 20, Attendance.PERMANENT);
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

    @Test
    @Tag("MQ-20")
    void theAdministratorLeavesAllServersOrOneAndMayTryAgain() throws Exception {
        Path other = Files.createDirectories(directory.resolve("other"));
        MqttBinding binding = null;
        try (Mosquitto first = new Mosquitto(directory); Mosquitto second = new Mosquitto(other)) {
            binding = Configs.binding(Map.of("servers", new String[] {first.uri(), second.uri()}), "");
            binding.bindCse(new RecordingCse());
            Waiting.until("open", binding::isOpen);

            assertThat(Waiting.result(binding.depart(Optional.of(first.uri())))).containsExactly(
                    new Departure.Outcome(true, "MQTT server 127.0.0.1:" + first.port() + ": session ended"));
            assertThat(isSessionPresent(first.port())).isFalse();
            second.stop();
            assertThat(Waiting.result(binding.depart(Optional.of(second.uri())))).singleElement().matches(o -> !o.done());
            second.start();
            assertThat(Waiting.result(binding.depart(Optional.empty()))).allMatch(Departure.Outcome::done).hasSize(2);
            assertThat(isSessionPresent(second.port())).isFalse();
            assertThat(binding.isOpen()).isFalse();
            assertThat(binding.detail()).contains("127.0.0.1:" + first.port() + " (left for good)");
            assertThat(Waiting.result(binding.depart(Optional.of("mqtt://elsewhere.example")))).containsExactly(
                    new Departure.Outcome(false, "this node is no client of MQTT server elsewhere.example:1883"));
        } finally {
            if (binding != null) {
                binding.deactivate();
            }
        }
    }

    @Test
    @Tag("MQ-20")
    void aServerWhoseConfigurationIsDeletedIsLeftAndOneWhoseConfigurationChangesIsNot() {
        MqttBinding binding = Configs.binding(Map.of("servers", new String[] {"none"}), "");
        try (ScriptedServer server = new ScriptedServer()) {
            binding.bindCse(new RecordingCse());
            ServerConfiguration before = Configs.server("far", Map.of("uri", server.uri()));
            ServerConfiguration after = Configs.server("far", Map.of("uri", server.uri(), "keepAliveSeconds", 9));
            binding.bindServer(before);
            server.establish(false);
            Waiting.until("open", binding::isOpen);
            binding.unbindServer(before);
            binding.bindServer(after);
            server.expect(ScriptedServer.DISCONNECT);
            assertThat(server.accept().body()[7]).as("the session goes on").isZero();
            server.connack(true);
            server.grantSubscription();
            Waiting.until("open", binding::isOpen);

            binding.unbindServer(after);
            binding.deleted("far");

            server.expect(ScriptedServer.DISCONNECT);
            assertThat(server.accept().body()[7]).as("clean session 1").isEqualTo((byte) 2);
            server.connack(false);
            server.expect(ScriptedServer.DISCONNECT);
        } finally {
            binding.deactivate();
        }
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
