// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import static io.lintel.mqtt.server.internal.Packets.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.internal.PacketClient;
import io.lintel.mqtt.server.internal.Packets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 6 of the checklist: SUBSCRIBE, UNSUBSCRIBE and their answers. */
abstract class SubscribeSuite extends ConformanceSuite {
    SubscribeSuite(Subject.Starter starter) {
        super(starter);
    }

    @Override
    Setup setup() {
        return Setup.DEFAULTS.policy(new PolicyByName(), PolicyByName.ACL);
    }

    // ---- SUBSCRIBE --------------------------------------------------------------------------------------------------

    @Test
    @Checks(value = "SUBSCRIBE without a filter", statements = "3.8.3-3")
    void closesForSubscribeWithoutFilter() {
        try (PacketClient client = connected("no filter")) {
            expectClosedFor(client, bytes(0x82, 2, 0, 1));
        }
    }

    @ParameterizedTest(name = "options byte {0}")
    @MethodSource("reservedOptions")
    @Checks(value = "requested QoS 3, and each of the upper six bits that are reserved", statements = "3.8.3-4")
    void closesForReservedOptions(int options) {
        try (PacketClient client = connected("options")) {
            expectClosedFor(client, bytes(0x82, 6, 0, 1, 0, 1, 't', options));
        }
    }

