// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static io.lintel.mqtt.server.TopicPolicy.ConnectDecision.ACCEPT;
import static io.lintel.mqtt.server.TopicPolicy.ConnectDecision.REFUSE_IDENTIFIER;
import static io.lintel.mqtt.server.TopicPolicy.ConnectDecision.REFUSE_NOT_AUTHORIZED;
import static io.lintel.mqtt.server.TopicPolicy.PublishDecision.ALLOW;
import static io.lintel.mqtt.server.TopicPolicy.PublishDecision.DISCONNECT;
import static io.lintel.mqtt.server.TopicPolicy.PublishDecision.DROP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.Registrations;
import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.Identity;
import io.lintel.mqtt.server.TopicPolicy.ConnectDecision;
import io.lintel.mqtt.server.TopicPolicy.PublishDecision;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The decision table of TS-0010 7.4, and what loopback may do besides. */
class OneM2mTopicPolicyTest {
    private static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

    private final OwnSockets ownSockets = new OwnSockets();
    private final Registered registered = new Registered();
    private final OneM2mTopicPolicy open = policy("open");
    private final OneM2mTopicPolicy closed = policy("closed");

    private OneM2mTopicPolicy policy(String loopback) {
        OneM2mTopicPolicy policy = new OneM2mTopicPolicy(Configs.of(OneM2mTopicPolicy.Config.class, Map.of("loopback",
                loopback)), ownSockets);
        policy.bindCse(new RecordingCse());
        policy.bindRegistrations(registered);
        return policy;
    }

    private static ConnectedClient anonymous(String clientId) {
        return new ConnectedClient(clientId, Identity.ANONYMOUS, HERE, "tcp", true);
    }

    private static ConnectedClient authenticated(String clientId, String principal) {
        return new ConnectedClient(clientId, Identity.user(principal), new InetSocketAddress("192.0.2.7", 9), "tls", false);
    }

    @Test
    void whoMayConnect() {
        ConnectedClient fromAfar = new ConnectedClient("x", Identity.ANONYMOUS, new InetSocketAddress("192.0.2.7", 9), "tls", false);

        assertThat(connect(open, anonymous("mosq-1"))).isEqualTo(ACCEPT);
        assertThat(connect(open, anonymous("A::CAE01"))).isEqualTo(ACCEPT);
        assertThat(connect(open, fromAfar)).isEqualTo(REFUSE_NOT_AUTHORIZED);
        assertThat(connect(closed, anonymous("mosq-1"))).isEqualTo(REFUSE_NOT_AUTHORIZED);
        assertThat(connect(closed, authenticated("A::CAE01", "CAE01"))).isEqualTo(ACCEPT);
        assertThat(connect(closed, authenticated("A::/mn-cse/CAE01", "CAE01"))).isEqualTo(ACCEPT);
        assertThat(connect(closed, authenticated("A::CAE02", "CAE01"))).isEqualTo(REFUSE_IDENTIFIER);
        assertThat(connect(closed, authenticated("C::in-cse", "/in-cse"))).isEqualTo(ACCEPT);
        assertThat(connect(closed, authenticated("some-id", "10-cred"))).isEqualTo(ACCEPT);
    }

