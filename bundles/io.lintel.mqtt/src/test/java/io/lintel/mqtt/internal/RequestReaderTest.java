// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Hop;
import io.lintel.primitive.ResponsePrimitive;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the CSE is told of a sender, depending on whose server the request came through (MQ-59, MQ-60). */
class RequestReaderTest {
    private static final String REGISTRATION = "{\"op\":1,\"to\":\"mn-name\",\"fr\":\"C\",\"rqi\":\"1\",\"rvi\":\"2a\",\"ty\":2,"
            + "\"pc\":{\"m2m:ae\":{\"api\":\"Nx\",\"rr\":true}}}";

    @TempDir
    Path home;

    private static Hop hop(Optional<AccessConfiguration> guard, String topic) {
        return read(guard, Optional.empty(), topic).hop().orElseThrow();
    }

    private static RequestReader.Reading read(Optional<AccessConfiguration> guard, Optional<AccessConfiguration> vouching,
            String topic) {
        Segments segments = new Segments(RecordingCse.MN, id -> false, true, false);
        RequestReader reader = new RequestReader(segments, EnumSet.allOf(Leniency.class), "localhost:1883", true,
                () -> guard, vouching);
        return reader.read(Topic.parse(topic).orElseThrow(), REGISTRATION.getBytes(StandardCharsets.UTF_8), "key");
    }

    @Test
    @Tag("MQ-59")
    void theAdministratorDoesNotComeThroughAServerThatMayServeAnybody() {
        String administrator = RecordingCse.MN.administrator();
        for (String level : List.of(administrator, "mn-cse:" + administrator, ":mn-cse:" + administrator)) {
            RequestReader.Reading reading = read(Optional.empty(), Optional.empty(), "/oneM2M/req/" + level + "/mn-cse/json");
            assertThat(reading.refusal().orElseThrow().statusCode()).isEqualTo(4106);
        }
        try (PolicyDriver open = PolicyDriver.open(home)) {
            assertThat(read(Optional.empty(), Optional.of(open.access), "/oneM2M/req/" + administrator + "/mn-cse/json").hop())
                    .isPresent();
            assertThat(hop(Optional.of(open.access), "/oneM2M/req/" + administrator + "/mn-cse/json").originator())
                    .contains(administrator);
        }
    }

    @Test
    @Tag("MQ-59") @Tag("MQ-60")
    void theOwnServerVouchesForItsTopicsWhileLoopbackIsClosed() {
        try (PolicyDriver closed = PolicyDriver.closed(home, "user hall is CHall*")) {
            Hop registration = hop(Optional.of(closed.access), "/oneM2M/reg_req/12-hall/mn-cse/json");
            assertThat(registration.secured()).isTrue();
            assertThat(registration.credential()).contains("12-hall");
            assertThat(registration.permitted()).contains(List.of("CHall*"));
            assertThat(hop(Optional.of(closed.access), "/oneM2M/req/CAE01/mn-cse/json").secured()).isTrue();
        }
    }

    @Test
    @Tag("MQ-59") @Tag("MQ-60")
    void itDoesNotWhileLoopbackIsOpenNorDoesAnyOtherServer() {
        try (PolicyDriver open = PolicyDriver.open(home)) {
            for (Optional<AccessConfiguration> guard : List.of(Optional.of(open.access), Optional.<AccessConfiguration>empty())) {
                Hop registration = hop(guard, "/oneM2M/reg_req/12-anyone/mn-cse/json");
                assertThat(registration.secured()).isFalse();
                assertThat(registration.permitted()).isEmpty();
                assertThat(hop(guard, "/oneM2M/req/CAE01/mn-cse/json").secured()).isFalse();
            }
            assertThat(hop(Optional.of(open.access), "/oneM2M/reg_req/33-CAE01/mn-cse/json").permitted())
                    .contains(List.of("CAE01"));
            assertThat(hop(Optional.empty(), "/oneM2M/reg_req/33-CAE01/mn-cse/json").permitted()).isEmpty();
        }
    }

