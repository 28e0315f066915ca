// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import static io.lintel.cse.internal.CseDriver.AE;
import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.ae;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.internal.CseDriver;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The receiver's order of work (TS-0004 7.3.2): what is refused before the target is looked at, and with which status. */
class RequestChecksTest {
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

    @Test
    void aRequestWithoutIdentifierIsMalformed() {
        RequestPrimitive request = RequestPrimitive.builder(Operation.RETRIEVE, "mn-name").from("CAE1").build();
        assertThat(cse.send(request, ae.hop()).statusCode()).isEqualTo(4000);
    }

    @Test
    void theResponseEchoesIdentifierAndRelease() {
        ResponsePrimitive response = ae.retrieve("mn-name/cae1").expect(2000).response();
        assertThat(response.parameters().text("rvi")).contains("2a");
    }

    @Test
    void withoutAReleaseTheSenderIsOfTheFirst() {
        RequestPrimitive request = RequestPrimitive.builder(Operation.RETRIEVE, "mn-name").from("CAE1").requestIdentifier("x")
                .build();
        ResponsePrimitive response = cse.send(request, ae.hop());
        assertThat(response.statusCode()).isEqualTo(2000);
        assertThat(response.parameters().has("rvi")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1, 2000", "2, 2000", "2a, 2000", "3, 2000", "4, 2000", "5, 4001", "x, 4001"})
    void onlyTheReleasesNamedAreServed(String release, int status) {
        ae.with(RequestParameter.RELEASE_VERSION_INDICATOR, release).retrieve("mn-name").expect(status);
    }

    @ParameterizedTest
    @CsvSource({"-1, 4008", "0, 4008", "60, 2000"})
    @Tag("MQ-29")
    void aRequestIsServedBeforeItsDeadlineOnly(long seconds, int status) {
        String deadline = cse.clock.in(Duration.ofSeconds(seconds));
        ae.with(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, deadline).retrieve("mn-name").expect(status);
        ae.with(RequestParameter.RESULT_EXPIRATION_TIMESTAMP, deadline).retrieve("mn-name").expect(status);
    }

    @ParameterizedTest
    @CsvSource({"5000, 2000", "0, 4008", "-5, 4008", "soon, 4000", "20269999T000000, 4000"})
    @Tag("MQ-29")
    void aDeadlineMayBeRelative(String deadline, int status) {
        ae.with(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, deadline).retrieve("mn-name").expect(status);
    }

    @Test
    @Tag("MQ-29")
    void aRelativeDeadlineCountsFromTheOriginatingTimestamp() {
        CseDriver.Peer late = ae.with(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "5000");
        late.with(RequestParameter.ORIGINATING_TIMESTAMP, cse.clock.in(Duration.ofSeconds(-10))).retrieve("mn-name").expect(4008);
        late.with(RequestParameter.ORIGINATING_TIMESTAMP, cse.clock.in(Duration.ofSeconds(-2))).retrieve("mn-name").expect(2000);
    }

    @Test
    void theDeadlineComesBeforeTheSender() {
        cse.nobody().with(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "0").retrieve("mn-name").expect(4008);
    }

    @Test
    @Tag("MQ-37")
    void aMissingOriginatorIsRefusedUnlessAnAeRegisters() {
        cse.nobody().retrieve("mn-name").expect(4000).saying("fr");
        cse.nobody().create("mn-name", CNT, cnt()).expect(4000);
        cse.nobody().create("mn-name", AE, ae()).expect(2001);
    }

    @ParameterizedTest
    @CsvSource({"C A", "C/A/B", "'//'", "'/'", "'//lintel.example'", "C:1"})
    void anIllFormedOriginatorIsRefused(String originator) {
        cse.as(originator).retrieve("mn-name").expect(4000);
    }

    @Test
    void aCreateNeedsAType() {
        ae.send(ae.builder(Operation.CREATE, "mn-name/cae1").content(new Content("m2m:cnt", Attributes.empty()))).expect(4000)
                .saying("ty");
    }

    @ParameterizedTest
    @CsvSource({"0, 4000", "99, 4000", "-3, 4000", "20000, 4000", "5, 4005", "17, 4005"})
    void aTypeThatNobodyCanCreateIsRefused(int type, int status) {
        ae.create("mn-name/cae1", type, CseDriver.Body.of("m2m:cnt")).expect(status);
    }

    @ParameterizedTest
    @CsvSource({"15, pollingChannel"})
    void aTypeThatIsNotServedIsNamed(int type, String name) {
        cse.admin().create("mn-name/cae1", type, CseDriver.Body.of("m2m:xxx")).expect(5001).saying(name);
    }

    @ParameterizedTest
    @CsvSource({"7", "11", "19", "20", "21", "22", "47", "49"})
    void whatOnlyAnInfrastructureNodeHasIsNotAllowedHere(int type) {
        cse.admin().create("mn-name", type, CseDriver.Body.of("m2m:xxx")).expect(4005);
    }

    @Test
    void onlyACreateHasAType() {
        ae.send(ae.builder(Operation.RETRIEVE, "mn-name").resourceType(3)).expect(4000);
    }

    @Test
    void aCreateHasNoFilterCriteria() {
        ae.fc("lim", 1).create("mn-name/cae1", CNT, cnt()).expect(4000);
    }

    @ParameterizedTest
    @CsvSource({"0, 2001", "1, 2001", "2, 2001", "3, 2001", "4, 4000", "5, 4000", "6, 4000", "7, 4000", "8, 4000", "9, 2001",
            "77, 4000"})
    void resultContentsOfCreate(int rcn, int status) {
        ae.rcn(rcn).create("mn-name/cae1", CNT, cnt()).expect(status);
    }

    @ParameterizedTest
    @CsvSource({"0, 4000", "1, 2000", "2, 4000", "3, 4000", "4, 2000", "5, 2000", "6, 2000", "7, 4000", "8, 2000", "9, 4000",
        "10, 5001", "12, 5001"})
    void resultContentsOfRetrieve(int rcn, int status) {
        ae.rcn(rcn).retrieve("mn-name/cae1").expect(status);
    }

    @ParameterizedTest
    @CsvSource({"0, 2004", "1, 2004", "2, 4000", "4, 4000", "6, 4000", "9, 2004"})
    void resultContentsOfUpdate(int rcn, int status) {
        ae.rcn(rcn).update("mn-name/cae1", CseDriver.Body.of("m2m:ae").with("apn", "x")).expect(status);
    }

    @ParameterizedTest
    @CsvSource({"0, 2002", "1, 2002", "2, 4000", "3, 4000", "4, 2002", "5, 2002", "6, 2002", "7, 4000", "8, 2002", "9, 4000"})
    void resultContentsOfDelete(int rcn, int status) {
        ae.rcn(rcn).delete("mn-name/cae1/data").expect(status);
    }

    @Test
    void aNotifyHasNoResultContent() {
        ae.rcn(1).notify("CAE1", CseDriver.Body.of("m2m:sgn")).expect(4000);
    }

    @ParameterizedTest
    @CsvSource({"0, 4000", "3, 4000", "1, 2000", "2, 2000"})
    void theFormOfIdentifiersIsOneOfTwo(int drt, int status) {
        ae.with(RequestParameter.DESIRED_IDENTIFIER_RESULT_TYPE, drt).fc("fu", 1).retrieve("mn-name").expect(status);
    }

    @Test
    void parametersThatAreNotServedAreNamed() {
        ae.with(RequestParameter.SEMANTIC_QUERY_INDICATOR, true).retrieve("mn-name").expect(5001).saying("sqi");
    }

    @Test
    void anUpdateNeedsContent() {
        ae.send(ae.builder(Operation.UPDATE, "mn-name/cae1")).expect(4000).saying("pc");
        ae.send(ae.builder(Operation.NOTIFY, "mn-name/cae1")).expect(4000).saying("pc");
    }

    @ParameterizedTest
    @CsvSource({"1, 1001", "2, 1002", "3, 2000", "4, 2000", "5, 2000", "0, 4000", "6, 4000"})
    void responseTypes(int type, int status) {
        ae.with(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", type)).retrieve("mn-name").expect(status);
    }

    @Test
    void anAsynchronousResultGoesToTheOriginator() {
        CseDriver.Result accepted = ae.with(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", 2)).retrieve("mn-name/cae1")
                .expect(1002);
        cse.await(() -> cse.queued.size() == 1, "a result");
        RequestPrimitive result = cse.queued.get(0).request();
        assertThat(result.operation()).isEqualTo(Operation.NOTIFY);
        assertThat(result.to()).isEqualTo("CAE1");
        Attributes response = result.content().orElseThrow().attributes();
        assertThat(response.number("rsc")).contains(2000L);
        assertThat(response.text("rqi")).contains(accepted.request().requestIdentifier());
        assertThat(response.object("pc").flatMap(pc -> pc.object("m2m:ae")).flatMap(a -> a.text("aei"))).contains("CAE1");
    }

    @Test
    void anAsynchronousResultGoesToTheTargetsNamed() {
        Attributes nowhere = Attributes.builder().set("rtv", 2).set("nu", List.of()).build();
        ae.with(RequestParameter.RESPONSE_TYPE, nowhere).create("mn-name/cae1/data", CIN, cin("1")).expect(1002);
        assertThat(cse.queued).isEmpty();
        Attributes elsewhere = Attributes.builder().set("rtv", 2).set("nu", List.of("/in-cse/CApp")).build();
        ae.with(RequestParameter.RESPONSE_TYPE, elsewhere).create("mn-name/cae1/data", CIN, cin("2")).expect(1002);
        cse.await(() -> !cse.queued.isEmpty(), "a result");
        assertThat(cse.queued).extracting(item -> item.request().to()).containsExactly("/in-cse/CApp");
        Attributes url = Attributes.builder().set("rtv", 2).set("nu", List.of("http://127.0.0.1/x")).build();
        ae.with(RequestParameter.RESPONSE_TYPE, url).create("mn-name/cae1/data", CIN, cin("3")).expect(1002);
        cse.await(() -> cse.queued.size() == 2, "a result for a URI");
        assertThat(cse.queued.get(1).request().to()).isEqualTo("http://127.0.0.1/x");
        Attributes none = Attributes.builder().set("rtv", 2).set("nu", List.of("ftp://127.0.0.1/x")).build();
        ae.with(RequestParameter.RESPONSE_TYPE, none).create("mn-name/cae1/data", CIN, cin("4")).expect(4000);
        assertThat(ae.retrieve("mn-name/cae1/data").content().number("cni")).contains(3L);
    }

    @Test
    void anAsynchronousResultIsSentOnceHoweverOftenTheRequestIsDelivered() {
        CseDriver.Peer asynchronous = ae.with(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", 2))
                .with(RequestParameter.REQUEST_IDENTIFIER, "again").delivery("k");
        for (int i = 0; i < 3; i++) {
            asynchronous.create("mn-name/cae1/data", CIN, cin("1")).expect(1002);
            cse.await(() -> !cse.queued.isEmpty(), "a result");
            cse.restart();
        }
        assertThat(cse.queued).hasSize(1);
        assertThat(ae.retrieve("mn-name/cae1/data").content().number("cni")).contains(1L);
    }

    @Test
    void anAsynchronousResultIsGivenUpAtItsOwnDeadline() {
        CseDriver.Peer asynchronous = ae.with(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", 2));
        asynchronous.retrieve("mn-name/cae1").expect(1002);
        cse.await(() -> cse.queued.size() == 1, "a result");
        asynchronous.with(RequestParameter.RESULT_EXPIRATION_TIMESTAMP, "60000").retrieve("mn-name/cae1").expect(1002);
        cse.await(() -> cse.queued.size() == 2, "another result");
        assertThat(cse.queued).extracting(OutboundItem::expiration).containsExactly(
                cse.clock.instant().plusSeconds(86_400).toEpochMilli(), cse.clock.instant().plusSeconds(60).toEpochMilli());
    }

    @ParameterizedTest
    @CsvSource({"2a, mn-name/nothing, 4004", "4, mn-name, 2000", "2a, /in-cse/x, 2000", "9, mn-name, 4001", "2a, m n, 4000"})
    void theReleaseIsEchoedWhateverTheAnswer(String release, String to, int status) {
        cse.registrar("/in-cse");
        cse.elsewhere = request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(2000,
                request.requestIdentifier()).build());
        CseDriver.Result result = ae.with(RequestParameter.RELEASE_VERSION_INDICATOR, release).retrieve(to).expect(status);
        assertThat(result.response().parameters().text("rvi")).contains(release);
    }
}
