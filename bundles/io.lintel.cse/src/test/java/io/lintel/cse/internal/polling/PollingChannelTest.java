// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.polling;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.internal.InMemoryResourceStore;
import io.lintel.cse.internal.MovableClock;
import io.lintel.cse.internal.WholeCse;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An AE that nobody can connect to fetches what is for it from its polling channel, and answers there. */
class PollingChannelTest {
    private static final String PCU = "in-name/Cpoll/channel/pcu";

    private final OutboundNetwork network = new OutboundNetwork();
    private final MovableClock clock = new MovableClock();
    private WholeCse cse;
    private int requests;

    @BeforeEach
    void anAeWithAChannel() {
        cse = WholeCse.infrastructure(network, new InMemoryResourceStore(10_000), clock);
        cse.ae("Cother");
        Attributes ae = Attributes.builder().set("api", "Ntest").set("rr", false).set("srv", List.of("2a")).build();
        assertThat(cse.ask(Operation.CREATE, "in-name", "Cpoll", Optional.of(ResourceTypes.AE), new Content("m2m:ae", ae))
                .statusCode()).isEqualTo(2001);
        assertThat(channel("Cpoll").statusCode()).isEqualTo(2001);
    }

    @AfterEach
    void close() {
        cse.crash();
    }

    private ResponsePrimitive channel(String from) {
        return cse.ask(Operation.CREATE, "in-name/Cpoll", from, Optional.of(ResourceTypes.POLLING_CHANNEL),
                new Content("m2m:pch", Attributes.of("rn", "channel")));
    }

    private CompletableFuture<ResponsePrimitive> send(Operation operation, String to, String from, Content content) {
        RequestPrimitive.Builder builder = RequestPrimitive.builder(operation, to).from(from).requestIdentifier("p" + ++requests)
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a");
        if (content != null) {
            builder.content(content);
        }
        return cse.core.dispatcher().handle(builder.build(), Hop.plain(Binding.HTTP, "test", true)).toCompletableFuture();
    }

    private CompletableFuture<ResponsePrimitive> poll() {
        return send(Operation.RETRIEVE, PCU, "Cpoll", null);
    }

    private CompletableFuture<ResponsePrimitive> notification(String text) {
        return send(Operation.NOTIFY, "in-name/Cpoll", "CAdmin", new Content("m2m:sgn", Attributes.of("sur", text)));
    }

    private Attributes fetched(CompletableFuture<ResponsePrimitive> poll) {
        network.await(poll::isDone, "the poll is answered");
        assertThat(poll.join().statusCode()).as(poll.join().toString()).isEqualTo(2000);
        assertThat(poll.join().content().orElseThrow().name()).isEqualTo("m2m:rqp");
        return poll.join().content().orElseThrow().attributes();
    }

    private static String about(Attributes request) {
        return request.object("pc").flatMap(pc -> pc.object("m2m:sgn")).flatMap(sgn -> sgn.text("sur")).orElse("?");
    }

    private int answer(Attributes request, int status) {
        Content answer = new Content("m2m:rsp", Attributes.builder().set("rsc", status)
                .set("rqi", request.text("rqi").orElseThrow()).build());
        return send(Operation.NOTIFY, PCU, "Cpoll", answer).join().statusCode();
    }

    @Test
    void whoeverWaitsForTheAnswerGetsTheOwners() {
        CompletableFuture<ResponsePrimitive> poll = poll();
        assertThat(poll).isNotDone();
        CompletableFuture<ResponsePrimitive> waiting = notification("a");
        Attributes request = fetched(poll);
        assertThat(request.number("op")).contains(5L);
        assertThat(request.text("to")).contains("in-name/Cpoll");
        assertThat(about(request)).isEqualTo("a");
        assertThat(waiting).isNotDone();
        assertThat(answer(request, 2000)).isEqualTo(2000);
        assertThat(waiting.join().statusCode()).isEqualTo(2000);
        assertThat(waiting.join().requestIdentifier()).isEqualTo("p2");
        assertThat(answer(request, 2000)).as("nobody waits for it any more").isEqualTo(4000);
    }

    @Test
    void requestsAreFetchedInTheirOrder() {
        CompletableFuture<ResponsePrimitive> first = notification("a");
        CompletableFuture<ResponsePrimitive> second = notification("b");
        Attributes a = fetched(poll());
        Attributes b = fetched(poll());
        assertThat(List.of(about(a), about(b))).containsExactly("a", "b");
        assertThat(answer(b, 4000)).isEqualTo(2000);
        assertThat(answer(a, 2000)).isEqualTo(2000);
        assertThat(first.join().statusCode()).isEqualTo(2000);
        assertThat(second.join().statusCode()).isEqualTo(4000);
    }

    @Test
    void whatAPollTookThatNeverArrivedIsFetchedAgain() {
        subscribe();
        Attributes lost = fetched(poll());
        CompletableFuture<ResponsePrimitive> next = poll();
        assertThat(next).as("it may still be answered").isNotDone();
        clock.pass(PollingChannels.AGAIN);
        assertThat(fetched(next)).isEqualTo(lost);
        assertThat(answer(lost, 2000)).isEqualTo(2000);
    }

