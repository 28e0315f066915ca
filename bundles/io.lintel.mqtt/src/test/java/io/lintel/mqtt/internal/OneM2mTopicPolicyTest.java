// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static io.lintel.mqtt.internal.PolicyDriver.anonymous;
import static io.lintel.mqtt.internal.PolicyDriver.certificate;
import static io.lintel.mqtt.internal.PolicyDriver.user;
import static io.lintel.mqtt.server.TopicPolicy.ConnectDecision.ACCEPT;
import static io.lintel.mqtt.server.TopicPolicy.ConnectDecision.REFUSE_IDENTIFIER;
import static io.lintel.mqtt.server.TopicPolicy.ConnectDecision.REFUSE_NOT_AUTHORIZED;
import static io.lintel.mqtt.server.TopicPolicy.PublishDecision.ALLOW;
import static io.lintel.mqtt.server.TopicPolicy.PublishDecision.DISCONNECT;
import static io.lintel.mqtt.server.TopicPolicy.PublishDecision.DROP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.Identity;
import io.lintel.mqtt.server.TopicPolicy.ConnectDecision;
import io.lintel.mqtt.server.TopicPolicy.PublishDecision;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The topic policy beyond the table: who may connect, loopback while it is open, changes under a connection. */
class OneM2mTopicPolicyTest {
    @TempDir
    Path openHome;
    @TempDir
    Path closedHome;
    private PolicyDriver open;
    private PolicyDriver closed;

    @BeforeEach
    void start() {
        open = PolicyDriver.open(openHome);
        closed = PolicyDriver.closed(closedHome, "user alice is C*", "user asn is /asn-cse", "user Ctrue is none",
                "user hall is /hall-*", "certificate hall.example is /hall-*");
        open.registered.add("CAE01", "").add("SAE1", "").add("/asn-cse", "");
        closed.registered.add("CAE01", "33-CAE01").add("SAE1", "12-SAE1").add("/asn-cse", "").add("CBob", "12-bob").add("COld",
                "");
    }

    @AfterEach
    void end() {
        open.close();
        closed.close();
    }

    @Test
    void whoMayConnectAnonymously() {
        assertThat(open.connect(anonymous("mosq-1"))).isEqualTo(ACCEPT);
        assertThat(open.connect(anonymous("A::CAE01"))).isEqualTo(ACCEPT);
        assertThat(open.connect(new ConnectedClient("x", Identity.ANONYMOUS, PolicyDriver.AFAR, "tls", false)))
                .isEqualTo(REFUSE_NOT_AUTHORIZED);
        assertThat(closed.connect(anonymous("mosq-1"))).isEqualTo(REFUSE_NOT_AUTHORIZED);
    }

    /** MQ-57. */
    @ParameterizedTest
    @CsvSource({
        "A::CAE01,          yes", "A::/mn-cse/CAE01, yes", "A:://lintel.example/mn-cse/CAE01, yes", "33-CAE01, yes",
        "33-mn-cse:CAE01,   yes", "anything,         yes", "12abc,     yes",
        "A::CAE02,          no",  "A::/in-cse/CAE01, no",  "A::SAE1,   no", "C::CAE01, no", "C::asn-cse, no", "C::mn-cse, no",
        "33-CAE02,          no",  "12-CAE01,         no",  "A::,       no", "A::+,     no", "C::,        no"})
    @Tag("MQ-57") @Tag("MQ-64")
    void theClientIdentifierFitsTheCertificate(String clientId, String fits) {
        assertThat(closed.connect(certificate(clientId, "URI:id://lintel.example/mn-cse/CAE01", "CN:CAE02")))
                .isEqualTo(fits.equals("yes") ? ACCEPT : REFUSE_IDENTIFIER);
    }

