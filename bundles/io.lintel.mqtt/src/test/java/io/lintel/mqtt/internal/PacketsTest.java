// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.RequestCustody;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What goes over the wire, and when it is acknowledged: seen from the server's side. */
class PacketsTest {
    private static final String TOPIC = "/oneM2M/req/CAE01/mn-cse/json";

    private final ScriptedServer server = new ScriptedServer();
    private final RecordingCse cse = new RecordingCse().with(RequestCustody.NONE);
    private MqttBinding binding;

    @AfterEach
    void end() {
        server.close();
        binding.deactivate();
    }

    private void start(Map<String, Object> settings) {
        binding = Configs.binding(settings, "");
        binding.bindCse(cse);
    }

    private Map<String, Object> here() {
        return Map.of("servers", new String[] {server.uri()});
    }

    @Test
    @Tag("MQ-05") @Tag("MQ-12") @Tag("MQ-13") @Tag("MQ-15") @Tag("MQ-16") @Tag("MQ-17")
    void connectIsDurableWithoutWillAndNamesTheCse() {
        start(here());

        ScriptedServer.Packet connect = server.accept();

        assertThat(connect.string(0)).isEqualTo("MQTT");
        assertThat(connect.body()[6]).as("protocol level").isEqualTo((byte) 4);
        assertThat(connect.body()[7]).as("no user, no password, no will, clean session 0").isEqualTo((byte) 0);
        assertThat(connect.packetId(8)).as("keep alive").isEqualTo(30);
        assertThat(connect.string(10)).isEqualTo("C::mn-cse");
        assertThat(connect.body()).as("nothing follows").hasSize(10 + 2 + "C::mn-cse".length());
    }

    @Test
    @Tag("MQ-17") @Tag("MQ-18") @Tag("MQ-66")
    void userNameAndPasswordAreSentWhenThereAreAny() {
        start(Map.of("servers", new String[] {server.uri()}, "userName", "gateway", "password", "secret", "keepAliveSeconds", 0));

        ScriptedServer.Packet connect = server.accept();

        assertThat(connect.body()[7]).isEqualTo((byte) 0xC0);
        assertThat(connect.packetId(8)).isZero();
        assertThat(connect.string(21)).isEqualTo("gateway");
        assertThat(connect.string(30)).isEqualTo("secret");
    }

    @Test
    @Tag("MQ-28") @Tag("MQ-36") @Tag("MQ-46")
    void everythingIsSubscribedBeforeTheDoorIsOpen() {
        start(here());
        server.accept();
        server.connack(false);
        assertThat(binding.isOpen()).isFalse();

        List<String> filters = server.grantSubscription();

        assertThat(filters).containsExactly("/oneM2M/req/+/mn-cse/# 1", "/oneM2M/req/+/:mn-cse/# 1",
                "/oneM2M/reg_req/+/mn-cse/# 1",
                "/oneM2M/reg_req/+/:mn-cse/# 1", "/oneM2M/resp/mn-cse/# 1");
        Waiting.until("open", binding::isOpen);
    }

    @Test
    @Tag("MQ-05") @Tag("MQ-21") @Tag("MQ-22") @Tag("MQ-23") @Tag("MQ-30")
    void aRequestIsAcknowledgedOnlyAfterItsResponseIs() {
        start(here());
        server.establish(false);

        server.publish(TOPIC, request("r1"), 7, false);

        ScriptedServer.Packet response = server.expect(ScriptedServer.PUBLISH);
        assertThat(response.flags()).as("QoS 1, no DUP, no RETAIN").isEqualTo(2);
        assertThat(response.string(0)).isEqualTo("/oneM2M/resp/CAE01/mn-cse/json");
        assertThat(server.isSilent(300)).isTrue();
        server.puback(response.publishId());
        assertThat(server.expect(ScriptedServer.PUBACK).packetId(0)).isEqualTo(7);
    }

