// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import java.net.URI;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stands in {@code mqtt.server-NAME.*}: what is wrong there is said, with the key, and closes the door. */
class ServerConfigurationTest {
    private MqttBinding binding = Configs.binding(Map.of("servers", new String[] {"none"}), "");

    @AfterEach
    void end() {
        binding.deactivate();
    }

    private void server(String name, Map<String, Object> settings) {
        binding.bindServer(Configs.server(name, settings));
    }

    @ParameterizedTest
    @CsvSource({
        "uri,             '',                    mqtt.server-far.uri is missing",
        "uri,             http://h,              mqtt.server-far.uri is wrong: not an mqtt: or mqtts: URI: http://h",
        "uri,             mqtt://h h,            mqtt.server-far.uri is wrong",
        "transport,       quic,                  'mqtt.server-far.transport is tcp or websocket, not quic'",
        "password,        x,                     mqtt.server-far.userName is missing",
        "passwordFile,    x,                     mqtt.server-far.userName is missing",
        "keyFile,         x,                     mqtt.server-far.certificateFile is missing",
        "certificateFile, x,                     mqtt.server-far.keyFile is missing",
        "caFile,          x,                     'mqtt.server-far.uri is mqtt://h, but there are certificates'",
        "connect,         sometimes,             'mqtt.server-far.connect is permanent, need or schedule, not sometimes'",
    })
    void aWrongSettingIsSaidWithItsKey(String key, String value, String sentence) {
        Map<String, Object> settings = new HashMap<>(Map.of("uri", "mqtt://h"));
        settings.put(key, value);
        server("far", settings);
        binding.bindCse(new RecordingCse());

        assertThat(binding.isOpen()).isFalse();
        assertThat(binding.detail()).contains(sentence);
    }

    @Test
    void aWrongScheduleIsSaid() {
        server("far", Map.of("uri", "mqtt://h", "connect", "schedule", "schedule", "* 0-14 * * * * *; * 75 * * * * *"));

        assertThat(binding.detail()).contains("mqtt.server-far.schedule is wrong: '75' is no minute of a schedule");
    }

    @Test
    @Tag("MQ-19")
    void twoServersOfOneAddressAreRefused() {
        server("a", Map.of("uri", "mqtt://127.0.0.1:1884", "connect", "need"));
        server("b", Map.of("uri", "mqtt://localhost:1884/prefix", "connect", "need"));

        assertThat(binding.detail()).contains(
                "mqtt.server-b.uri: 127.0.0.1:1884 is the server of mqtt.server-a already; one server has one connection");
        assertThat(binding.isOpen()).isFalse();
    }

    @Test
    void aServerThatIsOnlyConnectedAtNeedIsNotAdvertised() {
        server("a", Map.of("uri", "mqtts://a.example/home", "connect", "need"));
        server("b", Map.of("uri", "mqtts://b.example/home", "connect", "schedule", "schedule", "* * 3 * * * *"));

        assertThat(binding.pointsOfAccess()).containsExactly("mqtts://b.example:8883/home");
    }

    @Test
    @Tag("MQ-51")
    @Tag("MQ-52")
    void itsSettingsCountWhereTheSimpleFormNamesTheSameServer() {
        binding.deactivate();
        try (ScriptedServer server = new ScriptedServer()) {
            binding = Configs.binding(Map.of("servers", new String[] {server.uri() + "/one"}, "userName", "all"), server.uri());
            server("own", Map.of("uri", server.uri() + "/two", "userName", "special", "keepAliveSeconds", 7, "clientId", "x-1"));
            binding.bindCse(new RecordingCse());

            ScriptedServer.Packet connect = server.accept();
            assertThat(connect.packetId(8)).as("keep alive").isEqualTo(7);
            assertThat(connect.string(10)).isEqualTo("x-1");
            assertThat(connect.string(15)).isEqualTo("special");
            server.connack(false);
            assertThat(server.grantSubscription()).contains("/oneM2M/req/+/mn-cse/# 1", "one/oneM2M/req/+/mn-cse/# 1",
                    "two/oneM2M/req/+/mn-cse/# 1", "two/oneM2M/resp/mn-cse/# 1", "two/oneM2M/reg_req/+/mn-cse/# 1");
        }
    }

    @Test
    void aServerThatIsAwayClosesTheDoorOnlyIfTheNodeIsMeantToHangOnIt() {
        binding.deactivate();
        try (ScriptedServer own = new ScriptedServer()) {
            String away = "mqtt://127.0.0.1:" + Mosquitto.freePort();
            binding = Configs.binding(Map.of("servers", new String[] {own.uri()}), "");
            server("far", Map.of("uri", away));
            binding.bindCse(new RecordingCse());
            own.establish(false);

            Waiting.until("open", binding::isOpen);
            Waiting.until("its trouble is told", () -> binding.detail().contains("refused"));
        }
        binding.deactivate();
        binding = Configs.binding(Map.of("servers", new String[] {"none"}), "");
        server("only", Map.of("uri", "mqtt://127.0.0.1:" + Mosquitto.freePort()));
        binding.bindCse(new RecordingCse());
        assertThat(binding.isOpen()).isFalse();
    }

    @Test
    @Tag("MQ-19")
    void peersThatCallTheServerByAnotherNameAreReachedByTheSameConnection() {
        try (ScriptedServer server = new ScriptedServer()) {
            server("far", Map.of("uri", server.uri(), "aliases", new String[] {"mqtts://broker.example, mqtt://broker.example"}));
            binding.bindCse(new RecordingCse());
            server.establish(false);
            Waiting.until("open", binding::isOpen);

            binding.send(new OutboundRequest(RequestPrimitive.builder(Operation.RETRIEVE, "/in-cse").from("/mn-cse")
                    .requestIdentifier("q1").build(), URI.create("mqtts://broker.example"), Optional.of("CAE01"),
                    Optional.empty(), Instant.now().plusSeconds(10)));

            assertThat(server.expect(ScriptedServer.PUBLISH).string(0)).isEqualTo("/oneM2M/req/mn-cse/CAE01/json");
        }
    }

    @Test
    void aServerThatGoesFromTheConfigurationIsDisconnectedFromAndOthersStay() {
        binding.deactivate();
        try (ScriptedServer first = new ScriptedServer(); ScriptedServer second = new ScriptedServer()) {
            binding = Configs.binding(Map.of("servers", new String[] {first.uri()}), "");
            ServerConfiguration far = Configs.server("far", Map.of("uri", second.uri()));
            binding.bindServer(far);
            binding.bindCse(new RecordingCse());
            first.establish(false);
            second.establish(false);
            Waiting.until("open", binding::isOpen);

            binding.unbindServer(far);

            second.expect(ScriptedServer.DISCONNECT);
            assertThat(binding.isOpen()).isTrue();
            assertThat(binding.detail()).isEqualTo("127.0.0.1:" + first.port());
        }
    }
}
