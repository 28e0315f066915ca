// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.demo.parts.Node;
import io.lintel.primitive.Serialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The configuration and access rules for Mosquitto that the manual gives ({@code docs/mosquitto}), used as they are, against
 * the decision table of TS-0010 7.4: what static rules can express is as the table wants it, and what they cannot is what
 * the manual says, neither more nor less.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessRulesForMosquittoTest {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path DOCS = ROOT.resolve("docs");
    private static final Path TABLE = ROOT.resolve(
            "bundles/io.lintel.mqtt/src/test/resources/io/lintel/mqtt/internal/decision-table.csv");
    /** The users that the clients of the table are. */
    private static final Map<String, String> USERS = Map.of("registree", "asn-cse", "registrar", "in-cse", "sRegistered", "SAE1",
            "cRegistered", "CAE01", "sUnregistered", "SAE2", "other", "lamp");
    private static final String GATEWAY = "mn-cse";
    private static final String PASSWORD = "a password";
    /** What the manual says of a row that the rules do not keep: {@code | row | client | action | topic | …}. */
    private static final Pattern EXCEPTION = Pattern.compile("\\| (\\S+) \\| (\\w+) \\| (\\w+) \\| `([^`]+)` \\|.*");

    private Topology topology;
    private Mosquitto server;
    private int tlsPort;
    private Registrar mn;

    private record Row(String id, String client, String action, String topic, String outcome) {
        String key() {
            return String.join(" ", id, client, action, topic);
        }
    }

    @BeforeAll
    void start() throws Exception {
        topology = new Topology(getClass());
        Path folder = Files.createDirectories(topology.folder().resolve("mosquitto"));
        int offset = Ports.offset();
        int port = 1883 + offset;
        tlsPort = 8883 + offset;
        Files.copy(DOCS.resolve("mosquitto/lintel.acl"), folder.resolve("lintel.acl"));
        Set<String> users = new TreeSet<>(USERS.values());
        users.addAll(List.of(GATEWAY, "CAE02", "CAE03"));
        Files.createFile(folder.resolve("lintel.passwd"));
        for (String user : users) {
            run(folder, "mosquitto_passwd", "-b", "lintel.passwd", user, PASSWORD);
        }
        certificates(folder);
        List<String> lines = new ArrayList<>(List.of("log_type all", Mosquitto.ownUser()));
        for (String line : Files.readAllLines(DOCS.resolve("mosquitto/lintel.conf"))) {
            lines.add(line.replace("/etc/mosquitto/", folder + "/").replace("/var/lib/mosquitto/", folder + "/")
                    .replace("listener 8883", "listener " + tlsPort).replace("listener 1883 ", "listener " + port + " "));
        }
        server = Mosquitto.start(folder, port, lines);
    }

    @AfterAll
    void end() throws Exception {
        topology.close();
        if (server != null) {
            server.close();
        }
    }

    /** Of the table every row but those that the manual lists. */
    @Test
    @Tag("MQ-56")
    @Tag("MQ-58")
    void theyKeepTheDecisionTable() throws Exception {
        List<Row> rows = rows();
        Set<String> topics = topics(rows);
        Map<String, Set<String>> received = new ConcurrentHashMap<>();
        List<MqttClient> clients = new ArrayList<>();
        try {
            Set<String> users = new TreeSet<>(USERS.values());
            users.add(GATEWAY);
            for (String user : users) {
                received.put(user, ConcurrentHashMap.newKeySet());
                MqttClient client = connect("test-" + user, user, message -> {
                    if (!new String(message.payload(), StandardCharsets.UTF_8).equals(user)) {
                        received.get(user).add(message.topic());
                    }
                });
                assertThat(client.subscribe("#", "$SYS/#")).as("Mosquitto grants, and filters what it delivers").isTrue();
                clients.add(client);
            }
            users.parallelStream().forEach(user -> publish(user, topics.stream().filter(topic -> isTried(user, topic, rows))
                    .toList()));
            for (MqttClient client : clients) {
                client.fence();
            }
        } finally {
            clients.forEach(MqttClient::close);
        }
        String log = Files.readString(server.log());
        Set<String> broken = new TreeSet<>();
        for (Row row : rows) {
            if (!row.action().equals("connect") && !row.action().equals("retain")) {
                String user = USERS.get(row.client());
                boolean allowed = row.action().equals("publish") ? isWritten(log, user, concrete(row))
                        : received.get(user).stream().anyMatch(topic -> matches(concrete(row), topic));
                if (allowed != row.outcome().equals("allow")) {
                    broken.add(row.key());
                }
            }
        }
        assertThat(broken).isEqualTo(exceptions());
    }

    /** What a user tries: all that it says in its own name, and what the table has for it. */
    private static boolean isTried(String user, String topic, List<Row> rows) {
        return topic.matches(".*/oneM2M/(req|reg_req)/" + user + "/.*|.*/oneM2M/(resp|reg_resp)/[^/]+/" + user + "(/.*)?")
                || rows.stream().anyMatch(row -> row.action().equals("publish") && user.equals(USERS.get(row.client()))
                        && concrete(row).equals(topic));
    }

    /**
     * Publishes on all of them. Debian's Mosquitto ends the connection of who publishes what it may not, after a PUBACK or
     * without; what was on its way in that moment is published again.
     */
    private void publish(String user, List<String> topics) {
        try {
            MqttClient client = connect("from-" + user, user, message -> { });
            for (String topic : topics) {
                for (int attempt = 0; attempt < 2; attempt++) {
                    if (client.publishAcknowledged(topic, user.getBytes(StandardCharsets.UTF_8), false)) {
                        break;
                    }
                    client.close();
                    client = connect("from-" + user, user, message -> { });
                }
            }
            client.close();
        } catch (MqttException | InterruptedException e) {
            throw new IllegalStateException("publishing as " + user, e);
        }
    }

    @Test
    @Tag("MQ-18")
    void nobodyConnectsWithoutAnAccount() {
        assertThatThrownBy(() -> MqttClient.connect(server.uri(), "A::CAE01", null, true, message -> { }))
                .isInstanceOfSatisfying(MqttException.class, refusal -> assertThat(refusal.getReasonCode())
                        .isEqualTo(MqttException.REASON_CODE_NOT_AUTHORIZED));
        assertThatThrownBy(() -> MqttClient.connect(server.uri(), "A::CAE01", new MqttClient.Account("CAE01", "wrong"), true,
                message -> { })).isInstanceOf(MqttException.class);
    }

    @Test
    @Tag("MQ-05")
    void nothingIsRetained() throws Exception {
        String topic = "/oneM2M/req/CAE01/mn-cse/json";
        try (MqttClient client = connect("A::CAE01", "CAE01", message -> { })) {
            assertThat(client.publishAcknowledged(topic, new byte[] {'x'}, true)).as("the server ends the connection").isFalse();
        }
        BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
        try (MqttClient gateway = connect("late", GATEWAY, seen::add)) {
            gateway.subscribe("/oneM2M/req/+/mn-cse/#");
            gateway.fence();
            assertThat(seen).isEmpty();
        }
    }

    /** The gateway works with these rules: its AEs, and its registrar. */
    @Test
    @Tag("5.2.3.8")
    @Tag("MQ-18")
    void theGatewayItsAesAndItsRegistrarWorkWithThem() throws Exception {
        Node upper = topology.node("in", "in", account("in-cse"));
        Registrar in = Registrar.in(upper, server.uri());
        Node lower = topology.node("mn", "mn", Topology.settings(account("mn-cse"), Topology.registeredAt(server.uri(), in)));
        mn = Registrar.mn(lower, server.uri());
        topology.ready();
        in.awaitRegistration("mn-cse");
        try (MqttAe one = register("CAE02"); MqttAe other = register("CAE03"); Application above = HttpAe.register(in)) {
            one.watch(other.data(), "by-one");
            other.say(other.path() + "/data", "news");
            assertThat(one.notified()).isEqualTo("news");
            above.watch(one.data(), "from-above");
            one.say(one.path() + "/data", "upwards");
            assertThat(above.notified()).isEqualTo("upwards");
            one.say(above.data(), "by request");
            assertThat(above.latest(above.data())).isEqualTo("by request");
        }
    }

    @Test
    @Tag("MQ-56")
    @Tag("MQ-57")
    void aCertificateIsItsCommonName() throws Exception {
        BlockingQueue<Message> seen = new LinkedBlockingQueue<>();
        Path folder = topology.folder().resolve("mosquitto");
        try (MqttClient gateway = connect("watching", GATEWAY, seen::add)) {
            gateway.subscribe("/oneM2M/req/+/mn-cse/#");
            for (String level : List.of("CAE02", "CAE01")) {
                run(folder, "mosquitto_pub", "-h", "localhost", "-p", Integer.toString(tlsPort), "--cafile", "certs/ca.crt",
                        "--cert", "certs/client.crt", "--key", "certs/client.key", "-V", "mqttv311", "-q", "1", "-i", "A::CAE01",
                        "-t", "/oneM2M/req/" + level + "/mn-cse/json", "-m", "x");
            }
            assertThat(Waiting.next("what CAE01 sends as itself", seen).topic()).isEqualTo("/oneM2M/req/CAE01/mn-cse/json");
            gateway.fence();
            assertThat(seen).isEmpty();
        }
    }

    private MqttAe register(String stem) throws Exception {
        MqttAe ae = MqttAe.connect(mn, stem, Serialization.JSON, new MqttClient.Account(stem, PASSWORD));
        ae.registerAs(stem).expect(2001);
        ae.moveIn();
        return ae;
    }

    private List<String> account(String user) {
        return Topology.settings(Topology.independent(server), List.of("mqtt.userName=" + user, "mqtt.password=" + PASSWORD));
    }

    private MqttClient connect(String clientId, String user, java.util.function.Consumer<Message> arrived) throws MqttException {
        return MqttClient.connect(server.uri(), clientId, new MqttClient.Account(user, PASSWORD), true, arrived);
    }

    // ---- the table --------------------------------------------------------------------------------------------------

    private static List<Row> rows() throws IOException {
        return Files.readAllLines(TABLE).stream().filter(line -> !line.isBlank() && !line.startsWith("# "))
                .map(line -> Arrays.stream(line.split(",")).map(String::trim).toArray(String[]::new))
                .map(cells -> new Row(cells[0], cells[1], cells[2], cells[3], cells[4])).toList();
    }

    private static Set<String> exceptions() throws IOException {
        Set<String> found = new TreeSet<>();
        for (String line : Files.readAllLines(DOCS.resolve("mqtt-independent-server.md"))) {
            Matcher matcher = EXCEPTION.matcher(line);
            if (matcher.matches()) {
                found.add(matcher.group(1) + " " + matcher.group(2) + " " + matcher.group(3) + " " + matcher.group(4));
            }
        }
        return found;
    }

    /** With the Credential-IDs that these users have. */
    private static String concrete(Row row) {
        return row.topic().replace("{cred}", USERS.getOrDefault(row.client(), "")).replace("{other}", "12-somebody");
    }

    /** Every topic between any two of them, and every topic that the table has. */
    private static Set<String> topics(List<Row> rows) {
        List<String> levels = new ArrayList<>(USERS.values());
        levels.add(GATEWAY);
        Set<String> topics = new LinkedHashSet<>();
        for (String kind : List.of("req", "resp")) {
            for (String one : levels) {
                levels.forEach(other -> topics.add("/oneM2M/" + kind + "/" + one + "/" + other + "/json"));
            }
        }
        for (Row row : rows) {
            if (row.topic().indexOf('/') >= 0 && !row.topic().startsWith("$")) {
                topics.add(concrete(row).replaceFirst("/#$", "/json").replaceFirst("^#$", "any").replaceFirst("^\\+/", "/")
                        .replace("/+/req", "/oneM2M/req").replace("+", GATEWAY));
            }
        }
        return topics;
    }

    private static boolean isWritten(String log, String user, String topic) {
        return !log.contains("Denied PUBLISH from from-" + user + " ") || Pattern.compile("Denied PUBLISH from from-"
                + Pattern.quote(user) + " \\([^']*'" + Pattern.quote(topic) + "'").matcher(log).results().findAny().isEmpty();
    }

    private static boolean matches(String filter, String topic) {
        String expression = Pattern.quote(filter).replace("+", "\\E[^/]*\\Q").replaceFirst("/#\\\\E$", "\\\\E(/.*)?")
                .replaceFirst("^\\\\Q#\\\\E$", "[^\\$].*");
        return topic.matches(expression);
    }

    // ---- files ------------------------------------------------------------------------------------------------------

    private static void certificates(Path folder) throws Exception {
        Path certs = Files.createDirectories(folder.resolve("certs"));
        run(certs, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                "ca.key", "-out", "ca.crt", "-subj", "/CN=authority", "-days", "30");
        for (Map.Entry<String, String> name : Map.of("server", "localhost", "client", "CAE01").entrySet()) {
            run(certs, "openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                    name.getKey() + ".key", "-out", name.getKey() + ".csr", "-subj", "/CN=" + name.getValue());
            run(certs, "openssl", "x509", "-req", "-in", name.getKey() + ".csr", "-CA", "ca.crt", "-CAkey", "ca.key",
                    "-CAcreateserial", "-out", name.getKey() + ".crt", "-days", "30");
        }
    }

    private static void run(Path folder, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + said);
        }
    }
}
