// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import static io.lintel.cse.internal.CseDriver.AE;
import static io.lintel.cse.internal.CseDriver.CSR;
import static io.lintel.cse.internal.CseDriver.ae;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.Registrations.Registration;
import io.lintel.cse.internal.CseDriver;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The credential of a registration: kept with it, and what it may register as (TS-0003 8, MQ-60, security digest 5). */
class RegistrationCredentialsTest {
    private final CseDriver cse = CseDriver.mn();

    @AfterEach
    void close() {
        cse.close();
    }

    private static Hop with(String credential, Optional<List<String>> permitted) {
        return new Hop(Binding.MQTT, "client", true, true, Optional.empty(), Optional.empty(), Optional.of(credential),
                Optional.empty(), false, permitted);
    }

    private static Hop with(String credential) {
        return with(credential, Optional.empty());
    }

    private String credential(String stem) {
        return cse.core().registrations().ae(stem).map(Registration::credential).orElse("not registered");
    }

    @Test
    void staysWithTheRegistrationAndGoesWithIt() {
        cse.as("CLamp").via(with("12-lamp")).create("mn-name", AE, ae()).expect(2001);
        cse.as("CPlain").create("mn-name", AE, ae()).expect(2001);
        assertThat(credential("CLamp")).isEqualTo("12-lamp");
        assertThat(credential("CPlain")).isEmpty();
        assertThat(cse.core().registrations().withCredential("12-lamp")).extracting(Registration::id).containsExactly("CLamp");

        cse.restart();
        assertThat(credential("CLamp")).isEqualTo("12-lamp");
        assertThat(cse.core().registrations().withCredential("12-lamp")).extracting(Registration::id).containsExactly("CLamp");

        cse.as("CLamp").update("CLamp", CseDriver.Body.of("m2m:ae").with("lbl", List.of("renamed"))).expect(2004);
        assertThat(credential("CLamp")).isEqualTo("12-lamp");

        cse.as("CLamp").delete("CLamp").expect(2002);
        assertThat(cse.core().registrations().withCredential("12-lamp")).isEmpty();
        cse.as("CLamp").via(with("12-other")).create("mn-name", AE, ae()).expect(2001);
        assertThat(credential("CLamp")).isEqualTo("12-other");
    }

