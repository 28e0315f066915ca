// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import static io.lintel.cse.internal.CseDriver.ACP;
import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.SUB;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.address.Wildcard;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ScheduleExpression;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may do what (TS-0003 7.1, TS-0001 9.6.2). */
class AccessControlTest {
    private static final int CREATE = 1;
    private static final int RETRIEVE = 2;
    private static final int UPDATE = 4;
    private static final int DELETE = 8;

    private final CseDriver cse = CseDriver.mn();
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

    private static Attributes rule(int operations, String... originators) {
        return Attributes.builder().set("acor", List.of(originators)).set("acop", operations).build();
    }

    private static Attributes set(Attributes... rules) {
        return rules.length == 0 ? Attributes.empty() : Attributes.of("acr", List.of(rules));
    }

    /** A policy of the owner's, and a container "data" that it guards. */
    private void guardedBy(Attributes... rules) {
        owner.create("mn-name/cae1", ACP, CseDriver.Body.of("m2m:acp").named("policy").with("pv", set(rules))
                .with("pvs", set(rule(63, "CAE1")))).expect(2001);
        owner.create("mn-name/cae1", CNT, cnt().named("data").with("acpi", List.of("mn-name/cae1/policy"))).expect(2001);
    }

    private void data() {
        owner.create("mn-name/cae1", CNT, cnt().named("data")).expect(2001);
    }

    @Test
    @Tag("MQ-61")
    void withoutAPolicyAResourceIsItsCreators() {
        data();
        owner.create("mn-name/cae1/data", CIN, cin("x").named("one")).expect(2001);
        other.retrieve("mn-name/cae1/data").expect(4103);
        other.retrieve("mn-name/cae1/data/one").expect(4103);
        other.retrieve("mn-name/cae1/data/la").expect(4103);
        other.create("mn-name/cae1/data", CIN, cin("y")).expect(4103);
        other.update("mn-name/cae1/data", cnt().with("mni", 1)).expect(4103);
        other.delete("mn-name/cae1/data").expect(4103);
        other.delete("mn-name/cae1").expect(4103);
        other.retrieve("mn-name/cae1").expect(4103);
        other.create("mn-name/cae1", CNT, cnt()).expect(4103);
        owner.retrieve("mn-name/cae1").expect(2000);
        owner.update("mn-name/cae1", CseDriver.Body.of("m2m:ae").with("apn", "x")).expect(2004);
        owner.delete("mn-name/cae1/data").expect(2002);
    }

    @Test
    void theCustodianComesBeforeTheCreator() {
        owner.create("mn-name/cae1", CNT, cnt().named("data").with("cstn", "CAE2")).expect(2001);
        other.retrieve("mn-name/cae1/data").expect(2000);
        owner.retrieve("mn-name/cae1/data").expect(4103);
    }

    @Test
    void theAdministratorMayDoEverything() {
        data();
        cse.admin().retrieve("mn-name/cae1/data").expect(2000);
        cse.admin().create("mn-name/cae1/data", CIN, cin("x")).expect(2001);
        cse.admin().create("mn-name", CNT, cnt().named("shared")).expect(2001);
        cse.admin().delete("mn-name/cae1").expect(2002);
    }

    @Test
    void whoeverIsRegisteredMayRetrieveTheCseBaseAndNoMore() {
        owner.retrieve("mn-name").expect(2000);
        cse.as("/in-cse").retrieve("mn-name").expect(2000);
        cse.as("/in-cse/CApp").retrieve("mn-name").expect(4103);
        owner.create("mn-name", CNT, cnt()).expect(4103);
    }

    @ParameterizedTest
    @CsvSource({
        "all, 2000", "CAE2, 2000", "/mn-cse/CAE2, 2000", "//lintel.example/mn-cse/CAE2, 2000", "//lintel.example, 2000",
                "CAE*, 2000",
        "C*, 2000", "*, 2000", "/mn-cse/C*, 2000", "//lintel.example/mn-cse/*, 2000", "*2, 2000", "C*E2, 2000",
        "CAE3, 4103", "CAE, 4103", "CAE22, 4103", "/mn-cse, 4103", "/in-cse/CAE2, 4103", "/*, 4103", "//other.example, 4103",
        "S*, 4103", "//lintel.example/*, 4103", "C.E2, 4103", "c*, 4103"})
    void originatorsInAllForms(String entry, int status) {
        guardedBy(rule(RETRIEVE, entry));
        other.retrieve("mn-name/cae1/data").expect(status);
    }

