// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.cse.internal.outbound.OutboundNode;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which events are notified, and what a notification holds: TS-0004 7.4.8, TS-0001 9.6.8. */
class NotifierTest {
    private static final String TARGET = "http://hook/in";

    private final OutboundNetwork network = new OutboundNetwork();
    private final Clock clock = Clock.fixed(Instant.parse("2026-03-01T10:00:00Z"), ZoneOffset.UTC);
    private OutboundNode node;

    @BeforeEach
    void aContainerAndAListener() {
        node = new OutboundNode("/mn-cse", CseType.MN, network, OutboundNode.settings().withRetries(Duration.ofMillis(5),
                Duration.ofMillis(20)), Optional.empty(), clock);
        node.side.start();
        node.container("data");
        network.answer("hook", ResponseStatusCode.OK);
    }

    @AfterEach
    void close() {
        node.close();
    }

    private static Attributes.Builder to(String... targets) {
        return Attributes.builder().set("nu", List.of(targets));
    }

    private static Attributes net(int... types) {
        return Attributes.of("net", java.util.Arrays.stream(types).boxed().toList());
    }

    private void subscribed(String name, Attributes.Builder attributes) {
        assertThat(node.subscribe("data", name, "CAdmin", attributes).statusCode()).isEqualTo(2001);
    }

    private List<Attributes> notified(int count) {
        return network.awaitRequests("hook", count).stream().map(r -> r.content().orElseThrow().attributes()).toList();
    }

    /** A subscription without conditions on the same resource, by whose notification a test knows that the event has passed. */
    private void nothingBut(Runnable event, Attributes.Builder subscription, Runnable matching) {
        subscribed("watch", subscription);
        event.run();
        matching.run();
        assertThat(notified(1)).hasSize(1);
    }

    private void update(Attributes changes) {
        assertThat(node.update("mn-cse-name/data", "CAdmin", 3, changes).statusCode()).isEqualTo(2004);
    }

    @Test
    void aNewChildIsNotifiedWithItsRepresentation() {
        subscribed("sub1", to(TARGET).set("enc", net(3)));
        node.instance("data", "22.0");
        RequestPrimitive notify = network.awaitRequests("hook", 1).get(0);
        assertThat(notify.operation()).isEqualTo(Operation.NOTIFY);
        assertThat(notify.to()).isEqualTo(TARGET);
        assertThat(notify.from()).contains("/mn-cse");
        assertThat(notify.requestIdentifier()).isNotEmpty();
        assertThat(notify.releaseVersionIndicator()).contains("2a");
        Content content = notify.content().orElseThrow();
        assertThat(content.name()).isEqualTo("m2m:sgn");
        assertThat(content.attributes().text("sur")).contains("/mn-cse/mn-cse-name/data/sub1");
        assertThat(content.attributes().text("cr")).as("the creator, by an ID that is good at any receiver")
                .contains("/mn-cse/CAdmin");
        Attributes event = content.attributes().object("nev").orElseThrow();
        assertThat(event.number("net")).contains(3L);
        assertThat(event.object("rep").flatMap(rep -> rep.object("m2m:cin")).flatMap(cin -> cin.text("con"))).contains("22.0");
        assertThat(network.sentTo("hook").get(0).receiver()).isEmpty();
    }

    @Test
    void withoutCriteriaTheUpdateOfTheResourceIsNotified() {
        nothingBut(() -> node.instance("data", "1"), to(TARGET), () -> update(Attributes.of("lbl", List.of("a"))));
        assertThat(notified(1).get(0).object("nev").flatMap(nev -> nev.number("net"))).contains(1L);
    }

    @Test
    void onlyTheAttributesAskedForMatter() {
        nothingBut(() -> update(Attributes.of("lbl", List.of("a"))),
                to(TARGET).set("enc", net(1).toBuilder().set("atr", List.of("mni", "mbs")).build()),
                () -> update(Attributes.of("mni", 5)));
    }

    @Test
    void modifiedAttributesAloneWhenAskedFor() {
        subscribed("sub", to(TARGET).set("nct", 2));
        update(Attributes.of("mni", 5));
        assertThat(notified(1).get(0).object("nev").flatMap(nev -> nev.object("rep")))
                .contains(Attributes.of("m2m:cnt", Attributes.of("mni", 5)));
    }

