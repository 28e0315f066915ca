// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.internal.WholeCse;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A consultation between whole nodes: the authorization system is an AE here, an AE at the IN-CSE, or a plain server. */
class ConsultationOnTheWayTest {
    private final OutboundNetwork network = new OutboundNetwork();
    private final List<WholeCse> nodes = new ArrayList<>();
    private WholeCse gateway;

    @BeforeEach
    void aGatewayAndItsInfrastructure() {
        WholeCse infrastructure = WholeCse.infrastructure(network);
        gateway = WholeCse.gateway(network, "mn");
        nodes.addAll(List.of(infrastructure, gateway));
        gateway.awaitRegistered();
        infrastructure.ae("CDas", "http://das");
        gateway.ae("CLocalDas", "http://das");
        gateway.ae("COwner");
        gateway.ae("CGuest");
    }

    @AfterEach
    void close() {
        nodes.forEach(WholeCse::crash);
    }

    private void system(Function<OutboundRequest, CompletionStage<ResponsePrimitive>> answer) {
        network.peer("das", answer);
    }

    private static CompletionStage<ResponsePrimitive> granting(OutboundRequest asked, Object originator) {
        Attributes rules = Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of(originator)).set("acop", 2)
                .build()));
        Attributes info = Attributes.builder().set("sit", 2).set("dres", Attributes.of("dai", Attributes.of("gp", rules)))
                .build();
        return CompletableFuture.completedFuture(ResponsePrimitive.builder(ResponseStatusCode.OK,
                asked.request().requestIdentifier()).content(new Content("m2m:seci", info)).build());
    }

    private void guardedBy(String system) {
        gateway.create("mn-name", "CAdmin", ConsultationRules.TYPE, "m2m:dac", Attributes.builder().set("rn", "ask")
                .set("dae", true).set("dap", List.of(system)).build());
        String owner = gateway.ask(Operation.RETRIEVE, "COwner", "COwner", Optional.empty(), null).content().orElseThrow()
                .attributes().text("ri").orElseThrow();
        gateway.create(owner, "COwner", 3, "m2m:cnt", Attributes.builder().set("rn", "data")
                .set("daci", List.of("mn-name/ask")).build());
    }

    private int retrieved() {
        return gateway.ask(Operation.RETRIEVE, "COwner/data", "CGuest", Optional.empty(), null).statusCode();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/in-cse/CDas", "//lintel.example/in-cse/CDas", "CLocalDas", "/mn-cse/CLocalDas", "http://das/ask"})
    void whereverTheSystemIsItIsAskedAndItsGrantCounts(String system) {
        guardedBy(system);
        system(asked -> granting(asked, asked.request().content().orElseThrow().attributes().object("dreq").orElseThrow()
                .text("or").orElseThrow()));
        assertThat(retrieved()).isEqualTo(2000);
        assertThat(network.requestsTo("das")).hasSize(1);
        assertThat(network.requestsTo("das").get(0).from()).contains("/mn-cse");
    }

    @Test
    void aSystemThatIsAwayLeavesTheDenial() {
        guardedBy("/in-cse/CDas");
        network.gone("das");
        assertThat(retrieved()).isEqualTo(4103);
    }

    @Test
    void aSystemThatIsSilentHoldsNobodyElseUp() {
        guardedBy("http://das/ask");
        CompletableFuture<ResponsePrimitive> never = new CompletableFuture<>();
        system(asked -> never);
        CompletableFuture<Integer> waiting = CompletableFuture.supplyAsync(this::retrieved);
        network.awaitRequests("das", 1);
        assertThat(gateway.ask(Operation.RETRIEVE, "COwner/data", "COwner", Optional.empty(), null).statusCode()).isEqualTo(2000);
        assertThat(waiting).isNotDone();
        assertThat(waiting.join()).as("after the request timeout").isEqualTo(4103);
    }

    @Test
    void aResourceThatAnswersNothingIsNoSystem() {
        guardedBy("mn-name/ask2");
        assertThat(retrieved()).isEqualTo(4103);
    }
}