    @ParameterizedTest
    @CsvSource({
        "/in-cse, /in-cse, 2000", "/in-cse, /in-cse/CApp, 4103", "/in-cse/CApp, /in-cse/CApp, 2000",
                "/in-cse/C*, /in-cse/CApp, 2000",
        "/in-*, /in-cse, 2000", "/in*, /in-cse/CApp, 4103", "all, /in-cse/CApp, 2000", "//lintel.example, /in-cse/CApp, 2000",
        "//lintel.example, //foreign.example/x/CY, 4103", "//foreign.example, //foreign.example/x/CY, 2000",
        "/S77, /S77, 2000", "S77, /S77, 2000", "S*, /S77, 2000", "*, /in-cse/CApp, 4103", "CApp, /in-cse/CApp, 4103"})
    void originatorsElsewhere(String entry, String originator, int status) {
        guardedBy(rule(RETRIEVE, entry));
        cse.as(originator).retrieve("mn-name/cae1/data").expect(status);
    }

    @ParameterizedTest
    @CsvSource({"1, 2001, 4103, 4103, 4103", "2, 4103, 2000, 4103, 4103", "4, 4103, 4103, 2004, 4103",
            "8, 4103, 4103, 4103, 2002",
        "63, 2001, 2000, 2004, 2002", "6, 4103, 2000, 2004, 4103", "48, 4103, 4103, 4103, 4103"})
    void eachOperationHasItsBit(int operations, int create, int retrieve, int update, int delete) {
        guardedBy(rule(operations, "CAE2"));
        other.create("mn-name/cae1/data", CIN, cin("x")).expect(create);
        other.retrieve("mn-name/cae1/data").expect(retrieve);
        other.update("mn-name/cae1/data", cnt().with("mni", 9)).expect(update);
        other.delete("mn-name/cae1/data").expect(delete);
    }

    @Test
    @Tag("MQ-61")
    void aPolicyReplacesTheCreatorsRight() {
        guardedBy(rule(RETRIEVE, "CAE2"));
        owner.retrieve("mn-name/cae1/data").expect(4103);
    }

    @Test
    void anyRuleOfAnyPolicySuffices() {
        guardedBy(rule(UPDATE, "CAE2"), rule(RETRIEVE, "CAE2"));
        other.retrieve("mn-name/cae1/data").expect(2000);
        other.delete("mn-name/cae1/data").expect(4103);
        String second = owner.create("mn-name/cae1", ACP, CseDriver.Body.of("m2m:acp").with("pv", set(rule(DELETE, "CAE2")))
                .with("pvs", set(rule(63, "CAE1")))).expect(2001).ri();
        owner.update("mn-name/cae1/data", cnt().with("acpi", List.of("mn-name/cae1/policy", second))).expect(2004);
        other.delete("mn-name/cae1/data").expect(2002);
    }

    @Test
    void instancesFollowTheirContainer() {
        guardedBy(rule(CREATE | RETRIEVE | DELETE, "CAE2"));
        other.create("mn-name/cae1/data", CIN, cin("x").named("one")).expect(2001);
        other.retrieve("mn-name/cae1/data/one").expect(2000);
        other.retrieve("mn-name/cae1/data/la").expect(2000);
        owner.retrieve("mn-name/cae1/data/one").expect(4103);
        other.delete("mn-name/cae1/data/one").expect(2002);
    }

    @Test
    void aPolicyGuardsItselfByItsSelfPrivileges() {
        guardedBy(rule(63, "CAE2"));
        other.retrieve("mn-name/cae1/policy").expect(4103);
        other.update("mn-name/cae1/policy", CseDriver.Body.of("m2m:acp").with("lbl", List.of("x"))).expect(4103);
        owner.retrieve("mn-name/cae1/policy").expect(2000);
        owner.update("mn-name/cae1/policy", CseDriver.Body.of("m2m:acp").with("pv", set(rule(63, "CAE3")))).expect(2004);
        other.retrieve("mn-name/cae1/data").expect(4103);
        owner.delete("mn-name/cae1/policy").expect(2002);
    }

    @Test
    void aPolicyThatIsGoneLeavesTheCreator() {
        guardedBy(rule(63, "CAE2"));
        owner.delete("mn-name/cae1/policy").expect(2002);
        owner.retrieve("mn-name/cae1/data").expect(2000);
        other.retrieve("mn-name/cae1/data").expect(4103);
    }

