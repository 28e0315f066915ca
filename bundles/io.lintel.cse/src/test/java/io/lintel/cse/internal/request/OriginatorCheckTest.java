// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import static io.lintel.cse.internal.CseDriver.AE;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.CSR;
import static io.lintel.cse.internal.CseDriver.ae;
import static io.lintel.cse.internal.CseDriver.cnt;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.cse.api.Hop;
import io.lintel.cse.internal.CseDriver;
import io.lintel.primitive.ResponsePrimitive;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may say it is whom (TS-0004 7.3.2.1, TS-0010 clause 7): {@code fr} against what the transport knows. */
@Tag("MQ-59")
class OriginatorCheckTest {
    private static final CseDriver.Body CSE = CseDriver.Body.of("m2m:csr").with("cb", "/new-cse/n").with("csi", "/new-cse")
            .with("rr", true);

    private final CseDriver cse = CseDriver.mn();

    @AfterEach
    void close() {
        cse.close();
    }

    @Nested
    class OnOpenLoopback {
        @BeforeEach
        void someAreRegistered() {
            cse.registrar("/in-cse");
            cse.elsewhere = request -> CompletableFuture.completedFuture(
                    ResponsePrimitive.builder(2004, request.requestIdentifier()).build());
            cse.ae("CAE1");
            cse.ae("SAE2");
            cse.registree("/asn");
        }

        @ParameterizedTest
        @CsvSource({
            "CAE1, 2000", "/mn-cse/CAE1, 2000", "//lintel.example/mn-cse/CAE1, 2000",
            "SAE2, 2000", "/SAE2, 2000", "//lintel.example/SAE2, 2000",
            "CAE9, 4106", "SAE9, 4106", "/mn-cse/CAE9, 4106", "/mn-cse, 4106",
            "/asn, 2000", "/in-cse, 2000", "/other, 4107", "//foreign.example/x, 4107",
            "CAdmin, 2000"})
        void anUnnamedSenderIsBelievedIfItIsKnown(String originator, int status) {
            cse.as(originator).retrieve("mn-name").expect(status);
        }

        @ParameterizedTest
        @CsvSource({"/asn/CX, 4103", "/in-cse/CApp, 4103", "/third/CX, 4103", "/S77, 4103"})
        void anAeBehindAnotherCseIsBelievedButHasNoPrivilege(String originator, int status) {
            cse.as(originator).retrieve("mn-name/cae1").expect(status);
        }

        @ParameterizedTest
        @CsvSource({
            "CAE1, CAE1, 2000", "CAE1, /mn-cse/CAE1, 2000", "/mn-cse/CAE1, CAE1, 2000", "SAE2, SAE2, 2000", "/SAE2, SAE2, 2000",
            "CAE1, SAE2, 4106", "CAE1, CAdmin, 4106", "CAE1, /asn, 4106", "CAE1, /in-cse/CX, 4106", "CAE1, CAE9, 4106",
            "CAE9, CAE9, 4106", "CAE9, CAE1, 4106",
            "CAdmin, CAdmin, 2000", "CAdmin, CAE1, 4106"})
        void whatTheTopicSaysOfAnAeMustFit(String sender, String originator, int status) {
            cse.as(originator).topic(sender).retrieve("mn-name").expect(status);
        }

        @ParameterizedTest
        @CsvSource({"/asn, 2000", "/in-cse, 4106", "CAE1, 4106", "/mn-cse/CAE1, 4106", "/SAE2, 4106", "CX, 4106", "/third, 4106",
            "/mn-cse, 4106", "CAdmin, 4106"})
        void aRegistreeSpeaksForItselfAndWhatIsBehindIt(String originator, int status) {
            cse.as(originator).topic("/asn").retrieve("mn-name").expect(status);
        }

        @ParameterizedTest
        @CsvSource({"/asn/CX", "/S77"})
        void whatIsBehindARegistreeHasItsOwnPrivileges(String originator) {
            cse.as(originator).topic("/asn").retrieve("mn-name").expect(4103);
        }

        @ParameterizedTest
        @CsvSource({"/in-cse, 2000", "/in-cse/CApp, 4103", "/third, 4103", "/third/CX, 4103", "//foreign.example/x/CY, 4103",
            "/mn-cse/CAE1, 2000", "CX, 4106", "/mn-cse, 4106", "CAdmin, 4106"})
        void theRegistrarSpeaksForTheRestOfTheWorld(String originator, int status) {
            cse.as(originator).topic("/in-cse").retrieve("mn-name").expect(status);
        }

        @Test
        void aDescendantIsBehindItsRegistree() {
            cse.admin().update("mn-name/asn", CseDriver.Body.of("m2m:csr").with("dcse", List.of("/deep"))).expect(2004);
            cse.as("/deep").topic("/asn").retrieve("mn-name").expect(4103);
            cse.as("/deep/CX").topic("/asn").retrieve("mn-name").expect(4103);
            cse.as("/deeper").topic("/asn").retrieve("mn-name").expect(4106);
        }

