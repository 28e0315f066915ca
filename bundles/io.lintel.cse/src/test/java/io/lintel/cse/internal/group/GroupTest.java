// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.CseDriver.Body;
import io.lintel.cse.internal.CseDriver.Peer;
import io.lintel.cse.internal.CseDriver.Result;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The members of a {@code <group>}, and how they are held against its type (TS-0004 7.4.13). */
class GroupTest {
    private static final int GRP = 9;
    private static final int NOTHING = 0;

    private final CseDriver cse = CseDriver.mn();
    /** What there is at other CSEs: address → type; a type of 0 stands for a CSE that is away. */
    private final Map<String, Integer> elsewhere = new ConcurrentHashMap<>();
    private Peer app;

    @BeforeEach
    void containersOfAnApplication() {
        app = cse.ae("CApp");
        app.create("mn-name/capp", CseDriver.CNT, CseDriver.cnt().named("c1")).expect(2001);
        app.create("mn-name/capp", CseDriver.CNT, CseDriver.cnt().named("c2")).expect(2001);
        cse.elsewhere = this::answerElsewhere;
    }

    @AfterEach
    void close() {
        cse.close();
    }

    private CompletionStage<ResponsePrimitive> answerElsewhere(RequestPrimitive request) {
        Integer type = elsewhere.get(request.to());
        if (type == null || type == NOTHING) {
            return CompletableFuture.failedFuture(new PrimitiveException(type == null ? ResponseStatusCode.NOT_FOUND
                    : ResponseStatusCode.TARGET_NOT_REACHABLE, "no answer from " + request.to()));
        }
        ResponsePrimitive.Builder response = ResponsePrimitive.builder(type < 0 ? -type : 2000, request.requestIdentifier());
        return CompletableFuture.completedFuture(type < 0 ? response.build()
                : response.content(new Content("m2m:x", Attributes.of("ty", type))).build());
    }

    private static Body grp(Object... members) {
        return Body.of("m2m:grp").with("rn", "g").with("mnm", 5).with("mid", List.of(members));
    }

    private Result create(Body group) {
        return app.create("mn-name/capp", GRP, group);
    }

    @Test
    void aGroupOfAnythingCountsItsMembers() {
        Attributes made = create(grp("mn-name/capp/c1", "CApp").with("gn", "lamps").with("cr", Attributes.NULL)
                .with("nar", Attributes.builder().set("num", 2).set("dur", "PT1S").build())).expect(2001).content();
        assertThat(made.texts("mid")).containsExactly("mn-name/capp/c1", "CApp");
        assertThat(made.number("cnm")).contains(2L);
        assertThat(made.number("mnm")).contains(5L);
        assertThat(made.number("mt")).contains(0L);
        assertThat(made.number("csy")).contains(1L);
        assertThat(made.flag("mtv")).contains(true);
        assertThat(made.flag("ssi")).contains(false);
        assertThat(made.text("gn")).contains("lamps");
        assertThat(made.text("cr")).contains("CApp");
        assertThat(made.object("nar").orElseThrow().number("num")).contains(2L);
        assertThat(made.number("ty")).contains(9L);
    }

    @Test
    void aGroupMayBeEmpty() {
        assertThat(create(grp()).expect(2001).content().number("cnm")).contains(0L);
    }

    @Test
    void aMemberCountsOnceWhateverItIsCalled() {
        String id = app.retrieve("mn-name/capp/c1").ri();
        Attributes made = create(grp("mn-name/capp/c1", id, "/mn-cse/mn-name/capp/c1", "-/capp/c1", "/cse2/x", "/cse2/x"))
                .expect(2001).content();
        assertThat(made.texts("mid")).containsExactly("mn-name/capp/c1", "/cse2/x");
        assertThat(made.number("cnm")).contains(2L);
    }

    @Test
    void moreMembersThanAllowedAreRefused() {
        create(grp("a", "b", "c").with("mnm", 2)).expect(6010).saying("3 members");
        create(grp("a", "b", "c", "c", "c").with("mnm", 3)).expect(2001);
        app.update("mn-name/capp/g", Body.of("m2m:grp").with("mnm", 2)).expect(6010);
        app.update("mn-name/capp/g", Body.of("m2m:grp").with("mid", List.of("a", "b", "c", "d"))).expect(6010);
        assertThat(app.retrieve("mn-name/capp/g").content().number("cnm")).contains(3L);
        app.update("mn-name/capp/g", Body.of("m2m:grp").with("mid", List.of("a", "b", "c", "d")).with("mnm", 4)).expect(2004);
    }

