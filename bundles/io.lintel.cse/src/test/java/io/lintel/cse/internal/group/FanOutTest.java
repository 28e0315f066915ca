// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.CseDriver.Body;
import io.lintel.cse.internal.CseDriver.Peer;
import io.lintel.cse.internal.CseDriver.Result;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests to the members of a group through its fan-out point (TS-0004 7.4.14). */
class FanOutTest {
    private static final int GRP = 9;

    private final CseDriver cse = CseDriver.mn();
    private Peer app;

    @BeforeEach
    void aGroupOfTwoContainers() {
        app = cse.ae("CApp");
        app.create("mn-name/capp", CseDriver.CNT, CseDriver.cnt().named("c1")).expect(2001);
        app.create("mn-name/capp", CseDriver.CNT, CseDriver.cnt().named("c2")).expect(2001);
        group("g", "mn-name/capp/c1", "mn-name/capp/c2");
    }

    @AfterEach
    void close() {
        cse.close();
    }

    private void group(String name, Object... members) {
        group(app, name, 0, members);
    }

    private static void group(Peer owner, String name, int type, Object... members) {
        owner.create("mn-name/capp", GRP, Body.of("m2m:grp").with("rn", name).with("mnm", 1000).with("mt", type)
                .with("mid", List.of(members))).expect(2001);
    }

    private static List<Attributes> entries(Result result) {
        assertThat(result.response().content().orElseThrow().name()).isEqualTo("m2m:agr");
        return result.content().objects("m2m:rsp");
    }

    private static List<Long> statuses(Result result) {
        return entries(result).stream().map(entry -> entry.number("rsc").orElseThrow()).toList();
    }

    private static Attributes content(Attributes entry) {
        Attributes pc = entry.object("pc").orElseThrow();
        return pc.object(pc.names().iterator().next()).orElseThrow();
    }

    @Test
    void aRetrieveBringsAllMembers() {
        Result result = app.retrieve("mn-name/capp/g/fopt").expect(2000);
        List<Attributes> entries = entries(result);
        assertThat(entries).extracting(entry -> entry.text("fr").orElse("")).containsExactly("mn-name/capp/c1",
                "mn-name/capp/c2");
        assertThat(entries).allMatch(entry -> entry.number("rsc").equals(java.util.Optional.of(2000L)));
        assertThat(entries).extracting(entry -> entry.text("rqi").orElse("")).doesNotHaveDuplicates().doesNotContain("");
        assertThat(entries).extracting(entry -> content(entry).text("rn").orElse("")).containsExactly("c1", "c2");
        assertThat(entries.get(0).object("pc").orElseThrow().names()).containsExactly("m2m:cnt");
    }

    @Test
    void aCreateGoesToEachMemberAndItsInstancesAreReadBackByTheRestOfThePath() {
        Result made = app.create("mn-name/capp/g/fopt", CseDriver.CIN, CseDriver.cin("on")).expect(2000);
        assertThat(statuses(made)).containsExactly(2001L, 2001L);
        Result read = app.retrieve("mn-name/capp/g/fopt/la").expect(2000);
        assertThat(entries(read)).extracting(entry -> content(entry).text("con").orElse("")).containsExactly("on", "on");
        assertThat(entries(read)).extracting(entry -> entry.text("fr").orElse("")).containsExactly("mn-name/capp/c1",
                "mn-name/capp/c2");
        Result partly = app.delete("mn-name/capp/g/fopt/la").expect(2000);
        assertThat(statuses(partly)).containsExactly(2002L, 2002L);
        assertThat(statuses(app.retrieve("mn-name/capp/g/fopt/la").expect(2000))).containsExactly(4004L, 4004L);
        assertThat(app.retrieve("mn-name/capp/g").content().number("cnm"))
                .as("the members themselves were not deleted").contains(2L);
    }

    @Test
    void anUpdateAndResultContentsAndFilterCriteriaArePassedOn() {
        app.update("mn-name/capp/g/fopt", Body.of("m2m:cnt").with("lbl", List.of("lamp"))).expect(2000);
        assertThat(app.retrieve("mn-name/capp/c2").content().texts("lbl")).containsExactly("lamp");
        app.create("mn-name/capp/c1", CseDriver.CNT, CseDriver.cnt().named("below")).expect(2001);
        Result children = app.rcn(4).retrieve("mn-name/capp/g/fopt").expect(2000);
        assertThat(content(entries(children).get(0)).objects("m2m:cnt")).hasSize(1);
        Result found = app.fc("fu", 1).retrieve("mn-name/capp/g/fopt").expect(2000);
        assertThat(entries(found).get(0).object("pc").orElseThrow().texts("m2m:uril")).containsExactly("mn-name/capp/c1/below");
        Result nothing = app.rcn(0).update("mn-name/capp/g/fopt", Body.of("m2m:cnt").with("mni", 3)).expect(2000);
        assertThat(entries(nothing)).noneMatch(entry -> entry.has("pc"));
    }

