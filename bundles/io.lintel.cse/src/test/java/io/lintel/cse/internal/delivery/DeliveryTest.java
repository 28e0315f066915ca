// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.Resource;
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
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Requests that want delivery aggregation go to another CSE together, in a {@code <delivery>}, and each is executed once,
 * whatever breaks on the way (TS-0001 9.6.11, TS-0004 7.4.11).
 *
 * <pre>
 * meter ── da ──► mn-cse ══ delivery ══► in-cse ══ delivery ══► far-cse
 * </pre>
 */
class DeliveryTest {
    private static final String CLOUD = "/in-cse/in-name/cloud";
    private static final int ASYNCH = 2;

    private final OutboundNetwork network = new OutboundNetwork();
    private final MovableClock clock = new MovableClock();
    private final List<WholeCse> nodes = new ArrayList<>();
    private WholeCse infrastructure;
    private WholeCse gateway;
    private int requests;

    @BeforeEach
    void gatewayWithAMeter() {
        infrastructure = WholeCse.infrastructure(network, new InMemoryResourceStore(10_000), clock);
        nodes.add(infrastructure);
        gateway = WholeCse.gateway(network, "mn", "in", new InMemoryResourceStore(10_000), clock, WholeCse.NUMBERS);
        nodes.add(gateway);
        gateway.awaitRegistered();
        network.answer("meter", ResponseStatusCode.OK);
        gateway.ae("Cmeter", "http://meter");
        openContainer(infrastructure, "in-name", "cloud");
    }

    @AfterEach
    void close() {
        nodes.forEach(WholeCse::crash);
    }

