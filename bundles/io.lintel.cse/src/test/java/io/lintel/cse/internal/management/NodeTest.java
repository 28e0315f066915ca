// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.management;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.NodeManagement;
import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.CseDriver.Body;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nodes, management objects, and this machine's own (TS-0001 9.6.18, 9.6.19, annex D; TS-0004 7.4.15, 7.4.18). */
class NodeTest {
    private static final int NOD = 14;
    private static final int MGO = 13;
    private static final String DEVICE = "mn-name/device";

    private final CseDriver cse = CseDriver.mn();
    private final Machine machine = new Machine();

    @AfterEach
    void close() {
        cse.close();
    }

    /** A machine with a memory, a switch to boot it, and software that it fails to install on demand. */
    private static final class Machine implements NodeManagement {
        private final List<String> executed = new ArrayList<>();
        private long free = 100;
        private boolean software = true;
        private CompletableFuture<Attributes> end = CompletableFuture.completedFuture(Attributes.empty());
        private boolean installed = true;

        @Override
        public List<ManagedObject> objects() {
            List<ManagedObject> objects = new ArrayList<>();
            objects.add(new ManagedObject("memory", "m2m:mem", Attributes.builder().set("mma", free).set("mmt", 1000).build(),
                    Attributes.of("dc", "main memory"), Set.of("mma")));
            objects.add(new ManagedObject("reboot", "m2m:rbo", Attributes.empty()));
            if (software) {
                objects.add(new ManagedObject("adapter", "m2m:swr", Attributes.builder().set("vr", "1.0").set("swn", "adapter")
                        .set("url", "file:adapter.jar").set("ins", Executables.status(installed ? "in" : "un", 1))
                        .set("acts", Executables.status("act", 1)).build()));
            }
            return objects;
        }

        @Override
        public void check(ManagedObject object, String executable) {
            if (executable.equals("far")) {
                throw Refusals.notImplemented("there are no factory settings");
            }
        }

        @Override
        public CompletionStage<Attributes> execute(ManagedObject object, String executable) {
            executed.add(object.name() + " " + executable);
            return end;
        }
    }

    private void node() {
        cse.admin().create("mn-name", NOD, Body.of("m2m:nod").with("ni", "urn:dev:1").named("device")).expect(2001);
    }

    private void ownNode() {
        cse.management = Optional.of(machine);
        cse.openNode();
    }

    private Attributes own(String name) {
        return cse.admin().retrieve("mn-name/node/" + name).expect(2000).content();
    }

    private static Body firmware() {
        return Body.of("m2m:fwr").with("mgd", 1001).with("vr", "1").with("fwn", "radio").with("url", "http://example.org/fw")
                .named("firmware");
    }

    @Test
    void aNodeFollowsTheCommonRules() {
        node();
        Attributes node = cse.admin().retrieve(DEVICE).expect(2000).content();
        assertThat(node.names()).containsExactlyInAnyOrder("rn", "ty", "ri", "pi", "ct", "lt", "et", "ni");
        assertThat(node.text("ni")).contains("urn:dev:1");
        cse.admin().create("mn-name", NOD, Body.of("m2m:nod")).expect(4000);
        cse.ae("CAE1").create("mn-name/cae1", NOD, Body.of("m2m:nod").with("ni", "x")).expect(4108);
    }

    @ParameterizedTest
    @CsvSource({"m2m:mem, 1003, mma, mmt", "m2m:bat, 1006, btl, bts", "m2m:evl, 1010, lgt, lgst"})
    void anObjectIsWhatItsElementAndItsDefinitionSay(String element, int definition, String one, String two) {
        node();
        Body body = Body.of(element).with("mgd", definition).with(one, 1).with(two, 2);
        Body whole = element.equals("m2m:evl") ? body.with("lgd", "") : body;
        Attributes made = cse.admin().create(DEVICE, MGO, whole).expect(2001).content();
        assertThat(made.number("ty")).contains(13L);
        assertThat(made.number("mgd")).contains((long) definition);
        cse.admin().create(DEVICE, MGO, whole.with("mgd", 1007)).expect(4000);
        cse.admin().create(DEVICE, MGO, Body.of("m2m:mgo").with("mgd", 0)).expect(4000);
        cse.admin().create(DEVICE, MGO, Body.of("m2m:cnt")).expect(4000);
        cse.admin().create("mn-name", MGO, whole).expect(4108);
    }

