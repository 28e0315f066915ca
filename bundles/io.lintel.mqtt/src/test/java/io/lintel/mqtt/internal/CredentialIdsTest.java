// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Credential-IDs: formed of what was verified, and read at the receiver (TS-0003 10.4). */
class CredentialIdsTest {
    private static final String[] RULES = {"user asn is /asn-cse", "user hall is CHall*", "user nobody is none"};

    @TempDir
    Path home;

    @ParameterizedTest
    @CsvSource({"alice, 12-alice", "/asn-cse, 12-/asn-cse", "lamp@hall.example, 12-lamp@hall.example", "a b, 12-a%20b",
        "a+#, 12-a%2B%23", "a%20, 12-a%2520", "ä, 12-%C3%A4", "-, 12--"})
    @Tag("MQ-66")
    void usersAreReadBack(String name, String credential) {
        CredentialIds ids = new CredentialIds("12-%u");
        String formed = ids.ofUser(name);
        assertThat(formed).isEqualTo(credential);
        assertThat(ids.owner(formed)).contains(new CredentialIds.Owner(CredentialIds.Kind.USER, name));
    }

    @Test
    void theFormOfUsersIsASetting() {
        CredentialIds ids = new CredentialIds("12-%u@gw.example");
        assertThat(ids.ofUser("alice")).isEqualTo("12-alice@gw.example");
        assertThat(ids.owner("12-alice@gw.example")).contains(new CredentialIds.Owner(CredentialIds.Kind.USER, "alice"));
        assertThat(ids.owner("12-alice")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"33-CAE01, CAE01", "33-SAE1, SAE1", "32-asn-cse, /asn-cse", "31-lamp.example, C*", "31-CLamp, CLamp",
        "12-alice, C*", "12-CAE01, CAE01", "12-/asn-cse, /asn-cse", "12-asn, /asn-cse", "12-hall, CHall*", "12-nobody, none",
        "10-key, none", "anything, none"})
    @Tag("MQ-60")
    void whatTheyStandForWhileClosed(String credential, String first) {
        try (PolicyDriver driver = PolicyDriver.closed(home, RULES)) {
            Optional<List<String>> permitted = driver.access.permitted(credential);
            assertThat(permitted).isPresent();
            assertThat(permitted.get().stream().findFirst().orElse("none")).isEqualTo(first);
        }
    }

    /** A program on this machine may show any Credential-ID then; only those that say an ID are limited to it. */
    @ParameterizedTest
    @CsvSource({"33-CAE01, true", "32-asn-cse, true", "12-hall, true", "12-CAE01, true", "12-alice, false", "10-key, false",
        "anything, false"})
    void whatIsLimitedWhileOpen(String credential, boolean limited) {
        try (PolicyDriver driver = PolicyDriver.open(home)) {
            driver.rules(List.of(RULES));
            Waiting.until("the rules", () -> driver.access.rules() != AccessRules.NONE && driver.access.idsOfUser("hall")
                    .size() == 1);
            assertThat(driver.access.permitted(credential).isPresent()).isEqualTo(limited);
        }
    }
}