    @Test
    void theIdentifierOfThisCseIsForItsOwnSocketOnly() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = ownSockets.factoryFor("C::mn-cse").createSocket()) {
            socket.connect(server.getLocalSocketAddress(), 1_000);
            ConnectedClient own = new ConnectedClient("C::mn-cse", Identity.ANONYMOUS,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort()), "tcp", true);

            assertThat(connect(open, own)).isEqualTo(ACCEPT);
            assertThat(connect(closed, own)).isEqualTo(ACCEPT);
            assertThat(publish(closed, own, "/oneM2M/req/mn-cse/CAE01/json")).isEqualTo(ALLOW);
            assertThat(closed.deliver(own, "/oneM2M/req/CAE01/mn-cse/json")).isTrue();
        }
        assertThat(connect(open, anonymous("C::mn-cse"))).isEqualTo(REFUSE_IDENTIFIER);
        assertThat(connect(open, anonymous("C::/mn-cse"))).isEqualTo(REFUSE_IDENTIFIER);
    }

    @Test
    void aClientWaitsForTheCse() {
        OneM2mTopicPolicy early = new OneM2mTopicPolicy(Configs.of(OneM2mTopicPolicy.Config.class, Map.of()), ownSockets);
        CompletionStage<ConnectDecision> decision = early.connect(anonymous("A::CAE01"));
        assertThat(decision.toCompletableFuture()).isNotDone();

        early.bindCse(new RecordingCse());

        assertThat(Waiting.result(decision)).isEqualTo(ACCEPT);
    }

    @Test
    void aWrongSettingStopsTheStart() {
        assertThatThrownBy(() -> policy("ajar")).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("ajar");
    }

    /** Rows 1 to 4 of the table for authenticated clients; CAE01, SAE1 and /asn-cse are registered here. */
    @ParameterizedTest
    @CsvSource({
        // 1: a CSE
        "C::asn-cse, /asn-cse, SUBSCRIBE, /oneM2M/req/+/asn-cse/#,              yes",
        "C::asn-cse, /asn-cse, SUBSCRIBE, /oneM2M/resp/asn-cse/#,               yes",
        "C::asn-cse, /asn-cse, SUBSCRIBE, /oneM2M/reg_req/+/asn-cse/#,          yes",
        "C::asn-cse, /asn-cse, SUBSCRIBE, /oneM2M/req/+/mn-cse/#,               no",
        "C::asn-cse, /asn-cse, SUBSCRIBE, /oneM2M/resp/mn-cse/#,                no",
        "C::asn-cse, /asn-cse, PUBLISH,   /oneM2M/req/asn-cse/mn-cse/json,      yes",
        "C::asn-cse, /asn-cse, PUBLISH,   /oneM2M/resp/mn-cse/asn-cse/json,     yes",
        "C::asn-cse, /asn-cse, PUBLISH,   /oneM2M/reg_resp/any/asn-cse/json,    yes",
        "C::asn-cse, /asn-cse, PUBLISH,   /oneM2M/req/mn-cse/asn-cse/json,      forged",
        "C::asn-cse, /asn-cse, PUBLISH,   /oneM2M/req/CAE01/mn-cse/json,        forged",
        "C::asn-cse, /asn-cse, PUBLISH,   /oneM2M/resp/CAE01/mn-cse/json,       forged",
        "C::asn-cse, /asn-cse, PUBLISH,   some/topic,                           no",
        // 2a: a registered AE with an S-type stem
        "A::SAE1,    SAE1,     SUBSCRIBE, /oneM2M/resp/SAE1/mn-cse/#,           yes",
        "A::SAE1,    SAE1,     PUBLISH,   /oneM2M/req/SAE1/mn-cse/json,         yes",
        "A::SAE1,    SAE1,     SUBSCRIBE, /oneM2M/req/mn-cse/SAE1/#,            yes",
        "A::SAE1,    SAE1,     SUBSCRIBE, /oneM2M/req/+/SAE1/#,                 yes",
        "A::SAE1,    SAE1,     PUBLISH,   /oneM2M/resp/mn-cse/SAE1/json,        yes",
        "A::SAE1,    SAE1,     PUBLISH,   /oneM2M/req/SAE1/in-cse/json,         no",
        "A::SAE1,    SAE1,     PUBLISH,   /oneM2M/req/CAE01/mn-cse/json,        forged",
        // 2b: not registered: registration only, with its own credential
        "A::SAE2,    SAE2,     SUBSCRIBE, /oneM2M/reg_resp/SAE2/+/#,            yes",
        "A::SAE2,    SAE2,     PUBLISH,   /oneM2M/reg_req/SAE2/mn-cse/json,     yes",
        "A::SAE2,    SAE2,     PUBLISH,   /oneM2M/reg_req/SAE1/mn-cse/json,     forged",
        "A::SAE2,    SAE2,     SUBSCRIBE, /oneM2M/resp/SAE2/mn-cse/#,           no",
        "A::SAE2,    SAE2,     PUBLISH,   /oneM2M/req/SAE2/mn-cse/json,         no",
        // 3: a registered AE with a C-type stem, in both spellings
        "A::CAE01,   CAE01,    SUBSCRIBE, /oneM2M/resp/CAE01/mn-cse/#,          yes",
        "A::CAE01,   CAE01,    SUBSCRIBE, /oneM2M/resp/mn-cse:CAE01/#,          yes",
        "A::CAE01,   CAE01,    PUBLISH,   /oneM2M/req/CAE01/mn-cse/json,        yes",
        "A::CAE01,   CAE01,    PUBLISH,   /oneM2M/req/mn-cse:CAE01/mn-cse/json, yes",
        "A::CAE01,   CAE01,    PUBLISH,   pre/oneM2M/req/CAE01/mn-cse/json,     yes",
        "A::CAE01,   CAE01,    SUBSCRIBE, /oneM2M/req/mn-cse/CAE01/#,           yes",
        "A::CAE01,   CAE01,    SUBSCRIBE, /oneM2M/req/+/mn-cse:CAE01/#,         yes",
        "A::CAE01,   CAE01,    PUBLISH,   /oneM2M/resp/mn-cse/CAE01/json,       yes",
        "A::CAE01,   CAE01,    SUBSCRIBE, /oneM2M/req/+/SAE1/#,                 no",
        "A::CAE01,   CAE01,    SUBSCRIBE, /oneM2M/resp/SAE1/#,                  no",
        "A::CAE01,   CAE01,    PUBLISH,   /oneM2M/reg_resp/x/mn-cse/json,       forged",
        // 4: all others
        "some-id,    10-cred,  SUBSCRIBE, /oneM2M/reg_resp/10-cred/+/#,         yes",
        "some-id,    10-cred,  PUBLISH,   /oneM2M/reg_req/10-cred/mn-cse/json,  yes",
        "some-id,    10-cred,  PUBLISH,   /oneM2M/req/10-cred/mn-cse/json,      no",
        "some-id,    10-cred,  SUBSCRIBE, /oneM2M/req/+/mn-cse/#,               no",
        "some-id,    10-cred,  SUBSCRIBE, some/topic,                           no",
    })
    void theTable(String clientId, String principal, String action, String topic, String expected) {
        ConnectedClient client = authenticated(clientId, principal);
        if (action.equals("SUBSCRIBE")) {
            assertThat(Waiting.result(closed.subscribe(client, topic))).isEqualTo(expected.equals("yes"));
        } else {
            assertThat(publish(closed, client, topic)).isEqualTo(decision(expected));
        }
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
        assertThat(publish(open, anonymous(clientId), topic)).isEqualTo(decision(expected));
        assertThat(publish(closed, anonymous(clientId), topic)).isEqualTo(DROP);
    }

    @Test
    void wideFiltersAreGrantedAndNarrowedAtDelivery() {
        ConnectedClient ae = authenticated("A::CAE01", "CAE01");
        for (String filter : List.of("#", "/oneM2M/#", "/oneM2M/req/#", "+/oneM2M/#")) {
            assertThat(Waiting.result(closed.subscribe(ae, filter))).as(filter).isTrue();
        }

        assertThat(closed.deliver(ae, "/oneM2M/req/mn-cse/CAE01/json")).isTrue();
        assertThat(closed.deliver(ae, "/oneM2M/resp/CAE01/mn-cse/json")).isTrue();
        assertThat(closed.deliver(ae, "/oneM2M/req/in-cse/CAE01/json")).as("not its registrar").isFalse();
        assertThat(closed.deliver(ae, "/oneM2M/req/mn-cse/SAE1/json")).isFalse();
        assertThat(closed.deliver(ae, "/oneM2M/resp/SAE1/mn-cse/json")).isFalse();
        assertThat(closed.deliver(ae, "home/kitchen/lamp")).isFalse();
        assertThat(open.deliver(anonymous("mosq-1"), "/oneM2M/req/mn-cse/SAE1/json")).isTrue();
        assertThat(open.deliver(anonymous("A::CAE01"), "/oneM2M/req/mn-cse/SAE1/json")).isFalse();
    }

    @Test
    void rightsFollowTheRegistration() {
        ConnectedClient ae = authenticated("A::CNew", "CNew");
        assertThat(publish(closed, ae, "/oneM2M/req/CNew/mn-cse/json")).isEqualTo(DROP);

        registered.add("CNew", false);
        assertThat(publish(closed, ae, "/oneM2M/req/CNew/mn-cse/json")).isEqualTo(ALLOW);

        registered.byId.remove("CNew");
        assertThat(publish(closed, ae, "/oneM2M/req/CNew/mn-cse/json")).isEqualTo(DROP);
    }

    @Test
    void retainedRequestsAreDropped() {
        assertThat(Waiting.result(open.publish(anonymous("mosq-1"), "/oneM2M/req/CAE01/mn-cse/json", true))).isEqualTo(DROP);
        assertThat(Waiting.result(open.publish(anonymous("mosq-1"), "home/kitchen/lamp", true))).isEqualTo(ALLOW);
    }

    private static PublishDecision decision(String word) {
        return switch (word) {
            case "yes" -> ALLOW;
            case "no" -> DROP;
            case "forged" -> DISCONNECT;
            default -> throw new IllegalArgumentException(word);
        };
    }

    private static ConnectDecision connect(OneM2mTopicPolicy policy, ConnectedClient client) {
        return Waiting.result(policy.connect(client));
    }

    private static PublishDecision publish(OneM2mTopicPolicy policy, ConnectedClient client, String topic) {
        return Waiting.result(policy.publish(client, topic, false));
    }

    /** Who is registered in these tests. */
    private static final class Registered implements Registrations {
        private final Map<String, Registration> byId = new HashMap<>();

        private Registered() {
            add("CAE01", false);
            add("SAE1", false);
            add("/asn-cse", true);
        }

        private void add(String id, boolean cse) {
            byId.put(id, new Registration(id, cse, "ri", "rn", "", ""));
        }

        @Override
        public Optional<Registration> ae(String stem) {
            return Optional.ofNullable(byId.get(stem)).filter(r -> !r.cse());
        }

        @Override
        public Optional<Registration> cse(String cseId) {
            return Optional.ofNullable(byId.get(cseId)).filter(Registration::cse);
        }

        @Override
        public Optional<String> registrar() {
            return Optional.of("/in-cse");
        }

        @Override
        public Collection<Registration> all() {
            return byId.values();
        }
    }
}
