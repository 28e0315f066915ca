// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.profile;

import static io.lintel.cse.internal.CseDriver.AE;
import static io.lintel.cse.internal.CseDriver.CSR;
import static io.lintel.cse.internal.CseDriver.ae;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.cse.api.Hop;
import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.access.AccessSettings;
import io.lintel.cse.internal.operation.Limits;
import io.lintel.cse.internal.profile.ServiceSubscriptions.Mode;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Service subscriptions at the IN-CSE, and what they mean for registrations there and at a gateway (TS-0003 8.2.2.3). */
class ServiceSubscriptionsTest {
    private static final int RULE = 19;
    private static final int NODE = 20;
    private static final int PROFILE = 11;

    private final List<CseDriver> nodes = new ArrayList<>();

    @AfterEach
    void close() {
        nodes.forEach(CseDriver::close);
    }

    private CseDriver node(CseType type, Mode mode) {
        CseDriver node = CseDriver.with(CseDriver.settings(type, true).with(new AccessSettings("", List.of(), Map.of(), mode),
                Limits.none()));
        nodes.add(node);
        return node;
    }

    private static CseDriver.Body rule(String name) {
        return CseDriver.Body.of("m2m:asar").named(name);
    }

    /** A subscription of the registrar with these rules. */
    private static void subscription(CseDriver infrastructure, String registrar, CseDriver.Body... rules) {
        List<String> links = new ArrayList<>();
        for (CseDriver.Body rule : rules) {
            links.add(infrastructure.admin().create("in-name", RULE, rule).expect(2001).ri());
        }
        infrastructure.admin().create("in-name", PROFILE, CseDriver.Body.of("m2m:mssp").named("profile")).expect(2001);
        infrastructure.admin().create("in-name/profile", NODE, CseDriver.Body.of("m2m:svsn").named("node").with("ni", "urn:gw:1")
                .with("csi", registrar).with("rlk", links)).expect(2001);
    }

    private static void registree(CseDriver infrastructure) {
        infrastructure.as("/mn-cse").create("in-name", CSR, CseDriver.Body.of("m2m:csr").with("cb", "/mn-cse/mn-name")
                .with("csi", "/mn-cse").with("rr", true)).expect(2001);
    }

    private static CseDriver.Peer shows(CseDriver.Peer peer, String credential) {
        return peer.via(new Hop(Binding.MQTT, "device", true, false, Optional.empty(), Optional.empty(),
                Optional.of(credential), Optional.empty()));
    }

    @ParameterizedTest
    @CsvSource({"C, 2001", "'', 2001", "S, 2001", "CAny, 2001"})
    void withoutOneTheSettingsAloneCount(String wish, int status) {
        node(CseType.IN, Mode.IF_PRESENT).as(wish).create("in-name", AE, ae()).expect(status);
    }

    @Test
    void whereItIsRequiredNobodyRegistersWithoutIt() {
        CseDriver infrastructure = node(CseType.IN, Mode.REQUIRED);
        infrastructure.as("C").create("in-name", AE, ae()).expect(4128).saying("/in-cse");
        infrastructure.as("/mn-cse").create("in-name", CSR, CseDriver.Body.of("m2m:csr").with("cb", "/mn-cse/mn-name")
                .with("csi", "/mn-cse").with("rr", true)).expect(4128).saying("/mn-cse");
        subscription(infrastructure, "/mn-cse");
        registree(infrastructure);
    }

    @ParameterizedTest
    @CsvSource({"C, N.test, 2001, C", "'', N.test, 2001, C", "CAny, N.test, 2001, CAny", "S, N.test, 4126, ''",
        "SAny, N.test, 4126, ''", "C, N.other, 4126, ''"})
    void aRuleNamesAppIdsAndKindsOfStems(String wish, String appId, int status, String stem) {
        CseDriver infrastructure = node(CseType.IN, Mode.IF_PRESENT);
        subscription(infrastructure, "/in-cse", rule("one").with("aai", List.of("N.te*")).with("aae", List.of("C*")));
        CseDriver.Result result = infrastructure.as(wish).create("in-name", AE, ae().with("api", appId)).expect(status);
        assertThat(result.content().text("aei").orElse("")).startsWith(stem);
    }

