// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.internal.WholeCse;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The main job between two whole CSEs, hosting and outbound side put together as the component does it. */
class OutboundPairTest {
    private final OutboundNetwork network = new OutboundNetwork();
    private final List<WholeCse> nodes = new ArrayList<>();
    private WholeCse gateway;
    private WholeCse infrastructure;

    @BeforeEach
    void twoNodes() {
        infrastructure = WholeCse.infrastructure(network);
        nodes.add(infrastructure);
        gateway = WholeCse.gateway(network, "mn");
        nodes.add(gateway);
        awaitRegistered();
    }

    private void awaitRegistered() {
        gateway.awaitRegistered();
    }

    @AfterEach
    void close() {
        nodes.forEach(WholeCse::crash);
    }

    /** A container below an AE on the gateway that everybody may use. */
    private void sharedContainerOnTheGateway() {
        Attributes rule = Attributes.builder().set("acor", List.of("all")).set("acop", 63).build();
        Attributes rules = Attributes.of("acr", List.of(rule));
        gateway.create("mn-name", "CAdmin", 1, "m2m:acp", Attributes.builder().set("rn", "open").set("pv", rules).set("pvs",
                rules).build());
        gateway.create("mn-name", "CAdmin", 3, "m2m:cnt", Attributes.builder().set("rn", "data").set("acpi",
                List.of("mn-name/open")).build());
    }

    @Test
    void theGatewayIsRegisteredOnBothSides() {
        assertThat(infrastructure.core.registrations().cse("/mn-cse")).isPresent();
        assertThat(gateway.core.registrations().registrar()).contains("/in-cse");
        assertThat(gateway.outbound.registrarDoor().orElseThrow().detail()).contains("/in-cse");
    }

    @Test
    void anApplicationAboveReadsAndWritesBelow() {
        sharedContainerOnTheGateway();
        infrastructure.ae("CApp");
        infrastructure.create("/mn-cse/mn-name/data", "CApp", 4, "m2m:cin", Attributes.of("con", "21.5"));
        ResponsePrimitive response = infrastructure.ask(Operation.RETRIEVE, "/mn-cse/mn-name/data/la", "CApp", Optional.empty(),
                null);
        assertThat(response.statusCode()).as(response.toString()).isEqualTo(2000);
        assertThat(response.content().orElseThrow().attributes().text("con")).contains("21.5");
        assertThat(infrastructure.ask(Operation.RETRIEVE, "/mn-cse/mn-name/nothing", "CApp", Optional.empty(), null).statusCode())
                .isEqualTo(4004);
    }

    @Test
    void anApplicationAboveIsNotifiedOfWhatHappensBelow() {
        sharedContainerOnTheGateway();
        network.answer("app", ResponseStatusCode.OK);
        infrastructure.ae("CApp", "http://app");
        infrastructure.create("/mn-cse/mn-name/data", "CApp", 23, "m2m:sub", Attributes.builder().set("rn", "watch")
                .set("nu", List.of("/in-cse/CApp")).set("enc", Attributes.of("net", List.of(3))).build());
        gateway.create("mn-name/data", "CAdmin", 4, "m2m:cin", Attributes.of("con", "hot"));
        network.awaitRequests("app", 1);
        OutboundRequest arrived = network.sentTo("app").get(0);
        assertThat(arrived.receiver()).contains("/in-cse/CApp");
        assertThat(arrived.request().from()).contains("/mn-cse");
        assertThat(arrived.request().content().orElseThrow().attributes().text("sur")).contains("/mn-cse/mn-name/data/watch");
        assertThat(arrived.request().content().orElseThrow().toString()).contains("con=hot");
        network.await(() -> gateway.store.outboundTargets().isEmpty(), "the answer came back");
    }

    @Test
    void aDeviceBelowIsAskedBeforeSomebodyElseSubscribesForIt() {
        sharedContainerOnTheGateway();
        gateway.ae("CDevice", "http://device");
        infrastructure.ae("CApp");
        Content subscription = new Content("m2m:sub", Attributes.builder().set("rn", "watch").set("nu",
                List.of("/mn-cse/CDevice")).build());
        assertThat(infrastructure.ask(Operation.CREATE, "/mn-cse/mn-name/data", "CApp", Optional.of(23),
                subscription).statusCode())
                .as("the device is not there").isEqualTo(5204);
        network.answer("device", ResponseStatusCode.OK);
        assertThat(infrastructure.ask(Operation.CREATE, "/mn-cse/mn-name/data", "CApp", Optional.of(23),
                subscription).statusCode())
                .as("the application may not have it notified").isEqualTo(5204);
        assertThat(network.sentTo("device")).isEmpty();
        assertThat(gateway.ask(Operation.UPDATE, "CDevice", "CDevice", Optional.empty(), new Content("m2m:ae",
                Attributes.of("acpi", List.of("mn-name/open")))).statusCode()).isEqualTo(2004);
        assertThat(infrastructure.ask(Operation.CREATE, "/mn-cse/mn-name/data", "CApp", Optional.of(23),
                subscription).statusCode())
                .isEqualTo(2001);
        assertThat(network.requestsTo("device").get(0).content().orElseThrow().attributes().flag("vrq")).contains(true);
    }