    @ParameterizedTest
    @CsvSource({
        "SAE1,    A::SAE1,   yes", "SAE1,    A::/SAE1, yes", "SAE1,    12-SAE1, yes", "SAE1, 33-SAE1, no",
        "asn,     C::asn-cse, yes", "asn,    C::/asn-cse, yes", "asn,  C::in-cse, no", "asn, A::asn-cse, no",
        "/asn-cse, C::asn-cse, yes", "/asn-cse, 12-:asn-cse, yes",
        "alice,   A::CNew,   yes", "alice,   A::SNew,  no",  "alice,   A::CBob,  no", "alice, A::COld, no",
                "alice, 12-alice, yes",
        "bob,     A::CBob,   yes", "bob,     A::CAE01, no",  "COld,    A::COld,  yes", "CBob, A::CBob, no",
        "Ctrue,   A::Ctrue,  no",  "Ctrue,   x,        yes",
        "lintel.cse, x,      no",  "lintel.cse, C::mn-cse, no",  "lintel.cse, C::in-cse, no", "bob, C::mn-cse, no"})
    @Tag("MQ-57")
    void theClientIdentifierFitsTheUser(String name, String clientId, String fits) {
        assertThat(closed.connect(user(clientId, name))).isEqualTo(fits.equals("yes") ? ACCEPT : REFUSE_IDENTIFIER);
    }

    @Test
    void theIdentifierOfThisCseIsForItsOwnSocketOnly() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            OwnSockets.Factory sockets = closed.ownSockets.factoryFor("C::mn-cse");
            try (Socket socket = sockets.createSocket()) {
                socket.connect(server.getLocalSocketAddress(), 1_000);
                ConnectedClient own = new ConnectedClient("C::mn-cse", Identity.user("lintel.cse"),
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort()), "tcp", true);
                assertThat(sockets.guard()).as("another server's connection").isEmpty();

                assertThat(closed.connect(own)).isEqualTo(ACCEPT);
                assertThat(sockets.guard()).contains(closed.access);
                assertThat(closed.publish(own, "/oneM2M/req/mn-cse/CAE01/json")).isEqualTo(ALLOW);
                assertThat(closed.deliver(own, "/oneM2M/req/CAE01/mn-cse/json")).isTrue();

