// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.nonblocking;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Hop;
import io.lintel.cse.api.Binding;
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
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code <request>} at the first CSE for what goes to another one: kept, called back, forwarded, answered, or given up. */
class RequestsInTransitTest {
    private static final String CLOUD = "/in-cse/in-name/cloud";

    private final OutboundNetwork network = new OutboundNetwork();
    private final MovableClock clock = new MovableClock();
    private WholeCse infrastructure;
    private WholeCse gateway;
    private int requests;

    @BeforeEach
    void gatewayThatIsRegistered() {
        infrastructure = WholeCse.infrastructure(network, new InMemoryResourceStore(10_000), clock);
        gateway = WholeCse.gateway(network, "mn", "in", new InMemoryResourceStore(10_000), clock, WholeCse.NUMBERS);
        gateway.awaitRegistered();
        network.answer("meter", ResponseStatusCode.OK);
        gateway.ae("Cmeter", "http://meter");
        Attributes rules = Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of("all")).set("acop", 63)
                .build()));
        infrastructure.create("in-name", "CAdmin", ResourceTypes.ACCESS_CONTROL_POLICY, "m2m:acp", Attributes.builder()
                .set("rn", "open").set("pv", rules).set("pvs", rules).build());
        infrastructure.create("in-name", "CAdmin", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.builder().set("rn", "cloud")
                .set("acpi", List.of("in-name/open")).build());
    }

    @AfterEach
    void close() {
        gateway.crash();
        infrastructure.crash();
    }

    private ResponsePrimitive send(int type, String value, String... targets) {
        Attributes.Builder rt = Attributes.builder().set("rtv", type);
        if (targets.length > 0) {
            rt.set("nu", List.of(targets));
        }
        RequestPrimitive request = RequestPrimitive.builder(Operation.CREATE, CLOUD).from("Cmeter")
                .requestIdentifier("m" + ++requests).set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a")
                .set(RequestParameter.RESPONSE_TYPE, rt.build()).resourceType(ResourceTypes.CONTENT_INSTANCE)
                .content(new Content("m2m:cin", Attributes.of("con", value))).build();
        return gateway.core.dispatcher().handle(request, Hop.plain(Binding.HTTP, "127.0.0.1", true)).toCompletableFuture().join();
    }

    private static String reference(ResponsePrimitive accepted, int status) {
        assertThat(accepted.statusCode()).as(accepted.toString()).isEqualTo(status);
        return (String) accepted.content().orElseThrow().value();
    }

    private Attributes request(String reference) {
        ResponsePrimitive response = gateway.ask(Operation.RETRIEVE, reference, "Cmeter", Optional.empty(), null);
        assertThat(response.statusCode()).as(response.toString()).isEqualTo(2000);
        return response.content().orElseThrow().attributes();
    }

    private Attributes await(String reference, long status) {
        network.await(() -> request(reference).number("rs").equals(Optional.of(status)), reference + " has status " + status);
        return request(reference);
    }

    private int delete(String reference) {
        return gateway.ask(Operation.DELETE, reference, "Cmeter", Optional.empty(), null).statusCode();
    }

    private List<String> cloud() {
        String container = infrastructure.store.child("base", "cloud").orElseThrow().id();
        return infrastructure.store.children(container, ResourceTypes.CONTENT_INSTANCE, "", 100).stream()
                .map(instance -> instance.text("con").orElse("?")).toList();
    }

    private List<RequestPrimitive> readings() {
        return network.requestsTo("in").stream().filter(request -> request.to().equals(CLOUD)).toList();
    }

    private List<Attributes> results() {
        return network.requestsTo("meter").stream().map(request -> request.content().orElseThrow())
                .filter(content -> content.name().equals("m2m:rsp")).map(Content::attributes).toList();
    }

    @Test
    void aSynchronousOneWaitsIsAskedForBlockingAndHoldsTheAnswerAlsoAfterARestart() {
        network.gone("in");
        String reference = reference(send(1, "v1"), 1001);
        assertThat(reference).startsWith("mn-name/req-");
        assertThat(request(reference).number("rs")).contains(3L);
        assertThat(request(reference).text("tg")).contains(CLOUD);
        gateway.crashAndBoot(WholeCse.NUMBERS);
        assertThat(request(reference).number("rs")).contains(3L);
        infrastructure.listen("in", "/mn-cse");
        Attributes completed = await(reference, 1);
        Attributes result = completed.object("ors").orElseThrow();
        assertThat(result.number("rsc")).contains(2001L);
        assertThat(result.text("rqi")).contains("m1");
        assertThat(result.object("pc").flatMap(pc -> pc.object("m2m:cin")).flatMap(cin -> cin.text("con"))).contains("v1");
        assertThat(cloud()).containsExactly("v1");
        assertThat(readings()).allSatisfy(sent -> assertThat(sent.parameters().has("rt")).as("blocking").isFalse());
        assertThat(results()).isEmpty();
        assertThat(delete(reference)).isEqualTo(2002);
    }

    @Test
    void whatDoesNotLeaveIsCalledBack() {
        network.gone("in");
        String reference = reference(send(1, "v1"), 1001);
        String kept = reference(send(1, "v2"), 1001);
        network.await(() -> delete(reference) == 2002, "it is called back");
        infrastructure.listen("in", "/mn-cse");
        await(kept, 1);
        assertThat(cloud()).containsExactly("v2");
    }

    @Test
    void whatIsOnItsWayIsForwardedAndCantBeCalledBack() {
        network.silent("in");
        String reference = reference(send(1, "v1"), 1001);
        await(reference, 4);
        assertThat(delete(reference)).isEqualTo(5220);
        infrastructure.listen("in", "/mn-cse");
        clock.pass(Duration.ofSeconds(5));
        assertThat(await(reference, 1).object("ors").flatMap(result -> result.number("rsc"))).contains(2001L);
    }

    @Test
    void anAsynchronousOneIsToldToThisCseWhichKeepsTheResultAndTellsTheTargets() {
        String reference = reference(send(2, "v1"), 1002);
        Attributes completed = await(reference, 1);
        assertThat(readings().get(0).notificationTargets()).containsExactly("/mn-cse");
        network.await(() -> results().size() == 1, "the result is told");
        assertThat(results().get(0)).isEqualTo(completed.object("ors").orElseThrow());
        assertThat(results().get(0).text("rqi")).contains("m1");
        assertThat(results().get(0).number("rsc")).contains(2001L);
    }

    @Test
    void nobodyIsToldIfTheListOfTargetsIsEmpty() {
        RequestPrimitive request = RequestPrimitive.builder(Operation.RETRIEVE, CLOUD).from("Cmeter").requestIdentifier("x")
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a")
                .set(RequestParameter.RESPONSE_TYPE, Attributes.builder().set("rtv", 2).set("nu", List.of()).build()).build();
        String reference = reference(gateway.core.dispatcher().handle(request, Hop.plain(Binding.HTTP, "127.0.0.1", true))
                .toCompletableFuture().join(), 1002);
        assertThat(await(reference, 1).object("ors").flatMap(result -> result.object("pc"))
                .flatMap(pc -> pc.object("m2m:cnt")).flatMap(cnt -> cnt.text("rn"))).contains("cloud");
        network.await(() -> gateway.store.outboundTargets().isEmpty(), "nothing waits");
        assertThat(results()).isEmpty();
    }

    @Test
    void theNewerOfTheCategoryLatestReplacesTheOlderWhichHasFailed() {
        network.gone("in");
        RequestPrimitive.Builder builder = RequestPrimitive.builder(Operation.RETRIEVE, CLOUD).from("Cmeter")
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").set(RequestParameter.EVENT_CATEGORY, 4)
                .set(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", 1));
        Hop hop = Hop.plain(Binding.HTTP, "127.0.0.1", true);
        String first = reference(gateway.core.dispatcher().handle(builder.requestIdentifier("a").build(), hop)
                .toCompletableFuture().join(), 1001);
        network.await(() -> {
            ResponsePrimitive second = gateway.core.dispatcher().handle(builder.requestIdentifier("b" + ++requests).build(), hop)
                    .toCompletableFuture().join();
            return second.statusCode() == 1001 && request(first).number("rs").equals(Optional.of(2L));
        }, "the first is replaced");
        assertThat(request(first).object("ors").flatMap(result -> result.number("rsc"))).contains(4008L);
    }

    @Test
    void whatExpiresHasFailed() {
        network.gone("in");
        RequestPrimitive request = RequestPrimitive.builder(Operation.RETRIEVE, CLOUD).from("Cmeter").requestIdentifier("x")
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "60000")
                .set(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", 1)).build();
        String reference = reference(gateway.core.dispatcher().handle(request, Hop.plain(Binding.HTTP, "127.0.0.1", true))
                .toCompletableFuture().join(), 1001);
        clock.pass(Duration.ofSeconds(61));
        assertThat(await(reference, 2).object("ors").flatMap(result -> result.number("rsc"))).contains(4008L);
    }

    @Test
    void aResultNobodyWaitsForIsRefused() {
        Content result = new Content("m2m:rsp", Attributes.builder().set("rsc", 2000).set("rqi", "mn-cse:req-none/m1").build());
        assertThat(gateway.from("/in-cse", Operation.NOTIFY, "/mn-cse", "/in-cse", result).statusCode()).isEqualTo(4000);
        Content foreign = new Content("m2m:rsp", Attributes.builder().set("rsc", 2000).set("rqi", "whatever").build());
        assertThat(gateway.from("/in-cse", Operation.NOTIFY, "/mn-cse", "/in-cse", foreign).statusCode()).isEqualTo(4000);
        assertThat(gateway.ask(Operation.NOTIFY, "mn-name", "Cmeter", Optional.empty(), result).statusCode()).isEqualTo(4103);
    }
}