    @Test
    void areaNetworksAreObjectsLikeAnyOther() {
        node();
        Attributes made = cse.admin().create(DEVICE, MGO, Body.of("m2m:ani").with("mgd", 1004).with("ant", "zigbee")
                .with("ldv", List.of("dev1", "dev2")).named("network")).expect(2001).content();
        assertThat(made.names()).containsExactlyInAnyOrder("rn", "ty", "ri", "pi", "ct", "lt", "et", "mgd", "ant", "ldv");
        cse.admin().update(DEVICE + "/network", Body.of("m2m:ani").with("ant", Attributes.NULL)).expect(4000);
    }

    @Test
    void aCmdhPolicyNeedsItsFourParts() {
        node();
        List<Attributes> links = new ArrayList<>();
        for (int type : new int[] {1013, 1016, 1017}) {
            links.add(Attributes.builder().set("nm", "l").set("typ", type).set("val", "id").build());
        }
        Body policy = Body.of("m2m:cmp").with("mgd", 1011).with("cpn", "p");
        cse.admin().create(DEVICE, MGO, policy.with("cmlk", links)).expect(4000).saying("1019");
        links.add(Attributes.builder().set("nm", "l").set("typ", 1019).set("val", "id").build());
        cse.admin().create(DEVICE, MGO, policy.with("cmlk", links)).expect(2001);
    }

    @Test
    void anExecutableOfADeviceTellsSubscribersAndReadsFalse() {
        node();
        Attributes made = cse.admin().create(DEVICE, MGO, firmware().with("ud", true)).expect(2001).content();
        assertThat(made.flag("ud")).contains(false);
        assertThat(made.object("uds")).contains(Attributes.of("sus", 0));
        cse.events.clear();

        Attributes updated = cse.admin().update(DEVICE + "/firmware", Body.of("m2m:fwr").with("ud", true).with("vr", "2"))
                .expect(2004).content();
        assertThat(updated.flag("ud")).contains(false);
        assertThat(updated.text("vr")).contains("2");
        assertThat(updated.object("uds")).contains(Executables.status("ud", 3));
        assertThat(cse.events).singleElement().satisfies(event -> {
            assertThat(event.kind()).isEqualTo(ResourceEvent.Kind.UPDATED);
            assertThat(event.modified().flag("ud")).contains(true);
        });
        cse.admin().update(DEVICE + "/firmware", Body.of("m2m:fwr").with("ud", true)).expect(4105);
        cse.admin().update(DEVICE + "/firmware", Body.of("m2m:fwr").with("uds", Executables.status("ud", 1))).expect(4000);
        cse.admin().update(DEVICE + "/firmware", Body.of("m2m:fwr").with("ud", false)).expect(2004);
    }

    @ParameterizedTest
    @CsvSource({"m2m:rbo, 1009, rbo, far", "m2m:swr, 1002, in, un", "m2m:swr, 1002, act, dea", "m2m:dvc, 1008, ena, dis",
        "m2m:evl, 1010, lga, lgo"})
    void oppositesAreRefused(String element, int definition, String one, String other) {
        node();
        Body body = Body.of(element).with("mgd", definition).named("object");
        Body whole = switch (element) {
            case "m2m:swr" -> body.with("vr", "1").with("swn", "s").with("url", "u");
            case "m2m:dvc" -> body.with("can", "wifi").with("att", true).with("cas", Attributes.of("sus", 0)).with("cus", true);
            case "m2m:evl" -> body.with("lgt", 1).with("lgd", "").with("lgst", 2);
            default -> body;
        };
        cse.admin().create(DEVICE, MGO, whole).expect(2001);
        cse.admin().update(DEVICE + "/object", Body.of(element).with(one, true).with(other, true)).expect(4000);
        cse.admin().update(DEVICE + "/object", Body.of(element).with(one, true).with(other, false)).expect(2004);
        assertThat(cse.admin().retrieve(DEVICE + "/object").expect(2000).content().flag(one)).contains(false);
    }

