// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static io.lintel.mqtt.internal.PolicyDriver.anonymous;
import static io.lintel.mqtt.internal.PolicyDriver.certificate;
import static io.lintel.mqtt.internal.PolicyDriver.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.TopicPolicy.ConnectDecision;
import io.lintel.mqtt.server.TopicPolicy.PublishDecision;
import io.lintel.tls.IdentityRules.MalformedRulesException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules file: topics outside oneM2M, and whom credentials stand for. */
class AccessRulesTest {
    @TempDir
    Path home;

    @Test
    void everythingOutsideOneM2mIsClosedWithoutRules() {
        try (PolicyDriver driver = PolicyDriver.closed(home)) {
            assertThat(driver.subscribe(user("x", "lamp7"), "tele/#")).isFalse();
            assertThat(driver.publish(user("x", "lamp7"), "tele/lamp7/STATE")).isEqualTo(PublishDecision.DROP);
            assertThat(driver.deliver(user("x", "lamp7"), "tele/lamp7/STATE")).isFalse();
        }
    }

    @Test
    void aRuleOpensWhatItNames() {
        try (PolicyDriver driver = PolicyDriver.closed(home, "# devices", "",
                "user lamp*  write  tele/%u/# stat/%u/#   # its own",
                "user lamp* read cmnd/%u/#", "certificate \"Hall 2\" readwrite hall/#",
                        "certificate DNS:door.example read door/+",
                "all read announcements/#", "user monitor read $SYS/# #", "user %c write x/%c")) {
            ConnectedClient lamp = user("whatever", "lamp7");
            assertThat(driver.publish(lamp, "tele/lamp7/LWT")).isEqualTo(PublishDecision.ALLOW);
            assertThat(driver.publish(lamp, "stat/lamp7/POWER")).isEqualTo(PublishDecision.ALLOW);
            assertThat(driver.publish(lamp, "tele/lamp8/LWT")).isEqualTo(PublishDecision.DROP);
            assertThat(driver.publish(lamp, "cmnd/lamp7/POWER")).isEqualTo(PublishDecision.DROP);
            assertThat(driver.subscribe(lamp, "cmnd/lamp7/#")).isTrue();
            assertThat(driver.subscribe(lamp, "cmnd/+/POWER")).as("narrowed").isTrue();
            assertThat(driver.subscribe(lamp, "cmnd/lamp8/#")).isFalse();
            assertThat(driver.subscribe(lamp, "tele/lamp7/#")).as("write is not read").isFalse();
            assertThat(driver.deliver(lamp, "cmnd/lamp7/POWER")).isTrue();
            assertThat(driver.deliver(lamp, "cmnd/lamp8/POWER")).isFalse();
            assertThat(driver.deliver(lamp, "announcements/today")).isTrue();
            assertThat(driver.publish(lamp, "announcements/today")).isEqualTo(PublishDecision.DROP);
            assertThat(driver.publish(certificate("x", "CN:Hall 2"), "hall/door")).isEqualTo(PublishDecision.ALLOW);
            assertThat(driver.publish(user("x", "Hall 2"), "hall/door")).as("a user is no certificate")
                    .isEqualTo(PublishDecision.DROP);
            assertThat(driver.subscribe(certificate("x", "DNS:door.example", "CN:d"), "door/bell")).isTrue();
            ConnectedClient monitor = user("x", "monitor");
            assertThat(driver.deliver(monitor, "tele/lamp7/LWT")).isTrue();
            assertThat(driver.deliver(monitor, "$SYS/broker/uptime")).isTrue();
            assertThat(driver.subscribe(monitor, "$SYS/broker/+")).isTrue();
            assertThat(driver.publish(monitor, "$SYS/broker/uptime")).isEqualTo(PublishDecision.DROP);
            assertThat(driver.subscribe(lamp, "$SYS/broker/+")).isFalse();
        }
    }

    /** Whatever the rules say, oneM2M topics are the table's. */
    @Test
    void noRuleReachesOneM2mTopics() {
        try (PolicyDriver driver = PolicyDriver.closed(home, "all readwrite #")) {
            ConnectedClient client = user("x", "lamp7");
            for (String topic : List.of("/oneM2M/req/CAE01/mn-cse/json", "pre/oneM2M/resp/CAE01/mn-cse", "/oneM2M/else",
                    "/oneM2M")) {
                assertThat(driver.deliver(client, topic)).as(topic).isFalse();
                assertThat(driver.publish(client, topic)).as(topic).isNotEqualTo(PublishDecision.ALLOW);
            }
            assertThat(driver.publish(client, "oneM2M")).as("the first level is no oneM2M level")
                    .isEqualTo(PublishDecision.ALLOW);
            assertThat(driver.subscribe(client, "/oneM2M/req/+/mn-cse/#")).isFalse();
            assertThat(driver.subscribe(client, "/oneM2M/else/#")).isFalse();
            assertThat(driver.publish(client, "any/thing")).isEqualTo(PublishDecision.ALLOW);
        }
    }