    @Test
    void theAddressAloneWhenAskedFor() {
        subscribed("sub", to(TARGET).set("nct", 3).set("enc", net(3)));
        assertThat(node.create("mn-cse-name/data", "CAdmin", 3, Attributes.of("rn", "inner")).statusCode()).isEqualTo(2001);
        assertThat(notified(1).get(0).object("nev").flatMap(nev -> nev.object("rep")))
                .contains(Attributes.of("m2m:uri", "/mn-cse/mn-cse-name/data/inner"));
    }

    @Test
    void deletionOfAChildAndOfTheResourceItself() {
        subscribed("sub", to(TARGET).set("enc", net(2, 4)));
        node.create("mn-cse-name/data", "CAdmin", 3, Attributes.of("rn", "inner"));
        node.delete("mn-cse-name/data/inner", "CAdmin");
        node.delete("mn-cse-name/data", "CAdmin");
        List<Attributes> notified = notified(2);
        assertThat(notified).extracting(sgn -> sgn.object("nev").flatMap(nev -> nev.number("net")).orElse(0L))
                .containsExactly(4L, 2L);
        assertThat(notified.get(1).object("nev").flatMap(nev -> nev.object("rep")).map(Attributes::names)).get().asString()
                .contains("m2m:cnt");
        assertThat(notified.get(1).text("sur")).contains("/mn-cse/mn-cse-name/data/sub");
    }

    @Test
    void onlyChildrenOfTheTypesAskedFor() {
        nothingBut(() -> node.create("mn-cse-name/data", "CAdmin", 3, Attributes.of("rn", "inner")),
                to(TARGET).set("enc", net(3).toBuilder().set("chty", List.of(4)).build()), () -> node.instance("data", "1"));
    }

    @Test
    void aSubscriptionIsNotToldOfItsOwnCreation() {
        subscribed("first", to(TARGET).set("enc", net(3)));
        subscribed("second", to("http://other/in").set("enc", net(3)));
        assertThat(notified(1).get(0).object("nev").flatMap(nev -> nev.object("rep")).flatMap(rep -> rep.object("m2m:sub"))
                .flatMap(sub -> sub.text("rn"))).contains("second");
        node.instance("data", "1");
        network.awaitRequests("other", 1);
        assertThat(network.requestsTo("other")).hasSize(1);
    }

    @Test
    void conditionsOnSize() {
        nothingBut(() -> node.instance("data", "12345"),
                to(TARGET).set("enc", net(3).toBuilder().set("sza", 2).set("szb", 5).build()), () -> node.instance("data",
                "123"));
    }

    @Test
    void conditionsOnTimeCompareTheAffectedResource() {
        Attributes past = net(3).toBuilder().set("crb", "20260101T000000").build();
        Attributes now = net(3).toBuilder().set("cra", "20260101T000000").set("us", "20270101T000000").build();
        subscribed("never", to("http://never/in").set("enc", past));
        subscribed("always", to(TARGET).set("enc", now));
        node.instance("data", "1");
        notified(1);
        assertThat(network.sentTo("never")).isEmpty();
    }

    @Test
    void conditionsOnStateAndExpiration() {
        subscribed("state", to("http://never/in").set("enc", net(1).toBuilder().set("stb", 1).build()));
        subscribed("mortal", to("http://never/in").set("enc", net(1).toBuilder().set("exb", "20990101T000000").build()));
        subscribed("all", to(TARGET).set("enc", net(1).toBuilder().set("sts", 1).build()));
        update(Attributes.of("mni", 5));
        notified(1);
        assertThat(network.sentTo("never")).isEmpty();
    }

    @Test
    void differentConditionsAreAlternativesWhenSo() {
        Attributes either = net(3).toBuilder().set("sza", 100).set("fo", 2).build();
        subscribed("sub", to(TARGET).set("enc", either));
        node.instance("data", "short");
        notified(1);
    }

