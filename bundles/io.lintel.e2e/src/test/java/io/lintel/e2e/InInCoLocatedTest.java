// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.demo.parts.Node;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Mcc' with a co-located server at each side: each IN-CSE is a client of the other's server, which is closed, and sends its
 * requests there. Both are called /in-cse; only their service providers tell them apart.
 */
@Tag("PS7")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InInCoLocatedTest {
    private static final String OURS = "//lintel.example";
    private static final String THEIRS = "//other.example";
    private static final String PASSWORD = "a password";

    private Topology topology;
    private Registrar ours;
    private Registrar theirs;

    @BeforeAll
    void start() throws Exception {
        topology = new Topology(getClass());
        ours = closed("ours", OURS, THEIRS);
        theirs = closed("theirs", THEIRS, OURS);
        topology.ready();
        introduce(ours, THEIRS, theirs);
        introduce(theirs, OURS, ours);
        connect(ours, OURS, theirs);
        connect(theirs, THEIRS, ours);
    }

    private Registrar closed(String name, String spId, String otherSpId) throws Exception {
        Path etc = Files.createDirectories(topology.folder().resolve(name).resolve("etc"));
        Files.createFile(etc.resolve("mqtt-users"));
        for (String user : List.of("CAdmin", "Chere", "Cthere", "peer", "stranger")) {
            passwd(etc.resolve("mqtt-users"), user);
        }
        Files.writeString(etc.resolve("mqtt-rules"), "user peer is " + otherSpId + "/in-cse\n");
        Node node = topology.node("in", name, List.of("cse.spId=" + spId, "security.loopback=closed"));
        return Registrar.in(node, node.mqtt());
    }

    private static void passwd(Path file, String user) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("mosquitto_passwd", "-b", file.toString(), user, PASSWORD).redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static MqttClient.Account account(String user) {
        return new MqttClient.Account(user, PASSWORD);
    }

    /** By the administrator. */
    private static void introduce(Registrar to, String spId, Registrar other) throws Exception {
        try (MqttAe administrator = MqttAe.connect(to, "CAdmin", Serialization.JSON, account("CAdmin"))) {
            administrator.create(to.base(), ResourceTypes.REMOTE_CSE, "m2m:csr", Attributes.builder().set("rn", "other-provider")
                    .set("csi", spId + "/in-cse").set("cb", spId + "/in-cse/in-name").set("cst", 1L).set("rr", true)
                    .set("poa", List.of(other.mqtt())).set("srv", List.of("2a", "3")).build()).expect(2001);
        }
    }

    /** As a client of the other's server, under the identifier that it expects. */
    private static void connect(Registrar from, String spId, Registrar to) throws Exception {
        Path etc = from.node().home().resolve("etc");
        Path next = Files.write(etc.resolve("next"), List.of("uri=" + to.mqtt(), "userName=peer", "password=" + PASSWORD,
                "clientId=" + sessionOf(spId)));
        Files.move(next, etc.resolve("io.lintel.mqtt.server-other.cfg"));
        Waiting.until("connected to the other's server", () -> Files.readString(from.node().home().resolve("log/lintel.log"))
                .contains("connected to " + to.mqtt().replace("mqtt://", "") + " as " + sessionOf(spId)));
    }

    private static String sessionOf(String spId) {
        return "C:::" + spId.substring(2) + ":in-cse";
    }

    @AfterAll
    void end() throws Exception {
        topology.close();
    }

    /** Registers with its Credential-ID, as a closed server has it, then is an ordinary AE. */
    private static MqttAe register(Registrar at, String stem) throws Exception {
        BlockingQueue<Message> answers = new LinkedBlockingQueue<>();
        try (MqttClient client = MqttClient.connect(at.mqtt(), "12-" + stem, account(stem), true, answers::add)) {
            assertThat(client.subscribe("/oneM2M/reg_resp/12-" + stem + "/#")).isTrue();
            RequestPrimitive request = MqttAe.creation(at.base(), ResourceTypes.AE, "m2m:ae", Representations.ae(stem, at.mqtt()))
                    .from(stem).requestIdentifier("register-" + stem)
                    .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").build();
            client.publish("/oneM2M/reg_req/12-" + stem + "/in-cse/json", PrimitiveCodec.of(Serialization.JSON).encode(request));
            assertThat(Waiting.next("the answer to its registration", answers).status()).isEqualTo(2001);
        }
        MqttAe ae = MqttAe.connect(at, stem, Serialization.JSON, account(stem));
        ae.moveIn();
        return ae;
    }

    @Test
    @Tag("MQ-13")
    @Tag("MQ-26")
    @Tag("MQ-56")
    @Tag("MQ-58")
    void requestsAndNotificationsCrossInBothDirections() throws Exception {
        try (MqttAe here = register(ours, "Chere"); MqttAe there = register(theirs, "Cthere")) {
            crosses(here, OURS, there, THEIRS);
            crosses(there, THEIRS, here, OURS);
        }
    }

    private static void crosses(MqttAe from, String fromSp, MqttAe to, String toSp) throws Exception {
        String data = toSp + to.data();
        from.say(data, "from " + fromSp);
        assertThat(to.latest(to.path() + "/data")).isEqualTo("from " + fromSp);
        assertThat(from.latest(data)).isEqualTo("from " + fromSp);

        from.create(data, ResourceTypes.SUBSCRIPTION, "m2m:sub", Representations.subscription("from-abroad", fromSp + from.id()))
                .expect(2001);
        to.say(to.path() + "/data", "news of " + toSp);
        assertThat(from.notified()).isEqualTo("news of " + toSp);
        from.ask(RequestPrimitive.builder(Operation.DELETE, data + "/from-abroad")).expect(2002);
    }

    @Test
    @Tag("MQ-57")
    @Tag("MQ-64")
    void nobodyElseIsTheOtherIn() {
        for (String user : List.of("stranger", "Chere")) {
            assertThatThrownBy(() -> MqttClient.connect(ours.mqtt(), sessionOf(THEIRS), account(user), true, message -> { }))
                    .isInstanceOfSatisfying(MqttException.class, refusal -> assertThat(refusal.getReasonCode())
                            .isEqualTo(MqttException.REASON_CODE_INVALID_CLIENT_ID));
        }
        assertThatThrownBy(() -> MqttClient.connect(ours.mqtt(), "C::in-cse", account("peer"), true, message -> { }))
                .isInstanceOf(MqttException.class);
    }
}