    @Test
    void aCredentialThatStandsForOneStemGetsIt() {
        CseDriver infrastructure = node(CseType.IN, Mode.IF_PRESENT);
        subscription(infrastructure, "/in-cse", rule("a").with("apci", List.of("12-key1@*")).with("aae", List.of("CMeter")),
                rule("b").with("apci", List.of("None")).with("aae", List.of("S*")));
        assertThat(shows(infrastructure.as(""), "12-key1@x").create("in-name", AE, ae()).expect(2001).content().text("aei"))
                .contains("CMeter");
        shows(infrastructure.as("C"), "12-key2@x").create("in-name", AE, ae()).expect(4126).saying("12-key2@x");
        infrastructure.as("C").create("in-name", AE, ae()).expect(4126);
        assertThat(infrastructure.as("").create("in-name", AE, ae()).expect(2001).content().text("aei").orElse(""))
                .startsWith("S");
    }

    @Test
    void aCertificateIsACredential() {
        CseDriver infrastructure = node(CseType.IN, Mode.IF_PRESENT);
        subscription(infrastructure, "/in-cse", rule("a").with("apci", List.of("33-CMeter*")));
        infrastructure.as("CMeter1").verified("CMeter1").create("in-name", AE, ae()).expect(2001);
        infrastructure.as("COther").verified("COther").create("in-name", AE, ae()).expect(4126).saying("33-COther");
        infrastructure.as("CMeter2").create("in-name", AE, ae()).expect(4126).saying("no credential");
    }

    @Test
    void changesCountAtOnce() {
        CseDriver infrastructure = node(CseType.IN, Mode.IF_PRESENT);
        subscription(infrastructure, "/in-cse", rule("a").with("aai", List.of("N.other")));
        infrastructure.as("C").create("in-name", AE, ae()).expect(4126);
        infrastructure.admin().update("in-name/a", rule0().with("aai", List.of("N.test"))).expect(2004);
        infrastructure.as("C").create("in-name", AE, ae()).expect(2001);
        infrastructure.restart();
        infrastructure.as("C").create("in-name", AE, ae().with("api", "N.x")).expect(4126);
        infrastructure.admin().delete("in-name/profile").expect(2002);
        infrastructure.as("C").create("in-name", AE, ae().with("api", "N.x")).expect(2001);
    }

    private static CseDriver.Body rule0() {
        return CseDriver.Body.of("m2m:asar");
    }

    @Test
    void aNodeIsOneForItsCseAndLinksRules() {
        CseDriver infrastructure = node(CseType.IN, Mode.IF_PRESENT);
        subscription(infrastructure, "/mn-cse");
        CseDriver.Body another = CseDriver.Body.of("m2m:svsn").with("ni", "urn:2");
        infrastructure.admin().create("in-name/profile", NODE, another.with("csi", "/mn-cse")).expect(4105).saying("/mn-cse");
        infrastructure.admin().create("in-name/profile", NODE, another.with("rlk", List.of("in-name/none"))).expect(4000)
                .saying("rlk");
        infrastructure.admin().create("in-name", NODE, another).expect(4108);
        infrastructure.admin().delete("in-name/profile/node").expect(2002);
        infrastructure.admin().create("in-name/profile", NODE, another.with("csi", "/mn-cse")).expect(2001);
    }

    @Test
    void thereAreNoneElsewhere() {
        CseDriver gateway = node(CseType.MN, Mode.OFF);
        for (int type : new int[] {PROFILE, RULE, NODE, 7, 21, 22}) {
            gateway.admin().create("mn-name", type, CseDriver.Body.of("m2m:x")).expect(4005);
        }
    }

    // ---- at a gateway, which asks the IN-CSE ----

