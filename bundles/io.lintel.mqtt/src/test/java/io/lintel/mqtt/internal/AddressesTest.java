// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.primitive.Serialization;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** MQTT URIs (TS-0010 6.6), servers under several names, and payloads by their look. */
class AddressesTest {
    @ParameterizedTest
    @CsvSource({
        "mqtt://host,                   host:1883,      ''",
        "mqtt://HOST:1884,              host:1884,      ''",
        "mqtt://host/abc/def,           host:1883,      abc/def",
        "mqtt://host:1884/abc/,         host:1884,      abc/",
        "mqtts://host,                  mqtts://host:8883, ''",
        "MQTTS://host:8884/abc/def,     mqtts://host:8884, abc/def",
        "mqtts://[2001:db8::1]/x,       mqtts://[2001:db8::1]:8883, x",
        "mqtts://localhost,             mqtts://localhost:8883, ''",
        "mqtt://[2001:db8::1]:1884/x,   [2001:db8::1]:1884, x",
        "mqtt://[2001:db8::1],          [2001:db8::1]:1883, ''",
        "mqtt://localhost/a%20b,        127.0.0.1:1883, a b",
        "mqtt://my_host:1883/a,         my_host:1883,   a",
        "mqtt://user@host,              host:1883,      ''",
    })
    @Tag("MQ-47")
    @Tag("MQ-48")
    @Tag("MQ-49")
    @Tag("MQ-50")
    void anMqttUriNamesServerAndPath(String uri, String server, String path) {
        MqttUri parsed = MqttUri.parse(URI.create(uri));

        assertThat(parsed.server()).hasToString(server);
        assertThat(parsed.path()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqtt://host:1883", "mqtts://host:8884", "mqtt://host:1883/abc/def",
            "mqtts://[2001:db8::1]:8883/a%20b", "mqtt://host:1883/k%C3%BCche/50%25"})
    @Tag("MQ-47")
    void anMqttUriIsWrittenAsItIsRead(String uri) {
        String written = MqttUri.parse(uri).toString();

        assertThat(MqttUri.parse(written)).isEqualTo(MqttUri.parse(uri));
        assertThat(URI.create(written).getPath()).isEqualTo(URI.create(uri).getPath());
    }

    @ParameterizedTest
    @CsvSource({"mqtt://host//CAE01, /CAE01", "mqtt://host///CAE01, /CAE01", "mqtt://host//in-cse/CAE01, /in-cse/CAE01",
        "mqtt://host/CAE01, ''", "mqtt://host, ''", "mqtt://host//, ''", "mqtt://host////a, ''"})
    void aReceiverStandsBehindTwoOrThreeSlashes(String uri, String receiver) {
        assertThat(MqttUri.parse(uri).receiverInPath().orElse("")).isEqualTo(receiver);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://host", "mqtt:host", "mqtt://host:0", "mqtt://host:70000", "mqtt://host/a/%23",
            "mqtt://host/%2B/a", "mqttws://host"})
    void othersAreRefused(String uri) {
        assertThatThrownBy(() -> MqttUri.parse(URI.create(uri))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(uri);
    }

    @Test
    @Tag("MQ-54")
    void aNotificationUriMaySayItsFormat() {
        assertThat(MqttUri.parse(URI.create("mqtt://h/t?ct=xml")).contentType()).contains(Serialization.XML);
        assertThat(MqttUri.parse(URI.create("mqtt://h/t?a=b&ct=application/cbor")).contentType()).contains(Serialization.CBOR);
        assertThat(MqttUri.parse(URI.create("mqtt://h/t")).contentType()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "127.0.0.1", "127.1.2.3", "[::1]", "::1", "LocalHost"})
    void loopbackHasOneName(String host) {
        assertThat(ServerAddress.of(host, 1883)).isEqualTo(ServerAddress.of("127.0.0.1", 1883));
        assertThat(ServerAddress.of(host, 1883).isLoopback()).isTrue();
    }

    @Test
    void aHostThatBeginsLikeLoopbackIsNone() {
        assertThat(ServerAddress.of("127.example.org", 1883).isLoopback()).isFalse();
    }

    @Test
    void theOwnServerIsRecognisedByTheNameTheNetworkKnows() throws Exception {
        ServerAddress own = ServerAddress.of("127.0.0.1", 1883);
        ServerAliases aliases = new ServerAliases(own, () -> Set.of(1883, 8883));
        try {
            for (InetAddress address : NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).toList()) {
                String host = address.getHostAddress().replaceAll("%.*", "");
                assertThat(Waiting.result(aliases.canonical(ServerAddress.of(host, 1883), () -> List.of(own)))).as(host)
                        .isEqualTo(own);
                assertThat(Waiting.result(aliases.canonical(ServerAddress.of(host, 8883, true), () -> List.of(own)))).as("TLS")
                        .isEqualTo(own);
                assertThat(Waiting.result(aliases.canonical(ServerAddress.of(host, 1884), () -> List.of(own)))).isNotEqualTo(own);
            }
            ServerAddress far = ServerAddress.of("192.0.2.1", 1883);
            assertThat(Waiting.result(aliases.canonical(far, () -> List.of(own)))).isEqualTo(far);
        } finally {
            aliases.close();
        }
    }

    @Test
    void payloadsAreKnownByTheirFirstByte() {
        assertThat(Payload.sniff(bytes("  {}"))).contains(Serialization.JSON);
        assertThat(Payload.sniff(bytes("\uFEFF<a/>"))).contains(Serialization.XML);
        assertThat(Payload.sniff(new byte[] {(byte) 0xA1, 0x61})).contains(Serialization.CBOR);
        assertThat(Payload.sniff(new byte[] {(byte) 0xD9, (byte) 0xD9, (byte) 0xF7})).contains(Serialization.CBOR);
        assertThat(Payload.sniff(bytes("hello"))).isEmpty();
        assertThat(Payload.sniff(bytes("   "))).isEmpty();
        assertThat(Payload.sniff(new byte[0])).isEmpty();
    }

    @Test
    void hexadecimalTextIsCborOnlyIfItSpellsAMap() {
        assertThat(Payload.hexText(bytes("a1627273\n"))).hasValueSatisfying(b -> assertThat(b).hasSize(4));
        assertThat(Payload.hexText(bytes("A162727F"))).isPresent();
        assertThat(Payload.hexText(bytes("a1627"))).isEmpty();
        assertThat(Payload.hexText(bytes("01ab"))).isEmpty();
        assertThat(Payload.hexText(bytes("xyz!"))).isEmpty();
        assertThat(Payload.hexText(new byte[] {(byte) 0xA1, 0x61})).isEqualTo(Optional.empty());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
