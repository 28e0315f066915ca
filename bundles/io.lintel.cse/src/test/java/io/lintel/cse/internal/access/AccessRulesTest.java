// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import static io.lintel.cse.internal.CseDriver.ACP;
import static io.lintel.cse.internal.CseDriver.AE;
import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.ae;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.operation.Limits;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.RequestParameter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules of policies that name groups, roles, places, types of resources and attributes (TS-0001 9.6.2, TS-0003 7.1). */
class AccessRulesTest {
    private static final int CREATE = 1;
    private static final int RETRIEVE = 2;
    private static final int UPDATE = 4;
    private static final int ROLE = 31;

    private final CseDriver cse = CseDriver.with(CseDriver.settings(CseIdentity.CseType.MN, true).with(
            new AccessSettings("DE", List.of("/in-cse/CIssuer*"), Map.of()), Limits.none()));
    private CseDriver.Peer owner;
    private CseDriver.Peer other;

    @BeforeEach
    void twoAes() {
        owner = cse.ae("CAE1");
        other = cse.ae("CAE2");
        cse.registrar("/in-cse");
    }

    @AfterEach
    void close() {
        cse.close();
    }

    private static Attributes.Builder rule(int operations, String... originators) {
        return Attributes.builder().set("acor", List.of(originators)).set("acop", operations);
    }

    private static Attributes set(Attributes.Builder... rules) {
        return Attributes.of("acr", Arrays.stream(rules).map(Attributes.Builder::build).toList());
    }

    private void guardedBy(Attributes.Builder... rules) {
        owner.create("mn-name/cae1", ACP, CseDriver.Body.of("m2m:acp").named("policy").with("pv", set(rules))
                .with("pvs", set(rule(63, "CAE1")))).expect(2001);
        owner.create("mn-name/cae1", CNT, cnt().named("data").with("acpi", List.of("mn-name/cae1/policy"))).expect(2001);
    }

    /** A group below the CSEBase, made past the rules of its type. */
    private void group(String name, int memberType, String... members) {
        Attributes attributes = Attributes.builder().set("ri", "grp-" + name).set("rn", name).set("ty", 9).set("pi", "base")
                .set("mt", memberType).set("mnm", 100).set("cnm", members.length).set("mtv", true)
                .set("mid", List.of(members)).build();
        cse.store.writeNow(writer -> {
            Resource resource = new Resource(9, "m2m:grp", "grp-" + name, "base", name, "CAdmin", Long.MAX_VALUE, attributes);
            if (writer.byId(resource.id()).isPresent()) {
                writer.update(resource);
            } else {
                writer.insert(resource);
            }
            return true;
        });
    }

    @ParameterizedTest
    @CsvSource({"CAE2, 2000", "/mn-cse/CAE2, 2000", "//lintel.example/mn-cse/CAE2, 2000", "mn-name/cae2, 2000", "-/cae2, 2000",
        "/mn-cse/mn-name/cae2, 2000", "/mn-cse/-/cae2, 2000", "CAE22, 4103", "mn-name/cae1, 4103", "/in-cse/CAE2, 4103",
        "mn-name/cae2/x, 4103"})
    void aMemberOfAGroupInAllForms(String member, int status) {
        group("friends", 2, "CAE9", member);
        guardedBy(rule(RETRIEVE, "mn-name/friends"));
        other.retrieve("mn-name/cae1/data").expect(status);
    }

    @ParameterizedTest
    @CsvSource({"grp-friends, 2000", "-/friends, 2000", "/mn-cse/grp-friends, 2000", "/mn-cse/mn-name/friends, 2000",
        "//lintel.example/mn-cse/-/friends, 2000", "mn-name/foes, 4103", "mn-name/cae2, 4103", "/in-cse/grp-friends, 4103"})
    void aGroupInAllForms(String entry, int status) {
        group("friends", 2, "CAE2");
        guardedBy(rule(RETRIEVE, entry));
        other.retrieve("mn-name/cae1/data").expect(status);
    }

    @ParameterizedTest
    @CsvSource({"/in-cse, /in-cse, 2000", "/in-cse/name, /in-cse, 2000", "mn-name/in-cse, /in-cse, 2000",
        "/in-cse, /in-cse/CApp, 4103", "/in-cse/CApp, /in-cse/CApp, 2000", "/in-cse/in-name/app, /in-cse/CApp, 4103",
        "/S7, /S7, 2000"})
    void membersElsewhere(String member, String originator, int status) {
        group("friends", 0, member);
        guardedBy(rule(RETRIEVE, "mn-name/friends"));
        cse.as(originator).retrieve("mn-name/cae1/data").expect(status);
    }