    @Test
    void malformedMembersAndMissingAttributesAreRefused() {
        create(grp("not a name")).expect(4000).saying("mid");
        create(grp("mn-name/capp/c1#lbl")).expect(4000).saying("attribute");
        create(Body.of("m2m:grp").with("mid", List.of())).expect(4000).saying("mnm");
        create(Body.of("m2m:grp").with("mnm", 3)).expect(4000).saying("mid");
        create(grp().with("cnm", 1)).expect(4000).saying("cnm");
        create(grp().with("mnm", 0)).expect(4000).saying("mnm");
        create(grp().with("macp", List.of("mn-name/none"))).expect(4000).saying("mn-name/none");
        create(grp().with("spty", 1001)).expect(4000).saying("spty");
    }

    @Test
    void membersOfAnotherTypeAreLeftOutByDefault() {
        Attributes made = create(grp("mn-name/capp/c1", "CApp", "mn-name/capp/none").with("mt", 3)).expect(2001).content();
        assertThat(made.texts("mid")).containsExactly("mn-name/capp/c1");
        assertThat(made.number("cnm")).contains(1L);
        assertThat(made.flag("mtv")).contains(true);
        assertThat(made.number("mt")).contains(3L);
    }

    @Test
    void orTheyAreTheEndOfTheGroup() {
        create(grp("mn-name/capp/c1", "CApp").with("mt", 3).with("csy", 2)).expect(4110).saying("CApp");
        create(grp("mn-name/capp/c1", "mn-name/capp/none").with("mt", 3).with("csy", 2)).expect(4110).saying("not exist");
        app.retrieve("mn-name/capp/g").expect(4004);
    }

    @Test
    void orTheGroupIsMixedFromThenOn() {
        Attributes made = create(grp("mn-name/capp/c1", "CApp").with("mt", 3).with("csy", 3)).expect(2001).content();
        assertThat(made.texts("mid")).containsExactly("mn-name/capp/c1", "CApp");
        assertThat(made.number("mt")).contains(0L);
        assertThat(made.flag("mtv")).contains(true);
    }

    @Test
    void anUpdateIsHeldAgainstTheSameRules() {
        create(grp("mn-name/capp/c1").with("mt", 3)).expect(2001);
        Attributes changed = app.update("mn-name/capp/g", Body.of("m2m:grp").with("mid",
                List.of("mn-name/capp/c1", "mn-name/capp/c2", "CApp"))).expect(2004).content();
        assertThat(changed.texts("mid")).containsExactly("mn-name/capp/c1", "mn-name/capp/c2");
        assertThat(changed.number("cnm")).contains(2L);
        app.update("mn-name/capp/g", Body.of("m2m:grp").with("mt", 2)).expect(4000);
        app.update("mn-name/capp/g", Body.of("m2m:grp").with("csy", 2)).expect(4000);
        app.update("mn-name/capp/g", Body.of("m2m:grp").with("mid", Attributes.NULL)).expect(4000);
        app.update("mn-name/capp/g", Body.of("m2m:grp").with("gn", "x")).expect(2004);
        assertThat(app.update("mn-name/capp/g", Body.of("m2m:grp").with("gn", Attributes.NULL)).expect(2004).content().has("gn"))
                .isFalse();
    }

    @Test
    void aMemberThatItsOriginatorMayNotSeeIsRefused() {
        Peer other = cse.ae("COther");
        other.create("mn-name/cother", GRP, grp("mn-name/capp/c1").with("mt", 3)).expect(5105).saying("c1");
        other.create("mn-name/cother", GRP, grp("mn-name/capp/c1")).expect(2001);
    }

    @Test
    void subgroupsAndVirtualMembersHaveTypesOfTheirOwn() {
        create(grp("mn-name/capp/c1").with("mt", 3)).expect(2001);
        List<String> members = List.of("mn-name/capp/g/fopt", "mn-name/capp/c2", "mn-name/capp/g");
        Attributes nested = create(grp(members.toArray()).named("n").with("mt", 3)).expect(2001).content();
        assertThat(nested.texts("mid")).containsExactly("mn-name/capp/g/fopt", "mn-name/capp/c2");
        Attributes newest = create(grp("mn-name/capp/c1/la", "mn-name/capp/c1/ol", "mn-name/capp/c1").named("l")
                .with("mt", 20002)).expect(2001).content();
        assertThat(newest.texts("mid")).containsExactly("mn-name/capp/c1/la");
    }