    private static void openContainer(WholeCse node, String base, String name) {
        Attributes rules = Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of("all")).set("acop", 63)
                .build()));
        node.create(base, "CAdmin", ResourceTypes.ACCESS_CONTROL_POLICY, "m2m:acp", Attributes.builder()
                .set("rn", "open").set("pv", rules).set("pvs", rules).build());
        node.create(base, "CAdmin", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.builder().set("rn", name)
                .set("acpi", List.of(base + "/open")).build());
    }

    private RequestPrimitive.Builder reading(String to, String value) {
        return RequestPrimitive.builder(Operation.CREATE, to).from("Cmeter").requestIdentifier("m" + ++requests)
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").resourceType(ResourceTypes.CONTENT_INSTANCE)
                .set(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", ASYNCH))
                .set(RequestParameter.DELIVERY_AGGREGATION, true).content(new Content("m2m:cin", Attributes.of("con", value)));
    }

    private ResponsePrimitive accepted(RequestPrimitive.Builder request) {
        ResponsePrimitive response = gateway.core.dispatcher().handle(request.build(), Hop.plain(Binding.HTTP, "127.0.0.1", true))
                .toCompletableFuture().join();
        assertThat(response.statusCode()).as(response.toString()).isEqualTo(1002);
        return response;
    }

    private void send(int from, int to) {
        IntStream.range(from, to).forEach(i -> accepted(reading(CLOUD, "v" + i)));
    }

    /** The registrar as it is over HTTP: a repetition of the same request is nothing that a transport could tell. */
    private Hop hop() {
        return Hop.plain(Binding.HTTP, "127.0.0.1", true);
    }

    private CompletableFuture<ResponsePrimitive> atInfrastructure(RequestPrimitive request) {
        return infrastructure.core.dispatcher().handle(request, hop()).toCompletableFuture();
    }

    private static List<String> contents(WholeCse node, String container) {
        List<String> contents = new ArrayList<>();
        node.store.children(node.store.child("base", container).orElseThrow().id(), ResourceTypes.CONTENT_INSTANCE, "", 10_000)
                .forEach(instance -> contents.add(instance.text("con").orElse("?")));
        return contents;
    }

    private void awaitCloud(int count) {
        network.await(() -> contents(infrastructure, "cloud").size() >= count, count + " instances in the cloud");
    }

    private void awaitNothingWaits() {
        network.await(() -> nodes.stream().allMatch(node -> node.store.outboundTargets().isEmpty()), "nothing waits any more");
    }

    private static List<String> values(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "v" + i).toList();
    }

    private List<RequestPrimitive> deliveriesTo(String authority) {
        return network.requestsTo(authority).stream().filter(AggregatedRequests::isDelivery).toList();
    }

    private List<String> results() {
        return network.requestsTo("meter").stream().map(notify -> notify.content().orElseThrow())
                .filter(content -> content.name().equals("m2m:rsp")).map(Content::attributes)
                .map(rsp -> rsp.text("rqi").orElse("?") + " " + rsp.number("rsc").orElse(0L)).toList();
    }

    private void awaitResults(int count) {
        network.await(() -> results().size() >= count, () -> count + " results, not " + results(), 10);
    }

    private static List<Resource> deliveries(WholeCse node) {
        return node.store.ofType(AggregatedRequests.TYPE, "", 100);
    }

    private static String in(Duration time, MovableClock clock) {
        return Timestamps.format(clock.instant().plus(time));
    }

    /** As another CSE would write it. */
    private RequestPrimitive.Builder delivery(String name, String target, RequestPrimitive... carried) {
        return RequestPrimitive.builder(Operation.CREATE, "in-name").from("/mn-cse").requestIdentifier("d" + ++requests)
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").resourceType(AggregatedRequests.TYPE)
                .content(new Content("m2m:dlv", Attributes.builder().set("rn", name).set("sr", "/mn-cse").set("tg", target)
                        .set("ls", in(Duration.ofHours(1), clock)).set("ec", 3).set("dmd", Attributes.of("tcop", true))
                        .set("arq", AggregatedRequests.of(List.of(carried))).build()));
    }

    private RequestPrimitive carried(String from, String value) {
        return reading(CLOUD, value).from(from).build();
    }

    @Test
    void whatWaitsForTheRegistrarArrivesInOneDeliveryInOrderAndItsResultsComeBack() {
        gateway.outbound.administration().hold("/in-cse", true).toCompletableFuture().join();
        send(0, 20);
        gateway.outbound.administration().hold("/in-cse", false).toCompletableFuture().join();
        awaitCloud(20);
        awaitResults(20);
        awaitNothingWaits();
        assertThat(contents(infrastructure, "cloud")).isEqualTo(values(0, 20));
        assertThat(results()).containsExactlyElementsOf(IntStream.rangeClosed(1, 20).mapToObj(i -> "m" + i + " 2001").toList());
        List<Resource> made = deliveries(infrastructure);
        assertThat(made).hasSize(1);
        Attributes delivery = made.get(0).attributes();
        assertThat(delivery.names()).containsExactlyInAnyOrder("rn", "ty", "ri", "pi", "ct", "lt", "et", "st", "sr", "tg", "ls",
                "ec", "dmd", "arq");
        assertThat(delivery.text("sr")).contains("/mn-cse");
        assertThat(delivery.text("tg")).contains("/in-cse");
        assertThat(delivery.number("ec")).contains(3L);
        assertThat(delivery.text("et")).isEqualTo(delivery.text("ls"));
        assertThat(delivery.object("arq").orElseThrow().objects("rqp")).hasSize(20).allSatisfy(request ->
                assertThat(request.names()).containsExactlyInAnyOrder("op", "to", "fr", "rqi", "pc", "mi"));
        assertThat(network.requestsTo("in").stream().filter(request -> request.to().startsWith(CLOUD))).isEmpty();
    }

    @Test
    void deliveriesThatFollowEachOtherQuicklyKeepTheOrderOfTheirRequests() {
        for (int i = 0; i < 30; i++) {
            atInfrastructure(delivery("q" + i, "/in-cse", carried("/mn-cse/Cmeter", "v" + 2 * i), carried("/mn-cse/Cmeter", "v"
                    + (2 * i + 1))).build()).join();
        }
        awaitCloud(60);
        assertThat(contents(infrastructure, "cloud")).isEqualTo(values(0, 60));
    }

    @Test
    void theRequestResourceShowsTheResult() {
        String request = accepted(reading(CLOUD, "v0")).content().map(content -> String.valueOf(content.value())).orElseThrow();
        awaitResults(1);
        ResponsePrimitive shown = gateway.ask(Operation.RETRIEVE, request, "Cmeter", Optional.empty(), null);
        assertThat(shown.content().orElseThrow().attributes().number("rs")).contains(1L);
        assertThat(shown.content().orElseThrow().attributes().object("ors").flatMap(ors -> ors.number("rsc"))).contains(2001L);
    }

    @Test
    void aDeliveryWhoseAnswerWasLostIsNotExecutedAgainThoughBothSidesWereKilled() {
        List<RequestPrimitive> lost = new ArrayList<>();
        network.peer("in", request -> {
            atInfrastructure(request.request()).join();
            lost.add(request.request());
            return new CompletableFuture<>();
        });
        send(0, 1);
        network.await(() -> lost.size() == 1, "the first delivery arrived");
        send(1, 5);
        gateway.crash();
        infrastructure.crash();
        infrastructure.boot();
        List<Integer> answers = new ArrayList<>();
        network.peer("in", request -> atInfrastructure(request.request()).thenApply(response -> {
            if (AggregatedRequests.isDelivery(request.request())) {
                answers.add(response.statusCode());
            }
            return response;
        }));
        gateway.boot();
        awaitCloud(5);
        awaitNothingWaits();
        assertThat(contents(infrastructure, "cloud")).isEqualTo(values(0, 5));
        assertThat(answers).startsWith(4105).doesNotContain(5000).contains(2001);
        assertThat(results()).as("each once").doesNotHaveDuplicates();
    }

    @Test
    void whatADeliveryBringsSurvivesAKillBeforeItIsExecuted() {
        RequestPrimitive later = reading(CLOUD, "late").set(RequestParameter.OPERATION_EXECUTION_TIME,
                in(Duration.ofMinutes(5), clock)).from("/mn-cse/Cmeter").build();
        assertThat(atInfrastructure(delivery("d1", "/in-cse", carried("/mn-cse/Cmeter", "now"), later).build()).join()
                .statusCode()).isEqualTo(2001);
        awaitCloud(1);
        infrastructure.crash();
        infrastructure.boot();
        clock.pass(Duration.ofMinutes(6));
        awaitCloud(2);
        assertThat(contents(infrastructure, "cloud")).containsExactly("now", "late");
    }

    @Test
    void aCseThatTakesNoDeliveriesGetsTheRequestsOneByOneInTheirOrder() {
        network.peer("in", request -> AggregatedRequests.isDelivery(request.request()) ? CompletableFuture.completedFuture(
                ResponsePrimitive.builder(ResponseStatusCode.NOT_IMPLEMENTED, request.request().requestIdentifier()).build())
                : atInfrastructure(request.request()));
        send(0, 10);
        awaitCloud(10);
        awaitResults(10);
        awaitNothingWaits();
        assertThat(contents(infrastructure, "cloud")).isEqualTo(values(0, 10));
        assertThat(deliveriesTo("in")).as("it is asked once").hasSize(1);
    }

    @Test
    void aDeliveryForAnotherCseIsPassedOnThereAndIsTraced() {
        WholeCse far = far();
        accepted(reading("/far-cse/mn-name/data", "a"));
        RequestPrimitive another = reading("/far-cse/mn-name/data", "b").from("/mn-cse/Cmeter").build();
        assertThat(atInfrastructure(delivery("traced", "/far-cse", another).build()).join().statusCode()).isEqualTo(2001);
        network.await(() -> contents(far, "data").size() == 2, "both arrived");
        awaitResults(2);
        assertThat(contents(far, "data")).containsExactlyInAnyOrder("a", "b");
        assertThat(results()).containsExactlyInAnyOrder("m1 2001", "m2 2001");
        assertThat(deliveries(far)).hasSize(2).allSatisfy(made -> {
            assertThat(made.text("sr")).contains("/mn-cse");
            assertThat(made.name()).startsWith("dlv-in-cse-");
        });
        assertThat(deliveries(far).stream().map(made -> made.attributes().object("dmd").orElseThrow().texts("tcin")).toList())
                .containsExactlyInAnyOrder(List.of(), List.of("/in-cse", "/far-cse"));
    }

    private WholeCse far() {
        WholeCse far = WholeCse.gateway(network, "far", "in2", new InMemoryResourceStore(10_000), clock, WholeCse.NUMBERS);
        nodes.add(far);
        infrastructure.listen("in2", "/far-cse");
        far.awaitRegistered();
        openContainer(far, "mn-name", "data");
        return far;
    }

    @Test
    void oneThatWaitsOnItsWayIsCalledBackByADelete() {
        WholeCse far = far();
        infrastructure.outbound.administration().hold("/far-cse", true).toCompletableFuture().join();
        RequestPrimitive reading = reading("/far-cse/mn-name/data", "a").from("/mn-cse/Cmeter").build();
        atInfrastructure(delivery("d1", "/far-cse", reading).build()).join();
        assertThat(infrastructure.store.outbound("/far-cse", 0, 10)).hasSize(1);
        assertThat(infrastructure.ask(Operation.DELETE, "in-name/d1", "/mn-cse", Optional.empty(), null).statusCode())
                .isEqualTo(2002);
        infrastructure.outbound.administration().hold("/far-cse", false).toCompletableFuture().join();
        awaitNothingWaits();
        assertThat(contents(far, "data")).isEmpty();
        assertThat(deliveries(far)).isEmpty();
    }

    @Test
    void aChangeAndADeletionFollowADeliveryThatHasGoneOn() {
        WholeCse far = far();
        RequestPrimitive later = reading("/far-cse/mn-name/data", "a").from("/mn-cse/Cmeter").set(
                RequestParameter.OPERATION_EXECUTION_TIME, in(Duration.ofMinutes(5), clock)).build();
        atInfrastructure(delivery("d1", "/far-cse", later).build()).join();
        network.await(() -> deliveries(far).size() == 1, "it is there");
        network.await(() -> infrastructure.store.outboundTargets().isEmpty(), "and that is known");
        String end = in(Duration.ofHours(3), clock);
        infrastructure.ask(Operation.UPDATE, "in-name/d1", "/mn-cse", Optional.empty(), new Content("m2m:dlv", Attributes.of(
                "ls", end)));
        network.await(() -> deliveries(far).get(0).text("ls").equals(Optional.of(end)), "the change follows");
        infrastructure.ask(Operation.DELETE, "in-name/d1", "/mn-cse", Optional.empty(), null);
        network.await(() -> deliveries(far).isEmpty(), "so does the deletion");
        awaitNothingWaits();
        clock.pass(Duration.ofMinutes(6));
        assertThat(contents(far, "data")).isEmpty();
    }

    @Test
    void behindACseWithoutDeliveriesItsRequestsGoOnOneByOne() {
        WholeCse far = far();
        network.peer("far", request -> AggregatedRequests.isDelivery(request.request()) ? CompletableFuture.completedFuture(
                ResponsePrimitive.builder(ResponseStatusCode.NOT_IMPLEMENTED, request.request().requestIdentifier()).build())
                : far.core.dispatcher().handle(request.request(), hop()).toCompletableFuture());
        RequestPrimitive first = reading("/far-cse/mn-name/data", "a").from("/mn-cse/Cmeter").build();
        RequestPrimitive second = reading("/far-cse/mn-name/data", "b").from("/mn-cse/Cmeter").build();
        atInfrastructure(delivery("d1", "/far-cse", first, second).build()).join();
        network.await(() -> contents(far, "data").size() == 2, "both arrive");
        awaitResults(2);
        assertThat(contents(far, "data")).containsExactly("a", "b");
    }

    @Test
    void aDeliveryThatIsDeletedBeforeItsTimeIsNotExecuted() {
        RequestPrimitive later = reading(CLOUD, "late").set(RequestParameter.OPERATION_EXECUTION_TIME,
                in(Duration.ofMinutes(5), clock)).from("/mn-cse/Cmeter").build();
        atInfrastructure(delivery("d1", "/in-cse", later).build()).join();
        assertThat(infrastructure.ask(Operation.DELETE, "in-name/d1", "/mn-cse", Optional.empty(), null).statusCode())
                .isEqualTo(2002);
        assertThat(infrastructure.store.outboundTargets()).isEmpty();
        clock.pass(Duration.ofMinutes(6));
        send(0, 1);
        awaitCloud(1);
        assertThat(contents(infrastructure, "cloud")).containsExactly("v0");
    }

    @Test
    void oneRequestThatNobodyMayMakeFailsAloneAndItsSourceIsToldWhy() {
        RequestPrimitive stranger = carried("/else-cse/Cx", "no").toBuilder().set(RequestParameter.RESPONSE_TYPE,
                Attributes.builder().set("rtv", ASYNCH).set("nu", List.of("/mn-cse/Cmeter")).build()).build();
        assertThat(atInfrastructure(delivery("d1", "/in-cse", carried("/mn-cse/Cmeter", "a"), stranger,
                carried("/mn-cse/Cmeter", "b")).build()).join().statusCode()).isEqualTo(2001);
        awaitCloud(2);
        assertThat(contents(infrastructure, "cloud")).containsExactly("a", "b");
        network.await(() -> results().contains(stranger.requestIdentifier() + " 4107"), "the refusal is told");
    }

    @Test
    void badDeliveriesAreRefused() {
        RequestPrimitive fine = carried("/mn-cse/Cmeter", "a");
        assertThat(refused(delivery("d", "/in-cse", fine).from("/mn-cse/Cmeter"))).isEqualTo(4005);
        assertThat(refused(delivery("d", "/in-cse", fine), "sr", "/nobody-cse")).as("a CSE unknown here").isEqualTo(4107);
        assertThat(refused(delivery("d", "/in-cse", fine), "ls", in(Duration.ofHours(-1), clock))).isEqualTo(4000);
        assertThat(refused(delivery("d", "/in-cse", fine), "arq", Attributes.of("rqp", List.of()))).isEqualTo(4000);
        assertThat(refused(delivery("d", "/in-cse", fine), "ec", Optional.empty())).isEqualTo(4000);
        assertThat(refused(delivery("d", "/elsewhere-cse", fine))).as("the request is for another CSE").isEqualTo(4000);
        assertThat(refused(delivery("d", "/elsewhere-cse", fine.toBuilder().to("/elsewhere-cse/x").build())))
                .as("there is no way there").isEqualTo(4004);
        assertThat(contents(infrastructure, "cloud")).isEmpty();
        assertThat(deliveries(infrastructure)).isEmpty();
        assertThat(atInfrastructure(delivery("d", "/in-cse", fine).build()).join().statusCode()).isEqualTo(2001);
        assertThat(refused(delivery("d", "/in-cse", fine))).as("the name is taken").isEqualTo(4105);
        awaitCloud(1);
    }

    private int refused(RequestPrimitive.Builder delivery) {
        return atInfrastructure(delivery.build()).join().statusCode();
    }

    private int refused(RequestPrimitive.Builder delivery, String name, Object value) {
        Attributes given = delivery.build().content().orElseThrow().attributes();
        Attributes changed = value instanceof Optional ? given.toBuilder().remove(name).build()
                : given.toBuilder().set(name, value).build();
        return refused(delivery.content(new Content("m2m:dlv", changed)));
    }

    @Test
    void aChangedLifespanMovesTheExpirationAndAesHaveNoPartInIt() {
        atInfrastructure(delivery("d1", "/in-cse", carried("/mn-cse/Cmeter", "a")).build()).join();
        String later = in(Duration.ofHours(3), clock);
        ResponsePrimitive updated = infrastructure.ask(Operation.UPDATE, "in-name/d1", "/mn-cse", Optional.empty(), new Content(
                "m2m:dlv", Attributes.of("ls", later)));
        assertThat(updated.statusCode()).as(updated.toString()).isEqualTo(2004);
        assertThat(updated.content().orElseThrow().attributes().text("et")).contains(later);
        assertThat(updated.content().orElseThrow().attributes().number("st")).contains(1L);
        infrastructure.ae("Capp");
        assertThat(infrastructure.ask(Operation.RETRIEVE, "in-name/d1", "Capp", Optional.empty(), null).statusCode())
                .isEqualTo(4005);
        assertThat(infrastructure.ask(Operation.RETRIEVE, "in-name/d1", "CAdmin", Optional.empty(), null).statusCode())
                .isEqualTo(2000);
    }
}