    @Test
    void groupsInGroupsAlsoInACircle() {
        group("outer", 9, "mn-name/middle/fopt");
        group("middle", 0, "mn-name/outer", "grp-inner");
        group("inner", 2, "mn-name/cae2");
        guardedBy(rule(RETRIEVE, "mn-name/outer"));
        other.retrieve("mn-name/cae1/data").expect(2000);
        group("inner", 2, "CAE3");
        other.retrieve("mn-name/cae1/data").expect(4103);
    }

    @Test
    void whoLeavesAGroupLosesTheRight() {
        group("friends", 2, "CAE2");
        guardedBy(rule(RETRIEVE, "mn-name/friends"));
        other.retrieve("mn-name/cae1/data").expect(2000);
        group("friends", 2, "CAE3");
        other.retrieve("mn-name/cae1/data").expect(4103);
    }

    @Test
    void aGroupMadeByARequest() {
        String group = cse.admin().create("mn-name", 9, CseDriver.Body.of("m2m:grp").named("real").with("mt", 2).with("mnm", 5)
                .with("mid", List.of("mn-name/cae2"))).expect(2001).ri();
        guardedBy(rule(RETRIEVE, group));
        other.retrieve("mn-name/cae1/data").expect(2000);
        cse.admin().update(group, CseDriver.Body.of("m2m:grp").with("mid", List.of("CAE1"))).expect(2004);
        other.retrieve("mn-name/cae1/data").expect(4103);
        cse.admin().delete(group).expect(2002);
        owner.retrieve("mn-name/cae1/data").expect(4103);
    }

    @Test
    void aChangedPolicyCountsAtOnce() {
        guardedBy(rule(RETRIEVE, "CAE2"));
        other.retrieve("mn-name/cae1/data").expect(2000);
        owner.update("mn-name/cae1/policy", CseDriver.Body.of("m2m:acp").with("pv", set(rule(RETRIEVE, "CAE3")))).expect(2004);
        other.retrieve("mn-name/cae1/data").expect(4103);
        owner.delete("mn-name/cae1/policy").expect(2002);
        owner.create("mn-name/cae1", ACP, CseDriver.Body.of("m2m:acp").named("policy").with("pv", set(rule(RETRIEVE, "CAE2")))
                .with("pvs", set(rule(63, "CAE1")))).expect(2001);
        other.retrieve("mn-name/cae1/data").expect(2000);
    }

    // ---- roles ----

    private CseDriver.Body role(String holder, String id) {
        return CseDriver.Body.of("m2m:rol").with("rlid", id).with("tkhd", holder).with("tkis", "/mn-cse")
                .with("tknb", cse.clock.in(java.time.Duration.ofHours(-1))).with("tkna",
                        cse.clock.in(java.time.Duration.ofHours(1)));
    }

    private CseDriver.Peer inRole(CseDriver.Peer peer, String... roles) {
        return peer.with(RequestParameter.ROLE_IDS, List.of(roles));
    }

    @Test
    void aRoleThatTheOriginatorHasAndNames() {
        guardedBy(rule(RETRIEVE, "nurse@lintel.example"));
        String ri = cse.admin().create("mn-name/cae2", ROLE, role("CAE2", "nurse@lintel.example")).expect(2001).ri();
        other.retrieve("mn-name/cae1/data").expect(4103);
        inRole(other, "nurse@lintel.example").retrieve("mn-name/cae1/data").expect(2000);
        inRole(other, "doctor@lintel.example").retrieve("mn-name/cae1/data").expect(4103);
        inRole(cse.ae("CAE3"), "nurse@lintel.example").retrieve("mn-name/cae1/data").expect(4103);
        inRole(cse.as("/in-cse/CAE2"), "nurse@lintel.example").retrieve("mn-name/cae1/data").expect(4103);
        cse.clock.pass(java.time.Duration.ofHours(2));
        inRole(other, "nurse@lintel.example").retrieve("mn-name/cae1/data").expect(4103);
        cse.admin().update(ri, CseDriver.Body.of("m2m:rol").with("tkna", cse.clock.in(java.time.Duration.ofHours(1))))
                .expect(2004);
        inRole(other, "nurse@lintel.example").retrieve("mn-name/cae1/data").expect(2000);
        cse.restart();
        inRole(other, "nurse@lintel.example").retrieve("mn-name/cae1/data").expect(2000);
        cse.admin().delete(ri).expect(2002);
        inRole(other, "nurse@lintel.example").retrieve("mn-name/cae1/data").expect(4103);
    }

