// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.Primitive;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mca over MQTT: what an AE and its registrar do, in every configuration in which AEs speak MQTT. */
interface AeAtItsRegistrar {
    /** Where AEs register. */
    Registrar registrar();

    @ParameterizedTest(name = "{0}")
    @EnumSource(Serialization.class)
    @Tag("MQ-24")
    @Tag("MQ-25")
    @Tag("MQ-27")
    @Tag("MQ-30")
    @Tag("MQ-38")
    @Tag("MQ-43")
    @Tag("MQ-45")
    default void itRegistersWithItsOwnIdStoresAndRetrieves(Serialization serialization) throws Exception {
        try (MqttAe ae = MqttAe.connect(registrar(), MqttAe.newStem(), serialization)) {
            Answer registered = ae.registerAs(ae.stem()).expect(2001);
            assertThat(registered.attributes().text("aei")).contains(ae.stem());
            ae.moveIn();
            ae.say(ae.path() + "/data", "21.5 in " + serialization);
            assertThat(ae.latest(ae.path() + "/data")).isEqualTo("21.5 in " + serialization);
            assertThat(ae.latest(ae.data())).as("by its SP-relative address").isEqualTo("21.5 in " + serialization);
            ae.delete(ae.path() + "/data").expect(2002);
            ae.retrieve(ae.path() + "/data/la").expect(4004);
            ae.delete(ae.path()).expect(2002);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Serialization.class)
    @Tag("MQ-14")
    @Tag("MQ-33")
    @Tag("MQ-34")
    default void itRegistersByCredentialAndComesBackUnderItsDefinitiveId(Serialization serialization) throws Exception {
        String credential = "10-" + MqttAe.newStem() + "@mef.example";
        String stem;
        BlockingQueue<Message> arrived = new LinkedBlockingQueue<>();
        try (MqttClient temporary = MqttClient.durable(registrar().mqtt(), "new-" + credential.substring(3), arrived::add)) {
            assertThat(temporary.subscribe("/oneM2M/reg_resp/" + credential + "/#")).isTrue();
            stem = register(temporary, arrived, credential, "C", serialization);
            assertThat(stem).startsWith("C").hasSizeGreaterThan(1);
            temporary.leave();
        }
        try (MqttAe ae = MqttAe.connect(registrar(), stem, serialization)) {
            assertThat(ae.retrieve(stem).expect(2000).attributes().text("aei")).contains(stem);
            ae.delete(stem).expect(2002);
        }
    }

    /** Registers on {@code reg_req} without knowing an AE-ID; the one it gets. */
    default String register(MqttClient client, BlockingQueue<Message> arrived, String credential, String wish,
            Serialization serialization) throws Exception {
        String topics = "/" + credential + "/" + registrar().cse() + "/" + serialization.suffix();
        Primitive request = MqttAe.creation(registrar().base(), ResourceTypes.AE, "m2m:ae", Representations.ae("by-" + credential
                .replaceAll("[^A-Za-z0-9]", "-"), registrar().mqtt())).from(wish).requestIdentifier("first")
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").build();
        client.publish("/oneM2M/reg_req" + topics, PrimitiveCodec.of(serialization).encode(request));
        Message response = Waiting.next("the response to the registration", arrived);
        assertThat(response.topic()).isEqualTo("/oneM2M/reg_resp" + topics);
        assertThat(response.response().requestIdentifier()).isEqualTo("first");
        assertThat(response.status()).as("%s", response).isEqualTo(2001);
        return response.attributes().text("aei").orElseThrow();
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Serialization.class)
    @Tag("MQ-21")
    @Tag("MQ-25")
    @Tag("MQ-28")
    @Tag("MQ-32")
    default void twoAesAreNotifiedOfEachOther(Serialization serialization) throws Exception {
        try (MqttAe one = MqttAe.register(registrar(), serialization);
                MqttAe other = MqttAe.register(registrar(), Serialization.JSON)) {
            one.watch(other.path() + "/data", "by-one");
            other.watch(one.path() + "/data", "by-other");
            for (int i = 0; i < 3; i++) {
                one.say(one.path() + "/data", "from one " + i);
                other.say(other.path() + "/data", "from other " + i);
                assertThat(other.notified()).isEqualTo("from one " + i);
                assertThat(one.notified()).isEqualTo("from other " + i);
            }
            one.delete(one.path()).expect(2002);
            other.delete(other.path()).expect(2002);
        }
    }

    @Test
    @Tag("MQ-01")
    default void whatComesWhileItIsAwayWaitsInItsSession() throws Exception {
        try (MqttAe ae = MqttAe.register(registrar(), Serialization.JSON);
                MqttAe sleeper = MqttAe.register(registrar(), Serialization.JSON)) {
            sleeper.watch(ae.path() + "/data", "while-asleep");
            RequestPrimitive question = sleeper.complete(RequestPrimitive.builder(Operation.RETRIEVE, sleeper.path()));
            sleeper.client().disconnect();
            ae.say(ae.path() + "/data", "good night");
            // Somebody else publishes the sleeper's request: its response waits, too.
            try (MqttClient late = MqttClient.durable(registrar().mqtt(), "late-" + sleeper.stem(), message -> { })) {
                late.publishAcknowledged("/oneM2M/req/" + sleeper.stem() + "/" + registrar().cse() + "/json",
                        sleeper.encode(question), false);
            }
            ae.retrieve(ae.path()).expect(2000);
            sleeper.client().reconnect();
            assertThat(sleeper.client().sessionPresent()).isTrue();
            assertThat(sleeper.notified()).isEqualTo("good night");
            Waiting.until("the response that waited", () -> sleeper.responses().containsKey(question.requestIdentifier()));
            assertThat(sleeper.responses().get(question.requestIdentifier()).get(0).status()).isEqualTo(2000);
        }
    }

    @Test
    @Tag("MQ-02")
    default void theSameRequestTwiceIsExecutedOnceAndAnsweredTwice() throws Exception {
        try (MqttAe ae = MqttAe.register(registrar(), Serialization.JSON)) {
            RequestPrimitive request = ae.complete(MqttAe.creation(ae.path() + "/data", ResourceTypes.CONTENT_INSTANCE, "m2m:cin",
                    Representations.instance("once")));
            byte[] payload = ae.encode(request);
            ae.send(request.requestIdentifier(), payload);
            ae.send(request.requestIdentifier(), payload);
            Waiting.until("both deliveries are answered", () -> ae.responses().getOrDefault(request.requestIdentifier(),
                    java.util.List.of()).size() == 2);
            assertThat(ae.responses().get(request.requestIdentifier())).allMatch(answer -> answer.status() == 2001)
                    .containsOnly(ae.responses().get(request.requestIdentifier()).get(0));
            assertThat(ae.retrieve(ae.path() + "/data").expect(2000).attributes().number("cni")).contains(1L);
        }
    }

    @Test
    @Tag("MQ-29")
    default void anExpiredRequestIsNotExecuted() throws Exception {
        try (MqttAe ae = MqttAe.register(registrar(), Serialization.JSON)) {
            Answer late = ae.ask(MqttAe.creation(ae.path() + "/data", ResourceTypes.CONTENT_INSTANCE, "m2m:cin",
                    Representations.instance("too late")).set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "20200101T000000"));
            late.expect(4008);
            assertThat(ae.retrieve(ae.path() + "/data").expect(2000).attributes().number("cni")).contains(0L);
        }
    }

