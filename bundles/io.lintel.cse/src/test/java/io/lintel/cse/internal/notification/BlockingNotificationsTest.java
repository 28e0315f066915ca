// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.internal.InMemoryResourceStore;
import io.lintel.cse.internal.WholeCse;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Requests that wait for a notification: net 5 and net 7; and reads and notifications that are monitored. */
class BlockingNotificationsTest {
    private static final String DATA = "in-name/data";

    private final OutboundNetwork network = new OutboundNetwork();
    private final WholeCse cse = WholeCse.infrastructure(network, new InMemoryResourceStore(10_000), Clock.systemUTC());
    private int names;

    @BeforeEach
    void aContainerAndAnAe() {
        cse.create("in-name", "CAdmin", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.of("rn", "data"));
        cse.ae("C1", "http://one");
        network.answer("one", ResponseStatusCode.OK);
    }

    @AfterEach
    void end() {
        cse.crash();
    }

    private void subscribed(Attributes enc, String... targets) {
        cse.create(DATA, "CAdmin", ResourceTypes.SUBSCRIPTION, "m2m:sub", Attributes.builder().set("rn", "sub" + ++names)
                .set("nu", List.of(targets)).set("enc", enc).build());
    }

    private ResponsePrimitive ask(Operation operation, String to, Content content) {
        return cse.ask(operation, to, "CAdmin", Optional.empty(), content);
    }

    private ResponsePrimitive update(Attributes changes) {
        return ask(Operation.UPDATE, DATA, new Content("m2m:cnt", changes));
    }

    private CompletableFuture<ResponsePrimitive> updating(Attributes changes) {
        RequestPrimitive request = RequestPrimitive.builder(Operation.UPDATE, DATA).from("CAdmin")
                .requestIdentifier("u" + ++names).content(new Content("m2m:cnt", changes)).build();
        return cse.core.dispatcher().handle(request, Hop.plain(Binding.HTTP, "test", true)).toCompletableFuture();
    }

    private static CompletableFuture<ResponsePrimitive> answer(OutboundRequest request, int status) {
        return CompletableFuture.completedFuture(ResponsePrimitive.builder(ResponseStatusCode.ofCode(status).orElseThrow(),
                request.request().requestIdentifier()).build());
    }

    private static Attributes net(int type) {
        return Attributes.of("net", List.of(type));
    }

    private Attributes lastEvent() {
        List<RequestPrimitive> all = network.requestsTo("one");
        return all.get(all.size() - 1).content().orElseThrow().attributes().object("nev").orElseThrow();
    }

    @Test
    void whoCanMakeAnInstanceIsToldThatThereIsNone() {
        subscribed(net(5), "/in-cse/C1");
        int before = network.sentTo("one").size();
        network.peer("one", request -> {
            cse.create(DATA, "CAdmin", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Attributes.of("con", "fresh"));
            return answer(request, 2000);
        });
        ResponsePrimitive response = ask(Operation.RETRIEVE, DATA + "/la", null);
        assertThat(response.statusCode()).isEqualTo(2000);
        assertThat(response.content().orElseThrow().attributes().text("con")).contains("fresh");
        assertThat(network.sentTo("one")).hasSize(before + 1);
        assertThat(lastEvent().number("net")).contains(5L);
        assertThat(lastEvent().object("rep").orElseThrow().names()).containsExactly("m2m:cnt");
        assertThat(ask(Operation.RETRIEVE, DATA + "/ol", null).statusCode()).isEqualTo(2000);
        assertThat(network.sentTo("one")).as("there is one now").hasSize(before + 1);
    }

    @Test
    void whoMakesNoneLeavesItAtNotFound() {
        subscribed(net(5), "/in-cse/C1");
        assertThat(ask(Operation.RETRIEVE, DATA + "/la", null).statusCode()).isEqualTo(4004);
        network.gone("one");
        assertThat(ask(Operation.RETRIEVE, DATA + "/la", null).statusCode()).isEqualTo(4004);
        int before = network.sentTo("one").size();
        assertThat(cse.ask(Operation.RETRIEVE, DATA + "/la", "C1", Optional.empty(), null).statusCode()).isEqualTo(4004);
        assertThat(network.sentTo("one")).as("who may not retrieve moves nobody").hasSize(before);
    }

    @Test
    void anUpdateIsDoneWithTheConsentOfTheTarget() {
        subscribed(net(7), "/in-cse/C1");
        assertThat(update(Attributes.of("mni", 5)).statusCode()).isEqualTo(2004);
        assertThat(lastEvent().number("net")).contains(7L);
        assertThat(lastEvent().object("rep")).contains(Attributes.of("m2m:cnt", Attributes.of("mni", 5)));
        assertThat(ask(Operation.RETRIEVE, DATA, null).content().orElseThrow().attributes().number("mni")).contains(5L);
    }

    @Test
    void andNotWithoutIt() {
        subscribed(net(7), "/in-cse/C1");
        network.peer("one", request -> answer(request, 4005));
        assertThat(update(Attributes.of("mni", 5)).statusCode()).isEqualTo(4127);
        network.peer("one", request -> answer(request, 4000));
        assertThat(update(Attributes.of("mni", 5)).statusCode()).isEqualTo(4127);
        network.peer("one", request -> answer(request, 5103));
        assertThat(update(Attributes.of("mni", 5)).statusCode()).isEqualTo(5107);
        network.gone("one");
        assertThat(update(Attributes.of("mni", 5)).statusCode()).isEqualTo(5107);
        assertThat(ask(Operation.RETRIEVE, DATA, null).content().orElseThrow().attributes().has("mni")).isFalse();
    }