    @Test
    void aRoleIsNotBorrowedWithAName() {
        guardedBy(rule(RETRIEVE, "nurse@lintel.example"));
        cse.ae("CAE3");
        cse.admin().create("mn-name/cae2", ROLE, role("CAE2", "nurse@lintel.example")).expect(2001);
        inRole(other.topic("CAE2"), "nurse@lintel.example").retrieve("mn-name/cae1/data").expect(2000);
        inRole(other.topic("CAE3"), "nurse@lintel.example").retrieve("mn-name/cae1/data").expect(4106);
        inRole(other.verified("CAE3"), "nurse@lintel.example").retrieve("mn-name/cae1/data").expect(4106);
        inRole(other.topic("/in-cse"), "nurse@lintel.example").retrieve("mn-name").expect(2000);
        inRole(cse.as("/in-cse/CAE2").topic("/in-cse"), "nurse@lintel.example").retrieve("mn-name/cae1/data").expect(4103);
    }

    @Test
    void nobodyGivesHimselfARole() {
        guardedBy(rule(RETRIEVE, "nurse@lintel.example"));
        other.create("mn-name/cae2", ROLE, role("CAE2", "nurse@lintel.example")).expect(2001);
        inRole(other, "nurse@lintel.example").retrieve("mn-name/cae1/data").expect(4103);
    }

    @Test
    void aTrustedIssuerGivesRolesToEntitiesElsewhere() {
        guardedBy(rule(RETRIEVE, "nurse@lintel.example"));
        owner.update("mn-name/cae1/policy", CseDriver.Body.of("m2m:acp").with("pv", set(rule(RETRIEVE, "nurse@lintel.example"))))
                .expect(2004);
        cse.admin().create("mn-name", ACP, CseDriver.Body.of("m2m:acp").named("roles").with("pv",
                set(rule(63, "/in-cse/CIssuer1"))).with("pvs", set(rule(63, "CAdmin")))).expect(2001);
        other.update("mn-name/cae2", CseDriver.Body.of("m2m:ae").with("acpi", List.of("mn-name/roles"))).expect(2004);
        cse.as("/in-cse/CIssuer1").create("mn-name/cae2", ROLE, role("/in-cse/CNurse", "nurse@lintel.example")).expect(2001);
        inRole(cse.as("/in-cse/CNurse"), "nurse@lintel.example").retrieve("mn-name/cae1/data").expect(2000);
    }

    @Test
    void aRoleWithoutTimeOrHolderIsRefused() {
        cse.admin().create("mn-name", ROLE, role("CAE2", "r").with("tkna", cse.clock.in(java.time.Duration.ofHours(-2))))
                .expect(4000).saying("tkna");
        cse.admin().create("mn-name", ROLE, role("/a/b/c", "r")).expect(4000).saying("tkhd");
        cse.admin().create("mn-name", ROLE, CseDriver.Body.of("m2m:rol").with("rlid", "r")).expect(4000);
    }

