// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.TopicPolicy.ConnectDecision;
import io.lintel.mqtt.server.TopicPolicy.PublishDecision;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every row of the decision table (TS-0010 7.4), for clients with certificates and for users. */
class DecisionTableTest {
    @TempDir
    Path home;
    private PolicyDriver driver;

    @BeforeEach
    void start() {
        driver = PolicyDriver.closed(home, "user asn is /asn-cse", "user inn is /in-cse");
    }

    @AfterEach
    void end() {
        driver.close();
    }

    static Stream<DecisionTable.Row> rows() {
        return DecisionTable.rows();
    }

    @Test
    void noRowIsLost() {
        assertThat(rows().map(DecisionTable.Row::id).distinct()).contains("1a", "1b", "1c-i", "1c-ii", "1c", "1-reg", "1-deny",
                "2a-i", "2a-ii", "2a-iii", "2a-iv", "2b-i", "2b-ii", "2b-deny", "3a", "3b", "3c", "3d", "4a", "4b", "4-deny",
                "wide", "none");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    @Tag("MQ-58")
    void withCertificates(DecisionTable.Row row) {
        driver.registered.add("/asn-cse", "").add("SAE1", "33-SAE1").add("CAE01", "33-CAE01");
        switch (row.client()) {
            case "registree" -> check(row, "32-asn-cse", PolicyDriver.certificate("C::asn-cse",
                    "DNS:asn-cse.in-cse.lintel.example"));
            case "registrar" -> check(row, "32-in-cse", PolicyDriver.certificate("C::/in-cse", "DNS:in-cse.lintel.example"));
            case "sRegistered" -> check(row, "33-SAE1", PolicyDriver.certificate("A::SAE1", "URI:oneM2M://lintel.example/SAE1"));
            case "cRegistered" ->
                check(row, "33-CAE01", PolicyDriver.certificate("A::CAE01", "URI:x://lintel.example/mn-cse/CAE01"));
            case "sUnregistered" -> check(row, "33-SAE2", PolicyDriver.certificate("A::SAE2", "URI:x://lintel.example/SAE2"));
            case "other" -> check(row, "31-lamp.example", PolicyDriver.certificate("lamp", "DNS:lamp.example", "CN:Lamp 7"));
            case "anonymous" -> check(row, "", new ConnectedClient("x", io.lintel.mqtt.server.Identity.ANONYMOUS,
                    PolicyDriver.AFAR, "tls", false));
            default -> throw new AssertionError(row);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    @Tag("MQ-58")
    void withUsers(DecisionTable.Row row) {
        driver.registered.add("/asn-cse", "").add("SAE1", "12-SAE1").add("CAE01", "12-CAE01");
        switch (row.client()) {
            case "registree" -> check(row, "12-asn", PolicyDriver.user("C::/asn-cse", "asn"));
            case "registrar" -> check(row, "12-inn", PolicyDriver.user("C::in-cse", "inn"));
            case "sRegistered" -> check(row, "12-SAE1", PolicyDriver.user("A::/SAE1", "SAE1"));
            case "cRegistered" -> check(row, "12-CAE01", PolicyDriver.user("A::/mn-cse/CAE01", "CAE01"));
            case "sUnregistered" -> check(row, "12-SAE2", PolicyDriver.user("A::SAE2", "SAE2"));
            case "other" -> check(row, "12-alice", PolicyDriver.user("12-alice", "alice"));
            case "anonymous" -> check(row, "", PolicyDriver.anonymous("x"));
            default -> throw new AssertionError(row);
        }
    }

    private void check(DecisionTable.Row row, String credential, ConnectedClient client) {
        String topic = row.topic(credential, "12-somebody");
        boolean connects = driver.connect(client) == ConnectDecision.ACCEPT;
        assertThat(connects).as("connects").isEqualTo(!row.action().equals("connect") || row.outcome().equals("allow"));
        switch (row.action()) {
            case "connect" -> assertThat(driver.connect(client)).isEqualTo(ConnectDecision.REFUSE_NOT_AUTHORIZED);
            case "subscribe" -> assertThat(driver.subscribe(client, topic)).isEqualTo(row.outcome().equals("allow"));
            case "receive" -> assertThat(driver.deliver(client, topic)).isEqualTo(row.outcome().equals("allow"));
            case "publish" -> assertThat(driver.publish(client, topic)).isEqualTo(decision(row));
            case "retain" -> assertThat(Waiting.result(driver.policy.publish(client, topic, true))).isEqualTo(decision(row));
            default -> throw new AssertionError(row);
        }
    }

    private static PublishDecision decision(DecisionTable.Row row) {
        return switch (row.outcome()) {
            case "allow" -> PublishDecision.ALLOW;
            case "deny" -> PublishDecision.DROP;
            case "forged" -> PublishDecision.DISCONNECT;
            default -> throw new AssertionError(row);
        };
    }
}
