// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.announcement;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.WholeCse;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResponsePrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Types whose announced form has something of its own: flexContainers, management objects, time series. */
class AnnouncedTypesTest {
    private static final String BRIGHTNESS = "org.onem2m.common.moduleclass.brightness";

    private final OutboundNetwork network = new OutboundNetwork();
    private final List<WholeCse> nodes = new ArrayList<>();
    private WholeCse infrastructure;
    private WholeCse gateway;

    @BeforeEach
    void aGatewayAndItsInfrastructureNode() {
        infrastructure = WholeCse.infrastructure(network);
        nodes.add(infrastructure);
        gateway = WholeCse.gateway(network, "mn");
        nodes.add(gateway);
        gateway.awaitRegistered();
    }

    @AfterEach
    void close() {
        nodes.forEach(WholeCse::crash);
    }

    private Attributes made(String to, int type, String member, Attributes.Builder attributes) {
        ResponsePrimitive response = gateway.ask(Operation.CREATE, to, "CAdmin", Optional.of(type), new Content(member,
                attributes.set("at", List.of("/in-cse")).build()));
        assertThat(response.statusCode()).as(response.toString()).isEqualTo(2001);
        return response.content().orElseThrow().attributes();
    }

    private void update(String to, String member, Attributes changes) {
        ResponsePrimitive response = gateway.ask(Operation.UPDATE, to, "CAdmin", Optional.empty(), new Content(member, changes));
        assertThat(response.statusCode()).as(response.toString()).isEqualTo(2004);
        network.await(() -> gateway.store.outboundTargets().isEmpty(), "all is told");
    }

    private Content seen(Attributes original) {
        String link = original.texts("at").get(0);
        assertThat(link).startsWith("/in-cse/");
        ResponsePrimitive response = infrastructure.ask(Operation.RETRIEVE, link, "CAdmin", Optional.empty(), null);
        assertThat(response.statusCode()).as(link + " " + response).isEqualTo(2000);
        return response.content().orElseThrow();
    }

    private void deleted(String address, Attributes original) {
        assertThat(gateway.ask(Operation.DELETE, address, "CAdmin", Optional.empty(), null).statusCode()).isEqualTo(2002);
        network.await(() -> infrastructure.ask(Operation.RETRIEVE, original.texts("at").get(0), "CAdmin", Optional.empty(), null)
                .statusCode() == 4004, "it is gone above, too");
    }

    @Test
    void aFlexContainerIsAnnouncedInTheFormOfItsDefinition() {
        Attributes original = made("mn-name", 28, "cod:brigs", Attributes.builder().set("rn", "lamp").set("cnd", BRIGHTNESS)
                .set("brigs", 40).set("lbl", List.of("kitchen")).set("aa", List.of("brigs")));
        Content seen = seen(original);
        assertThat(seen.name()).isEqualTo("cod:brigsAnnc");
        assertThat(seen.attributes().number("ty")).contains(10028L);
        assertThat(seen.attributes().text("cnd")).as("mandatory").contains(BRIGHTNESS);
        assertThat(seen.attributes().number("brigs")).contains(40L);
        assertThat(seen.attributes().texts("lbl")).containsExactly("kitchen");
        assertThat(seen.attributes().names()).doesNotContain("st", "cs", "aa", "at");
        update("mn-name/lamp", "cod:brigs", Attributes.of("brigs", 75));
        assertThat(seen(original).attributes().number("brigs")).contains(75L);
        assertThat(infrastructure.ask(Operation.UPDATE, original.texts("at").get(0), "CAdmin", Optional.empty(),
                new Content("cod:brigsAnnc", Attributes.of("brigs", "bright"))).statusCode()).as("its attributes have types")
                .isEqualTo(4000);
        deleted("mn-name/lamp", original);
    }

    @Test
    void attributesOfAFlexContainerThatAreNotNamedStayHere() {
        Attributes original = made("mn-name", 28, "cod:tempe", Attributes.builder().set("rn", "heat")
                .set("cnd", "org.onem2m.common.moduleclass.temperature").set("curT0", 20.5).set("tarTe", 22.0)
                .set("aa", List.of("curT0")));
        assertThat(seen(original).attributes().get("curT0")).contains(20.5);
        assertThat(seen(original).attributes().has("tarTe")).isFalse();
        update("mn-name/heat", "cod:tempe", Attributes.of("aa", List.of("curT0", "tarTe")));
        assertThat(seen(original).attributes().get("tarTe")).contains(22.0);
        update("mn-name/heat", "cod:tempe", Attributes.of("aa", List.of("tarTe")));
        assertThat(seen(original).attributes().has("curT0")).isFalse();
    }