    @Test
    void acknowledgementsKeepTheOrderOfArrival() {
        CompletableFuture<ResponsePrimitive> first = new CompletableFuture<>();
        cse.answering(request -> request.requestIdentifier().equals("r1") ? first
                : CompletableFuture.completedFuture(RecordingCse.ok(request)));
        start(here());
        server.establish(false);
        server.publish(TOPIC, request("r1"), 7, false);
        server.publish(TOPIC, request("r2"), 8, false);

        server.puback(server.expect(ScriptedServer.PUBLISH).publishId());
        assertThat(server.isSilent(300)).isTrue();
        first.complete(RecordingCse.ok(cse.asked.get(0).request()));
        server.puback(server.expect(ScriptedServer.PUBLISH).publishId());

        assertThat(server.expect(ScriptedServer.PUBACK).packetId(0)).isEqualTo(7);
        assertThat(server.expect(ScriptedServer.PUBACK).packetId(0)).isEqualTo(8);
    }

    @Test
    @Tag("MQ-02")
    void aRedeliveredRequestCarriesTheSameKeyAndItsUnacknowledgedResponseIsRepeated() {
        start(here());
        server.establish(false);
        server.publish(TOPIC, request("r1"), 7, false);
        ScriptedServer.Packet response = server.expect(ScriptedServer.PUBLISH);
        server.drop();

        server.accept();
        server.connack(true);
        // The library repeats what it holds before or after it subscribes; the session has the subscription anyway.
        ScriptedServer.Packet repeated = server.grantSubscriptionAmidOne(ScriptedServer.PUBLISH);
        assertThat(repeated.flags()).as("QoS 1 with DUP").isEqualTo(10);
        assertThat(repeated.publishId()).isEqualTo(response.publishId());
        assertThat(repeated.payload()).isEqualTo(response.payload());
        server.publish(TOPIC, request("r1"), 7, true);
        server.puback(repeated.publishId());
        ScriptedServer.Packet next = server.expectEither(ScriptedServer.PUBACK, ScriptedServer.PUBLISH);
        if (next.type() == ScriptedServer.PUBLISH) {
            // The redelivery came after the first exchange was over: it was asked again and is answered again.
            server.puback(next.publishId());
            next = server.expect(ScriptedServer.PUBACK);
        }
        assertThat(next.packetId(0)).isEqualTo(7);
        assertThat(cse.asked.stream().map(a -> a.hop().deliveryKey().orElseThrow()).distinct()).hasSize(1);
    }

    @Test
    void aRequestThatIsRedeliveredAfterARestartCarriesTheSameKey() {
        cse.answering(request -> new CompletableFuture<>());
        start(here());
        server.establish(false);
        server.publish(TOPIC, request("r1"), 7, false);
        Waiting.until("asked", () -> cse.asked.size() == 1);
        binding.deactivate();
        server.drop();

        start(here());
        server.establish(true);
        server.publish(TOPIC, request("r1"), 7, true);
        server.publish(TOPIC, request("r2"), 8, false);

        Waiting.until("asked again", () -> cse.asked.size() == 3);
        assertThat(cse.asked.get(1).hop().deliveryKey()).isEqualTo(cse.asked.get(0).hop().deliveryKey());
        assertThat(cse.asked.get(2).hop().deliveryKey()).isNotEqualTo(cse.asked.get(0).hop().deliveryKey());
    }

    @Test
    void nothingIsAcknowledgedFromAnEarlierConnection() {
        CompletableFuture<ResponsePrimitive> first = new CompletableFuture<>();
        cse.answering(request -> first);
        start(here());
        server.establish(false);
        server.publish(TOPIC, request("r1"), 7, false);
        Waiting.until("asked", () -> cse.asked.size() == 1);
        server.drop();
        server.establish(false);

        first.complete(RecordingCse.ok(cse.asked.get(0).request()));

        server.puback(server.expect(ScriptedServer.PUBLISH).publishId());
        assertThat(server.isSilent(300)).isTrue();
    }