    @Test
    void nobodyIsLockedOutByAPolicy() {
        CseDriver.Body policy = CseDriver.Body.of("m2m:acp").with("pv", set());
        owner.create("mn-name/cae1", ACP, policy.with("pvs", set())).expect(4000).saying("pvs");
        owner.create("mn-name/cae1", ACP, policy.with("pvs", set(rule(63, "CAE1"))).named("p")).expect(2001);
        owner.update("mn-name/cae1/p", CseDriver.Body.of("m2m:acp").with("pvs", set())).expect(4000).saying("pvs");
        owner.create("mn-name/cae1", ACP, policy.with("pvs", set(rule(64, "CAE1")))).expect(4000);
        owner.create("mn-name/cae1", ACP, policy.with("pvs", set(rule(0, "CAE1")))).expect(4000);
        owner.create("mn-name/cae1", ACP, policy).expect(4000).saying("pvs");
    }

    @Test
    void theChangeOfPoliciesNeedsTheSelfPrivilegeOfThoseInForce() {
        guardedBy(rule(63, "CAE2"));
        other.update("mn-name/cae1/data", cnt().with("acpi", Attributes.NULL)).expect(4103);
        owner.update("mn-name/cae1/data", cnt().with("acpi", List.of("mn-name/cae1/policy")).with("mni", 1)).expect(4000)
                .saying("acpi");
        owner.update("mn-name/cae1/data", cnt().with("acpi", List.of("mn-name/none"))).expect(4000);
        owner.update("mn-name/cae1/data", cnt().with("acpi", Attributes.NULL)).expect(2004);
        other.retrieve("mn-name/cae1/data").expect(4103);
        other.update("mn-name/cae1/data", cnt().with("acpi", List.of("mn-name/cae1/policy"))).expect(4103);
        owner.update("mn-name/cae1/data", cnt().with("acpi", List.of("mn-name/cae1/policy"))).expect(2004);
    }

