// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import static io.lintel.cse.internal.CseDriver.AE;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.ae;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.CseSettings;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Registration of AEs in all its forms (TS-0001 10.2.2.2, TS-0004 7.4.5). */
class AeRegistrationTest {
    private final CseDriver cse = CseDriver.mn();

    @AfterEach
    void close() {
        cse.close();
    }

    @ParameterizedTest
    @CsvSource({"''", "C"})
    void withoutAStemTheCseChoosesOne(String wish) {
        Attributes first = cse.as(wish).create("mn-name", AE, ae()).expect(2001).content();
        Attributes second = cse.as(wish).create("mn-name", AE, ae()).expect(2001).content();
        String stem = first.text("aei").orElseThrow();
        assertThat(stem).startsWith("C").hasSizeGreaterThan(1);
        assertThat(first.text("ri")).contains(stem);
        assertThat(second.text("aei")).isNotEqualTo(first.text("aei"));
        cse.as(stem).create(stem, CNT, cnt()).expect(2001);
        assertThat(cse.core().registrations().ae(stem)).isPresent();
    }

    @Test
    void aStemIsKept() {
        Attributes registered = cse.as("CAE1").create("mn-name", AE, ae().named("meter")).expect(2001).content();
        assertThat(registered.text("aei")).contains("CAE1");
        assertThat(registered.text("ri")).contains("CAE1");
        assertThat(registered.text("pi")).contains("base");
        assertThat(registered.text("rn")).contains("meter");
        assertThat(registered.number("ty")).contains(2L);
        assertThat(registered.text("ct")).contains(cse.clock.in(Duration.ZERO));
        assertThat(registered.text("lt")).contains(cse.clock.in(Duration.ZERO));
        assertThat(registered.text("et")).contains(cse.clock.in(Duration.ofDays(30)));
    }

    @Test
    void theTopicsStemServesWhereTheRequestNamesNone() {
        assertThat(cse.nobody().topic("CAE7").create("mn-name", AE, ae()).expect(2001).content().text("aei")).contains("CAE7");
    }

    @ParameterizedTest
    @CsvSource({"X1", "/mn-cse/CAE1", "/in-cse", "x", "AE1", "//lintel.example/mn-cse/CAE1"})
    void otherFormsAreRefused(String originator) {
        cse.as(originator).create("mn-name", AE, ae()).expect(4000);
    }

    @Test
    void aStemIsThereOnce() {
        cse.ae("CAE1");
        cse.as("CAE1").create("mn-name", AE, ae().named("again")).expect(4117);
        cse.as("CAdmin").create("mn-name", AE, ae()).expect(4117);
    }

    @Test
    void afterDeregistrationTheStemIsFree() {
        CseDriver.Peer ae = cse.ae("CAE1");
        ae.delete("mn-name/cae1").expect(2002);
        ae.retrieve("mn-name").expect(4106);
        cse.ae("CAE1").retrieve("mn-name").expect(2000);
    }

    @Test
    void listenersAreToldInOrder() {
        cse.ae("CAE1").delete("CAE1").expect(2002);
        cse.ae("CAE2");
        cse.registree("/asn");
        assertThat(cse.registrationNews).containsExactly("+CAE1", "-CAE1", "+CAE2", "+/asn");
    }

    @Test
    void registrationsOutliveARestart() {
        cse.ae("CAE1");
        cse.registree("/asn");
        cse.registrar("/in-cse");
        cse.restart();
        assertThat(cse.core().registrations().ae("CAE1")).isPresent();
        assertThat(cse.core().registrations().cse("/asn")).isPresent();
        assertThat(cse.core().registrations().registrar()).contains("/in-cse");
        assertThat(cse.core().registrations().cse("/in-cse")).isEmpty();
        assertThat(cse.core().registrations().all()).hasSize(2);
        cse.as("CAE1").retrieve("CAE1").expect(2000);
    }

    @ParameterizedTest
    @CsvSource({"N.x, 2001", "R1234, 2001", "r1234, 2001", "x, 4000", "0.2.481, 4000"})
    void theAppIdHasAKind(String api, int status) {
        cse.as("CAE1").create("mn-name", AE, ae().with("api", api)).expect(status);
    }

    @Test
    void whatIsMandatoryIsMandatory() {
        cse.as("CAE1").create("mn-name", AE, CseDriver.Body.of("m2m:ae").with("rr", true)).expect(4000).saying("api");
        cse.as("CAE1").create("mn-name", AE, CseDriver.Body.of("m2m:ae").with("api", "Nx")).expect(4000).saying("rr");
        cse.as("CAE1").create("mn-name", AE, ae().with("aei", "CAE1")).expect(4000).saying("aei");
    }

    @Test
    void aNameIsThereOnce() {
        cse.as("CAE1").create("mn-name", AE, ae().named("meter")).expect(2001);
        cse.as("CAE2").create("mn-name", AE, ae().named("meter")).expect(4105).saying("meter");
    }