    private CseDriver gateway(CseDriver infrastructure, Mode mode) {
        CseDriver gateway = node(CseType.MN, mode);
        gateway.registrar("/in-cse");
        gateway.elsewhere = request -> infrastructure.core().dispatcher().handle(request, Hop.plain(Binding.HTTP, "mn", true));
        return gateway;
    }

    @Test
    void aGatewayAsksForItsOwnAndKeepsItForAMinute() {
        CseDriver infrastructure = node(CseType.IN, Mode.IF_PRESENT);
        registree(infrastructure);
        subscription(infrastructure, "/mn-cse", rule("a").with("aai", List.of("N.test")).with("aae", List.of("C*")));
        CseDriver gateway = gateway(infrastructure, Mode.REQUIRED);
        gateway.as("C").create("mn-name", AE, ae()).expect(2001);
        gateway.as("C").create("mn-name", AE, ae().with("api", "N.other")).expect(4126);
        assertThat(gateway.left).hasSize(3);
        infrastructure.admin().update("in-name/a", rule0().with("aai", List.of("N.other"))).expect(2004);
        gateway.clock.pass(Duration.ofSeconds(61));
        gateway.as("C").create("mn-name", AE, ae().with("api", "N.other")).expect(2001);
    }

    @Test
    void aGatewaySeesItsOwnAndNoOther() {
        CseDriver infrastructure = node(CseType.IN, Mode.IF_PRESENT);
        registree(infrastructure);
        subscription(infrastructure, "/mn-cse", rule("a"));
        infrastructure.admin().create("in-name", RULE, rule("b")).expect(2001);
        infrastructure.admin().create("in-name/profile", NODE, CseDriver.Body.of("m2m:svsn").named("other").with("ni", "urn:2")
                .with("csi", "/other-cse")).expect(2001);
        CseDriver.Peer gateway = infrastructure.as("/mn-cse");
        assertThat(gateway.fc("fu", 1).fc("ty", List.of(RULE, NODE)).retrieve("in-name").expect(2000).list())
                .isEqualTo(List.of("in-name/a", "in-name/profile/node"));
        gateway.retrieve("in-name/profile/other").expect(4103);
        gateway.retrieve("in-name/b").expect(4103);
        gateway.update("in-name/a", rule0().with("aai", List.of("N.x"))).expect(4103);
    }

    @Test
    void aGatewayWithoutOneRegistersNobodyIfItHasTo() {
        CseDriver infrastructure = node(CseType.IN, Mode.IF_PRESENT);
        registree(infrastructure);
        gateway(infrastructure, Mode.REQUIRED).as("C").create("mn-name", AE, ae()).expect(4128).saying("/mn-cse");
        gateway(infrastructure, Mode.IF_PRESENT).as("C").create("mn-name", AE, ae()).expect(2001);
    }

    @Test
    void whileTheInfrastructureIsAwayWhatWasHeardLastCounts() {
        CseDriver infrastructure = node(CseType.IN, Mode.IF_PRESENT);
        registree(infrastructure);
        subscription(infrastructure, "/mn-cse", rule("a").with("aai", List.of("N.test")));
        CseDriver gateway = gateway(infrastructure, Mode.REQUIRED);
        java.util.function.Function<RequestPrimitive, java.util.concurrent.CompletionStage<ResponsePrimitive>> reachable =
                gateway.elsewhere;
        gateway.elsewhere = request -> CompletableFuture.failedFuture(new PrimitiveException(
                ResponseStatusCode.TARGET_NOT_REACHABLE, "the link is down"));
        gateway.as("C").create("mn-name", AE, ae()).expect(5103).saying("the link is down");
        gateway.elsewhere = reachable;
        gateway.as("C").create("mn-name", AE, ae()).expect(2001);
        gateway.elsewhere = request -> CompletableFuture.failedFuture(new PrimitiveException(
                ResponseStatusCode.TARGET_NOT_REACHABLE, "the link is down"));
        gateway.clock.pass(Duration.ofHours(5));
        gateway.as("C").create("mn-name", AE, ae()).expect(2001);
        gateway.as("C").create("mn-name", AE, ae().with("api", "N.other")).expect(4126);
    }
}