    @Test
    void theRegistrationStandsAfterACrashOfEitherSide() {
        gateway.crash();
        gateway.boot();
        awaitRegistered();
        infrastructure.crash();
        infrastructure.boot();
        infrastructure.ae("CApp");
        assertThat(infrastructure.ask(Operation.RETRIEVE, "/mn-cse/mn-name/x", "CApp", Optional.empty(),
                null).statusCode()).isEqualTo(4004);
        assertThat(network.requestsTo("in").stream().filter(request -> request.operation() == Operation.CREATE)).hasSize(1);
        assertThat(network.sentTo("mn")).as("the request reached the gateway").isNotEmpty();
    }

    @Test
    void aRegistrationThatTheAdministratorEndedAboveIsMadeAgain() {
        assertThat(infrastructure.ask(Operation.DELETE, "in-name/mn-cse", "CAdmin", Optional.empty(),
                null).statusCode()).isEqualTo(2002);
        network.await(() -> infrastructure.core.registrations().cse("/mn-cse").isPresent(), "it registers again");
    }

    @Test
    void nothingIsLostWhenTheRegistrarHasForgottenTheGateway() {
        sharedContainerOnTheGateway();
        network.answer("app", ResponseStatusCode.OK);
        infrastructure.ae("CApp", "http://app");
        infrastructure.create("/mn-cse/mn-name/data", "CApp", 23, "m2m:sub", Attributes.builder().set("rn", "watch")
                .set("nu", List.of("/in-cse/CApp")).set("enc", Attributes.of("net", List.of(3))).build());
        infrastructure.ask(Operation.DELETE, "in-name/mn-cse", "CAdmin", Optional.empty(), null);
        for (int i = 0; i < 20; i++) {
            gateway.create("mn-name/data", "CAdmin", 4, "m2m:cin", Attributes.of("con", "v" + i));
        }
        network.awaitRequests("app", 20);
        network.await(() -> gateway.store.outboundTargets().isEmpty(), "all answers came back");
        assertThat(network.sentTo("app")).as("each once").hasSize(20);
    }

    @Test
    void anApplicationThatIsAwayGetsItsNotificationsWhenItIsBackAlthoughEachAttemptLooksTheSame() {
        sharedContainerOnTheGateway();
        infrastructure.ae("CApp", "http://app");
        infrastructure.create("/mn-cse/mn-name/data", "CApp", 23, "m2m:sub", Attributes.builder().set("rn", "watch")
                .set("nu", List.of("/in-cse/CApp")).set("enc", Attributes.of("net", List.of(3))).build());
        gateway.create("mn-name/data", "CAdmin", 4, "m2m:cin", Attributes.of("con", "v0"));
        network.awaitRequests("app", 2);
        network.answer("app", ResponseStatusCode.OK);
        network.await(() -> gateway.store.outboundTargets().isEmpty(), "it got it");
    }

    @Test
    void anAsynchronousResultArrivesThoughItsReceiverWasAwayAndTheGatewayDied() {
        sharedContainerOnTheGateway();
        infrastructure.ae("CApp", "http://app");
        network.gone("in");
        RequestPrimitive request = RequestPrimitive.builder(Operation.CREATE, "/mn-cse/mn-name/data").from("/in-cse/CApp")
                .requestIdentifier("later").set(RequestParameter.RELEASE_VERSION_INDICATOR,
                "2a").resourceType(ResourceTypes.CONTENT_INSTANCE)
                .set(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", 2)).content(new Content("m2m:cin",
                Attributes.of("con", "x"))).build();
        ResponsePrimitive accepted = gateway.core.dispatcher().handle(request, Hop.plain(Binding.HTTP, "test", true))
                .toCompletableFuture().join();
        assertThat(accepted.statusCode()).isEqualTo(1002);
        gateway.crash();
        network.answer("app", ResponseStatusCode.OK);
        infrastructure.listen("in", "/mn-cse");
        gateway.boot();
        network.awaitRequests("app", 1);
        Attributes result = network.requestsTo("app").get(0).content().orElseThrow().attributes();
        assertThat(result.text("rqi")).contains("later");
        assertThat(result.number("rsc")).contains(2001L);
        network.await(() -> gateway.store.outboundTargets().isEmpty(), "it was answered");
    }

    @Test
    void theOwnPictureOfTheRegistrarIsNoRegistree() {
        assertThat(gateway.ask(Operation.CREATE, "mn-name", "/in-cse", Optional.of(16), new Content("m2m:csr",
                Attributes.builder()
                .set("cb", "/in-cse/in-name").set("csi", "/in-cse").set("rr", true).build())).statusCode()).isEqualTo(4117);
    }
}