    @Test
    void operationsAreWatchedByNumberAndByOriginator() {
        Attributes byAnyone = Attributes.of("om", List.of(1));
        Attributes byOther = Attributes.of("om", List.of(Attributes.builder().set("ops", 5).set("or", "/in-cse/CX").build()));
        subscribed("other", to("http://never/in").set("enc", byOther));
        subscribed("any", to(TARGET).set("enc", byAnyone));
        node.instance("data", "1");
        Attributes event = notified(1).get(0).object("nev").orElseThrow();
        assertThat(event.object("om")).contains(Attributes.builder().set("op", 1).set("or", "/mn-cse/CAdmin").build());
        assertThat(event.has("net")).isFalse();
        assertThat(network.sentTo("never")).isEmpty();
    }

    @Test
    void eachTargetGetsARequestOfItsOwn() {
        network.answer("hook2", ResponseStatusCode.OK);
        subscribed("sub", to(TARGET, "http://hook2/x?ct=cbor").set("enc", net(3)).set("nec", 2));
        node.instance("data", "1");
        RequestPrimitive first = network.awaitRequests("hook", 1).get(0);
        RequestPrimitive second = network.awaitRequests("hook2", 1).get(0);
        assertThat(first.requestIdentifier()).isNotEqualTo(second.requestIdentifier());
        assertThat(second.to()).isEqualTo("http://hook2/x");
        assertThat(second.parameters().number("ec")).contains(2L);
        assertThat(network.sentTo("hook2").get(0).serialization()).contains(io.lintel.primitive.Serialization.CBOR);
    }

    @Test
    void anExpiredSubscriptionIsSilent() {
        subscribed("old", to("http://never/in").set("enc", net(3)).set("et", "20260301T095959"));
        subscribed("new", to(TARGET).set("enc", net(3)));
        node.instance("data", "1");
        notified(1);
        assertThat(network.sentTo("never")).isEmpty();
    }

    @Test
    void itsEndIsToldToTheSubscriberAlsoWhenTheResourceTakesItAlong() {
        subscribed("one", to("http://other/in").set("su", TARGET));
        subscribed("two", to("http://other/in").set("su", TARGET));
        node.delete("mn-cse-name/data/one", "CAdmin");
        node.delete("mn-cse-name/data", "CAdmin");
        List<Attributes> notified = notified(2);
        assertThat(notified).extracting(sgn -> sgn.flag("sud").orElse(false)).containsExactly(true, true);
        assertThat(notified).extracting(sgn -> sgn.text("sur").orElse("")).containsExactly("/mn-cse/mn-cse-name/data/one",
                "/mn-cse/mn-cse-name/data/two");
    }

    @Test
    void theCounterEndsTheSubscription() {
        subscribed("sub", to(TARGET).set("enc", net(3)).set("exc", 2).set("su", "http://owner/x"));
        network.answer("owner", ResponseStatusCode.OK);
        for (int i = 0; i < 5; i++) {
            node.instance("data", "v" + i);
        }
        assertThat(network.awaitRequests("owner", 1).get(0).content().orElseThrow().attributes().flag("sud")).contains(true);
        assertThat(node.store.child("id-data", "sub")).isEmpty();
        node.instance("data", "after");
        network.await(() -> node.store.outboundTargets().isEmpty(), "the queue is empty");
        assertThat(network.sentTo("hook")).hasSize(2);
    }

    @Test
    void anEventWhoseCommitFailsIsNotNotified() {
        subscribed("sub", to(TARGET).set("enc", net(3)));
        node.store.failNextCommits(1);
        assertThat(node.create("mn-cse-name/data", "CAdmin", 4, Attributes.of("con", "lost")).isSuccess()).isFalse();
        node.instance("data", "kept");
        assertThat(notified(1).get(0).toString()).contains("kept");
    }

    @Test
    void aSubscriptionWhoseDeletionFailsGoesOn() {
        subscribed("sub", to(TARGET).set("enc", net(3)));
        node.store.failNextCommits(1);
        assertThat(node.delete("mn-cse-name/data/sub", "CAdmin").isSuccess()).isFalse();
        node.instance("data", "1");
        notified(1);
    }

    @Test
    void theIndexIsThereAgainAfterARestart() {
        subscribed("sub", to(TARGET).set("enc", net(3)));
        node.crashAndBoot();
        node.side.start();
        node.instance("data", "1");
        notified(1);
    }
}
