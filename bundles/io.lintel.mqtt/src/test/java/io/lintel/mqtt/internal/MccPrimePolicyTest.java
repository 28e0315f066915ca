// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.CseIdentity;
import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.TopicPolicy.ConnectDecision;
import io.lintel.mqtt.server.TopicPolicy.PublishDecision;
import io.lintel.tls.CredentialId;
import io.lintel.tls.IdentityRules.MalformedRulesException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The decision table of TS-0010 7.4 for the IN-CSE of another service provider at the co-located, closed server of /in-cse, by
 * analogy with a registree CSE (PS7, Mcc'). It is called /in-cse, too.
 */
@Tag("PS7")
class MccPrimePolicyTest {
    private static final String OTHER = "//other.example/in-cse";
    private static final String CLIENT_ID = "C:::other.example:in-cse";

    @TempDir
    Path home;
    private PolicyDriver driver;

    @BeforeEach
    void start() {
        driver = PolicyDriver.closed(home, "user other is " + OTHER, "user third is //third.example/in-cse",
                "user ours is //lintel.example/asn-cse", "user any is /*", "certificate in.third.net is //third.example/in-cse");
        driver.policy.bindCse(new RecordingCse(new CseIdentity("//lintel.example", "/in-cse", "in-name", "base",
                CseIdentity.CseType.IN, "CAdmin")));
        driver.registered.add(OTHER, "").add("CAE01", "12-CAE01");
    }

    @AfterEach
    void end() {
        driver.close();
    }

    @ParameterizedTest
    @CsvSource({
        "other, C:::other.example:in-cse,  yes", "other, C:://other.example/in-cse, yes", "other, 12-other, yes", "other, x, yes",
        "other, C::in-cse,                 no",  "other, C::/in-cse,                no",  "other, C:::in-cse, no",
        "other, C:::third.example:in-cse,  no",  "other, C:::other.example:in2-cse, no",  "other, A::CAE01,  no",
        "other, C:::lintel.example:in-cse, no",  "third, C:::other.example:in-cse,  no",  "any, C:::other.example:in-cse, no",
        "third, C:::third.example:in-cse,  yes", "ours,  C::asn-cse,                yes",
        "ours,  C:::lintel.example:asn-cse, yes", "//other.example/in-cse, C:::other.example:in-cse, yes",
        "CAE01, C:::other.example:in-cse,  no"})
    @Tag("MQ-57")
    void theClientIdentifierHasTheDomain(String user, String clientId, String fits) {
        assertThat(driver.connect(PolicyDriver.user(clientId, user))).isEqualTo(fits.equals("yes") ? ConnectDecision.ACCEPT
                : ConnectDecision.REFUSE_IDENTIFIER);
    }

    @ParameterizedTest
    @CsvSource({
        "subscribe, /oneM2M/req/+/:other.example:in-cse/#,                       allow",
        "subscribe, /oneM2M/req/:lintel.example:in-cse/:other.example:in-cse/#,  allow",
        "subscribe, /oneM2M/resp/:other.example:in-cse/#,                        allow",
        "subscribe, /oneM2M/reg_req/+/:other.example:in-cse/#,                   allow",
        "subscribe, /oneM2M/req/+/in-cse/#,                                      deny",
        "subscribe, /oneM2M/req/+/:lintel.example:in-cse/#,                      deny",
        "subscribe, /oneM2M/req/+/:third.example:in-cse/#,                       deny",
        "subscribe, /oneM2M/req/+/:other.example:mn-cse/#,                       deny",
        "subscribe, /oneM2M/resp/in-cse/#,                                       deny",
        "subscribe, /oneM2M/resp/CAE01/#,                                        deny",
        "receive,   /oneM2M/req/:lintel.example:in-cse/:other.example:in-cse/json,  allow",
        "receive,   /oneM2M/resp/:other.example:in-cse/:lintel.example:in-cse/json, allow",
        "receive,   /oneM2M/req/CAE01/in-cse/json,                               deny",
        "receive,   /oneM2M/req/:third.example:in-cse/:lintel.example:in-cse/json,  deny",
        "publish,   /oneM2M/req/:other.example:in-cse/:lintel.example:in-cse/json,  allow",
        "publish,   /oneM2M/req/:other.example:in-cse/in-cse/json,               allow",
        "publish,   /oneM2M/resp/:lintel.example:in-cse/:other.example:in-cse/json, allow",
        "publish,   /oneM2M/req/:other.example:in-cse/:third.example:in-cse/json, deny",
        "publish,   /oneM2M/req/:other.example:in-cse/mn-cse/json,               deny",
        "publish,   /oneM2M/req/in-cse/:lintel.example:in-cse/json,              forged",
        "publish,   /oneM2M/req/:lintel.example:in-cse/CAE01/json,               forged",
        "publish,   /oneM2M/req/:third.example:in-cse/in-cse/json,               forged",
        "publish,   /oneM2M/req/:other.example:in-cse:CAE01/in-cse/json,         forged",
        "publish,   /oneM2M/req/:other.example:CAE01/in-cse/json,                forged",
        "publish,   /oneM2M/req/CAE01/in-cse/json,                               forged",
        "publish,   /oneM2M/resp/CAE01/in-cse/json,                              forged"})
    @Tag("MQ-58")
    @Tag("MQ-26")
    void itsTopicsHaveTheAbsoluteLevel(String action, String topic, String outcome) {
        check(PolicyDriver.user(CLIENT_ID, "other"), action, topic, outcome);
        check(PolicyDriver.certificate(CLIENT_ID, "URI:id:" + OTHER), action, topic, outcome);
    }

    private void check(ConnectedClient client, String action, String topic, String outcome) {
        assertThat(driver.connect(client)).isEqualTo(ConnectDecision.ACCEPT);
        switch (action) {
            case "subscribe" -> assertThat(driver.subscribe(client, topic)).isEqualTo(outcome.equals("allow"));
            case "receive" -> assertThat(driver.deliver(client, topic)).isEqualTo(outcome.equals("allow"));
            default -> assertThat(driver.publish(client, topic)).isEqualTo(switch (outcome) {
                case "allow" -> PublishDecision.ALLOW;
                case "deny" -> PublishDecision.DROP;
                default -> PublishDecision.DISCONNECT;
            });
        }
    }

    /** Rights begin and end with the remoteCSE, under the connection. */
    @Test
    @Tag("MQ-58")
    void nothingIsOpenWithoutTheRemoteCse() {
        ConnectedClient third = PolicyDriver.user("C:::third.example:in-cse", "third");
        String request = "/oneM2M/req/:third.example:in-cse/:lintel.example:in-cse/json";
        assertThat(driver.connect(third)).isEqualTo(ConnectDecision.ACCEPT);
        assertThat(driver.publish(third, request)).isEqualTo(PublishDecision.DROP);
        assertThat(driver.subscribe(third, "/oneM2M/req/+/:third.example:in-cse/#")).isFalse();

        driver.registered.add("//third.example/in-cse", "");
        assertThat(driver.publish(third, request)).isEqualTo(PublishDecision.ALLOW);
        assertThat(driver.subscribe(third, "/oneM2M/req/+/:third.example:in-cse/#")).isTrue();

        driver.registered.remove("//third.example/in-cse");
        assertThat(driver.publish(third, request)).isNotEqualTo(PublishDecision.ALLOW);
        assertThat(driver.deliver(third, "/oneM2M/req/:lintel.example:in-cse/:third.example:in-cse/json")).isFalse();
    }

    /** A URI of another domain may be of anything, until the administrator has made that CSE known. */
    @Test
    @Tag("MQ-57")
    void aCertificateSaysAnotherDomainsCseOnlyIfThatIsKnown() {
        ConnectedClient third = PolicyDriver.certificate("C:::third.example:in-cse", "URI:id://third.example/in-cse");
        assertThat(driver.connect(third)).isEqualTo(ConnectDecision.REFUSE_IDENTIFIER);
        driver.registered.add("//third.example/in-cse", "");
        assertThat(driver.connect(third)).isEqualTo(ConnectDecision.ACCEPT);
        assertThat(driver.connect(PolicyDriver.certificate("C:::third.example:in-cse", "DNS:in.third.net")))
                .as("by a rule").isEqualTo(ConnectDecision.ACCEPT);
    }

    @Test
    void itsCredentialIdIsOfOneSpelling() {
        Segments segments = new Segments(new CseIdentity("//lintel.example", "/in-cse", "in-name", "base",
                CseIdentity.CseType.IN, "CAdmin"), id -> false, true, true);
        String credential = CredentialId.ofCse(OTHER);
        for (String spelling : List.of("32-:other.example:in-cse", "32-::other.example:in-cse", "32-other.example:in-cse")) {
            assertThat(CredentialIds.canonical(Segments.credential(spelling), segments)).isEqualTo(credential);
        }
        assertThat(new CredentialIds("12-%u").owner(credential)).contains(new CredentialIds.Owner(CredentialIds.Kind.CSE, OTHER));
        assertThat(segments.entity(":other.example:in-cse:CAE01")).contains(OTHER + "/CAE01");
        assertThat(segments.entity(":other.example:base")).contains("//other.example/base");
    }

    @Test
    void aRuleDoesNotLeaveTheDomainOpen() {
        for (String id : List.of("//*/in-cse", "//other.example/*", "//other.example", "//other.example/in-cse/x")) {
            assertThatThrownBy(() -> AccessRules.parse(List.of("user other is " + id)))
                    .isInstanceOf(MalformedRulesException.class);
        }
    }
}