    @Test
    void oneMemberThatRefusesDoesNotSpoilTheOthers() {
        group("h", "mn-name/capp/c1", "mn-name/capp/none", "mn-name");
        Result result = app.update("mn-name/capp/h/fopt", Body.of("m2m:cnt").with("mni", 3)).expect(2000);
        assertThat(statuses(result)).containsExactly(2004L, 4004L, 4005L);
        assertThat(entries(result).get(1).object("pc").orElseThrow().text("m2m:dbg").orElse("")).contains("none");
    }

    @Test
    void eachMemberIsGuardedByItsOwnPolicies() {
        Attributes all = Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of("all")).set("acop", 63).build()));
        cse.admin().create("mn-name", CseDriver.ACP, Body.of("m2m:acp").with("rn", "open").with("pv", all).with("pvs", all))
                .expect(2001);
        Peer other = cse.ae("COther");
        other.retrieve("mn-name/capp/g/fopt").expect(4103);
        app.update("mn-name/capp/g", Body.of("m2m:grp").with("macp", List.of("mn-name/open"))).expect(2004);
        assertThat(statuses(other.retrieve("mn-name/capp/g/fopt").expect(2000))).as("the group lets it in, the members do not")
                .containsExactly(4103L, 4103L);
        other.retrieve("mn-name/capp/g").expect(4103);
        app.update("mn-name/capp/c2", Body.of("m2m:cnt").with("acpi", List.of("mn-name/open"))).expect(2004);
        assertThat(statuses(other.retrieve("mn-name/capp/g/fopt").expect(2000))).containsExactly(4103L, 2000L);
    }

    @Test
    void aGroupWithoutMembersHasNobodyToAsk() {
        group("empty");
        app.retrieve("mn-name/capp/empty/fopt").expect(4109);
        app.with(RequestParameter.GROUP_REQUEST_TARGET_MEMBERS, List.of("mn-name/capp")).retrieve("mn-name/capp/g/fopt")
                .expect(4109);
        app.retrieve("mn-name/capp/none/fopt").expect(4004);
        app.retrieve("mn-name/capp/c1/fopt").expect(4004);
    }

    @Test
    void membersOfATypeGetNoImpossibleChildren() {
        group(app, "typed", 3, "mn-name/capp/c1", "mn-name/capp/c2");
        app.create("mn-name/capp/typed/fopt", CseDriver.AE, CseDriver.ae()).expect(4000);
        app.create("mn-name/capp/typed/fopt", CseDriver.ACP, Body.of("m2m:acp")).expect(4108);
        app.create("mn-name/capp/typed/fopt", CseDriver.CNT, CseDriver.cnt()).expect(2000);
    }

    @Test
    void nobodyRegistersThroughAGroup() {
        group("base", "mn-name");
        cse.nobody().create("mn-name/capp/base/fopt", CseDriver.AE, CseDriver.ae()).expect(4000).saying("registration");
    }

    @Test
    void onlyTheMembersAskedForAreAsked() {
        Result one = app.with(RequestParameter.GROUP_REQUEST_TARGET_MEMBERS, List.of("/mn-cse/mn-name/capp/c2", "mn-name/x"))
                .retrieve("mn-name/capp/g/fopt").expect(2000);
        assertThat(entries(one)).extracting(entry -> entry.text("fr").orElse("")).containsExactly("mn-name/capp/c2");
    }

    @Test
    void deletedMembersAreMembersNoMore() {
        group("h", "mn-name/capp/c1", "mn-name/capp/none", "mn-name/capp/c2/la", "/cse2/x");
        app.create("mn-name/capp/c2", CseDriver.CIN, CseDriver.cin("v")).expect(2001);
        cse.elsewhere = request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(ResponseStatusCode.DELETED,
                request.requestIdentifier()).build());
        assertThat(statuses(app.delete("mn-name/capp/h/fopt").expect(2000))).containsExactly(2002L, 4004L, 2002L, 2002L);
        Attributes group = app.retrieve("mn-name/capp/h").content();
        assertThat(group.texts("mid")).containsExactly("mn-name/capp/none", "mn-name/capp/c2/la");
        assertThat(group.number("cnm")).contains(2L);
    }

    @Test
    void membersElsewhereAreAskedInTheSameName() {
        group("h", "/cse2/name/c", "mn-name/capp/c1");
        List<RequestPrimitive> asked = new ArrayList<>();
        cse.elsewhere = request -> {
            asked.add(request);
            return CompletableFuture.completedFuture(ResponsePrimitive.builder(2000, request.requestIdentifier())
                    .content(new Content("m2m:cin", Attributes.of("con", "far"))).build());
        };
        app.create("mn-name/capp/c1", CseDriver.CIN, CseDriver.cin("near")).expect(2001);
        Result result = app.retrieve("mn-name/capp/h/fopt/la").expect(2000);
        assertThat(entries(result)).extracting(entry -> content(entry).text("con").orElse("")).containsExactly("far", "near");
        assertThat(entries(result)).extracting(entry -> entry.text("fr").orElse("")).containsExactly("/cse2/name/c",
                "mn-name/capp/c1");
        assertThat(asked).hasSize(1);
        assertThat(asked.get(0).to()).isEqualTo("/cse2/name/c/la");
        assertThat(asked.get(0).from()).contains("CApp");
        assertThat(asked.get(0).parameters().text("gid")).isPresent();
        assertThat(asked.get(0).requestIdentifier()).isNotEqualTo(result.request().requestIdentifier());
        assertThat(asked.get(0).parameters().has("rqet")).isTrue();
    }

    @Test
    void whenNobodyAnswersThatIsSaid() {
        group("h", "/cse2/x", "/cse3/x");
        cse.elsewhere = request -> CompletableFuture.failedFuture(new PrimitiveException(ResponseStatusCode.TARGET_NOT_REACHABLE,
                "away"));
        app.retrieve("mn-name/capp/h/fopt").expect(5209).saying("2 members");
    }

    @Test
    void whatHasComeWhenTheTimeIsOverIsTheAnswer() {
        group("h", "/cse2/x", "mn-name/capp/c1");
        cse.elsewhere = request -> new CompletableFuture<>();
        var answer = cse.core().dispatcher().handle(request("mn-name/capp/h/fopt", "now"), hop("k1")).toCompletableFuture();
        assertThat(answer).isNotDone();
        cse.core().executeDelayed();
        assertThat(answer).isNotDone();
        cse.clock.pass(Duration.ofSeconds(11));
        cse.core().executeDelayed();
        List<Attributes> entries = answer.join().content().orElseThrow().attributes().objects("m2m:rsp");
        assertThat(answer.join().statusCode()).isEqualTo(2000);
        assertThat(entries).extracting(entry -> entry.text("fr").orElse("")).containsExactly("mn-name/capp/c1");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4})
    void whatHasComeShowsInTheRequestResourceBeforeTheRest(int responseType) {
        group("h", "/cse2/x", "mn-name/capp/c1");
        CompletableFuture<ResponsePrimitive> other = new CompletableFuture<>();
        cse.elsewhere = request -> other;
        RequestPrimitive slow = request("mn-name/capp/h/fopt", "slow").toBuilder()
                .set(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", responseType)).build();
        var accepted = cse.core().dispatcher().handle(slow, hop("k1")).toCompletableFuture();
        if (responseType == 4) {
            assertThat(accepted).isNotDone();
            cse.clock.pass(Duration.ofSeconds(6));
            cse.core().executeDelayed();
        }
        assertThat(accepted.join().statusCode()).isEqualTo(1001);
        String address = String.valueOf(accepted.join().content().orElseThrow().value());
        cse.core().executeDelayed();
        whatWasWrittenIsThere();
        Attributes partly = app.retrieve(address).expect(2000).content();
        assertThat(partly.number("rs")).contains(5L);
        assertThat(answers(partly)).containsExactly("mn-name/capp/c1");
        app.delete(address).expect(5220);
        other.complete(ResponsePrimitive.builder(ResponseStatusCode.OK, "x").build());
        whatWasWrittenIsThere();
        Attributes whole = app.retrieve(address).expect(2000).content();
        assertThat(whole.number("rs")).contains(1L);
        assertThat(answers(whole)).containsExactly("/cse2/x", "mn-name/capp/c1");
        app.delete(address).expect(2002);
    }

    @Test
    void whatHadComeBeforeTheRequestResourceWasMadeShowsInIt() {
        group("h", "/cse2/x", "mn-name/capp/c1");
        cse.elsewhere = request -> new CompletableFuture<>();
        RequestPrimitive flexible = request("mn-name/capp/h/fopt", "flexible").toBuilder()
                .set(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", 4)).build();
        var accepted = cse.core().dispatcher().handle(flexible, hop("k1")).toCompletableFuture();
        cse.core().executeDelayed();
        cse.clock.pass(Duration.ofSeconds(6));
        cse.core().executeDelayed();
        String address = String.valueOf(accepted.join().content().orElseThrow().value());
        whatWasWrittenIsThere();
        Attributes partly = app.retrieve(address).expect(2000).content();
        assertThat(partly.number("rs")).contains(5L);
        assertThat(answers(partly)).containsExactly("mn-name/capp/c1");
    }

    /** The writer takes one task after the other. */
    private void whatWasWrittenIsThere() {
        app.update("mn-name/capp", Body.of("m2m:ae").with("apn", "x")).expect(2004);
    }

    private static List<String> answers(Attributes request) {
        return request.object("ors").flatMap(ors -> ors.object("pc")).flatMap(pc -> pc.object("m2m:agr")).orElseThrow()
                .objects("m2m:rsp").stream().map(entry -> entry.text("fr").orElse("")).toList();
    }

    @Test
    void theRequestsOwnExpirationEndsTheWaiting() {
        group("h", "/cse2/x");
        cse.elsewhere = request -> new CompletableFuture<>();
        RequestPrimitive brief = request("mn-name/capp/h/fopt", "brief").toBuilder()
                .set(RequestParameter.RESULT_EXPIRATION_TIMESTAMP, "2000").build();
        var answer = cse.core().dispatcher().handle(brief, hop("k1")).toCompletableFuture();
        cse.clock.pass(Duration.ofSeconds(3));
        cse.core().executeDelayed();
        assertThat(answer.join().statusCode()).isEqualTo(5209);
    }

    private RequestPrimitive request(String to, String identifier) {
        return RequestPrimitive.builder(Operation.RETRIEVE, to).from("CApp").requestIdentifier(identifier)
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").build();
    }

    private static Hop hop(String key) {
        return new Hop(Binding.HTTP, "127.0.0.1", true, false, java.util.Optional.empty(), java.util.Optional.empty(),
                java.util.Optional.empty(), java.util.Optional.of(key));
    }

    @Test
    void groupsInGroupsAnswerInGroups() {
        group("outer", "mn-name/capp/g/fopt", "mn-name/capp/g");
        Result result = app.retrieve("mn-name/capp/outer/fopt").expect(2000);
        assertThat(statuses(result)).containsExactly(2000L, 2000L);
        Attributes inner = content(entries(result).get(0));
        assertThat(inner.objects("m2m:rsp")).extracting(entry -> entry.text("fr").orElse("")).containsExactly("mn-name/capp/c1",
                "mn-name/capp/c2");
        assertThat(content(entries(result).get(1)).text("rn")).contains("g");
    }

    @Test
    void groupsThatNameEachOtherComeToAnEnd() {
        group("a", "mn-name/capp/b/fopt", "mn-name/capp/c1");
        group("b", "mn-name/capp/a/fopt", "mn-name/capp/c1", "mn-name/capp/b/fopt");
        Result result = app.create("mn-name/capp/a/fopt", CseDriver.CIN, CseDriver.cin("once")).expect(2000);
        assertThat(statuses(result)).hasSize(2);
        assertThat(app.retrieve("mn-name/capp/c1").content().number("cni")).as("each member once").contains(1L);
        assertThat(result.response().toString()).contains("rsc=4104");
    }

    @Test
    void aChainOfManyGroupsNeedsNoDeepStackAndAnswers() {
        group("chain0", "mn-name/capp/c1");
        for (int i = 1; i <= 100; i++) {
            group("chain" + i, "mn-name/capp/chain" + (i - 1) + "/fopt");
        }
        assertThat(app.retrieve("mn-name/capp/chain100/fopt").expect(2000).response().toString()).contains("rn=c1");
    }

    @Test
    void theSameGroupRequestComesToATargetOnce() {
        Peer through = app.with(RequestParameter.GROUP_REQUEST_IDENTIFIER, "other-host-1");
        through.retrieve("mn-name/capp/c1").expect(2000);
        through.retrieve("mn-name/capp/c1").expect(4104);
        through.retrieve("mn-name/capp/c2").expect(2000);
        through.update("mn-name/capp/c1", Body.of("m2m:cnt").with("mni", 1)).expect(2004);
        through.retrieve("mn-name/capp/g/fopt").expect(2000);
        through.retrieve("mn-name/capp/g/fopt").expect(4104);
        cse.clock.pass(Duration.ofMinutes(3));
        through.retrieve("mn-name/capp/c1").expect(2000);
    }

    @Test
    void aRepeatedDeliveryChangesNoMemberTwice() {
        group("h", "mn-name/capp/c1", "/cse2/x");
        List<RequestPrimitive> left = new ArrayList<>();
        cse.elsewhere = request -> {
            left.add(request);
            return CompletableFuture.completedFuture(ResponsePrimitive.builder(2001, request.requestIdentifier()).build());
        };
        RequestPrimitive request = app.builder(Operation.CREATE, "mn-name/capp/h/fopt").resourceType(CseDriver.CIN)
                .content(new Content("m2m:cin", Attributes.of("con", "v"))).build();
        ResponsePrimitive first = cse.send(request, hop("same"));
        cse.restart();
        ResponsePrimitive second = cse.send(request, hop("same"));
        assertThat(second).isEqualTo(first);
        assertThat(app.retrieve("mn-name/capp/c1").content().number("cni")).contains(1L);
        assertThat(left).hasSize(1);
    }

    @Test
    void aCrashInTheMiddleLeavesNoMemberChangedTwice() {
        group("h", "mn-name/capp/c1", "/cse2/x");
        List<RequestPrimitive> left = new ArrayList<>();
        cse.elsewhere = request -> {
            left.add(request);
            return new CompletableFuture<>();
        };
        RequestPrimitive request = app.builder(Operation.CREATE, "mn-name/capp/h/fopt").resourceType(CseDriver.CIN)
                .content(new Content("m2m:cin", Attributes.of("con", "v"))).build();
        cse.core().dispatcher().handle(request, hop("same"));
        cse.settle();
        cse.restart();
        cse.elsewhere = again -> {
            left.add(again);
            return CompletableFuture.completedFuture(ResponsePrimitive.builder(2001, again.requestIdentifier()).build());
        };
        ResponsePrimitive answer = cse.send(request, hop("same"));
        assertThat(answer.statusCode()).isEqualTo(2000);
        assertThat(app.retrieve("mn-name/capp/c1").content().number("cni")).contains(1L);
        assertThat(left).hasSize(2);
        assertThat(left.get(1)).as("the other CSE knows it again").isEqualTo(left.get(0));
    }

    @Test
    void manyMembersAreAskedSomeAtATime() {
        List<CompletableFuture<ResponsePrimitive>> waiting = new ArrayList<>();
        cse.elsewhere = request -> {
            CompletableFuture<ResponsePrimitive> answer = new CompletableFuture<>();
            synchronized (waiting) {
                waiting.add(answer);
            }
            return answer;
        };
        group("many", IntStream.range(0, 200).mapToObj(i -> "/cse2/x" + i).toArray());
        var response = cse.core().dispatcher().handle(request("mn-name/capp/many/fopt", "m"), hop("k")).toCompletableFuture();
        assertThat(waiting).hasSizeLessThanOrEqualTo(32).isNotEmpty();
        for (int i = 0; i < 200; i++) {
            waiting.get(i).complete(ResponsePrimitive.builder(2000, "r" + i).build());
        }
        assertThat(response.join().content().orElseThrow().attributes().objects("m2m:rsp")).hasSize(200);
    }

    @Test
    void anAsynchronousRequestGetsTheAggregatedAnswerAsItsResult() {
        Result accepted = app.with(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", 2)).retrieve("mn-name/capp/g/fopt");
        accepted.expect(1002);
        for (int i = 0; i < 1000 && cse.queued.isEmpty(); i++) {
            cse.core().executeDelayed();
            cse.settle();
        }
        assertThat(cse.queued).hasSize(1);
        Attributes result = cse.queued.get(0).request().content().orElseThrow().attributes();
        assertThat(result.number("rsc")).contains(2000L);
        assertThat(result.object("pc").orElseThrow().object("m2m:agr").orElseThrow().objects("m2m:rsp")).hasSize(2);
    }

    @Test
    void aNotificationGoesToAllMembersThatTakeOne() {
        group("h", "CApp", "mn-name/capp/c1");
        cse.elsewhere = request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(2000, request.requestIdentifier())
                .build());
        Result result = app.notify("mn-name/capp/h/fopt", Body.of("m2m:sgn").with("sur", "mn-name/x")).expect(2000);
        assertThat(statuses(result)).containsExactly(2000L, 4005L);
    }
}
