// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Notification targets that want to leave, and the policies that decide (TS-0001 9.6.31 to 9.6.33, 10.2.11). */
class TargetRemovalTest {
    private static final int NTPR = ResourceTypes.NOTIFICATION_TARGET_MGMT_POLICY_REF;
    private static final int NTP = ResourceTypes.NOTIFICATION_TARGET_POLICY;
    private static final int PDR = ResourceTypes.POLICY_DELETION_RULES;
    private static final String SUB = "in-name/C1/data/sub";

    private final OutboundNetwork network = new OutboundNetwork();
    private final WholeCse cse = WholeCse.infrastructure(network, new InMemoryResourceStore(10_000), Clock.systemUTC());

    @BeforeEach
    void aSubscriptionOfOneWithTwoOthersAsItsTargets() {
        for (int i = 1; i <= 3; i++) {
            cse.ae("C" + i, "http://ae" + i);
            network.answer("ae" + i, ResponseStatusCode.OK);
        }
        cse.create("in-name", "CAdmin", ResourceTypes.ACCESS_CONTROL_POLICY, "m2m:acp", Attributes.builder().set("rn", "all")
                .set("pv", Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of("all")).set("acop", 63)
                        .build())))
                .set("pvs", Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of("CAdmin")).set("acop", 63)
                        .build()))).build());
        for (String ae : List.of("C2", "C3")) {
            assertThat(cse.ask(Operation.UPDATE, "in-name/" + ae, ae, Optional.empty(), new Content("m2m:ae",
                    Attributes.of("acpi", List.of("in-name/all")))).statusCode()).isEqualTo(2004);
        }
        cse.create("in-name/C1", "C1", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.of("rn", "data"));
        cse.create("in-name/C1/data", "C1", ResourceTypes.SUBSCRIPTION, "m2m:sub", Attributes.builder().set("rn", "sub")
                .set("nu", List.of("/in-cse/C2", "in-name/C3")).set("enc", Attributes.of("net", List.of(3))).build());
    }

    @AfterEach
    void end() {
        cse.crash();
    }

    private ResponsePrimitive ask(Operation operation, String to, String from, Content content) {
        return cse.ask(operation, to, from, Optional.empty(), content);
    }

    private int leave(String ae) {
        return ask(Operation.DELETE, SUB + "/ntsr", ae, null).statusCode();
    }

    private List<String> targets() {
        return ask(Operation.RETRIEVE, SUB, "C1", null).content().map(content -> content.attributes().texts("nu"))
                .orElse(List.of());
    }

    private void policy(String name, String label, int action, String creator) {
        ResponsePrimitive response = cse.ask(Operation.CREATE, "in-name", creator, Optional.of(NTP), new Content("m2m:ntp",
                Attributes.builder().set("rn", name).set("plbl", label).set("acn", action).build()));
        assertThat(response.statusCode()).as(response.toString()).isEqualTo(2001);
    }

    private ResponsePrimitive reference(String name, Attributes reference) {
        return cse.ask(Operation.CREATE, SUB, "C1", Optional.of(NTPR), new Content("m2m:ntpr", reference.toBuilder().set("rn",
                name).build()));
    }

    private static Attributes ntpr(String policy, String... targets) {
        return Attributes.builder().set("ntu", List.of(targets)).set("npi", policy).build();
    }

    private void allowed(String policy, String... targets) {
        assertThat(reference("ref", ntpr(policy, targets)).statusCode()).isEqualTo(2001);
    }

    private RequestPrimitive lastTo(String authority, int count) {
        return network.awaitRequests(authority, count).get(count - 1);
    }

    @Test
    void withoutAPolicyATargetMayGo() {
        assertThat(ask(Operation.RETRIEVE, SUB + "/ntsr", "C2", null).statusCode()).isEqualTo(4005);
        assertThat(leave("C1")).as("who is no target").isEqualTo(4103);
        assertThat(leave("C2")).isEqualTo(2002);
        assertThat(targets()).containsExactly("in-name/C3");
        assertThat(leave("C2")).isEqualTo(4103);
        assertThat(leave("C3")).as("by the address of its resource").isEqualTo(2002);
        assertThat(ask(Operation.RETRIEVE, SUB, "C1", null).statusCode()).as("nobody is left").isEqualTo(4004);
    }

    @Test
    void aPolicyThatRejects() {
        policy("stay", "special", 2, "CAdmin");
        allowed("in-name/stay", "/in-cse/C2");
        assertThat(leave("C2")).isEqualTo(4103);
        assertThat(leave("C3")).as("another target has no such policy").isEqualTo(2002);
        assertThat(targets()).containsExactly("/in-cse/C2");
    }

    @Test
    void aPolicyThatSeeksTheCreatorsConsent() {
        policy("ask", "special", 3, "CAdmin");
        allowed("in-name/ask", "C2", "/in-cse/C3");
        assertThat(leave("C2")).isEqualTo(2002);
        RequestPrimitive asked = lastTo("ae1", 1);
        assertThat(asked.content().orElseThrow().attributes()).isEqualTo(Attributes.builder().set("sur", "/in-cse/" + SUB)
                .set("ntt", "/in-cse/C2").set("trr", true).build());
        network.await(() -> targets().equals(List.of("in-name/C3")), "it was allowed");
        network.answer("ae1", ResponseStatusCode.OPERATION_NOT_ALLOWED);
        assertThat(leave("C3")).isEqualTo(2002);
        lastTo("ae1", 2);
        network.peer("ae1", request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(ResponseStatusCode.OK,
                request.request().requestIdentifier()).content(new Content("m2m:sgn", Attributes.of("tra", false))).build()));
        assertThat(leave("C3")).isEqualTo(2002);
        lastTo("ae1", 3);
        assertThat(targets()).containsExactly("in-name/C3");
    }

    @Test
    void aPolicyThatInformsTheCreator() {
        policy("tell", "special", 4, "CAdmin");
        allowed("in-name/tell", "/in-cse/C2");
        assertThat(leave("C2")).isEqualTo(2002);
        assertThat(lastTo("ae1", 1).content().orElseThrow().attributes().has("trr")).isFalse();
        assertThat(targets()).hasSize(2);
    }

    @Test
    void theDefaultOfTheCreatorComesBeforeThatOfTheSystem() {
        policy("system", "default", 2, "CAdmin");
        assertThat(leave("C2")).isEqualTo(4103);
        assertThat(ask(Operation.UPDATE, "in-name", "CAdmin", new Content("m2m:cb", Attributes.empty())).isSuccess()).isFalse();
        policy("ok", "special", 1, "CAdmin");
        allowed("in-name/ok", "/in-cse/C2");
        assertThat(leave("C2")).as("what names the target comes first").isEqualTo(2002);
        assertThat(leave("C3")).isEqualTo(4103);
    }

    @Test
    void theRulesOfAPolicyMustHold() {
        policy("ok", "special", 1, "CAdmin");
        allowed("in-name/ok", "/in-cse/C2", "/in-cse/C3");
        rules("never", Attributes.of("tod", List.of("* * * * * * 2020")), 1, 2001);
        assertThat(leave("C2")).isEqualTo(4103);
        rules("always", Attributes.of("tod", List.of("* * * * * * 2020", "* * * * * * *")), 1, 2001);
        assertThat(leave("C2")).as("both groups").isEqualTo(4103);
        rules("third", Attributes.of("tod", List.of("* * * * * * *")), 1, 4000);
        assertThat(ask(Operation.UPDATE, "in-name/ok", "CAdmin", new Content("m2m:ntp", Attributes.of("rrs", 2))).statusCode())
                .isEqualTo(2004);
        assertThat(leave("C2")).as("either group").isEqualTo(2002);
    }

    private void rules(String name, Attributes contexts, int relation, int status) {
        assertThat(cse.ask(Operation.CREATE, "in-name/ok", "CAdmin", Optional.of(PDR), new Content("m2m:pdr",
                Attributes.builder().set("rn", name).set("dr", contexts).set("drr", relation).build())).statusCode())
                .isEqualTo(status);
    }

    @Test
    void aTargetHasOnePolicyInItsSubscription() {
        policy("one", "a", 1, "CAdmin");
        allowed("in-name/one", "/in-cse/C2");
        assertThat(reference("again", ntpr("in-name/one", "C2")).statusCode()).isEqualTo(4105);
        assertThat(reference("none", ntpr("in-name/none", "/in-cse/C3")).statusCode()).isEqualTo(4000);
        assertThat(reference("empty", Attributes.of("ntu", List.of())).statusCode()).isEqualTo(4000);
        assertThat(reference("other", Attributes.of("ntu", List.of("/in-cse/C3"))).statusCode()).isEqualTo(2001);
        assertThat(ask(Operation.UPDATE, SUB + "/other", "C1", new Content("m2m:ntpr", Attributes.of("ntu",
                List.of("/in-cse/C2", "/in-cse/C3")))).statusCode()).isEqualTo(4105);
        Attributes found = ask(Operation.RETRIEVE, SUB + "/ref", "C1", null).content().orElseThrow().attributes();
        assertThat(found.names()).containsExactlyInAnyOrder("rn", "ty", "ri", "pi", "ct", "lt", "et", "ntu", "npi");
    }

    @Test
    void aTargetMayAskForItInItsAnswer() {
        network.peer("ae2", request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(ResponseStatusCode.OK,
                request.request().requestIdentifier()).content(new Content("m2m:sgn", Attributes.of("trr", true))).build()));
        cse.create("in-name/C1/data", "C1", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Attributes.of("con", "x"));
        network.await(() -> targets().equals(List.of("in-name/C3")), "it is gone");
    }
}
