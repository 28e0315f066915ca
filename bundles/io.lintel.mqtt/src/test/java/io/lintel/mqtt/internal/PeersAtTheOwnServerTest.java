// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static io.lintel.mqtt.internal.PolicyDriver.user;
import static io.lintel.mqtt.server.TopicPolicy.PublishDecision.ALLOW;
import static io.lintel.mqtt.server.TopicPolicy.PublishDecision.DISCONNECT;
import static io.lintel.mqtt.server.TopicPolicy.PublishDecision.DROP;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.TopicPolicy.ConnectDecision;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Client identifiers, filters and topics of public implementations at the node's own server while it is closed: what they
 * spell otherwise means the same, and gives no more rights than the proper spelling.
 */
class PeersAtTheOwnServerTest {
    @TempDir
    Path home;
    private PolicyDriver closed;
    private final ConnectedClient asn = user("C::asn-cse", "asn");
    private final ConnectedClient ae = user("A::CAE01", "CAE01");

    @BeforeEach
    void start() {
        closed = PolicyDriver.closed(home, "user asn is /asn-cse");
        closed.registered.add("CAE01", "12-CAE01").add("SAE1", "12-SAE1").add("/asn-cse", "12-asn");
    }

    @AfterEach
    void end() {
        closed.close();
    }

    /** ACME's own form, that with the slash, a random one as of Mobius, a request identifier as of OM2M. */
    @ParameterizedTest
    @ValueSource(strings = {"C::asn-cse", "C::/asn-cse", "mqttjs_4f2a", "om2m-rqi-77"})
    @Tag("MQ-13") @Tag("MQ-57")
    void theirClientIdentifiersFit(String clientId) {
        assertThat(closed.connect(user(clientId, "asn"))).isEqualTo(ConnectDecision.ACCEPT);
    }

    @ParameterizedTest
    @CsvSource({
        "ACME,    /oneM2M/req/+/asn-cse/#", "ACME,    /oneM2M/resp/asn-cse/+/#", "ACME, /oneM2M/reg_req/+/asn-cse/#",
        "ACME,    acme/oneM2M/req/+/asn-cse/#",
        "Mobius,  /oneM2M/req/+/asn-cse/+", "Mobius,  /oneM2M/resp/asn-cse/#", "Mobius, /oneM2M/reg_req/+/asn-cse/+",
        "OM2M,    /oneM2M/req/+/asn-cse/+", "OM2M,    /oneM2M/resp/mn-cse/asn-cse/json",
        "tinyIoT, /oneM2M/req/+/asn-cse/#", "tinyIoT, /oneM2M/resp/asn-cse/#",
    })
    @Tag("MQ-58")
    void theirFiltersAreGrantedToThemAndToNobodyElse(String peer, String filter) {
        assertThat(closed.subscribe(asn, filter)).as(peer).isTrue();
        assertThat(closed.subscribe(ae, filter)).as(peer).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/oneM2M/req/:asn-cse/:mn-cse/json", "/oneM2M/req/asn-cse/mn-cse", "/oneM2M/req/asn-cse/cb/json",
        "/oneM2M/req/asn-cse/cb", "acme/oneM2M/req/asn-cse/mn-cse/json"})
    @Tag("MQ-58")
    void theirRequestTopicsAreTheirsAndNobodyElses(String topic) {
        assertThat(closed.publish(asn, topic)).isEqualTo(ALLOW);
        assertThat(closed.publish(ae, topic)).isEqualTo(DISCONNECT);
    }

    /** As TS-0010 prints it, that topic would be for my answers to the registree, so it may not use it: at this server OM2M
     * has to answer as the standard says. */
    @Test
    @Tag("MQ-58")
    void exchangedResponsesAreNotLetThrough() {
        assertThat(closed.publish(asn, "/oneM2M/resp/asn-cse/mn-cse/json")).isEqualTo(DROP);
        assertThat(closed.publish(asn, "/oneM2M/resp/mn-cse/asn-cse/json")).isEqualTo(ALLOW);
    }

    @Test
    @Tag("MQ-58")
    void nobodySpeaksAsThisCseByTheResourceIdOfItsBase() {
        assertThat(closed.publish(asn, "/oneM2M/req/cb/CAE01/json")).isEqualTo(DISCONNECT);
        assertThat(closed.publish(ae, "/oneM2M/resp/CAE01/cb/json")).isEqualTo(DROP);
        assertThat(closed.publish(asn, "/oneM2M/resp/CAE01/cb/json")).isEqualTo(DISCONNECT);
        assertThat(closed.subscribe(asn, "/oneM2M/req/+/cb/#")).isFalse();
        assertThat(closed.deliver(asn, "/oneM2M/req/CAE01/cb/json")).isFalse();
    }
}
