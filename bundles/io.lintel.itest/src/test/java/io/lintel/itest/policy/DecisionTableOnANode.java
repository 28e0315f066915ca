// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every row of the decision table of TS-0010 7.4 on a whole node that is closed, with real clients; what it refuses is
 * also looked for in its audit log. Subclasses say how clients prove who they are.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DecisionTableOnANode {
    private static final Path TABLE = Path.of("../io.lintel.mqtt/src/test/resources/io/lintel/mqtt/internal/decision-table.csv");
    private static final String SOMEBODY = "12-somebody";
    private static final Pattern REQUEST_ID = Pattern.compile("\"rqi\":\"([^\"]*)\"");
    private static final Pattern AE_ID = Pattern.compile("\"aei\":\"([^\"]*)\"");

    /** Client identifiers of the table's clients. */
    private static final Map<String, String> CLIENT_IDS = Map.of("registree", "C::asn-cse", "registrar", "C::/in-cse",
            "sRegistered",
            "A::SAE1", "cRegistered", "A::CAE01", "sUnregistered", "A::SAE2", "other", "lamp", "monitor", "monitor", "admin",
                    "A::CAdmin");

    private ClosedNode node;
    private int requests;

    private record Row(String id, String client, String action, String topic, String outcome) {
        @Override
        public String toString() {
            return id + ": " + client + " " + action + " " + topic + " " + outcome;
        }
    }

    // ---- what subclasses say ----------------------------------------------------------------------------------------

    abstract ClosedNode start(Path folder) throws Exception;

    /** Connects one of the table's clients; null for one that proves nothing. */
    abstract AeClient connect(ClosedNode node, String client, String clientId) throws Exception;

    abstract String credential(String client);

    /** What the listener says to a client that proves nothing. */
    abstract void isRefusalOfAnonymous(MqttException refusal);

    // ---- the node ---------------------------------------------------------------------------------------------------

    @BeforeAll
    void startNode(@TempDir Path folder) throws Exception {
        node = start(folder);
        for (String ae : List.of("sRegistered", "cRegistered")) {
            try (AeClient client = connect(ae)) {
                register(client, credential(ae), client.id().substring(3));
            }
        }
    }

    @AfterAll
    void endNode() {
        if (node != null) {
            node.close();
        }
    }

    private AeClient connect(String client) throws Exception {
        return connect(node, client, CLIENT_IDS.get(client));
    }

    private String nextRequest() {
        return "r" + ++requests;
    }

    /** Registers an AE with a Credential-ID; the AE-ID that it got. */
    private String register(AeClient client, String credential, String wish) throws Exception {
        String level = credential.replace('/', ':');
        assertThat(client.subscribes("/oneM2M/reg_resp/" + level + "/+/#")).isTrue();
        assertThat(client.publishes("/oneM2M/reg_req/" + level + "/mn-cse/json", "{\"op\":1,\"to\":\"mn-name\",\"fr\":\"" + wish
                + "\",\"rqi\":\"" + nextRequest()
                        + "\",\"rvi\":\"2a\",\"ty\":2,\"pc\":{\"m2m:ae\":{\"api\":\"Ntest\",\"rr\":true,"
                + "\"srv\":[\"2a\"]}}}", false)).isTrue();
        AeClient.Message answer = client.next("the answer to its registration");
        assertThat(answer.topic()).isEqualTo("/oneM2M/reg_resp/" + level + "/mn-cse/json");
        assertThat(answer.payload()).contains("\"rsc\":2001");
        Matcher id = AE_ID.matcher(answer.payload());
        assertThat(id.find()).isTrue();
        return id.group(1);
    }

    /** Sends a request on this topic level for itself. */
    private void send(AeClient client, String level, String stem, String operationAndMore) throws InterruptedException {
        assertThat(client.publishes("/oneM2M/req/" + level + "/mn-cse/json", "{\"fr\":\"" + stem + "\",\"rqi\":\"" + nextRequest()
                + "\",\"rvi\":\"2a\"," + operationAndMore + "}", false)).isTrue();
    }

    private void roundTrip(AeClient client, String level, String stem, String operationAndMore, int status) throws Exception {
        send(client, level, stem, operationAndMore);
        AeClient.Message answer = client.next("the answer to " + operationAndMore);
        assertThat(answer.topic()).isEqualTo("/oneM2M/resp/" + level + "/mn-cse/json");
        assertThat(answer.payload()).contains("\"rsc\":" + status);
    }

    // ---- the table --------------------------------------------------------------------------------------------------

    static Stream<Row> rows() throws IOException {
        return Files.readAllLines(TABLE).stream().filter(line -> !line.isBlank() && !line.startsWith("# "))
                .map(line -> Arrays.stream(line.split(",")).map(String::trim).toArray(String[]::new))
                .map(cells -> new Row(cells[0], cells[1], cells[2], cells[3], cells[4]));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    @Tag("MQ-56") @Tag("MQ-58") @Tag("MQ-65")
    void row(Row row) throws Exception {
        if (row.action().equals("connect")) {
            assertThatThrownBy(() -> connect(node, "anonymous", "x")).isInstanceOfSatisfying(MqttException.class,
                    this::isRefusalOfAnonymous);
            return;
        }
        String topic = row.topic().replace("{cred}", credential(row.client()).replace('/', ':')).replace("{other}", SOMEBODY);
        try (AeClient client = connect(row.client())) {
            int before = node.audited(client.id(), topic).size();
            boolean allowed = row.outcome().equals("allow");
            switch (row.action()) {
                case "subscribe" -> assertThat(client.subscribes(topic)).isEqualTo(allowed);
                case "publish", "retain" -> assertThat(client.publishes(topic, "{}", row.action().equals("retain")))
                        .isEqualTo(!row.outcome().equals("forged"));
                case "receive" -> {
                    if (allowed) {
                        receives(client, topic);
                    } else {
                        doesNotReceive(client, topic);
                    }
                    return;
                }
                default -> throw new AssertionError(row);
            }
            assertThat(client.isConnected()).isEqualTo(!row.outcome().equals("forged"));
            List<String> audited = node.audited(client.id(), topic);
            assertThat(audited.subList(before, audited.size())).hasSize(allowed ? 0 : 1).allSatisfy(line ->
                    assertThat(line.contains("disconnected")).isEqualTo(row.outcome().equals("forged")));
        }
    }

    /** The CSE's request reaches the AE, and the AE's answer the CSE: a notification of what it asked to be told of. */
    private void receives(AeClient client, String topic) throws Exception {
        String level = topic.split("/")[4];
        String stem = client.id().substring(3);
        String name = "c" + requests;
        assertThat(client.subscribes("/oneM2M/req/+/" + level + "/#")).isTrue();
        assertThat(client.subscribes("/oneM2M/resp/" + level + "/#")).isTrue();
        roundTrip(client, level, stem, create(stem, 3, "m2m:cnt", "\"rn\":\"" + name + "\""), 2001);
        roundTrip(client, level, stem, create(stem + "/" + name, 23, "m2m:sub", "\"nu\":[\"" + stem
                + "\"],\"enc\":{\"net\":[3]}"), 2001);
        for (int i = 0; i < 2; i++) {
            send(client, level, stem, create(stem + "/" + name, 4, "m2m:cin", "\"con\":\"" + i + "\""));
            Map<String, String> both = new HashMap<>();
            for (int messages = 0; messages < 2; messages++) {
                AeClient.Message message = client.next("response and notification");
                both.put(message.topic(), message.payload());
            }
            assertThat(both).containsOnlyKeys(topic, "/oneM2M/resp/" + level + "/mn-cse/json");
            // the second notification follows only when the first one was answered
            Matcher id = REQUEST_ID.matcher(both.get(topic));
            assertThat(id.find()).isTrue();
            assertThat(client.publishes("/oneM2M/resp/mn-cse/" + level + "/json", "{\"rsc\":2000,\"rqi\":\"" + id.group(1)
                    + "\"}",
                    false)).isTrue();
        }
    }

    private static String create(String parent, int type, String member, String attributes) {
        return "\"op\":1,\"to\":\"" + parent + "\",\"ty\":" + type + ",\"pc\":{\"" + member + "\":{" + attributes + "}}";
    }

    /** Somebody who can makes a message on the topic, or tries; the client, which listens to everything, sees nothing. */
    private void doesNotReceive(AeClient client, String topic) throws Exception {
        assertThat(client.subscribes("#")).as("a filter that can be narrowed").isTrue();
        if (topic.startsWith("/oneM2M/resp/SAE1/") || topic.startsWith("/oneM2M/resp/CAE01/")) {
            String stem = topic.split("/")[3];
            try (AeClient asker = connect(stem.startsWith("S") ? "sRegistered" : "cRegistered")) {
                assertThat(asker.subscribes("/oneM2M/resp/" + stem + "/#")).isTrue();
                roundTrip(asker, stem, stem, "\"op\":2,\"to\":\"" + stem + "\"", 2000);
            }
        } else {
            try (AeClient publisher = connect(topic.startsWith("/oneM2M/") ? "registrar" : "monitor")) {
                publisher.publishes(topic, "{}", false);
            }
        }
        assertThat(client.unexpected()).isNull();
    }

    // ---- rights under a connection ----------------------------------------------------------------------------------

    @Test
    @Tag("MQ-58")
    void rightsComeAndGoWithTheRegistrationUnderOneConnection() throws Exception {
        try (AeClient client = connect("other")) {
            String stem = register(client, credential("other"), "C");
            assertThat(stem).startsWith("C");
            assertThat(client.subscribes("/oneM2M/resp/" + stem + "/#")).isTrue();
            assertThat(client.subscribes("/oneM2M/req/+/" + stem + "/#")).isTrue();
            roundTrip(client, stem, stem, "\"op\":2,\"to\":\"" + stem + "\"", 2000);
            try (AeClient stranger = connect("cRegistered")) {
                assertThat(stranger.publishes("/oneM2M/req/" + stem + "/mn-cse/json", "{}", false)).isFalse();
            }
            roundTrip(client, stem, stem, "\"op\":4,\"to\":\"" + stem + "\"", 2002);

            send(client, stem, stem, "\"op\":2,\"to\":\"" + stem + "\"");
            assertThat(client.unexpected()).isNull();
            assertThat(node.audited(client.id(), "/oneM2M/req/" + stem + "/mn-cse/json")).hasSize(1);
            assertThat(client.subscribes("/oneM2M/resp/" + stem + "/#")).isFalse();
        }
    }

    /** The change to the definitive client identifier (TS-0010 6.3.3): for the same credential, and for no other. */
    @Test
    @Tag("MQ-13") @Tag("MQ-14") @Tag("MQ-57")
    void anAeGoesOnUnderItsAeId() throws Exception {
        try (AeClient unknown = connect(node, "other", "some unique name")) {
            String stem = register(unknown, credential("other"), "S");
            assertThat(stem).startsWith("S");
            unknown.close();
            assertThatThrownBy(() -> connect(node, "monitor", "A::" + stem)).isInstanceOfSatisfying(MqttException.class,
                    refusal -> assertThat(refusal.getReasonCode()).isEqualTo(MqttException.REASON_CODE_INVALID_CLIENT_ID));
            try (AeClient known = connect(node, "other", "A::" + stem)) {
                assertThat(known.subscribes("/oneM2M/resp/" + stem + "/#")).isTrue();
                roundTrip(known, stem, stem, "\"op\":2,\"to\":\"" + stem + "\"", 2000);
                roundTrip(known, stem, stem, "\"op\":4,\"to\":\"" + stem + "\"", 2002);
                send(known, stem, stem, "\"op\":2,\"to\":\"" + stem + "\"");
                assertThat(known.unexpected()).isNull();
                assertThat(register(known, credential("other"), stem)).as("with its old AE-ID").isEqualTo(stem);
                assertThat(known.subscribes("/oneM2M/resp/" + stem + "/#")).isTrue();
                roundTrip(known, stem, stem, "\"op\":4,\"to\":\"" + stem + "\"", 2002);
            }
        }
    }

    @Test
    @Tag("MQ-60")
    void nobodyRegistersAsSomebodyElse() throws Exception {
        try (AeClient client = connect("sUnregistered")) {
            String level = credential("sUnregistered");
            assertThat(client.subscribes("/oneM2M/reg_resp/" + level + "/+/#")).isTrue();
            assertThat(client.publishes("/oneM2M/reg_req/" + level + "/mn-cse/json",
                    "{\"op\":1,\"to\":\"mn-name\",\"fr\":\"CFree\","
                    + "\"rqi\":\"x\",\"rvi\":\"2a\",\"ty\":2,\"pc\":{\"m2m:ae\":{\"api\":\"Ntest\",\"rr\":true}}}", false))
                            .isTrue();
            assertThat(client.next("the refusal").payload()).contains("\"rsc\":4106");
        }
    }

    /** MQ-60: the node knows for ever which credential an AE registered with. */
    @Test
    void anAeKeepsItsCredentialWhenTheNodeIsKilled() throws Exception {
        String stem;
        try (AeClient client = connect("other")) {
            stem = register(client, credential("other"), "C");
        }
        node.killAndRestart();
        try (AeClient client = connect("other"); AeClient stranger = connect("monitor")) {
            assertThat(client.subscribes("/oneM2M/resp/" + stem + "/#")).isTrue();
            roundTrip(client, stem, stem, "\"op\":2,\"to\":\"" + stem + "\"", 2000);
            assertThat(stranger.publishes("/oneM2M/req/" + stem + "/mn-cse/json", "{}", false))
                    .as("for any AE, too, but not this one")
                    .isFalse();
            roundTrip(client, stem, stem, "\"op\":4,\"to\":\"" + stem + "\"", 2002);
        }
    }

    /** MQ-57. */
    @Test
    @Tag("MQ-57")
    void theClientIdentifierFitsTheCredential() {
        assertThatThrownBy(() -> connect(node, "cRegistered", "A::CAE02")).isInstanceOfSatisfying(MqttException.class,
                refusal -> assertThat(refusal.getReasonCode()).isEqualTo(MqttException.REASON_CODE_INVALID_CLIENT_ID));
        assertThatThrownBy(() -> connect(node, "registree", "C::mn-cse")).isInstanceOfSatisfying(MqttException.class,
                refusal -> assertThat(refusal.getReasonCode()).isEqualTo(MqttException.REASON_CODE_INVALID_CLIENT_ID));
    }

    @Test
    void aDeviceBehindAnAdapterNeedsARuleOnly() throws Exception {
        try (AeClient device = connect("monitor"); AeClient administrator = connect("admin")) {
            assertThat(device.publishes("tele/lamp7/LWT", "Online", false)).isTrue();
            assertThat(administrator.subscribes("/oneM2M/resp/CAdmin/#")).isTrue();
            long end = System.nanoTime() + 30_000_000_000L;
            String payload = "";
            while (!payload.contains("\"rsc\":2000")) {
                assertThat(System.nanoTime()).as("the adapter makes an AE of it: " + payload).isLessThan(end);
                send(administrator, "CAdmin", "CAdmin", "\"op\":2,\"to\":\"mn-name/tasmota-lamp7/availability/la\"");
                payload = administrator.next("an answer").payload();
            }
            assertThat(payload).contains("Online");
        }
    }
}