    @Test
    void goesWithARegistrationThatExpires() {
        cse.as("CLamp").via(with("12-lamp")).create("mn-name", AE, ae().with("et", cse.clock.in(Duration.ofSeconds(60))))
                .expect(2001);
        cse.clock.pass(Duration.ofSeconds(61));
        cse.core().sweepExpired();
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!cse.core().registrations().withCredential("12-lamp").isEmpty()) {
            assertThat(System.nanoTime()).as("the sweep ends").isLessThan(deadline);
            LockSupport.parkNanos(1_000_000);
        }
        cse.as("CLamp").create("mn-name", AE, ae()).expect(2001);
        assertThat(credential("CLamp")).isEmpty();
    }

    /** From the moment its time is over, not from the sweep that comes after. */
    @Test
    void whoseRegistrationHasExpiredRegistersAgainAtOnce() {
        cse.as("CLamp").via(with("12-lamp")).create("mn-name", AE, ae().named("lamp").with("et",
                cse.clock.in(Duration.ofSeconds(60)))).expect(2001);
        cse.as("CLamp").via(with("12-lamp")).create("mn-name", AE, ae().named("lamp")).expect(4117);
        cse.clock.pass(Duration.ofSeconds(61));
        cse.as("CLamp").via(with("12-other")).create("mn-name", AE, ae().named("lamp")).expect(2001);
        assertThat(credential("CLamp")).isEqualTo("12-other");
        assertThat(cse.core().registrations().withCredential("12-lamp")).isEmpty();
        cse.as("CLamp").delete("CLamp").expect(2002);
    }

    /** A delivery that comes again gets its first answer, another request of the same AE is told that it is registered. */
    @Test
    @Tag("MQ-33")
    void registersOnceWhateverIsDeliveredTwice() {
        CseDriver.Peer lamp = cse.as("").via(new Hop(Binding.MQTT, "client", true, true, Optional.empty(), Optional.empty(),
                Optional.of("12-lamp"), Optional.of("delivery"), false, Optional.of(List.of("CLamp"))));
        CseDriver.Result first = lamp.create("mn-name", AE, ae()).expect(2001);
        assertThat(first.content().text("aei")).contains("CLamp");
        assertThat(cse.send(first.request(), lamp.hop())).isEqualTo(first.response());
        lamp.delivery("another").create("mn-name", AE, ae()).expect(4117).saying("CLamp");
        cse.as("CLamp").delete("CLamp").expect(2002);
        lamp.delivery("a third").create("mn-name", AE, ae()).expect(2001);
    }

    /** Some credentials stand for many AEs. */
    @Test
    void registersSeveralAesIfItStandsForThem() {
        Hop hop = with("12-hall", Optional.of(List.of("CHall*", "C*")));
        cse.as("CHall1").via(hop).create("mn-name", AE, ae()).expect(2001);
        cse.as("CHall2").via(hop).create("mn-name", AE, ae()).expect(2001);
        cse.as("C").via(hop).create("mn-name", AE, ae()).expect(2001);
        assertThat(cse.core().registrations().withCredential("12-hall")).hasSize(3);
    }

    @Test
    void isNoResource() {
        cse.as("CLamp").via(with("12-lamp")).create("mn-name", AE, ae()).expect(2001);
        cse.admin().retrieve("credential:CLamp").expect(4000);
        assertThat(cse.admin().rcn(4).retrieve("mn-name").expect(2000).toString()).doesNotContain("12-lamp");
        assertThat(cse.admin().retrieve("CLamp").expect(2000).toString()).doesNotContain("12-lamp");
    }

    @Test
    void everyChangeMovesTheVersion() {
        long before = cse.core().registrations().version();
        cse.as("CLamp").create("mn-name", AE, ae()).expect(2001);
        long registered = cse.core().registrations().version();
        assertThat(registered).isGreaterThan(before);
        cse.as("CLamp").delete("CLamp").expect(2002);
        assertThat(cse.core().registrations().version()).isGreaterThan(registered);
    }

    /** What the credential stands for, the wish, the status, and the first letters of the stem that comes of it. */
    @ParameterizedTest
    @CsvSource({
        "CLamp,        '',     2001, CLamp", "CLamp, C, 2001, CLamp", "CLamp, CLamp, 2001, CLamp",
        "CLamp,        S,      4126, ", "CLamp, COther, 4106, ",
        "C*,           '',     2001, C", "C*, C, 2001, C", "C*, CAny, 2001, CAny", "C*, S, 4126, ", "C*, SAny, 4106, ",
        "CHall*,       CHall7, 2001, CHall7", "CHall*, C, 4126, ", "CHall*, CHell7, 4106, ",
        "CLamp|CFan,   CFan,   2001, CFan", "CLamp|CFan, C, 4126, ",
        "*,            '',     2001, C",
        "/asn-cse,     CLamp,  4106, ", "/asn-cse, '', 4126, ", "none, '', 4126, ", "none, CLamp, 4106, "})
    @Tag("MQ-60")
    void standsForCertainAes(String permitted, String wish, int status, String stem) {
        List<String> ids = permitted.equals("none") ? List.of() : Arrays.asList(permitted.split("\\|"));
        cse.as(wish).via(with("12-x", Optional.of(ids))).create("mn-name", AE, ae()).expect(status);
        if (stem != null) {
            assertThat(cse.core().registrations().withCredential("12-x")).singleElement()
                    .satisfies(registration -> assertThat(registration.id()).startsWith(stem));
        }
    }

    @ParameterizedTest
    @CsvSource({"/new-cse, 2001", "/new-*, 2001", "/other-cse, 4106", "/other-*, 4106", "C*, 4106", "*, 4106", "none, 4106"})
    @Tag("MQ-60")
    void standsForOneCse(String permitted, int status) {
        List<String> ids = permitted.equals("none") ? List.of() : List.of(permitted);
        CseDriver.Body remote = CseDriver.Body.of("m2m:csr").with("cb", "/new-cse/n").with("csi", "/new-cse").with("rr", true);
        cse.as("/new-cse").via(with("32-x", Optional.of(ids))).create("mn-name", CSR, remote).expect(status);
    }
}