    @Test
    @Tag("MQ-02")
    void whatTakesLongIsAcknowledgedFromCustodyAndTakenUpFromThereAfterARestart() {
        MemoryCustody custody = new MemoryCustody(10);
        cse.with(custody).answering(request -> new CompletableFuture<>());
        start(here());
        server.establish(false);
        server.publish(TOPIC, request("r1"), 7, false);
        server.publish(TOPIC, request("r2"), 8, false);
        assertThat(server.expect(ScriptedServer.PUBACK).packetId(0)).isEqualTo(7);
        assertThat(server.expect(ScriptedServer.PUBACK).packetId(0)).isEqualTo(8);
        assertThat(custody.size()).isEqualTo(2);
        binding.deactivate();

        RecordingCse next = new RecordingCse().with(custody);
        binding = Configs.binding(here(), "");
        binding.bindCse(next);
        server.establish(true);
        for (int i = 1; i <= 2; i++) {
            ScriptedServer.Packet response = server.expect(ScriptedServer.PUBLISH);
            assertThat(response.payload()).contains("\"rqi\":\"r" + i + "\"");
            assertThat(custody.size()).as("until the response is acknowledged").isEqualTo(3 - i);
            server.puback(response.publishId());
            int left = 2 - i;
            Waiting.until("released", () -> custody.size() == left);
        }
        assertThat(next.asked).extracting(asked -> asked.hop().deliveryKey())
                .containsExactlyElementsOf(cse.asked.stream().map(asked -> asked.hop().deliveryKey()).toList());
    }

