// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.address;

import static io.lintel.cse.internal.CseDriver.AE;
import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.CSR;
import static io.lintel.cse.internal.CseDriver.ae;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.CseDriver;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every way to name a resource (TS-0004 6.8), and what is another CSE's business (7.3.2.8). */
class AddressingTest {
    private final CseDriver cse = CseDriver.mn();
    private CseDriver.Peer ae;
    private String container;
    private String instance;

    @BeforeEach
    void aSmallTree() {
        ae = cse.ae("CAE1");
        container = ae.create("mn-name/cae1", CNT, cnt().named("data")).expect(2001).ri();
        instance = ae.create("mn-name/cae1/data", CIN, cin("x").named("first")).expect(2001).ri();
        ae.create("mn-name/cae1/data", CIN, cin("y").named("second")).expect(2001);
    }

    @AfterEach
    void close() {
        cse.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/mn-cse/", "//lintel.example/mn-cse/"})
    void theInstanceByAllKindsOfPathsInAllScopes(String scope) {
        for (String path : new String[] {"mn-name/cae1/data/first", "-/cae1/data/first", "CAE1/data/first", container + "/first",
            instance, "base/cae1/data/first", "mn-name/cae1/data/ol", "-/cae1/data/ol", "CAE1/data/ol", container + "/ol"}) {
            assertThat(ae.retrieve(scope + path).expect(2000).content().text("con")).as(scope + path).contains("x");
        }
        for (String path : new String[] {"mn-name/cae1/data/la", container + "/la", "CAE1/data/la"}) {
            assertThat(ae.retrieve(scope + path).expect(2000).content().text("con")).as(scope + path).contains("y");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"mn-name", "-", "base", "/mn-cse", "/mn-cse/", "/mn-cse/mn-name", "/mn-cse/-", "/mn-cse/base",
        "//lintel.example/mn-cse", "//lintel.example/mn-cse/-"})
    void theCseBase(String to) {
        assertThat(ae.retrieve(to).expect(2000).content().text("csi")).contains("/mn-cse");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nothing", "mn-name/nothing", "mn-name/CAE1", "mn-name/cae1/nothing", "mn-name/cae1/data/first/la",
        "mn-name/la", "mn-name/cae1/la", "CAE1/data/la/x", "/mn-cse/nothing", "cae1", "in-name/cae1"})
    void whatIsNotThereIsNotFound(String to) {
        ae.retrieve(to).expect(4004);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mn-name//cae1", "mn-name/ca e1", "/", "//", "//lintel.example", "mn-name/-", "mn-name/cae1/~",
            "#lbl",
        "mn-name/cae1#", "mn-name/cä1"})
    void whatIsNoAddressIsRefused(String to) {
        ae.retrieve(to).expect(4000);
    }

    @Test
    void anAddressHasAMaximumLength() {
        ae.retrieve("mn-name/" + "x".repeat(5000)).expect(4000);
    }

    @Test
    void oneAttribute() {
        Attributes content = ae.retrieve("mn-name/cae1/data#cni").expect(2000).content();
        assertThat(content.names()).containsExactly("cni");
        assertThat(content.number("cni")).contains(2L);
        ae.retrieve("mn-name/cae1/data#mni").expect(2000);
        ae.retrieve("mn-name/cae1/data#api").expect(4000).saying("api");
        ae.update("mn-name/cae1/data#lbl", cnt()).expect(4000);
        ae.delete("mn-name/cae1/data#lbl").expect(4000);
    }

    @ParameterizedTest
    @CsvSource({"mn-name/cae1/data/la", "mn-name/cae1/data/ol"})
    void virtualResourcesAreRetrievedAndDeletedOnly(String to) {
        ae.create(to, CIN, cin("z")).expect(4005);
        ae.update(to, CseDriver.Body.of("m2m:cin").with("lbl", java.util.List.of("x"))).expect(4005);
        ae.notify(to, CseDriver.Body.of("m2m:sgn")).expect(4005);
        ae.delete(to).expect(2002);
    }

    @Test
    void anSTypeAeIsFoundByItsId() {
        CseDriver.Peer service = cse.as("SAE2");
        try (CseDriver in = CseDriver.with(CseDriver.settings(io.lintel.cse.api.CseIdentity.CseType.IN, true))) {
            in.as("SAE2").create("in-name", AE, ae()).expect(2001);
            in.as("SAE2").retrieve("/SAE2").expect(2000);
            in.as("SAE2").retrieve("//lintel.example/SAE2").expect(2000);
            in.as("SAE2").retrieve("/in-cse/SAE2").expect(2000);
            in.as("SAE2").retrieve("/SAE3").expect(4004);
        }
        service.retrieve("/SAE2").expect(4106);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/in-cse/in-name/x", "/in-cse", "//lintel.example/in-cse/x", "//other.example/mn-cse/x", "/S99"})
    void theRestIsForwarded(String to) {
        cse.elsewhere = request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(2000, request.requestIdentifier())
                .content(new Content("m2m:cnt", Attributes.of("rn", "far"))).build());
        assertThat(ae.retrieve(to).expect(2000).content().text("rn")).contains("far");
        assertThat(cse.left).extracting(RequestPrimitive::to).containsExactly(to);
    }

    @Test
    void whatCannotBeForwardedIsAnsweredWithTheReason() {
        ae.retrieve("/in-cse/x").expect(4004);
        cse.elsewhere = request -> CompletableFuture.failedFuture(new io.lintel.primitive.PrimitiveException(
                io.lintel.primitive.ResponseStatusCode.TARGET_NOT_REACHABLE, "the link is down"));
        ae.retrieve("/in-cse/x").expect(5103).saying("down");
        cse.elsewhere = request -> CompletableFuture.failedFuture(new IllegalStateException("a mistake of ours"));
        ae.retrieve("/in-cse/x").expect(5000);
        cse.elsewhere = request -> {
            throw new IllegalStateException("a mistake of ours");
        };
        ae.retrieve("/in-cse/x").expect(5000);
    }

    @Test
    void registrationIsNotForwarded() {
        cse.as("CAE5").create("/in-cse", AE, ae()).expect(4000);
        cse.as("/new").create("/in-cse", CSR, CseDriver.Body.of("m2m:csr")).expect(4000);
        assertThat(cse.left).isEmpty();
    }

    @Test
    void theReleaseOfAForwardedRequestIsTheHostsBusiness() {
        cse.elsewhere = request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(2000,
                request.requestIdentifier()).build());
        ae.with(io.lintel.primitive.RequestParameter.RELEASE_VERSION_INDICATOR, "5").retrieve("/in-cse/x").expect(2000);
        ae.with(io.lintel.primitive.RequestParameter.RELEASE_VERSION_INDICATOR, "5").retrieve("mn-name").expect(4001);
    }
}
