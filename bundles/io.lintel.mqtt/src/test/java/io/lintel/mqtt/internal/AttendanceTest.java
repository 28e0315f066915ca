// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Schedule;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When this CSE is connected: always, at need, by a schedule (TS-0010 6.3.2). The server is a stock Mosquitto. */
class AttendanceTest {
    @TempDir
    Path state;
    private Mosquitto mosquitto;
    private MqttBinding binding;
    private final RecordingCse cse = new RecordingCse();

    @BeforeEach
    void start() {
        mosquitto = new Mosquitto(state);
        binding = Configs.binding(Map.of("servers", new String[] {"none"}), "");
        binding.bindCse(cse);
    }

    @AfterEach
    void end() {
        binding.deactivate();
        mosquitto.close();
    }

    private CompletionStage<ResponsePrimitive> send(String identifier) {
        return sendTo(mosquitto.uri(), identifier);
    }

    private CompletionStage<ResponsePrimitive> sendTo(String uri, String identifier) {
        return binding.send(new OutboundRequest(RequestPrimitive.builder(Operation.RETRIEVE, "/in-cse").from("/mn-cse")
                .requestIdentifier(identifier).build(), URI.create(uri), Optional.of("/in-cse"), Optional.empty(),
                Instant.now().plusSeconds(10)));
    }

    private Peer inCse() {
        Peer in = new Peer(mosquitto.port(), "C::in-cse", "/oneM2M/req/+/in-cse/#", "/oneM2M/resp/in-cse/mn-cse/#");
        return in.reacting(r -> {
            if (r.topic().contains("/req/")) {
                in.publish(r.topic().replace("/req/", "/resp/"), PrimitiveCodec.of(Serialization.JSON)
                        .encode(RecordingCse.ok((RequestPrimitive) r.as(Serialization.JSON))), 1, false);
            }
        });
    }

    private int count(String line) {
        return mosquitto.log().split(line, -1).length - 1;
    }

    @Test
    @Tag("MQ-19")
    void atNeedThereIsAConnectionWhileSomethingIsSentOrAwaitedAndForAWhileLonger() {
        binding.bindServer(Configs.server("far", Map.of("uri", mosquitto.uri(), "connect", "need", "idleSeconds", 1)));
        assertThat(binding.isOpen()).as("nothing is amiss while nobody needs it").isTrue();
        assertThat(binding.detail()).contains("connects when there is something to send");
        assertThat(mosquitto.log()).doesNotContain("as C::mn-cse");
        try (Peer in = inCse()) {
            assertThat(Waiting.result(send("r1")).statusCode()).isEqualTo(2000);
            assertThat(Waiting.result(send("r2")).statusCode()).isEqualTo(2000);
            assertThat(count("as C::mn-cse")).as("one connection for all").isEqualTo(1);

            Waiting.until("disconnected in good order", () -> count("Received DISCONNECT from C::mn-cse") == 1);
            in.publish("/oneM2M/req/in-cse/mn-cse/json",
                    "{\"op\":2,\"to\":\"mn-name\",\"fr\":\"/in-cse\",\"rqi\":\"i1\",\"rvi\":\"2a\"}");
            assertThat(Waiting.result(send("r3")).statusCode()).isEqualTo(2000);

            Waiting.until("the session kept what came meanwhile", () -> cse.asked.stream()
                    .anyMatch(a -> a.request().requestIdentifier().equals("i1")));
        }
    }

    @Test
    @Tag("MQ-19")
    void aServerThatARequestLedToIsDisconnectedFromWhenIdle() {
        binding.deactivate();
        binding = Configs.binding(Map.of("servers", new String[] {"none"}, "idleSeconds", 1), "");
        binding.bindCse(cse);
        try (Peer in = inCse()) {
            assertThat(Waiting.result(send("r1")).statusCode()).isEqualTo(2000);

            Waiting.until("disconnected in good order", () -> count("Received DISCONNECT from C::mn-cse") == 1);
        }
    }

    @Test
    void serversThatRequestsLedToAreManyAtMostAndGiveWayWhenIdle() {
        binding.deactivate();
        binding = Configs.binding(Map.of("servers", new String[] {"none"}, "idleSeconds", 8, "connectWaitMillis", 10), "");
        binding.bindCse(cse);
        IntStream.rangeClosed(1, 64).forEach(port -> sendTo("mqtt://127.0.0.1:" + port, "r" + port));

        assertThat(Waiting.failure(sendTo("mqtt://127.0.0.1:99", "r99"))).hasMessageContaining("64 MQTT servers are in use");
        Waiting.until("one gives way", () -> !Waiting.failure(sendTo("mqtt://127.0.0.1:99", "r99")).getMessage()
                .contains("64 MQTT servers"));
    }