                socket.close();
                assertThat(closed.publish(own, "/oneM2M/resp/CAE01/mn-cse/json")).as("what it sent before").isEqualTo(ALLOW);
                closed.policy.disconnected(own);
                assertThat(closed.connect(own)).isEqualTo(REFUSE_IDENTIFIER);
            }
        }
        assertThat(open.connect(anonymous("C::mn-cse"))).isEqualTo(REFUSE_IDENTIFIER);
        assertThat(open.connect(anonymous("C::/mn-cse"))).isEqualTo(REFUSE_IDENTIFIER);
        assertThat(open.connect(anonymous("C:://lintel.example/mn-cse"))).isEqualTo(REFUSE_IDENTIFIER);
    }

    /** The port is free at the other addresses of the loopback network, so it proves nothing there. */
    @Test
    void anotherLoopbackAddressWithThePortOfTheOwnSocketIsSomebodyElse() throws IOException {
        InetAddress second = InetAddress.getByName("127.0.0.2");
        try (ServerSocket server = new ServerSocket(0, 2, InetAddress.getByName("127.0.0.1"));
                Socket own = open.ownSockets.factoryFor("C::mn-cse").createSocket(); Socket other = new Socket()) {
            own.connect(server.getLocalSocketAddress(), 1_000);
            other.bind(new InetSocketAddress(second, own.getLocalPort()));
            other.connect(server.getLocalSocketAddress(), 1_000);
            ConnectedClient impostor = new ConnectedClient("C::mn-cse", Identity.ANONYMOUS,
                    (InetSocketAddress) other.getLocalSocketAddress(), "tcp", true);

            assertThat(open.connect(impostor)).isEqualTo(REFUSE_IDENTIFIER);
        }
    }

    @Test
    void aClientWaitsForTheCse() {
        OneM2mTopicPolicy early = new OneM2mTopicPolicy(open.access, new OwnSockets());
        CompletionStage<ConnectDecision> decision = early.connect(anonymous("A::CAE01"));
        early.bindCse(new RecordingCse());
        assertThat(decision.toCompletableFuture()).as("without the registrations").isNotDone();

        early.bindRegistrations(open.registered);

        assertThat(Waiting.result(decision)).isEqualTo(ACCEPT);
    }

    @Test
    void rightsGoOnWhileTheCseIsReplaced() {
        ConnectedClient ae = certificate("A::CAE01", "URI:id://lintel.example/mn-cse/CAE01");
        closed.policy.unbindRegistrations(closed.registered);
        assertThat(closed.publish(ae, "/oneM2M/req/CAE01/mn-cse/json")).isEqualTo(ALLOW);
        assertThat(closed.deliver(ae, "/oneM2M/resp/CAE01/mn-cse/json")).isTrue();

        closed.policy.bindRegistrations(new Registered());
        assertThat(closed.publish(ae, "/oneM2M/req/CAE01/mn-cse/json")).isEqualTo(DROP);
    }

    @ParameterizedTest
    @CsvSource({"loopback, ajar", "userCredential, %u", "userCredential, 12-user", "userCredential, 12-%u:%u"})
    void aWrongSettingStopsTheStart(String key, String value) {
        assertThatThrownBy(() -> new AccessConfiguration(Configs.of(AccessConfiguration.Config.class, Map.of(key, value)),
                openHome)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("security." + key);
    }

    @ParameterizedTest
    @CsvSource({
        "mosq-1,    /oneM2M/req/CAE01/mn-cse/json,     yes",
        "mosq-1,    /oneM2M/reg_req/any/mn-cse/json,   yes",
        "mosq-1,    home/kitchen/lamp,                 yes",
        "mosq-1,    $SYS/broker/version,               no",
        "mosq-1,    /oneM2M/req/mn-cse/CAE01/json,     forged",
        "mosq-1,    /oneM2M/req/:mn-cse/CAE01/json,    forged",
        "mosq-1,    /oneM2M/reg_resp/x/mn-cse/json,    forged",
        "A::CAE01,  /oneM2M/req/CAE01/mn-cse/json,     yes",
        "A::CNew,   /oneM2M/req/CNew/mn-cse/json,      yes",
        "A::CAE01,  /oneM2M/req/CAE01/other-cse/json,  yes",
        "A::CAE01,  /oneM2M/reg_req/any/mn-cse/json,   yes",
        "A::CAE01,  home/kitchen/lamp,                 yes",
        "A::CAE01,  /oneM2M/req/CAE02/mn-cse/json,     forged",
        "A::CAE01,  /oneM2M/resp/mn-cse/CAE02/json,    forged",
        "C::in-cse, /oneM2M/req/in-cse/mn-cse/json,    yes",
        "C::in-cse, /oneM2M/resp/in-cse/mn-cse/json,   yes",
        "C::in-cse, /oneM2M/resp/mn-cse/in-cse/json,   yes",
        "C::in-cse, /oneM2M/req/CAE01/mn-cse/json,     forged",
    })
    void whatAnonymousClientsOnLoopbackMayPublishWhileItIsOpen(String clientId, String topic, String expected) {
        assertThat(open.publish(anonymous(clientId), topic)).isEqualTo(decision(expected));
        assertThat(closed.publish(anonymous(clientId), topic)).isEqualTo(DROP);
    }

    @Test
    void whatAnonymousClientsOnLoopbackMayReceiveWhileItIsOpen() {
        assertThat(open.subscribe(anonymous("mosq-1"), "#")).isTrue();
        assertThat(open.subscribe(anonymous("mosq-1"), "$SYS/#")).isTrue();
        assertThat(open.subscribe(anonymous("A::CAE01"), "/oneM2M/req/+/SAE1/#")).isFalse();
        assertThat(open.deliver(anonymous("mosq-1"), "/oneM2M/req/mn-cse/SAE1/json")).isTrue();
        assertThat(open.deliver(anonymous("A::CAE01"), "/oneM2M/req/mn-cse/SAE1/json")).isFalse();
        assertThat(closed.deliver(anonymous("mosq-1"), "/oneM2M/req/mn-cse/SAE1/json")).isFalse();
    }

    @Test
    void authenticatedClientsHaveTheirRightsWhileLoopbackIsOpenToo() {
        ConnectedClient other = certificate("x", "CN:lamp");
        assertThat(open.publish(other, "home/kitchen/lamp")).isEqualTo(DROP);
        assertThat(open.publish(other, "/oneM2M/req/SAE1/mn-cse/json")).isEqualTo(DISCONNECT);
    }

    @Test
    @Tag("MQ-58")
    void rightsFollowTheRegistrationUnderTheConnection() {
        ConnectedClient ae = user("A::CNew", "alice");
        String request = "/oneM2M/req/CNew/mn-cse/json";
        String response = "/oneM2M/resp/CNew/mn-cse/json";
        assertThat(closed.connect(ae)).isEqualTo(ACCEPT);
        assertThat(closed.publish(ae, request)).isEqualTo(DROP);
        assertThat(closed.subscribe(ae, "/oneM2M/resp/CNew/#")).isFalse();

        closed.registered.add("CNew", "12-alice");
        assertThat(closed.deliver(ae, "/oneM2M/reg_resp/12-alice/mn-cse/json")).as("the answer to its registration").isTrue();
        assertThat(closed.subscribe(ae, "/oneM2M/resp/CNew/#")).isTrue();
        assertThat(closed.publish(ae, request)).isEqualTo(ALLOW);
        assertThat(closed.deliver(ae, response)).isTrue();
        assertThat(closed.publish(ae, request)).as("its deregistration").isEqualTo(ALLOW);

        closed.registered.remove("CNew");
        assertThat(closed.deliver(ae, "/oneM2M/req/mn-cse/CNew/json")).isFalse();
        assertThat(closed.deliver(ae, response)).as("the answer to its deregistration").isTrue();
        assertThat(closed.deliver(ae, response)).as("nothing more is owed to it").isFalse();
        assertThat(closed.publish(ae, request)).isEqualTo(DROP);
        assertThat(closed.subscribe(ae, "/oneM2M/resp/CNew/#")).isFalse();

        closed.registered.add("CNew", "12-bob");
        assertThat(closed.publish(ae, request)).as("now it is somebody else's").isEqualTo(DISCONNECT);
        assertThat(closed.deliver(ae, response)).isFalse();
    }

    /** TS-0010 7.4: class 4 turns into class 1 with the registration, for the same credential under a new client identifier. */
    @ParameterizedTest
    @CsvSource({"12-hall, true", "31-hall.example, false"})
    @Tag("MQ-14")
    @Tag("MQ-57")
    @Tag("MQ-60")
    void aCredentialThatLeavesTheCseIdOpenIsTheCseThatItRegistered(String credential, boolean password) {
        ConnectedClient before = hall(credential, password);
        ConnectedClient after = hall("C::hall-1", password);
        String request = "/oneM2M/req/hall-1/mn-cse/json";
        assertThat(closed.connect(before)).isEqualTo(ACCEPT);
        assertThat(closed.connect(after)).as("not registered yet").isEqualTo(REFUSE_IDENTIFIER);
        assertThat(closed.subscribe(before, "/oneM2M/reg_resp/" + credential + "/#")).isTrue();
        assertThat(closed.publish(before, "/oneM2M/reg_req/" + credential + "/mn-cse/json")).isEqualTo(ALLOW);
        assertThat(closed.publish(before, "/oneM2M/reg_req/12-alice/mn-cse/json")).isEqualTo(DISCONNECT);
        assertThat(closed.publish(before, request)).as("a mistake").isEqualTo(DROP);
        assertThat(closed.publish(before, "/oneM2M/req/asn-cse/mn-cse/json")).as("a forgery").isEqualTo(DISCONNECT);
        assertThat(closed.subscribe(before, "/oneM2M/req/+/hall-1/#")).isFalse();

        closed.registered.add("/hall-1", credential);
        assertThat(closed.deliver(before, "/oneM2M/reg_resp/" + credential + "/mn-cse/json")).as("the answer").isTrue();
        assertThat(closed.connect(after)).isEqualTo(ACCEPT);
        assertThat(closed.connect(hall("C::hall-2", password))).as("another one").isEqualTo(REFUSE_IDENTIFIER);
        assertThat(closed.connect(hall("A::CHall", password))).as("an AE").isEqualTo(REFUSE_IDENTIFIER);
        assertThat(closed.subscribe(after, "/oneM2M/req/+/hall-1/#")).isTrue();
        assertThat(closed.subscribe(after, "/oneM2M/resp/hall-1/#")).isTrue();
        assertThat(closed.deliver(after, "/oneM2M/req/mn-cse/hall-1/json")).isTrue();
        assertThat(closed.publish(after, request)).isEqualTo(ALLOW);

        closed.registered.remove("/hall-1");
        assertThat(closed.deliver(after, "/oneM2M/resp/hall-1/mn-cse/json")).as("the answer to its deregistration").isTrue();
        assertThat(closed.deliver(after, "/oneM2M/req/mn-cse/hall-1/json")).isFalse();
        assertThat(closed.publish(after, request)).isEqualTo(DROP);
        closed.registered.add("/hall-1", "12-bob");
        assertThat(closed.publish(after, request)).as("now it is somebody else's").isEqualTo(DISCONNECT);
        assertThat(closed.connect(hall("C::hall-1", password))).isEqualTo(REFUSE_IDENTIFIER);
    }

    private static ConnectedClient hall(String clientId, boolean password) {
        return password ? user(clientId, "hall") : certificate(clientId, "DNS:hall.example");
    }

    /** Mobius writes its CSE-ID where the Credential-ID belongs; nobody else may write it. */
    @Test
    void aCseMayRegisterWithItsIdInThePlaceOfTheCredential() {
        ConnectedClient cse = user("C::asn-cse", "asn");
        for (String spelling : List.of("asn-cse", ":asn-cse", "12-asn")) {
            assertThat(closed.publish(cse, "/oneM2M/reg_req/" + spelling + "/mn-cse/json")).as(spelling).isEqualTo(ALLOW);
            assertThat(closed.deliver(cse, "/oneM2M/reg_resp/" + spelling + "/mn-cse/json")).as(spelling).isTrue();
        }
        assertThat(closed.publish(user("x", "bob"), "/oneM2M/reg_req/:asn-cse/mn-cse/json")).isEqualTo(DISCONNECT);
        assertThat(closed.publish(user("y", "hall"), "/oneM2M/reg_req/hall-1/mn-cse/json")).isEqualTo(DISCONNECT);
    }

    /** MQ-60: what registered with one credential is used with no other. */
    @Test
    @Tag("MQ-58") @Tag("MQ-65")
    void anAeBelongsToTheCredentialItRegisteredWith() {
        ConnectedClient bob = user("bob's phone", "bob");
        ConnectedClient alice = user("alice's phone", "alice");
        assertThat(closed.publish(bob, "/oneM2M/req/CBob/mn-cse/json")).isEqualTo(ALLOW);
        assertThat(closed.publish(alice, "/oneM2M/req/CBob/mn-cse/json")).isEqualTo(DISCONNECT);
        assertThat(closed.publish(user("A::CBob", "CBob"), "/oneM2M/req/CBob/mn-cse/json")).as("named so, registered by another")
                .isEqualTo(DISCONNECT);
        assertThat(closed.publish(user("x", "CAE01"), "/oneM2M/req/CAE01/mn-cse/json")).as("the AE is a certificate's")
                .isEqualTo(DISCONNECT);
        assertThat(closed.deliver(alice, "/oneM2M/resp/CBob/mn-cse/json")).isFalse();
        assertThat(closed.publish(user("y", "COld"), "/oneM2M/req/COld/mn-cse/json")).as("registered without any")
                .isEqualTo(ALLOW);
        assertThat(closed.publish(alice, "/oneM2M/req/COld/mn-cse/json")).isEqualTo(DISCONNECT);

        closed.registered.add("CBob2", "12-bob");
        assertThat(closed.publish(bob, "/oneM2M/req/CBob2/mn-cse/json")).as("by its credential it is both").isEqualTo(ALLOW);
        assertThat(closed.publish(user("A::CBob", "bob"), "/oneM2M/req/CBob2/mn-cse/json")).as("by its client identifier one")
                .isEqualTo(DROP);
    }

    @Test
    void theAdministratorIsWhoIsCalledSo() {
        assertThat(closed.publish(user("A::CAdmin", "CAdmin"), "/oneM2M/req/CAdmin/mn-cse/json")).isEqualTo(ALLOW);
        assertThat(closed.publish(user("x", "alice"), "/oneM2M/req/CAdmin/mn-cse/json")).isEqualTo(DISCONNECT);
        assertThat(closed.connect(user("A::CAdmin", "alice"))).isEqualTo(REFUSE_IDENTIFIER);
    }

    @Test
    void credentialIdsOfCertificatesAreKnownInOtherSpellings() {
        ConnectedClient ae = certificate("A::CNew", "URI:id://lintel.example/mn-cse/CNew");
        ConnectedClient cse = certificate("C::asn-cse", "DNS:asn-cse.in-cse.lintel.example");
        for (String spelling : List.of("33-CNew", "33-mn-cse:CNew", "33-:mn-cse:CNew")) {
            assertThat(closed.publish(ae, "/oneM2M/reg_req/" + spelling + "/mn-cse/json")).as(spelling).isEqualTo(ALLOW);
        }
        for (String spelling : List.of("32-asn-cse", "32-:asn-cse")) {
            assertThat(closed.publish(cse, "/oneM2M/reg_req/" + spelling + "/mn-cse/json")).as(spelling).isEqualTo(ALLOW);
        }
        assertThat(closed.publish(ae, "/oneM2M/reg_req/33-CAE01/mn-cse/json")).isEqualTo(DISCONNECT);
    }

    @Test
    void aForeignCertificateIsJustACertificate() {
        for (String name : List.of("URI:https://vendor.example/serial/7", "URI://other.example/mn-cse/CAE01",
                "URI:urn:uuid:7", "DNS:CAE01.example", "DNS:a.b.c.lintel.example")) {
            ConnectedClient client = certificate("x", name);
            assertThat(closed.connect(client)).as(name).isEqualTo(ACCEPT);
            assertThat(closed.publish(client, "/oneM2M/req/CAE01/mn-cse/json")).as(name).isEqualTo(DISCONNECT);
        }
        ConnectedClient elsewhere = certificate("x", "URI:id://lintel.example/asn-cse/CAE01");
        assertThat(closed.publish(elsewhere, "/oneM2M/req/CAE01/mn-cse/json")).as("the AE of another registrar")
                .isEqualTo(DISCONNECT);
        assertThat(closed.connect(certificate("A::CAE01", "URI:id://lintel.example/asn-cse/CAE01"))).isEqualTo(REFUSE_IDENTIFIER);
    }

    @Test
    @Tag("MQ-67")
    void repeatedMistakesEndTheConnection() {
        ConnectedClient client = user("x", "carol");
        for (int i = 1; i < 10; i++) {
            assertThat(closed.publish(client, "tele/lamp/STATE")).isEqualTo(DROP);
        }
        assertThat(closed.publish(client, "tele/lamp/STATE")).isEqualTo(DISCONNECT);
        closed.policy.disconnected(client);
        assertThat(closed.publish(user("x", "carol"), "tele/lamp/STATE")).as("a new connection").isEqualTo(DROP);
    }

    @Test
    void retainedRequestsAreDropped() {
        assertThat(Waiting.result(open.policy.publish(anonymous("mosq-1"), "/oneM2M/req/CAE01/mn-cse/json", true)))
                .isEqualTo(DROP);
        assertThat(Waiting.result(open.policy.publish(anonymous("mosq-1"), "home/kitchen/lamp", true))).isEqualTo(ALLOW);
    }

    private static PublishDecision decision(String word) {
        return switch (word) {
            case "yes" -> ALLOW;
            case "no" -> DROP;
            case "forged" -> DISCONNECT;
            default -> throw new IllegalArgumentException(word);
        };
    }
}