    /** An independent server that is said to verify: its Credential-IDs count, and stand for what is configured, no more. */
    @Test
    @Tag("MQ-56") @Tag("MQ-60")
    void aServerThatIsSaidToVerifyIsBelieved() {
        try (PolicyDriver open = PolicyDriver.open(home)) {
            open.rules(List.of("user hall is /hall-*"));
            Waiting.until("the rules are read", () -> open.access.idsOfUser("hall").equals(List.of("/hall-*")));
            Segments segments = new Segments(RecordingCse.MN, id -> false, true, false);
            RequestReader reader = new RequestReader(segments, EnumSet.allOf(Leniency.class), "broker.example:8883", false,
                    Optional::empty, Optional.of(open.access));
            for (List<String> known : List.of(List.of("12-hall", "/hall-*"), List.of("33-CAE01", "CAE01"),
                    List.of("10-abc@mef.example"), List.of("12-lamp", "C*", "S*"))) {
                Hop registration = reader.read(Topic.parse("/oneM2M/reg_req/" + known.get(0) + "/mn-cse/json").orElseThrow(),
                        REGISTRATION.getBytes(StandardCharsets.UTF_8), "key").hop().orElseThrow();
                assertThat(registration.secured()).isTrue();
                assertThat(registration.loopback()).isFalse();
                assertThat(registration.permitted()).contains(known.subList(1, known.size()));
            }
            assertThat(reader.read(Topic.parse("/oneM2M/req/CAE01/mn-cse/json").orElseThrow(),
                    REGISTRATION.getBytes(StandardCharsets.UTF_8), "key").hop().orElseThrow().secured()).isTrue();
        }
    }

    @Test
    void aCredentialIdHasOneSpelling() {
        for (String level : List.of("33-CAE01", "33-mn-cse:CAE01", "33-:mn-cse:CAE01")) {
            assertThat(hop(Optional.empty(), "/oneM2M/reg_req/" + level + "/mn-cse/json").credential()).contains("33-CAE01");
        }
        assertThat(hop(Optional.empty(), "/oneM2M/reg_req/32-:asn-cse/mn-cse/json").credential()).contains("32-asn-cse");
        assertThat(hop(Optional.empty(), "/oneM2M/reg_req/10-abc@mef.example/mn-cse/json").credential())
                .contains("10-abc@mef.example");
    }

    private static RequestReader.Reading read(Set<Leniency> leniencies, String topic, String payload) {
        Segments segments = new Segments(RecordingCse.MN, id -> false, true, false);
        return new RequestReader(segments, leniencies, "localhost:1883", true, Optional::empty)
                .read(Topic.parse(topic).orElseThrow(), payload.getBytes(StandardCharsets.UTF_8), "key");
    }

    /** Mobius registers with its CSE-ID in the place of a Credential-ID, its slash turned into a colon. */
    @ParameterizedTest
    @CsvSource({"asn-cse, 16, /asn-cse, 32-asn-cse", ":asn-cse, 16, /asn-cse, 32-asn-cse",
        ":asn-cse, 16, //lintel.example/asn-cse, 32-asn-cse", "asn-cse, 16, /other-cse, asn-cse", "CAE01, 2, CAE01, CAE01",
        "none, 2, C, none"})
    @Tag("MQ-33")
    void anIdInThePlaceOfTheCredentialIsALeniency(String level, int type, String from, String credential) {
        String topic = "/oneM2M/reg_req/" + level + "/mn-cse/json";
        String payload = "{\"op\":1,\"to\":\"mn-name\",\"fr\":\"" + from + "\",\"rqi\":\"1\",\"ty\":" + type + ",\"pc\":{}}";
        assertThat(read(EnumSet.allOf(Leniency.class), topic, payload).hop().orElseThrow().credential()).contains(credential);

        Set<Leniency> strict = EnumSet.complementOf(EnumSet.of(Leniency.ID_AS_CREDENTIAL));
        ResponsePrimitive refusal = read(strict, topic, payload).refusal().orElseThrow();
        assertThat(refusal.statusCode()).isEqualTo(4000);
        assertThat(refusal.requestIdentifier()).isEqualTo("1");
        assertThat(refusal.content().orElseThrow().toString()).contains("Credential-ID");
        assertThat(read(strict, "/oneM2M/reg_req/12-lamp/mn-cse/json", payload).refusal()).isEmpty();
    }

    /** Op and ty of a request that is no registration. */
    @ParameterizedTest
    @CsvSource({"1, 3", "1, 4", "1, 1", "1, 23", "1, 10002", "1, 0", "2, 0", "2, 2", "3, 0", "3, 16", "4, 0", "5, 0"})
    @Tag("MQ-35")
    void onlyRegistrationsComeWithACredential(int operation, int type) {
        String payload = "{\"op\":" + operation + ",\"to\":\"mn-name\",\"fr\":\"CAE01\",\"rqi\":\"1\",\"pc\":{}"
                + (type == 0 ? "}" : ",\"ty\":" + type + "}");
        RequestReader.Reading reading = read(EnumSet.complementOf(EnumSet.of(Leniency.REGISTRATION_RETRIEVE)),
                "/oneM2M/reg_req/12-lamp/mn-cse/json", payload);
        assertThat(reading.hop()).isEmpty();
        assertThat(reading.refusal().orElseThrow().statusCode()).isEqualTo(4000);
        assertThat(reading.refusal().orElseThrow().requestIdentifier()).isEqualTo("1");
    }
}