    @Test
    void aConnectionCostsThreeThreadsAndTheEndLeavesNone() {
        binding.deactivate();
        binding = Configs.binding(Map.of("servers", new String[] {mosquitto.uri()}), "");
        binding.bindCse(new RecordingCse(new CseIdentity("//lintel.example", "/counted", "mn-name", "cb", CseIdentity.CseType.MN,
                "CAdmin")));
        Waiting.until("open", binding::isOpen);

        Waiting.until("three threads", () -> threads().equals(List.of("MQTT Call: C::counted", "MQTT Rec: C::counted",
                "MQTT Snd: C::counted")));
        binding.deactivate();
        Waiting.until("none is left", () -> threads().isEmpty());
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(name -> name.endsWith("C::counted"))
                .sorted().toList();
    }

    @Test
    @Tag("MQ-19")
    void outsideItsScheduleNothingIsConnectedAndRequestsFailAtOnce() {
        int otherMonth = Instant.now().atZone(ZoneOffset.UTC).plusMonths(3).getMonthValue();
        binding.bindServer(Configs.server("far", Map.of("uri", mosquitto.uri(), "connect", "schedule", "schedule",
                "* * * * " + otherMonth + " * *")));

        long before = System.nanoTime();
        Throwable failure = Waiting.failure(send("r1"));

        assertThat(System.nanoTime() - before).as("at once").isLessThan(2_000_000_000L);
        assertThat(failure).isInstanceOfSatisfying(UnreachableException.class, e -> assertThat(e.mayHaveArrived()).isFalse())
                .hasMessageContaining("outside its schedule, again from 20");
        assertThat(binding.detail()).contains("outside its schedule, again from 20");
        assertThat(mosquitto.log()).doesNotContain("as C::mn-cse");
    }

    @Test
    @Tag("MQ-19")
    void theLinkComesAndGoesWithItsSchedule() {
        int second = Instant.now().atZone(ZoneOffset.UTC).getSecond();
        String seconds = IntStream.rangeClosed(5, 24).mapToObj(i -> String.valueOf((second + i) % 60))
                .collect(Collectors.joining(","));
        binding.bindServer(Configs.server("far", Map.of("uri", mosquitto.uri(), "connect", "schedule", "schedule",
                seconds + " * * * * * *")));
        assertThat(binding.detail()).contains("outside its schedule");

        Waiting.until("connected by itself", () -> count("as C::mn-cse") == 1);
        try (Peer in = inCse()) {
            assertThat(Waiting.result(send("r1")).statusCode()).isEqualTo(2000);
        }
        Waiting.until("disconnected in good order", () -> count("Received DISCONNECT from C::mn-cse") == 1);
        assertThat(binding.detail()).contains("outside its schedule");
    }

    @Test
    @Tag("MQ-19")
    void theScheduleBelowTheCseBaseCountsBeforeTheSettingAndAtOnce() {
        int otherMonth = Instant.now().atZone(ZoneOffset.UTC).plusMonths(3).getMonthValue();
        cse.schedule = new Schedule(List.of("* * * * " + otherMonth + " * *"));
        binding.bindServer(Configs.server("far", Map.of("uri", mosquitto.uri(), "connect", "schedule")));
        assertThat(binding.detail()).contains("outside its schedule");
        assertThat(mosquitto.log()).doesNotContain("as C::mn-cse");

        cse.schedule = new Schedule(List.of("* * * * * * *"));
        Waiting.until("the schedule was changed", () -> count("as C::mn-cse") == 1);

        cse.schedule = new Schedule(List.of("* * * * " + otherMonth + " * *"));
        Waiting.until("and changed again", () -> count("Received DISCONNECT from C::mn-cse") == 1);
        binding.unbindCse(cse);
        assertThat(binding.detail()).as("what a CSE that is replaced said holds").contains("outside its schedule");

        cse.schedule = Schedule.ALWAYS;
        binding.bindCse(cse);
        Waiting.until("without any there is always a connection", () -> count("as C::mn-cse") == 2);
    }
}