    @Test
    @Tag("MQ-37")
    @Tag("MQ-59")
    default void nobodySpeaksForAnother() throws Exception {
        try (MqttAe ae = MqttAe.register(registrar(), Serialization.JSON);
                MqttAe victim = MqttAe.register(registrar(), Serialization.JSON)) {
            RequestPrimitive forged = ae.complete(RequestPrimitive.builder(Operation.CREATE, victim.path() + "/data")
                    .resourceType(ResourceTypes.CONTENT_INSTANCE)
                    .content(new Content("m2m:cin", Representations.instance("forged")))).toBuilder().from(victim.stem()).build();
            assertThat(Waiting.result("a refusal", ae.send(forged)).status()).isEqualTo(4106);
            assertThat(victim.retrieve(victim.path() + "/data").expect(2000).attributes().number("cni")).contains(0L);
            for (String parameter : new String[] {"op", "to"}) {
                RequestPrimitive whole = ae.complete(RequestPrimitive.builder(Operation.RETRIEVE, ae.path()));
                Attributes less = whole.parameters().toBuilder().remove(parameter).build();
                Message refusal = Waiting.result("a refusal without " + parameter, ae.send(whole.requestIdentifier(),
                        Json.of(less)));
                assertThat(refusal.status()).as("without %s: %s", parameter, refusal).isEqualTo(4000);
            }
        }
    }
}