    @Test
    void anAeIsBelowTheCseBaseOnly() {
        cse.ae("CAE1").create("mn-name/cae1", CNT, cnt().named("data")).expect(2001);
        cse.as("CAE2").create("mn-name/cae1", AE, ae()).expect(4108);
        cse.as("CAE2").create("mn-name/cae1/data", AE, ae()).expect(4108);
        cse.as("CAE2").create("mn-name/none", AE, ae()).expect(4004);
    }

    @Test
    void theConfigurationSaysWhoMayRegister() {
        CseSettings all = CseDriver.settings(CseType.MN, true);
        CseSettings some = new CseSettings(all.identity(), true, List.of(), List.of("Cgood*", "CX"), List.of("Norg.*"),
                List.of("/asn-*"),
                all.releaseVersions(), all.defaultExpiration(), all.maximumExpiration(), all.requestTimeout(), 100, 10,
                all.storedResponse());
        try (CseDriver choosy = CseDriver.with(some)) {
            CseDriver.Body body = ae().with("api", "Norg.x");
            choosy.as("Cgood1").create("mn-name", AE, body).expect(2001);
            choosy.as("CX").create("mn-name", AE, body).expect(2001);
            choosy.as("CXY").create("mn-name", AE, body).expect(4126);
            choosy.as("Cbad").create("mn-name", AE, body).expect(4126);
            choosy.as("Cgood2").create("mn-name", AE, ae()).expect(4126).saying("N.test");
            choosy.as("C").create("mn-name", AE, body).expect(2001);
            CseDriver.Body remote = CseDriver.Body.of("m2m:csr").with("cb", "/x/n").with("csi", "/x").with("rr", true);
            choosy.as("/asn-1").create("mn-name", CseDriver.CSR, remote.with("csi", "/asn-1")).expect(2001);
            choosy.as("/other").create("mn-name", CseDriver.CSR, remote.with("csi", "/other")).expect(4103);
        }
    }

    @Test
    void anInfrastructureNodeAssignsSTypesItself() {
        try (CseDriver in = CseDriver.with(CseDriver.settings(CseType.IN, true))) {
            String stem = in.as("S").create("in-name", AE, ae()).expect(2001).ri();
            assertThat(stem).startsWith("S").hasSizeGreaterThan(1);
            assertThat(in.as("Sapp").create("in-name", AE, ae()).expect(2001).ri()).isEqualTo("Sapp");
            in.as("Sapp").create("in-name", AE, ae()).expect(4117);
        }
    }

    @Test
    void withoutARegistrarThereIsNoSType() {
        cse.as("S").create("mn-name", AE, ae()).expect(5103).saying("IN-CSE");
        cse.as("S123").create("mn-name", AE, ae()).expect(5103);
    }

    @Test
    void anSTypeComesFromTheRegistrar() {
        cse.registrar("/in-cse");
        cse.elsewhere = request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(2001, request.requestIdentifier())
                .content(new Content("m2m:aeA", Attributes.of("ri", "S4711"))).build());
        Attributes registered = cse.as("S").create("mn-name", AE, ae()).expect(2001).content();
        assertThat(registered.text("aei")).contains("S4711");
        RequestPrimitive asked = cse.left.get(0);
        assertThat(asked.operation()).isEqualTo(Operation.CREATE);
        assertThat(asked.to()).isEqualTo("/in-cse");
        assertThat(asked.resourceType()).contains(10002);
        assertThat(asked.from()).contains("/mn-cse/S");
        assertThat(asked.content().orElseThrow().attributes().text("api")).contains("N.test");
        assertThat(asked.content().orElseThrow().attributes().texts("lbl")).containsExactly("Credential-ID:None");
        cse.as("S4711").retrieve("S4711").expect(2000);
    }

    @Test
    void anSTypeStemIsConfirmedByTheRegistrarOrMadeThere() {
        cse.registrar("/in-cse");
        cse.elsewhere = request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(2004,
                request.requestIdentifier()).build());
        cse.as("S1").create("mn-name", AE, ae()).expect(2001);
        assertThat(cse.left).extracting(RequestPrimitive::operation).containsExactly(Operation.UPDATE);
        assertThat(cse.left.get(0).to()).isEqualTo("/in-cse/S1");
        assertThat(cse.left.get(0).content().orElseThrow().attributes().text("lnk")).contains("/mn-cse/S1");
        cse.left.clear();
        cse.elsewhere = request -> CompletableFuture.completedFuture(request.operation() == Operation.UPDATE
                ? ResponsePrimitive.builder(4004, request.requestIdentifier()).build()
                : ResponsePrimitive.builder(2001, request.requestIdentifier())
                .content(new Content("m2m:aeA", Attributes.of("ri", "S2"))).build());
        cse.as("S2").create("mn-name", AE, ae()).expect(2001);
        assertThat(cse.left).extracting(RequestPrimitive::operation).containsExactly(Operation.UPDATE, Operation.CREATE);
        cse.elsewhere = request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(4103,
                request.requestIdentifier()).build());
        cse.as("S3").create("mn-name", AE, ae()).expect(4103).saying("S3");
        assertThat(cse.core().registrations().ae("S3")).isEmpty();
    }
}
