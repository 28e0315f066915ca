// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whom credentials stand for: by the names in certificates, by the file of rules, by their own name. */
class IdentitiesTest {
    private static final Identities.Self SELF = new Identities.Self("//lintel.example", "/mn-cse",
            Set.of("/in-cse", "/S-cse", "//other.example/in-cse")::contains);

    @TempDir
    private Path home;

    @BeforeEach
    void folder() throws IOException {
        Files.createDirectories(home.resolve("etc"));
    }

    private Identities identities(String... rules) throws IOException {
        if (rules.length > 0) {
            Files.writeString(home.resolve("etc/identities"), String.join("\n", rules));
        }
        return new Identities(home, "etc/identities", "%c.%d", "%c.*.%d");
    }

    @ParameterizedTest
    @CsvSource({
        "URI:m2m://lintel.example/mn-cse/Clamp,  33-Clamp,             Clamp",
        "URI://lintel.example/mn-cse/Clamp,      33-Clamp,             Clamp",
        "URI:m2m://lintel.example/Smeter,        33-Smeter,            Smeter",
        "URI:m2m://lintel.example/S-cse,         32-S-cse,             /S-cse",
        "URI:m2m://lintel.example/in-cse,        32-in-cse,            /in-cse",
        "URI:m2m://lintel.example/attic/Cx,      33-attic/Cx,          ",
        "URI:m2m://other.example/in-cse,         32-other.example/in-cse, //other.example/in-cse",
        "URI:http://web.example/page,            31-http%3A//web.example/page, C* S*",
        "DNS:attic.in-cse.lintel.example,        32-attic,             /attic",
        "DNS:attic.other.example,                31-attic.other.example, C* S*",
        "CN:Clamp,                               31-Clamp,             Clamp",
        "CN:Front door,                          31-Front%20door,      C* S*"})
    void namesOfCertificates(String name, String credential, String ids) throws IOException {
        PeerIdentity peer = identities().ofCertificate(List.of(name), SELF);
        assertThat(peer).isEqualTo(new PeerIdentity(credential, ids == null ? List.of() : List.of(ids.split(" "))));
    }

    @Test
    void theFirstNameThatSaysAnIdCounts() throws IOException {
        assertThat(identities().ofCertificate(List.of("URI:urn:x", "DNS:attic.lintel.example", "CN:Clamp"), SELF))
                .isEqualTo(new PeerIdentity("32-attic", List.of("/attic")));
    }

    @Test
    void rulesSayWhomTheOthersStandFor() throws IOException {
        Identities identities = identities("# credentials", "certificate \"Front door\" is Cdoor", "psk meter* is Cmeter*",
                "psk gw@x is //lintel.example/attic   # ours", "certificate guest is none", "user attic is /attic");
        assertThat(identities.ofCertificate(List.of("CN:Front door"), SELF).exact()).contains("Cdoor");
        PeerIdentity meters = identities.ofPsk("meter7@field.example", SELF);
        assertThat(meters).isEqualTo(new PeerIdentity("12-meter7@field.example", List.of("Cmeter*")));
        assertThat(meters.exact()).isEmpty();
        assertThat(meters.covers("Cmeter1")).isTrue();
        assertThat(meters.covers("Clamp")).isFalse();
        assertThat(identities.ofPsk("gw@x", SELF).ids()).containsExactly("/attic");
        assertThat(identities.ofCertificate(List.of("CN:guest"), SELF)).isEqualTo(new PeerIdentity("31-guest", List.of()));
        assertThat(identities.ofPsk("Clamp", SELF).exact()).as("by its own name").contains("Clamp");
        assertThat(identities.ofPsk("nobody", SELF).ids()).containsExactly("C*", "S*");
        assertThat(identities.ids(IdentityRules.Kind.USER, "attic", IdentityRules.NONE)).containsExactly("/attic");
    }

    @Test
    void rulesOfABindingCountFirst() throws Exception {
        IdentityRules first = IdentityRules.parse(List.of("certificate guest is Cguest"));
        assertThat(identities("certificate guest is none").ofCertificate(List.of("CN:guest"), SELF, first).exact())
                .contains("Cguest");
    }

    @Test
    void aFileWithAnErrorLeavesTheRulesBefore() throws Exception {
        Identities identities = identities("psk k is Ck", "psk l is what");
        assertThat(identities.ofPsk("k", SELF).ids()).as("none were there").containsExactly("C*", "S*");
        assertThatThrownBy(() -> IdentityRules.parse(List.of("psk k", "door d is Cd", "psk l is what", "psk m is /a Cb",
                "psk \"n is Cn"))).hasMessageContaining("line 1: a rule is: psk NAME is ID …")
                .hasMessageContaining("line 2: a rule begins with user, certificate or psk, not with door")
                .hasMessageContaining("line 3: no CSE-ID").hasMessageContaining("line 4: who is a CSE is nothing else")
                .hasMessageContaining("line 5: a quote is not closed");
    }

    @ParameterizedTest
    @CsvSource({"asn-cse.in-cse.lintel.example, /asn-cse", "in-cse.lintel.example, /in-cse", "IN.Lintel.EXAMPLE, /IN",
        "lintel.example, ", "a.b.c.lintel.example, ", "asn-cse.in-cse.other.example, ", "-.lintel.example, "})
    void domainNamesOfCses(String name, String cseId) {
        CseDomainNames names = new CseDomainNames(List.of("%c.%d", "%c.*.%d"));
        assertThat(names.cseId(name, "//lintel.example")).isEqualTo(Optional.ofNullable(cseId));
    }

    @Test
    void domainNamesAreASetting() {
        assertThat(new CseDomainNames(List.of()).cseId("in-cse.lintel.example", "//lintel.example")).isEmpty();
        assertThat(new CseDomainNames(List.of("gw.%c.field.example")).cseId("gw.x7.field.example", "//lintel.example"))
                .contains("/x7");
        assertThat(new Identities(home, "etc/identities", "none").ofCertificate(List.of("DNS:in-cse.lintel.example"), SELF)
                .exact()).isEmpty();
        assertThatThrownBy(() -> new Identities(home, "etc/identities", "a.b")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("security.cseDomainNames");
    }
}