    @Test
    void specialisationsAreToldApart() {
        Attributes made = create(grp("/cse2/firmware", "/cse2/software").with("mt", 13).with("spty", 1001)
                .with("csy", 1)).expect(2001).content();
        assertThat(made.texts("mid")).as("nothing is there").isEmpty();
        cse.elsewhere = request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(2000, request.requestIdentifier())
                .content(new Content("m2m:fwr", Attributes.builder().set("ty", 13).set("mgd",
                        request.to().endsWith("firmware") ? 1001 : 1002).build())).build());
        made = create(grp("/cse2/firmware", "/cse2/software").named("s").with("mt", 13).with("spty", 1001)).expect(2001)
                .content();
        assertThat(made.texts("mid")).containsExactly("/cse2/firmware");
    }

    @Test
    void membersElsewhereAreAskedForInTheNameOfTheOriginator() {
        elsewhere.put("/cse2/c", 3);
        elsewhere.put("/cse2/ae", 2);
        elsewhere.put("/cse2/grp", 9);
        Attributes made = create(grp("/cse2/c", "/cse2/ae", "/cse2/c/la").with("mt", 3)).expect(2001).content();
        assertThat(made.texts("mid")).containsExactly("/cse2/c", "/cse2/c/la");
        assertThat(made.flag("mtv")).contains(true);
        assertThat(cse.left).allMatch(request -> request.from().equals(java.util.Optional.of("CApp")))
                .extracting(RequestPrimitive::to).containsExactlyInAnyOrder("/cse2/c", "/cse2/ae", "/cse2/c");
    }

    @Test
    void aMixedGroupAsksNobody() {
        create(grp("/cse2/c")).expect(2001);
        assertThat(cse.left).isEmpty();
    }

    @Test
    void whoMayNotBeAskedIsRefused() {
        elsewhere.put("/cse2/c", -4103);
        create(grp("/cse2/c").with("mt", 3)).expect(5105);
    }

    @Test
    void whatIsOutOfReachIsAMemberUntilItIsKnown() {
        elsewhere.put("/cse2/c", NOTHING);
        elsewhere.put("/cse2/ae", NOTHING);
        Attributes made = create(grp("/cse2/c", "/cse2/ae", "mn-name/capp/c1").with("mt", 3)).expect(2001).content();
        assertThat(made.texts("mid")).containsExactly("/cse2/c", "/cse2/ae", "mn-name/capp/c1");
        assertThat(made.flag("mtv")).contains(false);
        later();
        assertThat(group().flag("mtv")).as("still out of reach").contains(false);
        elsewhere.put("/cse2/c", 3);
        elsewhere.put("/cse2/ae", 2);
        later();
        assertThat(group().texts("mid")).containsExactly("/cse2/c", "mn-name/capp/c1");
        assertThat(group().number("cnm")).contains(2L);
        assertThat(group().flag("mtv")).contains(true);
        assertThat(cse.events).as("it is told as an update").last().satisfies(event ->
                assertThat(event.modified().names()).contains("mid", "cnm", "mtv"));
    }

    @Test
    void whatIsNotKnownYetIsAskedForAfterARestart() {
        elsewhere.put("/cse2/ae", NOTHING);
        create(grp("/cse2/ae").with("mt", 3).with("csy", 2)).expect(2001);
        elsewhere.put("/cse2/ae", 2);
        cse.restart();
        later();
        app.retrieve("mn-name/capp/g").expect(4004);
    }

    @Test
    void aGroupBecomesMixedLater() {
        elsewhere.put("/cse2/ae", NOTHING);
        create(grp("/cse2/ae").with("mt", 3).with("csy", 3)).expect(2001);
        elsewhere.put("/cse2/ae", 2);
        later();
        assertThat(group().number("mt")).contains(0L);
        assertThat(group().flag("mtv")).contains(true);
        assertThat(group().texts("mid")).containsExactly("/cse2/ae");
    }

    private void later() {
        cse.clock.pass(Duration.ofMinutes(6));
        cse.core().executeDelayed();
        cse.core().executeDelayed();
        app.retrieve("mn-name/capp").expect(2000);
        cse.settle();
    }

    private Attributes group() {
        return app.retrieve("mn-name/capp/g").expect(2000).content();
    }
}