    @Test
    void theCseOfANodeIsNamedThere() {
        node();
        Body cse2 = Body.of("m2m:csr").with("cb", "/cse2/base").with("csi", "/cse2").with("rr", false);
        CseDriver.Peer registree = cse.as("/cse2");
        registree.create("mn-name", 16, cse2.with("nl", "mn-name/device").named("two")).expect(2001);
        assertThat(cse.admin().retrieve(DEVICE).content().text("hcl")).contains("/cse2");
        registree.update("mn-name/two", Body.of("m2m:csr").with("nl", "/elsewhere/node1")).expect(2004);
        assertThat(cse.admin().retrieve(DEVICE).content().has("hcl")).isFalse();
        registree.update("mn-name/two", Body.of("m2m:csr").with("nl", "mn-name/device")).expect(2004);
        registree.delete("mn-name/two").expect(2002);
        assertThat(cse.admin().retrieve(DEVICE).content().has("hcl")).isFalse();
    }

    @Test
    void theAesOfANodeAreListedThere() {
        node();
        String id = cse.admin().retrieve(DEVICE).content().text("ri").orElseThrow();
        cse.as("CAE1").create("mn-name", CseDriver.AE, CseDriver.ae().with("nl", id).named("one")).expect(2001);
        CseDriver.Peer two = cse.ae("CAE2");
        two.update("mn-name/cae2", Body.of("m2m:ae").with("nl", "mn-name/device")).expect(2004);
        assertThat(cse.admin().retrieve(DEVICE).content().texts("hael")).containsExactly("CAE1", "CAE2");
        two.update("mn-name/cae2", Body.of("m2m:ae").with("nl", "/elsewhere/node1")).expect(2004);
        assertThat(cse.admin().retrieve(DEVICE).content().texts("hael")).containsExactly("CAE1");
        cse.as("CAE1").delete("mn-name/one").expect(2002);
        assertThat(cse.admin().retrieve(DEVICE).content().has("hael")).isFalse();
    }

    @Test
    void theOwnNodeIsMadeAndLinked() {
        ownNode();
        Attributes node = cse.admin().retrieve("mn-name/node").expect(2000).content();
        assertThat(node.text("ni")).contains("mn-cse");
        assertThat(node.text("hcl")).contains("/mn-cse");
        assertThat(cse.admin().retrieve("mn-name").content().text("nl")).isEqualTo(node.text("ri"));
        cse.ae("CAE1").retrieve("mn-name/node").expect(4103);
        cse.restart();
        cse.openNode();
        assertThat(cse.admin().retrieve("mn-name/node").expect(2000).content()).isEqualTo(node);
    }

    @Test
    void whatIsReadOfTheMachineIsOfThisMoment() {
        ownNode();
        assertThat(own("memory").number("mma")).contains(100L);
        assertThat(own("memory").number("mgd")).contains(1003L);
        assertThat(own("memory").text("dc")).contains("main memory");
        machine.free = 95;
        assertThat(own("memory").number("mma")).contains(95L);
        cse.events.clear();
        cse.core().refreshNode().toCompletableFuture().join();
        assertThat(cse.events).as("a twentieth less").isEmpty();
        machine.free = 77;
        assertThat(own("memory").number("mma")).contains(77L);
        cse.events.clear();
        cse.core().refreshNode().toCompletableFuture().join();
        assertThat(cse.events).singleElement().satisfies(event ->
                assertThat(event.modified().number("mma")).contains(77L));
        machine.software = false;
        cse.core().refreshNode().toCompletableFuture().join();
        cse.admin().retrieve("mn-name/node/adapter").expect(4004);
        cse.management = Optional.empty();
        assertThat(own("memory").number("mma")).contains(77L);
    }