    @Test
    void aWrongUpdateTroublesNobodyAndNorDoesOneOfOtherAttributes() {
        subscribed(net(7).toBuilder().set("atr", List.of("mni")).build(), "/in-cse/C1");
        int before = network.sentTo("one").size();
        assertThat(update(Attributes.of("mni", -1)).statusCode()).isEqualTo(4000);
        assertThat(cse.ask(Operation.UPDATE, DATA, "C1", Optional.empty(), new Content("m2m:cnt", Attributes.of("mni", 1)))
                .statusCode()).isEqualTo(4103);
        assertThat(update(Attributes.of("lbl", List.of("a"))).statusCode()).isEqualTo(2004);
        assertThat(network.sentTo("one")).hasSize(before);
        assertThat(update(Attributes.of("mni", 1)).statusCode()).isEqualTo(2004);
        assertThat(network.sentTo("one")).hasSize(before + 1);
    }

    @Test
    void otherUpdatesAndTheDeletionWaitMeanwhile() {
        subscribed(net(7), "/in-cse/C1");
        CompletableFuture<ResponsePrimitive> consent = new CompletableFuture<>();
        AtomicInteger asked = new AtomicInteger();
        network.peer("one", request -> asked.incrementAndGet() == 1
                ? consent.thenCompose(done -> answer(request, 2000)) : answer(request, 2000));
        CompletableFuture<ResponsePrimitive> first = updating(Attributes.of("mni", 5));
        CompletableFuture<ResponsePrimitive> second = updating(Attributes.of("mni", 6));
        CompletableFuture<ResponsePrimitive> deletion = cse.core.dispatcher().handle(RequestPrimitive.builder(Operation.DELETE,
                DATA).from("CAdmin").requestIdentifier("d1").build(), Hop.plain(Binding.HTTP, "test",
                true)).toCompletableFuture();
        assertThat(asked.get()).as("one at a time").isEqualTo(1);
        assertThat(first).isNotDone();
        assertThat(second).isNotDone();
        assertThat(deletion).isNotDone();
        consent.complete(null);
        assertThat(first.join().statusCode()).isEqualTo(2004);
        assertThat(second.join().statusCode()).isEqualTo(2004);
        assertThat(second.join().content().orElseThrow().attributes().number("mni")).contains(6L);
        assertThat(deletion.join().statusCode()).isEqualTo(2002);
    }

    @Test
    void aTargetThatKeepsSilentHoldsNothingForEver() {
        subscribed(net(7), "/in-cse/C1");
        network.silent("one");
        assertThat(update(Attributes.of("mni", 5)).statusCode()).isEqualTo(5107);
        network.answer("one", ResponseStatusCode.OK);
        assertThat(update(Attributes.of("mni", 5)).statusCode()).isEqualTo(2004);
    }

    @Test
    void itBlocksAfterARestartToo() {
        subscribed(net(7), "/in-cse/C1");
        cse.crashAndBoot(WholeCse.NUMBERS);
        network.peer("one", request -> answer(request, 4005));
        assertThat(update(Attributes.of("mni", 5)).statusCode()).isEqualTo(4127);
        ask(Operation.DELETE, DATA + "/sub1", null);
        assertThat(update(Attributes.of("mni", 5)).statusCode()).isEqualTo(2004);
    }

    @Test
    void retrievalsAreMonitoredByNumberAndByOriginator() {
        network.answer("hook", ResponseStatusCode.OK);
        network.answer("never", ResponseStatusCode.OK);
        subscribed(Attributes.of("om", List.of(2)), "http://hook/any");
        subscribed(Attributes.of("om", List.of(Attributes.builder().set("ops", 2).set("or", "/in-cse/C7").build())),
                "http://never/other");
        subscribed(Attributes.of("om", List.of(Attributes.builder().set("ops", 2).set("or", "//lintel.example/in-cse/CAdmin")
                .build())), "http://hook/admin");
        ask(Operation.RETRIEVE, DATA, null);
        List<RequestPrimitive> notified = network.awaitRequests("hook", 2);
        assertThat(notified).extracting(RequestPrimitive::to).containsExactlyInAnyOrder("http://hook/any", "http://hook/admin");
        Attributes event = notified.get(0).content().orElseThrow().attributes().object("nev").orElseThrow();
        assertThat(event.object("om")).contains(Attributes.builder().set("op", 2).set("or", "/in-cse/CAdmin").build());
        assertThat(event.has("net")).isFalse();
        assertThat(event.object("rep").orElseThrow().names()).containsExactly("m2m:cnt");
        cse.ask(Operation.RETRIEVE, DATA, "C1", Optional.empty(), null);
        update(Attributes.of("mni", 5));
        ask(Operation.RETRIEVE, DATA, null);
        network.awaitRequests("hook", 4);
        network.await(() -> cse.store.outboundTargets().isEmpty(), "the queue is empty");
        assertThat(network.sentTo("hook")).as("neither what was refused nor an update").hasSize(4);
        assertThat(network.sentTo("never")).isEmpty();
    }

    @Test
    void notificationsAreMonitored() {
        network.answer("hook", ResponseStatusCode.OK);
        cse.create("in-name/C1", "C1", ResourceTypes.SUBSCRIPTION, "m2m:sub", Attributes.builder().set("rn", "sub")
                .set("nu", List.of("http://hook/x")).set("enc", Attributes.of("om", List.of(5))).build());
        assertThat(ask(Operation.NOTIFY, "in-name/C1", new Content("m2m:sgn", Attributes.of("sur", "x"))).statusCode())
                .isEqualTo(2000);
        assertThat(network.awaitRequests("hook", 1).get(0).content().orElseThrow().attributes().object("nev").orElseThrow()
                .object("om")).contains(Attributes.builder().set("op", 5).set("or", "/in-cse/CAdmin").build());
    }
}