    // ---- places, objects, attributes ----

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"[13.4050, 52.5200]; 2000", "[13.4150, 52.5200]; 2000", "[13.4650, 52.5200]; 4103",
        "[52.5200, 13.4050]; 4103", "nowhere; 4103"})
    void aCircle(String coordinates, int status) {
        cse.as("CAE3").create("mn-name", AE, ae().named("cae3").with("loc", Attributes.builder().set("typ", 1)
                .set("crd", coordinates).build())).expect(2001);
        Attributes circle = Attributes.of("aclr", Attributes.of("accr", List.of(52.52, 13.405, 1000.0)));
        guardedBy(rule(RETRIEVE, "CAE3", "CAE2").set("acco", List.of(circle)));
        cse.as("CAE3").retrieve("mn-name/cae1/data").expect(status);
        other.retrieve("mn-name/cae1/data").expect(4103);
    }

    @ParameterizedTest
    @CsvSource({"DE, CAE2, 2000", "de, CAE2, 2000", "FR, CAE2, 4103", "DE, /in-cse, 2000", "DE, /in-cse/CApp, 4103"})
    void aCountryOfWhatIsRegisteredHere(String country, String originator, int status) {
        Attributes place = Attributes.of("aclr", Attributes.of("accc", List.of(country)));
        guardedBy(rule(RETRIEVE, "all").set("acco", List.of(place)));
        cse.as(originator).retrieve("mn-name/cae1/data").expect(status);
    }

    @Test
    void aRuleForOneSpecialisation() {
        Attributes forFirmware = Attributes.builder().set("ty", 13).set("spty", 1001).set("chty", List.of(23)).build();
        guardedBy(rule(CREATE, "CAE2").set("acod", List.of(forFirmware)));
        other.create("mn-name/cae1/data", CIN, cin("x")).expect(4103);
        Attributes any = Attributes.builder().set("chty", List.of(4)).build();
        owner.update("mn-name/cae1/policy", CseDriver.Body.of("m2m:acp").with("pv",
                set(rule(CREATE, "CAE2").set("acod", List.of(forFirmware, any))))).expect(2004);
        other.create("mn-name/cae1/data", CIN, cin("x")).expect(2001);
        other.create("mn-name/cae1/data", CNT, cnt()).expect(4103);
    }

    @Test
    void aRuleForSomeAttributes() {
        guardedBy(rule(RETRIEVE | UPDATE | 8, "CAE2").set("aca", List.of("mni", "lbl")));
        other.update("mn-name/cae1/data", cnt().with("mni", 5)).expect(2004);
        other.update("mn-name/cae1/data", cnt().with("mni", 5).with("mbs", 5)).expect(4103);
        other.retrieve("mn-name/cae1/data", "mni").expect(2000);
        other.retrieve("mn-name/cae1/data#mni").expect(2000);
        other.retrieve("mn-name/cae1/data", "mni", "st").expect(4103);
        other.retrieve("mn-name/cae1/data").expect(4103);
        other.delete("mn-name/cae1/data").expect(4103);
    }

    @Test
    void eachChildIsHeldAgainstARuleForSomeAttributes() {
        List<String> all = List.of("rn", "ty", "ri", "pi", "ct", "lt", "et", "st", "cni", "cbs", "acpi");
        guardedBy(rule(RETRIEVE, "CAE2").set("aca", all));
        cse.admin().create("mn-name/cae1/data", CNT, cnt().named("a").with("acpi", List.of("mn-name/cae1/policy"))).expect(2001);
        cse.admin().create("mn-name/cae1/data", CNT, cnt().named("b")
                .with("acpi", List.of("mn-name/cae1/policy")).with("lbl", List.of("secret"))).expect(2001);
        assertThat(other.rcn(4).retrieve("mn-name/cae1/data").expect(2000).names("m2m:cnt")).containsExactly("a");
    }

    @Test
    void aPollingChannelIsItsOwnersWhateverPoliciesSay() {
        guardedBy(rule(63, "all"));
        owner.update("mn-name/cae1", CseDriver.Body.of("m2m:ae").with("acpi", List.of("mn-name/cae1/policy"))).expect(2004);
        other.create("mn-name/cae1", 15, CseDriver.Body.of("m2m:pch")).expect(4103);
        cse.store.writeNow(writer -> {
            writer.insert(new Resource(15, "m2m:pch", "pch-1", "CAE1", "channel", "CAE1", Long.MAX_VALUE, Attributes.builder()
                    .set("ri", "pch-1").set("rn", "channel").set("ty", 15).set("pi", "CAE1").build()));
            return true;
        });
        other.retrieve("mn-name/cae1/channel").expect(4103);
        other.delete("mn-name/cae1/channel").expect(4103);
        owner.retrieve("mn-name/cae1/channel").expect(2000);
    }

    @Test
    void whatAPolicySaysOfDecisionsElsewhereIsKept() {
        String ri = owner.create("mn-name/cae1", ACP, CseDriver.Body.of("m2m:acp").with("pv", Attributes.empty())
                .with("pvs", set(rule(63, "CAE1"))).with("adri", List.of("/in-cse/d1")).with("apri", List.of("/in-cse/p1"))
                .with("airi", List.of("/in-cse/i1"))).expect(2001).ri();
        Attributes kept = owner.retrieve(ri).expect(2000).content();
        assertThat(kept.texts("adri")).containsExactly("/in-cse/d1");
        assertThat(kept.texts("apri")).containsExactly("/in-cse/p1");
        assertThat(kept.texts("airi")).containsExactly("/in-cse/i1");
    }

    @ParameterizedTest
    @CsvSource({"35", "36", "37"})
    void distributedAuthorizationIsNotServed(int type) {
        cse.admin().create("mn-name", type, CseDriver.Body.of("m2m:x")).expect(5001);
    }
}