    @Test
    @Tag("MQ-02")
    void fullCustodyMeansThatTheServerKeepsTheRequest() {
        MemoryCustody custody = new MemoryCustody(1);
        CompletableFuture<Void> gate = new CompletableFuture<>();
        cse.with(custody).answering(request -> gate.thenApply(open -> RecordingCse.ok(request)));
        start(here());
        server.establish(false);
        server.publish(TOPIC, request("r1"), 7, false);
        server.publish(TOPIC, request("r2"), 8, false);
        assertThat(server.expect(ScriptedServer.PUBACK).packetId(0)).isEqualTo(7);
        assertThat(server.isSilent(700)).isTrue();

        gate.complete(null);
        List<ScriptedServer.Packet> acknowledgements = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ScriptedServer.Packet packet = server.expectEither(ScriptedServer.PUBLISH, ScriptedServer.PUBACK);
            if (packet.type() == ScriptedServer.PUBLISH) {
                server.puback(packet.publishId());
            } else {
                acknowledgements.add(packet);
            }
        }
        assertThat(acknowledgements).hasSize(1).allMatch(packet -> packet.packetId(0) == 8);
        Waiting.until("released", () -> custody.size() == 0);
    }

    @Test
    @Tag("MQ-02")
    void equalMessagesOfAnOriginatorThatMindsNoIdentifiersAreTwoRequestsUnlessDeliveredAgain() {
        start(Map.of("servers", new String[] {server.uri()}, "reusedIdentifiers", new String[] {"CSens*,CAE01"}));
        server.establish(false);
        server.publish(TOPIC, request("1"), 7, false);
        server.puback(server.expect(ScriptedServer.PUBLISH).publishId());
        assertThat(server.expect(ScriptedServer.PUBACK).packetId(0)).isEqualTo(7);
        server.publish(TOPIC, request("1"), 8, false);
        server.puback(server.expect(ScriptedServer.PUBLISH).publishId());
        assertThat(server.expect(ScriptedServer.PUBACK).packetId(0)).isEqualTo(8);
        server.drop();
        server.establish(true);
        server.publish(TOPIC, request("1"), 8, true);
        server.puback(server.expect(ScriptedServer.PUBLISH).publishId());
        server.publish(TOPIC.replace("CAE01", "CAE02"), request("1"), 9, false);
        server.publish(TOPIC.replace("CAE01", "CAE02"), request("1"), 10, false);
        Waiting.until("all asked", () -> cse.asked.size() == 5);

        assertThat(cse.asked).extracting(asked -> asked.hop().deliveryKey()).satisfies(keys -> {
            assertThat(keys.get(0)).isNotEqualTo(keys.get(1));
            assertThat(keys.get(2)).isEqualTo(keys.get(1));
            assertThat(keys.get(3)).isEqualTo(keys.get(4)).isNotEqualTo(keys.get(0));
        });
    }

    @Test
    @Tag("MQ-22")
    void whatDoesNotFitAndCannotBeDeliveredAgainIsAnsweredBusy() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        cse.answering(request -> gate.thenApply(open -> RecordingCse.ok(request)));
        start(Map.of("servers", new String[] {server.uri()}, "maxInProgress", 1, "maxWaiting", 1));
        server.establish(false);
        for (int i = 1; i <= 3; i++) {
            server.publish(TOPIC, request("r" + i));
        }
        ScriptedServer.Packet busy = server.expect(ScriptedServer.PUBLISH);
        server.puback(busy.publishId());
        assertThat(busy.payload()).contains("\"rqi\":\"r3\"").contains("5103").contains("busy: ");
        gate.complete(null);
        ScriptedServer.Packet first = server.expect(ScriptedServer.PUBLISH);
        assertThat(first.payload()).contains("r1");
        server.puback(first.publishId());
        assertThat(server.expect(ScriptedServer.PUBLISH).payload()).contains("r2");
        assertThat(binding.isOpen()).isTrue();
    }

    @Test
    void tooManyRequestsCloseTheConnectionUntilThereIsRoom() {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        cse.answering(request -> gate.thenApply(open -> RecordingCse.ok(request)));
        start(Map.of("servers", new String[] {server.uri()}, "maxInProgress", 2, "maxWaiting", 2, "serverWindow", 1_000));
        server.establish(false);
        for (int i = 1; i <= 5; i++) {
            server.publish(TOPIC, request("r" + i), i, false);
        }
        Waiting.until("the door is shut", () -> !binding.isOpen());
        gate.complete(null);

        server.establish(true);
        server.puback(server.expect(ScriptedServer.PUBLISH).publishId());
        server.puback(server.expect(ScriptedServer.PUBLISH).publishId());
        for (int i = 3; i <= 5; i++) {
            server.publish(TOPIC, request("r" + i), i, true);
            server.puback(server.expect(ScriptedServer.PUBLISH).publishId());
            assertThat(server.expect(ScriptedServer.PUBACK).packetId(0)).isEqualTo(i);
        }
    }

    @Test
    void aServerThatNeverAnswersIsGivenUpAndTriedAgain() {
        start(here());
        server.accept();

        server.establish(false);

        Waiting.until("open", binding::isOpen);
    }

    @Test
    @Tag("MQ-31")
    void arrivedResponsesAreAcknowledgedAndARequestGoesOutAfterItsSubscription() {
        start(Map.of("servers", new String[] {server.uri()}, "leniencies", new String[] {"none"}));
        server.establish(false);
        Waiting.until("open", binding::isOpen);
        CompletionStage<ResponsePrimitive> response = binding.send(new OutboundRequest(
                RequestPrimitive.builder(Operation.RETRIEVE, "/in-cse").from("/mn-cse").requestIdentifier("q1").build(),
                URI.create(server.uri() + "/pre"), Optional.of("/in-cse"), Optional.empty(), Instant.now().plusSeconds(10)));

        assertThat(server.grantSubscription()).containsExactly("pre/oneM2M/resp/mn-cse/# 1");
        ScriptedServer.Packet request = server.expect(ScriptedServer.PUBLISH);
        assertThat(request.string(0)).isEqualTo("pre/oneM2M/req/mn-cse/in-cse/json");
        server.puback(request.publishId());
        server.publish("pre/oneM2M/resp/mn-cse/in-cse/json", "{\"rsc\":2000,\"rqi\":\"q1\"}", 3, false);

        assertThat(server.expect(ScriptedServer.PUBACK).packetId(0)).isEqualTo(3);
        assertThat(Waiting.result(response).statusCode()).isEqualTo(2000);
    }

    private static String request(String identifier) {
        return "{\"op\":2,\"to\":\"mn-name\",\"fr\":\"CAE01\",\"rqi\":\"" + identifier + "\",\"rvi\":\"2a\"}";
    }
}