    static IntStream reservedOptions() {
        return IntStream.of(3, 4, 8, 16, 32, 64, 128, 255);
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"", "a#", "#/", "a/#/b", "#/b", "##", "a/##", "a+", "+a", "+a/b", "a/b+", "++", "a/+b/c", "+#"})
    @Checks(value = "a filter that is none, in SUBSCRIBE", statements = {"4.7.1-2", "4.7.1-3", "4.7.3-1"})
    void closesForAnInvalidFilter(String filter) {
        try (PacketClient client = connected("invalid")) {
            expectClosedFor(client, Packets.subscribe(1, filter, 0));
        }
    }

    @Test
    @Checks(value = "a filter that is none behind a good one: nothing of the SUBSCRIBE takes effect",
            statements = {"4.7.1-2", "4.8.0-1"}, mosquitto = "has subscribed to the good one: seen by its session")
    void nothingOfAMalformedSubscribeTakesEffect() {
        durable("nothing").sendAnyway(Packets.subscribe(1, "nothing", 1, "a#", 1)).expectClosed();
        try (PacketClient client = resumed("nothing"); PacketClient publisher = connected("publisher")) {
            publish(publisher, "nothing", "x", 1);
            if (isMosquitto()) {
                take(client, "nothing", "x", 1);
            }
            client.expectNothing();
        }
    }

    @Test
    @Checks(value = "SUBACK: the same identifier, and a code for each filter in order",
            statements = {"3.8.4-1", "3.8.4-2", "3.8.4-5", "3.9.3-1", "3.9.3-2"})
    void answersEachFilterInOrder() {
        try (PacketClient client = connected("each")) {
            client.send(Packets.subscribe(0x1234, "each/2", 2, "each/0", 0, "each/1", 1)).expect(0x90, 5, 0x12, 0x34, 2, 0, 1);
        }
    }

    @Test
    @Checks(value = "several filters count as several SUBSCRIBEs, also the same one twice", statements = {"3.8.4-4", "3.8.4-3"})
    void severalFiltersCountAsSeveralSubscribes() {
        try (PacketClient client = connected("several"); PacketClient publisher = connected("publisher")) {
            client.send(Packets.subscribe(1, "several/a", 0, "several/b", 1, "several/a", 2)).expectSuback(1, 0, 1, 2);
            publish(publisher, "several/a", "x", 2);
            take(client, "several/a", "x", 2);
            publish(publisher, "several/b", "y", 2);
            take(client, "several/b", "y", 1);
            client.expectNothing();
        }
    }

    @Test
    @Checks(value = "500 filters in one SUBSCRIBE", statements = "3.8.4-4")
    void manyFilters() {
        Packets packet = Packets.body().two(1);
        int[] codes = new int[500];
        for (int i = 0; i < codes.length; i++) {
            packet.string("many/" + i).one(i % 3);
            codes[i] = i % 3;
        }
        try (PacketClient client = connected("many")) {
            client.send(packet.as(0x82)).expectSuback(1, codes);
        }
    }

    @Test
    @Checks(value = "refused filters get 0x80 in their place", statements = {"3.8.4-5", "3.9.3-2"},
            lintel = "those that the topic policy refuses",
            mosquitto = "grants all: its list does not know of subscriptions, and holds for the delivery")
    void refusedFiltersGet0x80() {
        int refused = isMosquitto() ? 1 : 0x80;
        try (PacketClient client = connected("refused"); PacketClient publisher = connected("publisher")) {
            client.send(Packets.subscribe(4, "free/a", 1, "secret/a", 1, "free/b", 2)).expectSuback(4, 1, refused, 2);
            publish(publisher, "secret/a", "x", 1);
            publish(publisher, "free/b", "y", 2);
            take(client, "free/b", "y", 2);
            client.expectNothing();
        }
    }

    @Test
    @Checks(value = "the same filter again replaces its QoS, sends retained messages again, and interrupts nothing",
            statements = "3.8.4-3")
    void theSameFilterAgainReplaces() {
        try (PacketClient client = connected("same"); PacketClient publisher = connected("publisher")) {
            publish(publisher, "same", "kept", 1, true);
            client.subscribed("same", 0).expectDescribed("PUBLISH same kept qos 0 retain");
            client.subscribed("same", 1);
            acknowledge(client, expect(client, "PUBLISH same kept qos 1 retain"), 1);
            publish(publisher, "same", "once", 2);
            take(client, "same", "once", 1);
            client.subscribed("same", 0).expectDescribed("PUBLISH same kept qos 0 retain");
            publish(publisher, "same", "once more", 2);
            take(client, "same", "once more", 0);
            client.expectNothing();
        }
    }

    @ParameterizedTest(name = "clean session {0}")
    @ValueSource(booleans = {true, false})
    @Checks(value = "overlapping subscriptions: delivered with the highest QoS granted, once or once for each",
            statements = "3.3.5-1", lintel = "once",
            mosquitto = "once, but with the QoS of the filter that it finds first: a fault")
    void overlappingSubscriptions(boolean clean) {
        String id = "overlap " + clean;
        try (PacketClient client = clean ? connected(id) : durable(id); PacketClient publisher = connected("publisher")) {
            client.send(Packets.subscribe(1, "overlap/#", 0, "overlap/+", 2, "overlap/a", 1)).expectSuback(1, 0, 2, 1);
            publish(publisher, "overlap/a", "x", 2);
            take(client, "overlap/a", "x", isMosquitto() ? 1 : 2);
            client.expectNothing();
            client.send(Packets.unsubscribe(2, "overlap/+")).expect(0xb0, 2, 0, 2);
            publish(publisher, "overlap/a", "y", 2);
            take(client, "overlap/a", "y", 1);
            client.expectNothing();
        }
    }

    @Test
    @Checks(value = "a subscription holds for messages from its SUBACK on, in all sessions alike",
            statements = {"3.8.4-1", "3.8.4-6"})
    void aSubscriptionHoldsFromItsSuback() {
        try (PacketClient one = connected("one"); PacketClient two = durable("two")) {
            one.send(Packets.body().raw(Packets.publish("holds", "early", 1, 1)).raw(Packets.subscribe(2, "holds", 1))
                    .raw(Packets.publish("holds", "late", 1, 3)).bytes());
            List<String> packets = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                packets.add(one.receive().describe());
            }
            assertThat(packets).startsWith("40 02 00 01", "90 03 00 02 01")
                    .contains("40 02 00 03", "PUBLISH holds late qos 1");
            two.expectNothing();
        }
    }

    // ---- UNSUBSCRIBE ------------------------------------------------------------------------------------------------

    @Test
    @Checks(value = "UNSUBSCRIBE without a filter", statements = "3.10.3-2")
    void closesForUnsubscribeWithoutFilter() {
        try (PacketClient client = connected("no filter")) {
            expectClosedFor(client, bytes(0xa2, 2, 0, 1));
        }
    }

    @ParameterizedTest(name = "\"{0}\"")
    @ValueSource(strings = {"", "a#", "a/#/b", "+a", "a+"})
    @Checks(value = "a filter that is none, in UNSUBSCRIBE", statements = {"4.7.1-2", "4.7.1-3", "4.7.3-1"})
    void closesForAnInvalidFilterOfUnsubscribe(String filter) {
        try (PacketClient client = connected("invalid")) {
            expectClosedFor(client, Packets.unsubscribe(1, filter));
        }
    }

    @Test
    @Checks(value = "UNSUBACK with the same identifier, also when no filter is known; they are compared character by character",
            statements = {"3.10.4-1", "3.10.4-4", "3.10.4-5"})
    void unsubscribeComparesCharacterByCharacter() {
        try (PacketClient client = connected("compares"); PacketClient publisher = connected("publisher")) {
            client.subscribed("compares/+", 0);
            client.send(Packets.unsubscribe(0x1234, "compares/#", "compares/a", "Compares/+", "compares/+/"))
                    .expect(0xb0, 2, 0x12, 0x34);
            publish(publisher, "compares/a", "still", 0);
            client.expectPublish("compares/a", "still", 0);
            client.send(Packets.unsubscribe(7, "other", "compares/+")).expect(0xb0, 2, 0, 7);
            publish(publisher, "compares/a", "over", 0);
            client.expectNothing();
            client.send(Packets.unsubscribe(8, "compares/+")).expect(0xb0, 2, 0, 8);
        }
    }

    @ParameterizedTest(name = "clean session {0}")
    @ValueSource(booleans = {true, false})
    @Checks(value = "after UNSUBSCRIBE nothing new is sent; deliveries that have begun are finished",
            statements = {"3.10.4-2", "3.10.4-3", "3.10.4-6"})
    void finishesWhatHasBegun(boolean clean) {
        String id = "begun " + clean;
        try (PacketClient client = clean ? connected(id) : durable(id); PacketClient publisher = connected("publisher")) {
            client.subscribed("begun", 2);
            publish(publisher, "begun", "x", 2);
            int delivery = expect(client, "PUBLISH begun x qos 2");
            client.send(Packets.unsubscribe(9, "begun")).expect(0xb0, 2, 0, 9);
            publish(publisher, "begun", "y", 2);
            client.send(Packets.pubrec(delivery)).expect(Packets.pubrel(delivery));
            client.send(Packets.pubcomp(delivery)).expectNothing();
        }
    }

    @Test
    @Checks(value = "a durable session forgets the subscription for good", statements = {"3.10.4-2", "3.1.2-4"})
    void aDurableSessionForgets() {
        durable("forgets").subscribed("forgets", 1).send(Packets.unsubscribe(2, "forgets")).expect(0xb0, 2, 0, 2);
        server.restart();
        try (PacketClient client = resumed("forgets"); PacketClient publisher = connected("publisher")) {
            publish(publisher, "forgets", "x", 1);
            client.expectNothing();
        }
    }

    // ---- rights -----------------------------------------------------------------------------------------------------

    @ParameterizedTest(name = "QoS {0}")
    @ValueSource(ints = {0, 1, 2})
    @Checks(value = "not authorised to publish: acknowledged as usual and dropped", statements = "3.3.5-2",
            lintel = "or closed, as the topic policy says")
    void acknowledgesAndDropsWhatIsNotAllowed(int qos) {
        try (PacketClient listener = connected("listener"); PacketClient publisher = connected("publisher")) {
            listener.subscribed("+/refused", 2);
            publish(publisher, "secret/refused", "x", qos);
            publish(publisher, "free/refused", "y", qos);
            take(listener, "free/refused", "y", qos);
            listener.expectNothing();
        }
    }
}