    @Test
    void theMachineExecutesOnceAndAfterTheCommit() {
        ownNode();
        CseDriver.Peer once = cse.admin().delivery("d1");
        io.lintel.primitive.RequestPrimitive request = once.builder(io.lintel.primitive.Operation.UPDATE, "mn-name/node/reboot")
                .content(new io.lintel.primitive.Content("m2m:rbo", Attributes.of("rbo", true))).build();
        assertThat(cse.send(request, once.hop()).statusCode()).isEqualTo(2004);
        assertThat(cse.send(request, once.hop()).statusCode()).isEqualTo(2004);
        assertThat(machine.executed).containsExactly("reboot rbo");
        assertThat(own("reboot").flag("rbo")).contains(false);
        cse.admin().update("mn-name/node/reboot", Body.of("m2m:rbo").with("far", true)).expect(5001).saying("factory");
        assertThat(machine.executed).hasSize(1);
        cse.management = Optional.empty();
        cse.admin().update("mn-name/node/reboot", Body.of("m2m:rbo").with("rbo", true)).expect(5001);
    }

    @Test
    void theStatusFollowsTheAction() {
        ownNode();
        machine.end = new CompletableFuture<>();
        assertThat(cse.admin().update("mn-name/node/adapter", Body.of("m2m:swr").with("dea", true)).expect(2004).content()
                .object("acts")).contains(Executables.status("dea", 3));
        assertThat(own("adapter").object("acts")).contains(Executables.status("dea", 3));
        cse.core().refreshNode().toCompletableFuture().join();
        assertThat(own("adapter").object("acts")).contains(Executables.status("dea", 3));
        machine.end.completeExceptionally(new IllegalStateException("it does not stop"));
        cse.core().refreshNode().toCompletableFuture().join();
        assertThat(own("adapter").object("acts")).contains(Executables.status("dea", 2));

        machine.end = CompletableFuture.completedFuture(Attributes.of("vr", "2.0"));
        cse.admin().update("mn-name/node/adapter", Body.of("m2m:swr").with("act", true)).expect(2004);
        cse.core().refreshNode().toCompletableFuture().join();
        assertThat(own("adapter").object("acts")).contains(Executables.status("act", 1));
        assertThat(machine.executed).containsExactly("adapter dea", "adapter act");
    }

    @Test
    void whatWasInProcessWhenTheCseEndedHasFailed() {
        ownNode();
        machine.end = new CompletableFuture<>();
        cse.admin().update("mn-name/node/adapter", Body.of("m2m:swr").with("un", true)).expect(2004);
        cse.management = Optional.empty();
        cse.restart();
        cse.openNode();
        assertThat(own("adapter").object("ins")).as("until it is asked for, the machine may come").contains(
                Executables.status("un", 3));
        cse.core().refreshNode().toCompletableFuture().join();
        assertThat(own("adapter").object("ins")).contains(Executables.status("un", 2));
    }

    @Test
    void whatTheMachineDidBeforeTheCseEndedIsNoFailure() {
        ownNode();
        machine.end = new CompletableFuture<>();
        cse.admin().update("mn-name/node/adapter", Body.of("m2m:swr").with("un", true)).expect(2004);
        machine.installed = false;
        cse.restart();
        cse.openNode();
        assertThat(own("adapter").object("ins")).contains(Executables.status("un", 1));
    }

    @Test
    void aFailureStaysUntilTheMachineSaysThatItIsDone() {
        ownNode();
        machine.end = CompletableFuture.failedFuture(new IllegalStateException("it is in use"));
        cse.admin().update("mn-name/node/adapter", Body.of("m2m:swr").with("un", true)).expect(2004);
        cse.core().refreshNode().toCompletableFuture().join();
        assertThat(own("adapter").object("ins")).contains(Executables.status("un", 2));
        machine.installed = false;
        cse.core().refreshNode().toCompletableFuture().join();
        assertThat(own("adapter").object("ins")).contains(Executables.status("un", 1));
    }
}
