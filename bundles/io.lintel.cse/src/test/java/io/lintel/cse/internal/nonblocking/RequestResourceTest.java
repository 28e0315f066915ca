// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.nonblocking;

import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.SUB;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Timestamps;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code <request>} at the hosting CSE: what it shows, who may do what with it, and how long it is there. */
class RequestResourceTest {
    private final CseDriver cse = CseDriver.mn();
    private CseDriver.Peer ae;

    @BeforeEach
    void anAeWithAContainer() {
        ae = cse.ae("CAE1");
        ae.create("mn-name/cae1", CNT, cnt().named("data")).expect(2001);
    }

    @AfterEach
    void close() {
        cse.close();
    }

    private CseDriver.Peer with(int type, String... targets) {
        Attributes.Builder responseType = Attributes.builder().set("rtv", type);
        if (targets.length > 0) {
            responseType.set("nu", List.of(targets));
        }
        return ae.with(RequestParameter.RESPONSE_TYPE, responseType.build());
    }

    private static String reference(CseDriver.Result accepted) {
        Content content = accepted.response().content().orElseThrow();
        assertThat(content.name()).isEqualTo("m2m:uri");
        return (String) content.value();
    }

    private Attributes completed(String reference) {
        cse.await(() -> !ae.retrieve(reference).content().number("rs").equals(java.util.Optional.of(3L)), "a result of "
                + reference);
        return ae.retrieve(reference).expect(2000).content();
    }

    @Test
    void showsTheWholeRequestAndItsResult() {
        CseDriver.Result accepted = with(1).with(RequestParameter.EVENT_CATEGORY, 3).rcn(0)
                .create("mn-name/cae1/data", CIN, cin("21.5")).expect(1001);
        String reference = reference(accepted);
        assertThat(reference).startsWith("mn-name/");
        Attributes request = completed(reference);
        assertThat(request.names()).containsExactlyInAnyOrder("rn", "ty", "ri", "pi", "ct", "lt", "et", "st", "op", "tg", "org",
                "rid", "mi", "pc", "rs", "ors");
        assertThat(request.number("ty")).contains(17L);
        assertThat(request.text("pi")).contains("base");
        assertThat(request.text("rn")).contains(reference.substring("mn-name/".length()));
        assertThat(request.number("op")).contains(1L);
        assertThat(request.text("tg")).contains("mn-name/cae1/data");
        assertThat(request.text("org")).contains("CAE1");
        assertThat(request.text("rid")).contains(accepted.request().requestIdentifier());
        assertThat(request.object("mi")).contains(Attributes.builder().set("rvi", "2a").set("rcn", 0).set("ec", 3)
                .set("rt", Attributes.of("rtv", 1)).set("ty", 4).build());
        assertThat(request.object("pc")).contains(Attributes.of("m2m:cin", Attributes.of("con", "21.5")));
        assertThat(request.number("rs")).contains(1L);
        assertThat(request.number("st")).contains(1L);
        assertThat(request.object("ors")).contains(Attributes.builder().set("rsc", 2001)
                .set("rqi", accepted.request().requestIdentifier()).set("rvi", "2a").build());
        assertThat(request.text("et")).contains(cse.clock.in(Duration.ofHours(1)));
        assertThat(ae.retrieve("mn-name/cae1/data").content().number("cni")).contains(1L);
        assertThat(cse.queued).as("nobody is told the result of a synchronous one").isEmpty();
    }

    @Test
    void holdsTheRepresentationThatWasAskedFor() {
        Attributes request = completed(reference(with(1).retrieve("mn-name/cae1/data").expect(1001)));
        assertThat(request.has("pc")).isFalse();
        Attributes result = request.object("ors").orElseThrow();
        assertThat(result.number("rsc")).contains(2000L);
        assertThat(result.object("pc").flatMap(pc -> pc.object("m2m:cnt")))
                .contains(ae.retrieve("mn-name/cae1/data").content());
    }

    @Test
    void aRefusalIsTheResultOfAFailedOne() {
        Attributes request = completed(reference(with(1).retrieve("mn-name/nothing").expect(1001)));
        assertThat(request.number("rs")).contains(2L);
        Attributes result = request.object("ors").orElseThrow();
        assertThat(result.number("rsc")).contains(4004L);
        assertThat(result.object("pc").flatMap(pc -> pc.text("m2m:dbg")).orElse("")).contains("mn-name/nothing");
    }