    @Test
    void aTimeWindow() {
        Attributes night = Attributes.of("actw", List.of("* * 3 * * * *"));
        guardedBy(rule(RETRIEVE, "CAE2").toBuilder().set("acco", List.of(night)).build());
        other.retrieve("mn-name/cae1/data").expect(2000);
        cse.clock.pass(java.time.Duration.ofHours(1));
        other.retrieve("mn-name/cae1/data").expect(4103);
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 2000", "127.0.0.0/8, 2000", "10.0.0.0/8, 4103"})
    void anAddressBlock(String block, int status) {
        Attributes place = Attributes.of("acip", Attributes.of("ipv4", List.of(block)));
        guardedBy(rule(RETRIEVE, "CAE2").toBuilder().set("acco", List.of(place)).build());
        other.retrieve("mn-name/cae1/data").expect(status);
    }

    @Test
    void contextsAreAlternativesAndTheirPartsAreNot() {
        Attributes wrong = Attributes.builder().set("actw", List.of("* * 3 * * * *"))
                .set("acip", Attributes.of("ipv4", List.of("10.0.0.0/8"))).build();
        Attributes right = Attributes.of("actw", List.of("* * 3 * * * *"));
        guardedBy(rule(RETRIEVE, "CAE2").toBuilder().set("acco", List.of(wrong)).build());
        other.retrieve("mn-name/cae1/data").expect(4103);
        owner.update("mn-name/cae1/policy", CseDriver.Body.of("m2m:acp").with("pv",
                set(rule(RETRIEVE, "CAE2").toBuilder().set("acco", List.of(wrong, right)).build()))).expect(2004);
        other.retrieve("mn-name/cae1/data").expect(2000);
    }

    @Test
    void anUnknownPlaceIsNowhere() {
        Attributes germany = Attributes.of("aclr", Attributes.of("accc", List.of("DE")));
        guardedBy(rule(RETRIEVE, "CAE2").toBuilder().set("acco", List.of(germany)).build());
        other.retrieve("mn-name/cae1/data").expect(4103);
    }

    @Test
    void whatIsForTheAuthenticatedNeedsAProof() {
        guardedBy(rule(RETRIEVE, "CAE2").toBuilder().set("acaf", true).build());
        other.retrieve("mn-name/cae1/data").expect(4103);
        other.topic("CAE2").retrieve("mn-name/cae1/data").expect(4103);
        other.verified("CAE2").retrieve("mn-name/cae1/data").expect(2000);
        other.via(new Hop(Binding.LOCAL, "adapter", true, true, java.util.Optional.empty(), java.util.Optional.empty(),
                java.util.Optional.empty(), java.util.Optional.empty())).retrieve("mn-name/cae1/data").expect(2000);
    }

    @Test
    void aRuleMayBeForCertainChildrenOnly() {
        Attributes containersOnly = Attributes.builder().set("ty", 3).set("chty", List.of(3)).build();
        guardedBy(rule(CREATE | RETRIEVE, "CAE2").toBuilder().set("acod", List.of(containersOnly)).build());
        other.create("mn-name/cae1/data", CNT, cnt()).expect(2001);
        other.create("mn-name/cae1/data", CIN, cin("x")).expect(4103);
        other.retrieve("mn-name/cae1/data").expect(2000);
    }

    @Test
    void aSubscriberMustBeAbleToRetrieve() {
        guardedBy(rule(CREATE, "CAE2"));
        CseDriver.Body subscription = CseDriver.Body.of("m2m:sub").with("nu", List.of("CAE2"));
        other.create("mn-name/cae1/data", SUB, subscription).expect(4103).saying("RETRIEVE");
        owner.update("mn-name/cae1/policy", CseDriver.Body.of("m2m:acp").with("pv", set(rule(CREATE | RETRIEVE, "CAE2"))))
                .expect(2004);
        other.create("mn-name/cae1/data", SUB, subscription).expect(2001);
    }

    @Test
    void whoMayNotCreateLearnsNothingOfTheRest() {
        data();
        other.create("mn-name/cae1/data", CIN, CseDriver.Body.of("m2m:foo")).expect(4103);
        other.create("mn-name/cae1/data", 9, CseDriver.Body.of("m2m:grp")).expect(4103);
    }

    @Test
    void wildcardsEndAtTheSlash() {
        assertThat(Wildcard.matches("/a*", "/abc")).isTrue();
        assertThat(Wildcard.matches("/a*", "/abc/d")).isFalse();
        assertThat(Wildcard.matches("/*/d", "/abc/d")).isTrue();
        assertThat(Wildcard.matches("**", "x")).isTrue();
        assertThat(Wildcard.matches("", "")).isTrue();
        assertThat(Wildcard.matches("*", "")).isTrue();
        assertThat(Wildcard.matches("a*b*c", "aXbXbc")).isTrue();
        assertThat(Wildcard.matches("a*b*c", "aXbXb")).isFalse();
        assertThat(Wildcard.matches("C.y", "Cxy")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"2001:db8::/32, 2001:db8:1::5, true", "2001:db8::/32, 2001:db9::1, false", "::1, ::1, true",
            "::1/128, [::1]:5683, true",
        "10.0.0.0/8, gw.example/10.1.2.3:1883, true", "::1, /[0:0:0:0:0:0:0:1]:80, true", "::1, 0:0:0:0:0:0:0:1:5683, true",
        "fe80::/10, fe80:0:0:0:1:2:3:4%eth0:5683, true", "10.0.0.0/8, 10.1.2.3:1883, true",
        "10.0.0.0/33, 10.1.2.3, false", "10.0.0.0/x, 10.1.2.3, false",
        "10.0.0, 10.0.0.0, false",
        "0.0.0.0/0, 192.0.2.1, true", "0.0.0.0/0, ::1, false", "10.0.0.1, client-7, false", "fe80::1:2:3:4:5:6:7:8, ::1, false"})
    void addressBlocks(String block, String peer, boolean contained) {
        assertThat(AddressBlock.contains(block, peer)).isEqualTo(contained);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"* * * * * * *; true", "* * * * * *; true", "5 4 3 2 1 5 2026; true",
            "* * 0-5 * * * *; true",
        "* * 4-5 * * * *; false", "*/5 */2 * * * * *; true", "*/6 * * * * * *; false", "1,5 * * * * * *; true",
        "0-30/5 * * * * * *; true",
        "* * * * * 0,6 *; false", "* * *; false", "x * * * * * *; false", "*/0 * * * * * *; false"})
    void schedules(String schedule, boolean contained) {
        assertThat(ScheduleExpression.contains(schedule, cse.clock.instant())).isEqualTo(contained);
    }
}
