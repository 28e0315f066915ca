// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.CseDriver;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** NOTIFY requests that arrive for something here (TS-0004 7.3.2.9, 7.5.1.2.3). */
class HostedNotifyTest {
    private static final CseDriver.Body NOTIFICATION = CseDriver.Body.of("m2m:sgn").with("sur", "/in-cse/in-name/sub")
            .with("nev", Attributes.of("net", 3));

    private final CseDriver cse = CseDriver.mn();
    private CseDriver.Peer ae;

    @BeforeEach
    void anAeAndARegistrar() {
        ae = cse.ae("CAE1");
        cse.registrar("/in-cse");
        cse.elsewhere = request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(2000,
                request.requestIdentifier()).build());
    }

    @AfterEach
    void close() {
        cse.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"CAE1", "mn-name/cae1", "/mn-cse/CAE1", "/mn-cse/mn-name/cae1", "-/cae1"})
    void anAeIsNotified(String to) {
        cse.as("/in-cse").notify(to, NOTIFICATION).expect(2000);
        assertThat(cse.left).hasSize(1);
    }

    @Test
    void nothingElseIs() {
        cse.as("/in-cse").notify("mn-name", NOTIFICATION).expect(4005);
        cse.as("/in-cse").notify("mn-name/none", NOTIFICATION).expect(4004);
        assertThat(cse.left).isEmpty();
    }

    @Test
    void whatIsNoNotificationTroublesNoAe() {
        ae.notify("CAE1", CseDriver.Body.of("m2m:cnt").with("mni", 3)).expect(4000).saying("ty");
        assertThat(cse.left).isEmpty();
    }

    @Test
    void anotherAeNeedsThePrivilege() {
        cse.ae("CAE2").notify("CAE1", NOTIFICATION).expect(4103);
        cse.as("/in-cse/CApp").notify("CAE1", NOTIFICATION).expect(4103);
        ae.notify("CAE1", NOTIFICATION).expect(2000);
    }

    @Test
    void aVerificationAsksForTheCreator() {
        CseDriver.Body verification = CseDriver.Body.of("m2m:sgn").with("sur", "/in-cse/in-name/sub").with("vrq", true);
        cse.as("/in-cse").notify("CAE1", verification.with("cr", "/mn-cse/CAE1")).expect(2000);
        cse.as("/in-cse").notify("CAE1", verification.with("cr", "/in-cse/CApp")).expect(4101);
        cse.as("/in-cse").notify("CAE1", verification.with("cr", "CAE1")).expect(4101);
        cse.as("/in-cse/CApp").notify("CAE1", verification.with("cr", "/mn-cse/CAE1")).expect(5205);
    }

    @Test
    void theAnswerOfTheAeIsTheAnswer() {
        cse.elsewhere = request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(4000, request.requestIdentifier())
                .content(io.lintel.primitive.Content.debugInfo("not mine")).build());
        cse.as("/in-cse").notify("CAE1", NOTIFICATION).expect(4000).saying("not mine");
        assertThat(cse.left).extracting(RequestPrimitive::to).containsExactly("CAE1");
    }
}
