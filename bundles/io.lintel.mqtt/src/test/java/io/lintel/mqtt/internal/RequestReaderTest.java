// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Hop;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the CSE is told of a sender, depending on whose server the request came through (MQ-59, MQ-60). */
class RequestReaderTest {
    private static final String REGISTRATION = "{\"op\":1,\"to\":\"mn-name\",\"fr\":\"C\",\"rqi\":\"1\",\"rvi\":\"2a\",\"ty\":2,"
            + "\"pc\":{\"m2m:ae\":{\"api\":\"Nx\",\"rr\":true}}}";

    @TempDir
    Path home;

    private static Hop hop(Optional<AccessConfiguration> guard, String topic) {
        return read(guard, false, topic).hop().orElseThrow();
    }

    private static RequestReader.Reading read(Optional<AccessConfiguration> guard, boolean authorizes, String topic) {
        Segments segments = new Segments(RecordingCse.MN, id -> false, true, false);
        RequestReader reader = new RequestReader(segments, EnumSet.allOf(Leniency.class), "localhost:1883", true, authorizes,
                () -> guard);
        return reader.read(Topic.parse(topic).orElseThrow(), REGISTRATION.getBytes(StandardCharsets.UTF_8), "key");
    }

    @Test
    @Tag("MQ-59") @Tag("MQ-60")
    void anIndependentServerThatAuthorizesIsBelieved() {
        assertThat(read(Optional.empty(), true, "/oneM2M/req/CAE01/mn-cse/json").hop().orElseThrow().secured()).isTrue();
        assertThat(read(Optional.empty(), true, "/oneM2M/reg_req/31-x/mn-cse/json").hop().orElseThrow().secured()).isTrue();
    }

    @Test
    @Tag("MQ-59")
    void theAdministratorDoesNotComeThroughAServerThatMayServeAnybody() {
        String administrator = RecordingCse.MN.administrator();
        for (String level : List.of(administrator, "mn-cse:" + administrator, ":mn-cse:" + administrator)) {
            RequestReader.Reading reading = read(Optional.empty(), false, "/oneM2M/req/" + level + "/mn-cse/json");
            assertThat(reading.refusal().orElseThrow().statusCode()).isEqualTo(4106);
        }
        assertThat(read(Optional.empty(), true, "/oneM2M/req/" + administrator + "/mn-cse/json").hop()).isPresent();
        try (PolicyDriver open = PolicyDriver.open(home)) {
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

    @Test
    void aCredentialIdHasOneSpelling() {
        for (String level : List.of("33-CAE01", "33-mn-cse:CAE01", "33-:mn-cse:CAE01")) {
            assertThat(hop(Optional.empty(), "/oneM2M/reg_req/" + level + "/mn-cse/json").credential()).contains("33-CAE01");
        }
        assertThat(hop(Optional.empty(), "/oneM2M/reg_req/32-:asn-cse/mn-cse/json").credential()).contains("32-asn-cse");
        assertThat(hop(Optional.empty(), "/oneM2M/reg_req/10-abc@mef.example/mn-cse/json").credential())
                .contains("10-abc@mef.example");
    }
}