    @Test
    void aFlexContainerBelowAnotherIsAnnouncedBelowIt() {
        Attributes device = made("mn-name", 28, "cod:devLt", Attributes.builder().set("rn", "lamp")
                .set("cnd", "org.onem2m.common.device.deviceLight"));
        Attributes part = made("mn-name/lamp", 28, "cod:brigs", Attributes.builder().set("rn", "light").set("cnd", BRIGHTNESS)
                .set("brigs", 1).set("aa", List.of("brigs")));
        assertThat(seen(device).name()).isEqualTo("cod:devLtAnnc");
        assertThat(seen(part).attributes().text("pi").map(id -> "/in-cse/" + id)).contains(device.texts("at").get(0));
    }

    @Test
    void aManagementObjectIsAnnouncedBelowItsNode() {
        Attributes node = made("mn-name", 14, "m2m:nod", Attributes.builder().set("rn", "box").set("ni", "serial-1"));
        Attributes firmware = made("mn-name/box", 13, "m2m:fwr", Attributes.builder().set("rn", "os").set("mgd", 1001)
                .set("vr", "1.0").set("fwn", "os").set("url", "http://x/y").set("dc", "the system")
                .set("aa", List.of("vr", "dc")));
        assertThat(seen(node).attributes().text("ni")).contains("serial-1");
        Content seen = seen(firmware);
        assertThat(seen.name()).isEqualTo("m2m:fwrA");
        assertThat(seen.attributes().number("ty")).contains(10013L);
        assertThat(seen.attributes().number("mgd")).as("mandatory").contains(1001L);
        assertThat(seen.attributes().text("vr")).contains("1.0");
        assertThat(seen.attributes().text("dc")).contains("the system");
        assertThat(seen.attributes().names()).doesNotContain("fwn", "url", "uds", "ud");
        assertThat(seen.attributes().text("pi").map(id -> "/in-cse/" + id)).contains(node.texts("at").get(0));
        update("mn-name/box/os", "m2m:fwr", Attributes.of("vr", "1.1"));
        assertThat(seen(firmware).attributes().text("vr")).contains("1.1");
        deleted("mn-name/box/os", firmware);
        assertThat(seen(node).name()).isEqualTo("m2m:nodA");
    }

    @Test
    void aTimeSeriesIsAnnouncedWithItsInstances() {
        Attributes series = made("mn-name", 29, "m2m:ts", Attributes.builder().set("rn", "heat").set("mni", 10).set("pei", 60_000)
                .set("mdt", 1000).set("cnf", "text/plain:0").set("aa", List.of("pei", "mni")));
        Attributes seen = seen(series).attributes();
        assertThat(seen(series).name()).isEqualTo("m2m:tsA");
        assertThat(seen.number("ty")).contains(10029L);
        assertThat(seen.number("pei")).contains(60_000L);
        assertThat(seen.number("mni")).contains(10L);
        assertThat(seen.names()).doesNotContain("mdt", "cnf", "cni", "cbs");
        Attributes point = made("mn-name/heat", 30, "m2m:tsi", Attributes.builder().set("dgt", "20260101T000000").set("con", "21")
                .set("snr", 1).set("aa", List.of("dgt", "con")));
        Content seenPoint = seen(point);
        assertThat(seenPoint.name()).isEqualTo("m2m:tsiA");
        assertThat(seenPoint.attributes().text("con")).contains("21");
        assertThat(seenPoint.attributes().text("dgt")).contains("20260101T000000");
        assertThat(seenPoint.attributes().has("snr")).isFalse();
        assertThat(seenPoint.attributes().text("pi").map(id -> "/in-cse/" + id)).contains(series.texts("at").get(0));
        update("mn-name/heat", "m2m:ts", Attributes.of("mni", 5));
        assertThat(seen(series).attributes().number("mni")).contains(5L);
        deleted("mn-name/heat", series);
    }

    @Test
    void whatIsAnnouncedFollowsAlsoAfterTheInfrastructureWasAwayAndTheGatewayWasKilled() {
        Attributes original = made("mn-name", 28, "cod:brigs", Attributes.builder().set("rn", "lamp").set("cnd", BRIGHTNESS)
                .set("brigs", 40).set("aa", List.of("brigs")));
        network.gone("in");
        gateway.ask(Operation.UPDATE, "mn-name/lamp", "CAdmin", Optional.empty(), new Content("cod:brigs",
                Attributes.of("brigs", 1)));
        gateway.ask(Operation.UPDATE, "mn-name/lamp", "CAdmin", Optional.empty(), new Content("cod:brigs",
                Attributes.of("brigs", 2)));
        gateway.crash();
        infrastructure.listen("in", "/mn-cse");
        gateway.boot();
        network.await(() -> seen(original).attributes().number("brigs").equals(Optional.of(2L)), "the newest value arrived");
    }
}
