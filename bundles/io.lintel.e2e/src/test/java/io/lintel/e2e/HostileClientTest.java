// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.demo.parts.HttpApp;
import io.lintel.demo.parts.Node;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A stranger on an independent server without any access control: reads everything, publishes anything. What a node can
 * tell by itself it does not do for him; what it can't is in the manual ({@code docs/mqtt-independent-server.md}).
 */
@Tag("5.2.3.6")
@Tag("MQ-59")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileClientTest {
    private static final PrimitiveCodec JSON = PrimitiveCodec.of(Serialization.JSON);

    private Topology topology;
    private Mosquitto server;
    private Registrar mn;
    private MqttAe victim;
    private MqttClient stranger;
    private final BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
    private int requests;

    @BeforeAll
    void start() throws Exception {
        topology = new Topology(getClass());
        server = topology.mosquitto();
        Node node = topology.node("mn", "mn", Topology.independent(server));
        mn = Registrar.mn(node, server.uri());
        topology.ready();
        try (MqttAe registered = MqttAe.connect(mn, "Cstranger", Serialization.JSON)) {
            registered.registerAs("Cstranger").expect(2001);
        }
    }

    @AfterAll
    void end() throws Exception {
        topology.close();
    }

    @BeforeEach
    void meet() throws Exception {
        victim = MqttAe.register(mn, Serialization.JSON);
        stranger = MqttClient.durable(server.uri(), "stranger", seen::add);
        assertThat(stranger.subscribe("#")).isTrue();
        stranger.fence();
        seen.clear();
    }

    @AfterEach
    void part() {
        stranger.close();
        victim.close();
    }

    private byte[] creation(String from, String content, String requestIdentifier) {
        return JSON.encode(victim.complete(MqttAe.creation(victim.path() + "/data", ResourceTypes.CONTENT_INSTANCE, "m2m:cin",
                Representations.instance(content))).toBuilder().from(from).requestIdentifier(requestIdentifier).build());
    }

    /** What the node answers on this topic's counterpart to this identifier. */
    private Message answer(String topic, byte[] payload, String requestIdentifier) throws Exception {
        stranger.publish(topic, payload);
        String answer = topic.replaceFirst("/req/", "/resp/").replaceFirst("/reg_req/", "/reg_resp/");
        while (true) {
            Message message = Waiting.next("an answer on " + answer, seen);
            if (message.topic().equals(answer) && message.response().requestIdentifier().equals(requestIdentifier)) {
                return message;
            }
        }
    }

    private long instances() throws Exception {
        return victim.retrieve(victim.path() + "/data").expect(2000).attributes().number("cni").orElseThrow();
    }

    private String next() {
        return "forged-" + ++requests;
    }

    @ParameterizedTest(name = "topic {0}, fr {1}")
    @CsvSource({"Cstranger, {victim}", "Cnobody, Cnobody", "Cnobody, {victim}", "Cnobody, /mn-cse/{victim}",
        "other-cse, /other-cse", "other-cse, {victim}", "other-cse, /other-cse/Cx", "other-cse:Cx, /other-cse/Cx",
        "mn-cse, /mn-cse", "mn-cse, {victim}", ":lintel.example:mn-cse, /mn-cse", "CAdmin, CAdmin", "mn-cse:CAdmin, CAdmin",
        "{victim}, CAdmin", "{victim}, /mn-cse", "{victim}, Cstranger", ":other.example:in-cse, //other.example/in-cse/Cx"})
    void noNameIsHalfForged(String level, String from) throws Exception {
        String identifier = next();
        Message answer = answer("/oneM2M/req/" + level.replace("{victim}", victim.stem()) + "/mn-cse/json",
                creation(from.replace("{victim}", victim.stem()), "forged", identifier), identifier);
        assertThat(answer.status()).as("%s", answer).isIn(4106, 4107);
        assertThat(instances()).isZero();
    }

    @Test
    @Tag("MQ-33")
    @Tag("MQ-35")
    @Tag("MQ-60")
    void aCredentialIsForRegisteringOnly() throws Exception {
        String identifier = next();
        Message other = answer("/oneM2M/reg_req/10-stolen/mn-cse/json", creation(victim.stem(), "forged", identifier),
                identifier);
        assertThat(other.status()).isEqualTo(4000);
        for (String from : List.of(victim.stem(), "")) {
            String second = next();
            RequestPrimitive.Builder again = MqttAe.creation(mn.base(), ResourceTypes.AE, "m2m:ae",
                    Representations.ae(victim.stem(), server.uri()));
            Message refused = answer("/oneM2M/reg_req/33-" + victim.stem() + "/mn-cse/json",
                    JSON.encode(again.from(from).requestIdentifier(second).build()), second);
            assertThat(refused.status()).as("%s", refused).isIn(4105, 4106, 4117);
        }
        assertThat(instances()).isZero();
    }

    /** MQ-32: the identifier alone is no answer, it has to come from the one asked; and nobody knows it before. */
    @Test
    @Tag("MQ-32")
    void nobodyAnswersForAnother() throws Exception {
        try (MqttAe other = MqttAe.register(mn, Serialization.JSON)) {
            victim.watch(other.path() + "/data", "watch");
            seen.clear();
            victim.client().disconnect();
            other.say(other.path() + "/data", "one");
            other.say(other.path() + "/data", "two");
            String topic = "/oneM2M/req/mn-cse/" + victim.stem() + "/json";
            Message asked = Waiting.next("the notification", seen);
            while (!asked.topic().equals(topic)) {
                asked = Waiting.next("the notification", seen);
            }
            String identifier = asked.request().requestIdentifier();
            assertThat(identifier).matches("[a-z0-9]+-[a-z0-9]+-[a-z0-9]+");
            byte[] ok = JSON.encode(ResponsePrimitive.builder(ResponseStatusCode.OK, identifier).build());
            for (String from : List.of("Cstranger", "in-cse", other.stem())) {
                stranger.publishAcknowledged("/oneM2M/resp/mn-cse/" + from + "/json", ok, false);
            }
            stranger.publishAcknowledged("/oneM2M/resp/" + victim.stem() + "/mn-cse/json", ok, false);
            other.retrieve(other.path()).expect(2000);
            assertThat(seen).as("the next notification waits for the answer to the first").noneMatch(message -> message.topic()
                    .equals(topic) && !message.request().requestIdentifier().equals(identifier));
            victim.client().reconnect();
            assertThat(victim.notified()).isEqualTo("one");
            assertThat(victim.notified()).isEqualTo("two");
        }
    }

    @Test
    @Tag("MQ-02")
    void whatIsReplayedIsNotDoneAgain() throws Exception {
        victim.say(victim.path() + "/data", "recorded");
        Message recorded = Waiting.next("the request", seen);
        while (!new String(recorded.payload(), StandardCharsets.UTF_8).contains("recorded") || recorded.isResponse()) {
            recorded = Waiting.next("the request", seen);
        }
        String identifier = recorded.request().requestIdentifier();
        seen.clear();
        assertThat(answer(recorded.topic(), recorded.payload(), identifier).status()).isEqualTo(2001);
        mn.node().kill();
        mn.node().awaitReady(mn.node().start());
        assertThat(answer(recorded.topic(), recorded.payload(), identifier).status()).isEqualTo(2001);
        assertThat(instances()).isEqualTo(1);
    }

    @Test
    @Tag("MQ-05")
    void aRetainedRequestIsNoRequestOfTheNextStart() throws Exception {
        String topic = "/oneM2M/req/" + victim.stem() + "/mn-cse/json";
        String identifier = next();
        mn.node().kill();
        // A session that is there gets it as any other message; a subscription made anew gets it as retained.
        try (MqttClient takeover = MqttClient.connect(server.uri(), "C::mn-cse", new MqttClient.Account("x", "x"), true,
                message -> { })) {
            assertThat(takeover.isConnected()).isTrue();
        }
        stranger.publishAcknowledged(topic, creation(victim.stem(), "retained", identifier), true);
        mn.node().awaitReady(mn.node().start());
        assertThat(instances()).isZero();
        stranger.publishAcknowledged(topic, new byte[0], true);
    }

    @Test
    @Tag("MQ-37")
    void garbageIsAnsweredOrIgnoredAndTheNodeLivesOn() throws Exception {
        for (Map.Entry<String, String> garbage : Map.of("/oneM2M/req//mn-cse/json", "{}",
                "/oneM2M/req/../mn-cse/json", "{\"op\":1",
                "/oneM2M/req/ /mn-cse/json", "\u0001", "/oneM2M/req/a/mn-cse/json/more/levels", "{}",
                "/oneM2M/req/::::/mn-cse/xml", "<m2m:rqp>", "/oneM2M/resp/mn-cse//json", "{\"rsc\":2000}",
                "/oneM2M/reg_req//mn-cse/json", "{}", "/oneM2M/req/" + "x".repeat(60_000) + "/mn-cse/cbor", "\u00ff",
                "/oneM2M/req/" + victim.stem() + "/mn-cse/json", "[".repeat(100_000), "/oneM2M/req/%00/mn-cse/json", "{}")
                .entrySet()) {
            assertThat(stranger.publishAcknowledged(garbage.getKey(), garbage.getValue().getBytes(StandardCharsets.UTF_8), false))
                    .isTrue();
        }
        victim.say(victim.path() + "/data", "alive");
        assertThat(victim.latest(victim.path() + "/data")).isEqualTo("alive");
    }

    /** Only the server could prevent it; but it ends with the stranger, and nothing that waits at the server is lost. */
    @Test
    @Tag("MQ-13")
    void whoTakesItsClientIdentifierKeepsItOffForAWhileOnly() throws Exception {
        try (MqttClient takeover = MqttClient.connect(server.uri(), "C::mn-cse", new MqttClient.Account("x", "x"), false,
                message -> { })) {
            assertThat(takeover.isConnected()).isTrue();
        }
        victim.say(victim.path() + "/data", "while it was away or after");
        assertThat(instances()).isEqualTo(1);
        try (HttpApp administrator = new HttpApp(mn.node().http(), "CAdmin")) {
            administrator.get(victim.path(), "").expect(2000);
        }
    }
}