    @Test
    void anAsynchronousOneIsReferredToAndItsResultTold() {
        CseDriver.Result accepted = with(2, "CAE1", "/in-cse/CApp").create("mn-name/cae1/data", CIN, cin("1")).expect(1002);
        Attributes request = completed(reference(accepted));
        assertThat(request.number("rs")).contains(1L);
        assertThat(request.object("mi").flatMap(mi -> mi.object("rt")).map(rt -> rt.texts("nu")).orElseThrow())
                .containsExactly("CAE1", "/in-cse/CApp");
        assertThat(cse.queued).extracting(item -> item.request().to()).containsExactly("CAE1", "/in-cse/CApp");
        assertThat(cse.queued).allSatisfy(item -> assertThat(item.request().content().orElseThrow())
                .isEqualTo(new Content("m2m:rsp", request.object("ors").orElseThrow())));
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1000", "1, 2, 1000", "1, 2a, 1001", "1, 3, 1001", "1, 4, 1001", "2, 1, 1000", "2, 2, 1000", "2, 2a, 1002",
        "2, 4, 1002"})
    void theAcknowledgementIsThatOfTheRelease(int type, String release, int status) {
        CseDriver every = CseDriver.with(withReleases());
        CseDriver.Peer peer = every.ae("CAE1");
        CseDriver.Result accepted = peer.with(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", type))
                .with(RequestParameter.RELEASE_VERSION_INDICATOR, release).retrieve("mn-name/cae1").expect(status);
        assertThat(reference(accepted)).startsWith("mn-name/req-");
        assertThat(accepted.response().parameters().text("rvi")).contains(release);
        every.close();
    }

    private io.lintel.cse.internal.CseSettings withReleases() {
        io.lintel.cse.internal.CseSettings usual = cse.settings;
        return new io.lintel.cse.internal.CseSettings(usual.identity(), true, List.of(), usual.aeIds(), usual.appIds(),
                usual.cseIds(), List.of("1", "2", "2a", "3", "4"), usual.defaultExpiration(), usual.maximumExpiration(),
                usual.requestTimeout(), usual.maximumContentBytes(), usual.maximumResults(), usual.storedResponse());
    }

    @Test
    void flexBlockingIsBlockingWhereTheAnswerIsQuick() {
        with(4).create("mn-name/cae1/data", CIN, cin("1")).expect(2001);
        with(4, "CAE1").retrieve("mn-name/cae1").expect(2000);
        assertThat(cse.store.ofType(ResourceTypes.REQUEST, "", 10)).isEmpty();
    }

    @Test
    void isMadeByTheCseOnlyAndChangedByNobody() {
        ae.create("mn-name", 17, CseDriver.Body.of("m2m:req")).expect(4005).saying("request");
        with(1).create("mn-name", 17, CseDriver.Body.of("m2m:req")).expect(4005);
        String reference = reference(with(1).retrieve("mn-name/cae1").expect(1001));
        completed(reference);
        ae.update(reference, CseDriver.Body.of("m2m:req").with("lbl", List.of("mine"))).expect(4005);
        cse.admin().update(reference, CseDriver.Body.of("m2m:req").with("rs", 1)).expect(4005);
    }

    @Test
    void isAskedAboutInBlockingModeOnly() {
        String reference = reference(with(1).retrieve("mn-name/cae1").expect(1001));
        completed(reference);
        for (int type : new int[] {1, 2}) {
            with(type).retrieve(reference).expect(4000).saying("blocking");
            with(type).update(reference, CseDriver.Body.of("m2m:req").with("lbl", List.of("x"))).expect(4000);
            with(type).delete(reference).expect(4000);
        }
        with(4).retrieve(reference).expect(2000);
        with(3).delete(reference).expect(2002);
        ae.retrieve(reference).expect(4004);
    }

    @Test
    void belongsToItsOriginator() {
        cse.ae("CAE2");
        String reference = reference(with(1).retrieve("mn-name/cae1").expect(1001));
        completed(reference);
        cse.as("CAE2").retrieve(reference).expect(4103);
        cse.as("CAE2").delete(reference).expect(4103);
        cse.admin().retrieve(reference).expect(2000);
        ae.delete(reference).expect(2002);
    }

    @Test
    void whatWaitsForItsTimeIsCalledBackByADelete() {
        CseDriver.Peer later = with(1).with(RequestParameter.OPERATION_EXECUTION_TIME, "60000");
        String reference = reference(later.create("mn-name/cae1/data", CIN, cin("1")).expect(1001));
        assertThat(ae.retrieve(reference).expect(2000).content().number("rs")).contains(3L);
        ae.delete(reference).expect(2002);
        cse.clock.pass(Duration.ofMinutes(2));
        cse.core().executeDelayed();
        assertThat(ae.retrieve("mn-name/cae1/data").content().number("cni")).contains(0L);
        assertThat(cse.store.outboundTargets()).isEmpty();
    }

    @Test
    void whatWaitsForItsTimeIsExecutedOnceAlsoAfterARestart() {
        CseDriver.Peer later = with(1).with(RequestParameter.OPERATION_EXECUTION_TIME, "60000");
        String reference = reference(later.create("mn-name/cae1/data", CIN, cin("1")).expect(1001));
        cse.restart();
        assertThat(ae.retrieve(reference).expect(2000).content().number("rs")).contains(3L);
        cse.clock.pass(Duration.ofMinutes(2));
        cse.core().executeDelayed();
        assertThat(completed(reference).number("rs")).contains(1L);
        assertThat(ae.retrieve("mn-name/cae1/data").content().number("cni")).contains(1L);
    }

    @Test
    void whatIsUnderWayWhenTheCseEndsHasFailed() {
        java.util.concurrent.CompletableFuture<io.lintel.primitive.ResponsePrimitive> never =
                new java.util.concurrent.CompletableFuture<>();
        cse.elsewhere = request -> never;
        java.util.concurrent.CompletionStage<io.lintel.primitive.ResponsePrimitive> answer = cse.core().dispatcher().handle(
                with(4).builder(Operation.NOTIFY, "mn-name/cae1").content(new Content("m2m:sgn", Attributes.of("sur", "x")))
                        .build(), ae.hop());
        cse.clock.pass(Duration.ofSeconds(6));
        cse.core().executeDelayed();
        String reference = (String) CseDriver.await(answer).content().orElseThrow().value();
        assertThat(CseDriver.await(answer).statusCode()).isEqualTo(1001);
        assertThat(ae.retrieve(reference).content().number("rs")).contains(3L);
        ae.delete(reference).expect(5220).saying("under way");
        cse.restart();
        Attributes request = ae.retrieve(reference).expect(2000).content();
        assertThat(request.number("rs")).contains(2L);
        assertThat(request.object("ors").flatMap(result -> result.number("rsc"))).contains(5000L);
    }

    @Test
    void flexBlockingThatTakesLongIsAcceptedAndFollowsUp() {
        java.util.concurrent.CompletableFuture<io.lintel.primitive.ResponsePrimitive> slow =
                new java.util.concurrent.CompletableFuture<>();
        cse.elsewhere = request -> slow;
        var answer = cse.core().dispatcher().handle(with(4, "CAE1").builder(Operation.NOTIFY, "mn-name/cae1")
                .content(new Content("m2m:sgn", Attributes.of("sur", "x"))).build(), ae.hop());
        assertThat(answer.toCompletableFuture()).isNotDone();
        cse.clock.pass(Duration.ofSeconds(6));
        cse.core().executeDelayed();
        assertThat(CseDriver.await(answer).statusCode()).isEqualTo(1002);
        slow.complete(io.lintel.primitive.ResponsePrimitive.builder(2000, "x").build());
        Attributes request = completed((String) CseDriver.await(answer).content().orElseThrow().value());
        assertThat(request.number("rs")).contains(1L);
        assertThat(cse.queued).extracting(item -> item.request().to()).containsExactly("CAE1");
    }

    @ParameterizedTest
    @CsvSource({"60000, , 60", "100, , 1", "700000000, , 604800", ", 90000, 90", "30000, 90000, 30"})
    void livesAsLongAsTheResultIsToPersist(String persistence, String expiration, long seconds) {
        CseDriver.Peer peer = with(1);
        peer = persistence == null ? peer : peer.with(RequestParameter.RESULT_PERSISTENCE, persistence);
        peer = expiration == null ? peer : peer.with(RequestParameter.RESULT_EXPIRATION_TIMESTAMP, expiration);
        String reference = reference(peer.retrieve("mn-name/cae1").expect(1001));
        assertThat(completed(reference).text("et")).contains(Timestamps.format(cse.clock.instant().plusSeconds(seconds)));
        cse.clock.pass(Duration.ofSeconds(seconds));
        ae.retrieve(reference).expect(4004);
        cse.core().sweepExpired();
        cse.await(() -> cse.store.ofType(ResourceTypes.REQUEST, "", 10).isEmpty(), "it is deleted");
        assertThat(cse.core().requestResources()).isZero();
    }

    /** As after days without power: it was promised a result, so it gets one. */
    @Test
    void aRequestWhoseTimeIsOverBeforeItsResultTellsItsOriginatorSo() {
        reference(with(2).with(RequestParameter.OPERATION_EXECUTION_TIME, "10000")
                .with(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "20000").retrieve("mn-name/cae1").expect(1002));
        cse.clock.pass(Duration.ofDays(10));
        cse.core().sweepExpired();
        cse.await(() -> cse.store.ofType(ResourceTypes.REQUEST, "", 10).isEmpty(), "it is deleted");
        assertThat(cse.queued).singleElement().satisfies(item -> {
            assertThat(item.request().to()).isEqualTo("CAE1");
            assertThat(item.request().content().orElseThrow().attributes().number("rsc")).contains(4008L);
        });
    }

    @Test
    void aResultPersistenceThatIsNoTimeIsRefused() {
        with(1).with(RequestParameter.RESULT_PERSISTENCE, "soon").retrieve("mn-name/cae1").expect(4000).saying("rp");
    }

    @Test
    void aResultThatComesTooLateIsDropped() {
        CseDriver.Peer later = with(2).with(RequestParameter.OPERATION_EXECUTION_TIME, "10000")
                .with(RequestParameter.RESULT_EXPIRATION_TIMESTAMP, "20000");
        String reference = reference(later.retrieve("mn-name/cae1").expect(1002));
        cse.clock.pass(Duration.ofSeconds(20));
        cse.core().executeDelayed();
        Attributes request = completed(reference);
        assertThat(request.number("rs")).contains(2L);
        assertThat(request.object("ors").flatMap(result -> result.number("rsc"))).contains(4008L);
        assertThat(cse.queued).isEmpty();
    }

    @Test
    void subscriptionsBelowItSeeItsStatusChange() {
        CseDriver.Peer later = with(1).with(RequestParameter.OPERATION_EXECUTION_TIME, "60000");
        String reference = reference(later.retrieve("mn-name/cae1").expect(1001));
        ae.create(reference, SUB, CseDriver.Body.of("m2m:sub").with("nu", List.of("CAE1"))).expect(2001);
        ae.create(reference, CNT, cnt()).expect(4108);
        cse.events.clear();
        cse.clock.pass(Duration.ofMinutes(2));
        cse.core().executeDelayed();
        completed(reference);
        assertThat(cse.events).filteredOn(event -> event.kind() == ResourceEvent.Kind.UPDATED).singleElement()
                .satisfies(event -> {
                    assertThat(event.subject().text("rn").orElseThrow()).isEqualTo(reference.substring("mn-name/".length()));
                    assertThat(event.modified().names()).contains("rs", "ors");
                });
    }

    @Test
    void aRepeatedDeliveryGetsTheSameReferenceAndExecutesNothing() {
        CseDriver.Peer peer = with(1).with(RequestParameter.REQUEST_IDENTIFIER, "same").delivery("k");
        String reference = reference(peer.create("mn-name/cae1/data", CIN, cin("1")).expect(1001));
        completed(reference);
        cse.restart();
        assertThat(reference(peer.create("mn-name/cae1/data", CIN, cin("1")).expect(1001))).isEqualTo(reference);
        assertThat(ae.retrieve("mn-name/cae1/data").content().number("cni")).contains(1L);
        assertThat(cse.store.ofType(ResourceTypes.REQUEST, "", 10)).hasSize(1);
    }

    @Test
    void changesKeepTheOrderInWhichTheyCame() {
        for (int i = 0; i < 40; i++) {
            with(i % 3 == 0 ? 3 : i % 3).create("mn-name/cae1/data", CIN, cin("v" + i));
        }
        String container = ae.retrieve("mn-name/cae1/data").ri();
        cse.await(() -> cse.store.children(container, CIN, "", 100).size() == 40, "all are there");
        assertThat(cse.store.children(container, CIN, "", 100)).extracting(instance -> instance.text("con").orElse("?"))
                .isEqualTo(java.util.stream.IntStream.range(0, 40).mapToObj(i -> "v" + i).toList());
    }

    @Test
    void theirNumberIsBounded() {
        cse.requestLife = new RequestLife(Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofDays(1), 2);
        cse.restart();
        String first = reference(with(1).retrieve("mn-name/cae1").expect(1001));
        reference(with(2).retrieve("mn-name/cae1").expect(1002));
        completed(first);
        with(1).retrieve("mn-name/cae1").expect(5103).saying("busy");
        assertThat(with(2).retrieve("mn-name/cae1").expect(1002).response().content()).as("served without a reference").isEmpty();
        ae.delete(first).expect(2002);
        with(1).retrieve("mn-name/cae1").expect(1001);
    }

    @Test
    void isFoundByDiscoveryAndCounted() {
        String reference = reference(with(1).retrieve("mn-name/cae1").expect(1001));
        completed(reference);
        assertThat(ae.fc("fu", 1).fc("ty", List.of(17)).retrieve("mn-name").expect(2000).list()).isEqualTo(List.of(reference));
        assertThat(cse.core().requestResources()).isEqualTo(1);
        cse.restart();
        assertThat(cse.core().requestResources()).isEqualTo(1);
    }
}