    private void subscribe() {
        cse.create("in-name/Cpoll", "Cpoll", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.of("rn", "data"));
        cse.create("in-name/Cpoll/data", "Cpoll", ResourceTypes.SUBSCRIPTION, "m2m:sub", Attributes.builder().set("rn", "sub")
                .set("nu", List.of("Cpoll")).set("enc", Attributes.of("net", List.of(3))).build());
        cse.create("in-name/Cpoll/data", "Cpoll", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Attributes.of("con", "1"));
    }

    @Test
    void aPollWithoutARequestAndARequestWithoutAPollEndWith4008() {
        CompletableFuture<ResponsePrimitive> poll = poll();
        clock.pass(Duration.ofSeconds(31));
        network.await(poll::isDone, "the poll ends");
        assertThat(poll.join().statusCode()).isEqualTo(4008);
        CompletableFuture<ResponsePrimitive> waiting = notification("a");
        clock.pass(Duration.ofSeconds(10));
        network.await(waiting::isDone, "the request ends");
        assertThat(waiting.join().statusCode()).isEqualTo(4008);
    }

    @Test
    void aChannelThatAggregatesGivesAllThatWaitsAndTakesAllAnswersAtOnce() {
        assertThat(send(Operation.UPDATE, "in-name/Cpoll/channel", "Cpoll", new Content("m2m:pch", Attributes.of("rqag", true)))
                .join().statusCode()).isEqualTo(2004);
        List<CompletableFuture<ResponsePrimitive>> waiting = List.of(notification("a"), notification("b"), notification("c"));
        CompletableFuture<ResponsePrimitive> poll = poll();
        network.await(poll::isDone, "the poll is answered");
        Content all = poll.join().content().orElseThrow();
        assertThat(all.name()).isEqualTo("m2m:agrp");
        List<Attributes> requests = all.attributes().objects("m2m:rqp");
        assertThat(requests.stream().map(PollingChannelTest::about).toList()).containsExactly("a", "b", "c");
        List<Attributes> answers = requests.stream().map(request -> Attributes.builder().set("rsc", 2000)
                .set("rqi", request.text("rqi").orElseThrow()).build()).toList();
        Content together = new Content("m2m:agr", Attributes.of("m2m:rsp", answers));
        assertThat(send(Operation.NOTIFY, PCU, "Cpoll", together).join().statusCode()).isEqualTo(2000);
        assertThat(waiting).allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(2000));
        assertThat(send(Operation.NOTIFY, PCU, "Cpoll", together).join().statusCode()).as("once").isEqualTo(4000);
        assertThat(send(Operation.NOTIFY, PCU, "Cpoll", new Content("m2m:agr", Attributes.of("m2m:rsp", List.of()))).join()
                .statusCode()).isEqualTo(4000);
    }

    @Test
    void isItsOwnersAlone() {
        assertThat(send(Operation.RETRIEVE, PCU, "Cother", null).join().statusCode()).isEqualTo(4103);
        assertThat(send(Operation.RETRIEVE, PCU, "CAdmin", null).join().statusCode()).isEqualTo(4103);
        assertThat(send(Operation.RETRIEVE, "in-name/Cpoll/channel", "Cother", null).join().statusCode()).isEqualTo(4103);
        assertThat(send(Operation.RETRIEVE, "in-name/Cpoll/channel", "Cpoll", null).join().statusCode()).isEqualTo(2000);
        assertThat(send(Operation.DELETE, PCU, "Cpoll", null).join().statusCode()).isEqualTo(4005);
        assertThat(send(Operation.UPDATE, PCU, "Cpoll", new Content("m2m:pch", Attributes.empty())).join().statusCode())
                .isEqualTo(4005);
        assertThat(channel("Cpoll").statusCode()).as("there is one already").isEqualTo(4105);
        assertThat(send(Operation.NOTIFY, PCU, "Cpoll", new Content("m2m:sgn", Attributes.of("sur", "x"))).join().statusCode())
                .isEqualTo(4000);
    }

    @Test
    void theOldestOfTooManyPollsEnds() {
        CompletableFuture<ResponsePrimitive> oldest = poll();
        for (int i = 0; i < PollingChannels.MOST_POLLS; i++) {
            poll();
        }
        network.await(oldest::isDone, "the oldest ends");
        assertThat(oldest.join().statusCode()).isEqualTo(4008);
    }

    @Test
    void notificationsOfSubscriptionsGoThroughTheChannelAlsoAfterARestart() {
        subscribe();
        cse.crashAndBoot(WholeCse.NUMBERS);
        Attributes request = fetched(poll());
        assertThat(about(request)).endsWith("/data/sub");
        assertThat(cse.store.outboundTargets()).hasSize(1);
        assertThat(answer(request, 2000)).isEqualTo(2000);
        network.await(() -> cse.store.outboundTargets().isEmpty(), "it is delivered");
    }

    @Test
    void deletingTheChannelEndsWhatWaitsThere() {
        CompletableFuture<ResponsePrimitive> poll = poll();
        assertThat(send(Operation.DELETE, "in-name/Cpoll/channel", "Cpoll", null).join().statusCode()).isEqualTo(2002);
        network.await(poll::isDone, "the poll ends");
        assertThat(poll.join().statusCode()).isEqualTo(4008);
        assertThat(notification("a").join().statusCode()).as("there is no way to it").isEqualTo(5103);
    }
}
