// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Hop;
import io.lintel.cse.internal.CseDriver;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A consultation after a denial (TS-0003 7.3.1): who is asked, what, and what becomes of the answer. */
class DynamicAuthorizationTest {
    private static final int DAC = 34;

    private final CseDriver cse = CseDriver.mn();
    private CseDriver.Peer owner;
    private CseDriver.Peer other;

    @BeforeEach
    void aContainerWithAConsultation() {
        owner = cse.ae("CAE1");
        other = cse.ae("CAE2");
        owner.create("mn-name/cae1", DAC, consultation("ask", "/in-cse/CDas")).expect(2001);
        owner.create("mn-name/cae1", CNT, cnt().named("data").with("daci", List.of("mn-name/cae1/ask"))).expect(2001);
    }

    @AfterEach
    void close() {
        cse.close();
    }

    private static CseDriver.Body consultation(String name, String... systems) {
        return CseDriver.Body.of("m2m:dac").named(name).with("dae", true).with("dap", List.of(systems));
    }

    private static Attributes rules(int operations, String... originators) {
        return Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of(originators)).set("acop", operations)
                .build()));
    }

    private void granting(Attributes grant) {
        answering(Attributes.builder().set("sit", 2).set("dres", Attributes.of("dai", grant)).build());
    }

    private void answering(Attributes info) {
        cse.elsewhere = request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(ResponseStatusCode.OK,
                request.requestIdentifier()).content(new Content("m2m:seci", info)).build());
    }

    @Test
    void theSystemIsAskedAndItsGrantCounts() {
        granting(Attributes.of("gp", rules(2, "CAE2")));
        other.retrieve("mn-name/cae1/data").expect(2000);
        RequestPrimitive asked = cse.left.get(0);
        assertThat(asked.operation()).isEqualTo(Operation.NOTIFY);
        assertThat(asked.to()).isEqualTo("/in-cse/CDas");
        assertThat(asked.from()).contains("/mn-cse");
        assertThat(asked.parameters().has("rqet")).isTrue();
        assertThat(asked.content().orElseThrow().name()).isEqualTo("m2m:seci");
        Attributes info = asked.content().orElseThrow().attributes();
        assertThat(info.number("sit")).contains(1L);
        Attributes question = info.object("dreq").orElseThrow();
        assertThat(question.text("or")).contains("/mn-cse/CAE2");
        assertThat(question.number("trt")).contains(3L);
        assertThat(question.number("op")).contains(2L);
        assertThat(question.object("oip").flatMap(ip -> ip.text("ip4"))).contains("127.0.0.1");
        assertThat(question.text("trid")).contains("/mn-cse/" + owner.retrieve("mn-name/cae1/data").ri());
        assertThat(question.text("rts")).isPresent();
    }

    @Test
    void whatIsNotGrantedStaysDenied() {
        granting(Attributes.of("gp", rules(2, "CAE2")));
        other.delete("mn-name/cae1/data").expect(4103);
        cse.ae("CAE3").retrieve("mn-name/cae1/data").expect(4103);
        answering(Attributes.builder().set("sit", 2).set("dres", Attributes.empty()).build());
        other.retrieve("mn-name/cae1/data").expect(4103);
        answering(Attributes.of("sit", 5));
        other.retrieve("mn-name/cae1/data").expect(4103);
    }

    @Test
    void aGrantWithoutEndIsForTheRequestOnly() {
        granting(Attributes.of("gp", rules(2, "CAE2")));
        other.retrieve("mn-name/cae1/data").expect(2000);
        other.retrieve("mn-name/cae1/data").expect(2000);
        assertThat(cse.left).hasSize(2);
    }

    @Test
    void aGrantWithAnEndIsKeptUntilThen() {
        granting(Attributes.builder().set("gp", rules(3, "CAE2")).set("pl", cse.clock.in(Duration.ofMinutes(10))).build());
        other.retrieve("mn-name/cae1/data").expect(2000);
        other.retrieve("mn-name/cae1/data").expect(2000);
        other.create("mn-name/cae1/data", CIN, cin("x")).expect(2001);
        other.retrieve("mn-name/cae1/data/la").expect(2000);
        assertThat(cse.left).hasSize(1);
        cse.clock.pass(Duration.ofMinutes(11));
        answering(Attributes.of("sit", 2));
        other.retrieve("mn-name/cae1/data").expect(4103);
        assertThat(cse.left).hasSize(2);
    }

    @Test
    void aGrantEndsWithItsConsultation() {
        granting(Attributes.builder().set("gp", rules(2, "CAE2")).set("pl", cse.clock.in(Duration.ofDays(1))).build());
        other.retrieve("mn-name/cae1/data").expect(2000);
        owner.update("mn-name/cae1/ask", CseDriver.Body.of("m2m:dac").with("dae", false)).expect(2004);
        other.retrieve("mn-name/cae1/data").expect(4103);
        owner.update("mn-name/cae1/ask", CseDriver.Body.of("m2m:dac").with("dae", true)
                .with("dal", cse.clock.in(Duration.ofHours(1)))).expect(2004);
        other.retrieve("mn-name/cae1/data").expect(2000);
        cse.clock.pass(Duration.ofHours(2));
        other.retrieve("mn-name/cae1/data").expect(4103);
        assertThat(cse.left).hasSize(1);
    }

    @Test
    void aGrantCountsAfterARestartUntilItsEnd() {
        granting(Attributes.builder().set("gp", rules(2, "CAE2")).set("pl", cse.clock.in(Duration.ofDays(1))).build());
        other.retrieve("mn-name/cae1/data").expect(2000);
        cse.restart();
        other.retrieve("mn-name/cae1/data").expect(2000);
        other.delete("mn-name/cae1/data").expect(4103);
        assertThat(cse.left).as("asked about the DELETE only").hasSize(2);
        cse.clock.pass(Duration.ofDays(2));
        cse.restart();
        answering(Attributes.of("sit", 2));
        other.retrieve("mn-name/cae1/data").expect(4103);
    }

    @Test
    void childrenAreGuardedByTheConsultationOfTheirParent() {
        owner.create("mn-name/cae1/data", CNT, cnt().named("inner")).expect(2001);
        granting(Attributes.of("gp", rules(63, "CAE2")));
        other.update("mn-name/cae1/data/inner", cnt().with("mni", 3)).expect(2004);
        other.create("mn-name/cae1/data/inner", CIN, cin("x")).expect(2001);
        other.delete("mn-name/cae1/data/inner").expect(2002);
        owner.retrieve("mn-name/cae1/data").expect(2000);
    }

    @Test
    void theOwnConsultationComesBeforeTheParents() {
        owner.create("mn-name/cae1", DAC, consultation("own", "/in-cse/COther")).expect(2001);
        owner.create("mn-name/cae1/data", CNT, cnt().named("inner").with("daci", List.of("mn-name/cae1/own"))).expect(2001);
        granting(Attributes.of("gp", rules(2, "CAE2")));
        other.retrieve("mn-name/cae1/data/inner").expect(2000);
        assertThat(cse.left.get(0).to()).isEqualTo("/in-cse/COther");
    }

    @Test
    void theNextAddressIsTriedWhenOneIsSilent() {
        owner.update("mn-name/cae1/ask", CseDriver.Body.of("m2m:dac").with("dap", List.of("/in-cse/CGone", "/in-cse/CDas")))
                .expect(2004);
        granting(Attributes.of("gp", rules(2, "CAE2")));
        var answering = cse.elsewhere;
        cse.elsewhere = request -> request.to().endsWith("CGone") ? CompletableFuture.failedFuture(new PrimitiveException(
                ResponseStatusCode.TARGET_NOT_REACHABLE, "gone")) : answering.apply(request);
        other.retrieve("mn-name/cae1/data").expect(2000);
        assertThat(cse.left).hasSize(2);
    }

    @Test
    void oneQuestionUnderWayIsEnoughForTheSameRequests() {
        CompletableFuture<ResponsePrimitive> answer = new CompletableFuture<>();
        cse.elsewhere = request -> answer;
        CompletionStage<ResponsePrimitive> first = handle(other);
        CompletionStage<ResponsePrimitive> second = handle(other);
        assertThat(first.toCompletableFuture()).isNotDone();
        owner.retrieve("mn-name/cae1/data").expect(2000);
        assertThat(cse.left).hasSize(1);
        answer.complete(ResponsePrimitive.builder(ResponseStatusCode.OK, "x").content(new Content("m2m:seci", Attributes.builder()
                .set("sit", 2).set("dres", Attributes.of("dai", Attributes.of("gp", rules(2, "CAE2")))).build())).build());
        assertThat(CseDriver.await(first).statusCode()).isEqualTo(2000);
        assertThat(CseDriver.await(second).statusCode()).isEqualTo(2000);
    }

    private CompletionStage<ResponsePrimitive> handle(CseDriver.Peer peer) {
        return cse.core().dispatcher().handle(peer.builder(Operation.RETRIEVE, "mn-name/cae1/data").build(), Hop.plain(
                io.lintel.cse.api.Binding.HTTP, "127.0.0.1:40000", true));
    }

    @Test
    void theSystemIsNotAskedAboutItself() {
        owner.update("mn-name/cae1/ask", CseDriver.Body.of("m2m:dac").with("dap", List.of("mn-name/cae2"))).expect(2004);
        other.retrieve("mn-name/cae1/data").expect(4103);
        assertThat(cse.left).isEmpty();
    }

    @Test
    void whoWantsTokensIsToldWhereTheyAre() {
        ResponsePrimitive refused = other.with(RequestParameter.TOKEN_REQUEST_INDICATOR, true).retrieve("mn-name/cae1/data")
                .response();
        assertThat(refused.statusCode()).isEqualTo(4103);
        assertThat(refused.content()).as("HTTP has the information in its place").isEmpty();
        assertThat(refused.parameters().text("rvi")).contains("2a");
        assertThat(cse.left).isEmpty();
        Attributes info = (Attributes) refused.parameters().get("tqf").orElseThrow();
        Attributes system = info.objects("dasi").get(0);
        assertThat(system.text("uri")).contains("/in-cse/CDas");
        assertThat(system.object("dreq").flatMap(request -> request.text("or"))).contains("/mn-cse/CAE2");
    }

    @Test
    void aPolicyIsNeverSubjectToAConsultation() {
        owner.update("mn-name/cae1", CseDriver.Body.of("m2m:ae").with("daci", List.of("mn-name/cae1/ask"))).expect(2004);
        owner.create("mn-name/cae1", CseDriver.ACP, CseDriver.Body.of("m2m:acp").named("p").with("pv", Attributes.empty())
                .with("pvs", rules(63, "CAE1"))).expect(2001);
        granting(Attributes.of("gp", rules(63, "CAE2")));
        other.retrieve("mn-name/cae1/p").expect(4103);
        other.update("mn-name/cae1/data", cnt().with("acpi", List.of("mn-name/cae1/p"))).expect(4103);
        assertThat(cse.left).isEmpty();
    }

    @Test
    void whoMayUpdateAResourceMayNotSayWhoGrantsTheRest() {
        owner.create("mn-name/cae1", CseDriver.ACP, CseDriver.Body.of("m2m:acp").named("p").with("pv", rules(6, "CAE2"))
                .with("pvs", rules(63, "CAE1"))).expect(2001);
        owner.update("mn-name/cae1/data", cnt().with("acpi", List.of("mn-name/cae1/p"))).expect(2004);
        other.create("mn-name/cae2", DAC, consultation("mine", "/in-cse/CFriend")).expect(2001);
        other.update("mn-name/cae1/data", cnt().with("mni", 1)).expect(2004);
        other.update("mn-name/cae1/data", cnt().with("daci", List.of("mn-name/cae2/mine"))).expect(4103).saying("decides");
        cse.admin().update("mn-name/cae1/data", cnt().with("daci", List.of())).expect(2004);
    }

    @Test
    void consultationsAreChecked() {
        owner.create("mn-name/cae1", CNT, cnt().with("daci", List.of("mn-name/none"))).expect(4000).saying("daci");
        owner.update("mn-name/cae1/data", cnt().with("daci", List.of("mn-name/cae1"))).expect(4000).saying("daci");
        owner.create("mn-name/cae1", DAC, CseDriver.Body.of("m2m:dac").with("dae", true)).expect(4000).saying("dap");
        owner.create("mn-name/cae1", DAC, consultation("none").with("dap", List.of())).expect(4000).saying("dap");
    }
}