    @Test
    void aNameThatIsNoSingleLevelGetsNothing() {
        try (PolicyDriver driver = PolicyDriver.closed(home, "all readwrite box/%c/in", "user * readwrite home/%u/#")) {
            assertThat(driver.deliver(user("a/b", "x"), "box/a/b/in")).isFalse();
            assertThat(driver.deliver(user("+", "x"), "box/a/in")).isFalse();
            assertThat(driver.deliver(user("#", "+"), "home/x/y")).isFalse();
            assertThat(driver.deliver(user("a", "+"), "box/a/in")).isTrue();
        }
    }

    @Test
    void deviceAdaptersHaveTheirAccount() {
        try (PolicyDriver driver = PolicyDriver.closed(home)) {
            ConnectedClient adapter = user("lintel-adapter-mn-cse", "lintel.adapter");
            assertThat(driver.connect(adapter)).isEqualTo(ConnectDecision.ACCEPT);
            assertThat(driver.subscribe(adapter, "tele/+/+")).isTrue();
            assertThat(driver.deliver(adapter, "tele/lamp7/SENSOR")).isTrue();
            assertThat(driver.publish(adapter, "cmnd/lamp7/POWER")).isEqualTo(PublishDecision.ALLOW);
            assertThat(driver.publish(adapter, "/oneM2M/req/CAE01/mn-cse/json")).isEqualTo(PublishDecision.DROP);
            assertThat(driver.subscribe(adapter, "/oneM2M/req/+/mn-cse/#")).isFalse();
            assertThat(driver.subscribe(certificate("x", "CN:lintel.adapter"), "tele/+/+")).as("a certificate of that name")
                    .isFalse();
        }
    }

    @Test
    void anonymousClientsOnLoopbackAreServedWhereARuleNamesThem() {
        try (PolicyDriver driver = PolicyDriver.closed(home, "anonymous write sensors/#")) {
            assertThat(driver.connect(anonymous("mosq"))).isEqualTo(ConnectDecision.ACCEPT);
            assertThat(driver.publish(anonymous("mosq"), "sensors/1")).isEqualTo(PublishDecision.ALLOW);
            assertThat(driver.publish(anonymous("mosq"), "/oneM2M/reg_req/12-x/mn-cse/json")).isEqualTo(PublishDecision.DROP);
            assertThat(driver.connect(anonymous("A::CAE01"))).isEqualTo(ConnectDecision.REFUSE_NOT_AUTHORIZED);
            assertThat(driver.connect(new ConnectedClient("x", io.lintel.mqtt.server.Identity.ANONYMOUS, PolicyDriver.AFAR,
                    "tls", false)))
                    .isEqualTo(ConnectDecision.REFUSE_NOT_AUTHORIZED);
        }
    }

    @Test
    void aChangedFileTakesEffectUnderTheConnectionAndABrokenOneDoesNot() {
        try (PolicyDriver driver = PolicyDriver.closed(home, "user lamp7 read a")) {
            ConnectedClient lamp = user("x", "lamp7");
            assertThat(driver.deliver(lamp, "a")).isTrue();
            driver.rules(List.of("user lamp7 read b"));
            Waiting.until("b instead of a", () -> driver.deliver(lamp, "b") && !driver.deliver(lamp, "a"));
            driver.rules(List.of("user lamp7 read c", "lamp7 reads d"));
            AccessRules before = driver.access.rules();
            driver.rules(List.of("user lamp7 read a", "user lamp7 read c"));
            Waiting.until("the next one that is well-formed", () -> driver.access.rules() != before);
            assertThat(driver.deliver(lamp, "c") && driver.deliver(lamp, "a") && !driver.deliver(lamp, "b")).isTrue();
            try {
                Files.delete(home.resolve("etc/mqtt-rules"));
            } catch (java.io.IOException e) {
                throw new AssertionError(e);
            }
            Waiting.until("none at all", () -> !driver.deliver(lamp, "c"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "nobody read a,                   a rule begins with",
        "user x,                          a rule is: user NAME",
        "all read,                        a rule is: all read",
        "user x reads a,                  'read, write or readwrite'",
        "user x read a#,                  whole levels",
        "user x read a/#/b,               the last level",
        "user \"x read a,                 quote",
        "user x read /oneM2M/#,           oneM2M topics follow",
        "user x read pre/oneM2M/req/#,    oneM2M topics follow",
        "all read %u/a,                   %u",
        "all is CAE01,                    only a user",
        "user x is lamp,                  no CSE-ID",
        "user x is /asn-cse CAE01,        who is a CSE"})
    void errorsAreReportedWithTheirLine(String line, String message) {
        assertThatThrownBy(() -> AccessRules.parse(List.of("# first", "user fine read a", line)))
                .isInstanceOf(MalformedRulesException.class).hasMessageStartingWith("line 3: ")
                        .hasMessageContaining(message);
    }

    @Test
    void everyErrorIsReported() {
        assertThatThrownBy(() -> AccessRules.parse(List.of("x", "user y read a", "z"))).hasMessageContaining("line 1: ")
                .hasMessageContaining("line 3: ");
    }
}