        @ParameterizedTest
        @CsvSource({"/second", "/second/CX", "/in-cse", "/in-cse/CApp"})
        void aRegistreeCanNotClaimWhoIsRegisteredHereItself(String originator) {
            cse.registree("/second");
            cse.admin().update("mn-name/asn", CseDriver.Body.of("m2m:csr").with("dcse", List.of("/second", "/in-cse")))
                    .expect(2004);
            cse.as(originator).topic("/asn").retrieve("mn-name").expect(4106);
            cse.as("/second").topic("/second").retrieve("mn-name").expect(2000);
        }

        @Test
        void aCseThatIsNotRegisteredCanOnlyRegister() {
            cse.as("/new-cse").topic("/new-cse").retrieve("mn-name").expect(4106);
            cse.as("/asn").topic("/new-cse").create("mn-name", CSR, CSE).expect(4106);
            cse.as("/new-cse").topic("/new-cse").create("mn-name", CSR, CSE).expect(2001);
            cse.as("/new-cse").topic("/new-cse").retrieve("mn-name").expect(2000);
        }

        @Test
        void aCredentialIsGoodForARegistrationOnly() {
            Hop byCredential = new Hop(Binding.MQTT, "x", true, false, Optional.empty(), Optional.empty(), Optional.of("cred-1"),
                    Optional.empty());
            cse.as("CAE1").via(byCredential).retrieve("mn-name").expect(4106);
            cse.as("CAE3").via(byCredential).create("mn-name", AE, ae()).expect(2001);
            cse.as("").via(byCredential).create("mn-name", AE, ae()).expect(2001);
            cse.as("/new-cse").via(byCredential).create("mn-name", CSR, CSE).expect(2001);
        }

        @Test
        void bothOfWhatTheTransportSaysMustAgree() {
            Hop contradictory = new Hop(Binding.MQTT, "x", true, true, Optional.of("CAE1"), Optional.of("SAE2"), Optional.empty(),
                    Optional.empty());
            cse.as("CAE1").via(contradictory).retrieve("mn-name").expect(4106);
            cse.as("SAE2").via(contradictory).retrieve("mn-name").expect(4106);
        }

        @Test
        void theAdministratorIsOnThisMachineOrProven() {
            cse.admin().via(Hop.plain(Binding.HTTP, "192.0.2.1", false)).retrieve("mn-name").expect(4107);
            cse.admin().verified("CAdmin").retrieve("mn-name/cae1").expect(2000);
            cse.admin().via(Hop.local("io.lintel.console")).retrieve("mn-name/cae1").expect(2000);
        }
    }

    @Nested
    class FromTheNetwork {
        private final Hop plain = Hop.plain(Binding.HTTP, "192.0.2.1", false);

        @Test
        void anUnsecuredSenderNeedsAnAssociation() {
            cse.ae("CAE1");
            cse.as("CAE1").via(plain).retrieve("mn-name").expect(4107);
            cse.as("CAE2").via(plain).create("mn-name", AE, ae()).expect(4107);
            cse.as("/in-cse").via(plain).retrieve("mn-name").expect(4107);
        }

        @ParameterizedTest
        @CsvSource({"CAE1, 2000", "CAE2, 4106", "/asn, 4106", "CAdmin, 4106"})
        void aVerifiedAeIsItself(String originator, int status) {
            cse.ae("CAE1");
            cse.as(originator).verified("CAE1").retrieve("mn-name").expect(status);
        }

        @Test
        void aVerifiedAeRegistersAsItselfOnly() {
            cse.as("CAE2").verified("CAE1").create("mn-name", AE, ae()).expect(4106);
            cse.as("S").verified("CAE1").create("mn-name", AE, ae()).expect(4106);
            cse.as("C").verified("CAE1").create("mn-name", AE, ae()).expect(2001);
            cse.as("CAE1").verified("CAE1").retrieve("mn-name").expect(2000);
        }

        @Test
        void aVerifiedCseCannotRegisterAnAe() {
            cse.registree("/asn");
            cse.as("CAE2").verified("/asn").create("mn-name", AE, ae()).expect(4000);
        }

        @Test
        void theMalformedOriginatorComesBeforeTheAssociation() {
            cse.as("C:1").via(plain).retrieve("mn-name").expect(4000);
            cse.nobody().via(plain).retrieve("mn-name").expect(4000);
        }
    }

    @Test
    void closedLoopbackBelievesNobodyUnproven() {
        try (CseDriver closed = CseDriver.with(CseDriver.settings(CseType.MN, false))) {
            closed.as("CAE1").create("mn-name", AE, ae()).expect(4107);
            closed.admin().retrieve("mn-name").expect(4107);
            closed.as("/in-cse").retrieve("mn-name").expect(4107);
            closed.as("CAE1").topic("CAE1").create("mn-name", AE, ae()).expect(4107);
            closed.as("CAE1").verified("CAE1").create("mn-name", AE, ae()).expect(2001);
            closed.as("CAE1").verified("CAE1").create("mn-name/" + "CAE1", CNT, cnt()).expect(2001);
            closed.as("CAE1").via(Hop.local("io.lintel.adapter")).retrieve("CAE1").expect(2000);
            closed.as("CAE1").retrieve("CAE1").expect(4107);
        }
    }
}
