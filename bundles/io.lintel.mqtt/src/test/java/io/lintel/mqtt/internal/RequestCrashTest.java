// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.primitive.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A gateway and an IN, each in its own process with its own store, killed again and again while clients send bursts of
 * mixed requests, some of them for the IN: every request is answered, none is executed twice, none is lost. Once each
 * with an MQTT server of its own, and once all on one Mosquitto with its usual window of 20. The seed is printed;
 * {@code -Dlintel.requests.seed} repeats it, {@code -Dlintel.requests.kills} changes the number of kills.
 */
@Tag("MQ-01")
@Tag("MQ-02")
@Tag("MQ-32")
class RequestCrashTest {
    private static final int KINDS = 5;
    /** A request whose answer was lost with a process is answered when its time is up; and so on for what waits behind it. */
    private static final int REQUEST_SECONDS = 40;
    private static final int PATIENCE_SECONDS = 4 * REQUEST_SECONDS;
    private static final String ABOVE = "/in-cse/in-name/CCloud/cloud";
    private static final Pattern IDENTIFIER = Pattern.compile("\"rqi\":\"([^\"]*)\"");
    private static final Pattern STATUS = Pattern.compile("\"rsc\":(\\d+)");
    private static final Pattern CONTENT = Pattern.compile("\"con\":\"([^\"]*)\"");

    /** Broken promises: the build's second attempt at a failed test, with another seed, does not mend them. */
    private static final Set<String> BROKEN = ConcurrentHashMap.newKeySet();

    @TempDir
    Path directory;
    private final Random random = new Random(Long.getLong("lintel.requests.seed", System.nanoTime() & 0xffffff));

    /** One AE with its connection, and the answers it got, by request identifier. */
    private static final class Device implements AutoCloseable {
        private final String stem;
        private final String cse;
        private final Peer peer;
        private final Map<String, Set<String>> answers = new ConcurrentHashMap<>();

        Device(int port, String stem, String cse) {
            this.stem = stem;
            this.cse = cse;
            peer = new Peer(port, "A::" + stem, "/oneM2M/resp/" + stem + "/#");
            peer.reacting(message -> answers.merge(first(IDENTIFIER, message.text()), Set.of(first(STATUS, message.text())),
                    Device::both));   // an identifier is there with its status or not at all
        }

        private static Set<String> both(Set<String> before, Set<String> now) {
            Set<String> all = new HashSet<>(before);
            all.addAll(now);
            return all;
        }

        void send(String identifier, int operation, String to, String more) {
            peer.publish("/oneM2M/req/" + stem + "/" + cse + "/json", "{\"op\":" + operation + ",\"to\":\"" + to + "\",\"fr\":\""
                    + stem + "\",\"rqi\":\"" + identifier + "\",\"rvi\":\"2a\"" + more + "}");
        }

        String asks(String identifier, int operation, String to, String more) {
            send(identifier, operation, to, more);
            Waiting.until("an answer to " + identifier, PATIENCE_SECONDS,
                    () -> !answers.getOrDefault(identifier, Set.of()).isEmpty());
            return answers.get(identifier).iterator().next();
        }

        String answerText(String identifier) {
            return peer.received.stream().map(Peer.Received::text).filter(text -> text.contains("\"" + identifier + "\""))
                    .findFirst().orElseThrow();
        }

        @Override
        public void close() {
            peer.close();
        }
    }

    private static String first(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        return matcher.find() ? matcher.group(1) : "";
    }

    private static String created(String member, int type, String attributes) {
        return ",\"ty\":" + type + ",\"pc\":{\"m2m:" + member + "\":{" + attributes + "}}";
    }

    private Path home(String name) {
        try {
            return Files.createDirectories(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest(name = "{0}, {1} clients with {2} requests each")
    @CsvSource({"Mosquitto, 1, 1000, 3", "own servers, 16, 200, 3"})
    void everyRequestIsAnsweredAndNoneIsExecutedTwice(String server, int clients, int requests, int usualKills) {
        assertThat(BROKEN).as("broken at the first attempt").noneMatch(broken -> broken.startsWith(server));
        long seed = Long.getLong("lintel.requests.seed", random.nextInt(1 << 24));
        random.setSeed(seed);
        System.out.println("requests under kill -9, " + server + ": -Dlintel.requests.seed=" + seed);
        int kills = Integer.getInteger("lintel.requests.kills", usualKills);
        boolean foreign = server.equals("Mosquitto");
        Mosquitto mosquitto = foreign ? new Mosquitto(home("mosquitto"), "max_queued_messages 0") : null;
        int below = foreign ? mosquitto.port() : Mosquitto.freePort();
        int above = foreign ? mosquitto.port() : Mosquitto.freePort();
        String uriBelow = "mqtt://127.0.0.1:" + below;
        String uriAbove = "mqtt://127.0.0.1:" + above;
        List<Device> devices = new ArrayList<>();
        try (NodeProcess in = node("in", foreign ? 0 : above, "cse.type=in", "cse.id=/in-cse", "cse.name=in-name",
                "mqtt.servers=" + uriAbove);
                NodeProcess gateway = node("mn", foreign ? 0 : below, "mqtt.servers=" + uriBelow, "registrar.uri=" + uriAbove)) {
            in.start();
            gateway.start();
            aContainerAboveForAll(above);
            for (int i = 0; i < clients; i++) {
                devices.add(registered(below, "CDev" + i));
            }
            devices.forEach(device -> burst(device, requests));
            for (int kill = 1; kill <= kills; kill++) {
                long due = (long) clients * requests * kill / (kills + 2) - random.nextInt(requests / 10 + 1);
                Waiting.until("answer " + due, PATIENCE_SECONDS, () -> answered(devices) >= due);
                NodeProcess victim = kill % 3 == 2 ? in : gateway;
                victim.kill();
                victim.start();
            }
            devices.forEach(device -> Waiting.until(device.stem + " has all answers", PATIENCE_SECONDS,
                    () -> device.answers.size() >= requests + 2));
            devices.forEach(device -> check(device, requests));
            devices.forEach(device -> count(device, requests, below, above));
        } catch (AssertionError e) {
            BROKEN.add(server + " with seed " + seed);
            throw new AssertionError("-Dlintel.requests.seed=" + seed, e);
        } finally {
            devices.forEach(Device::close);
            if (foreign) {
                mosquitto.close();
            }
        }
    }

    private NodeProcess node(String name, int serverPort, String... settings) {
        List<String> all = new ArrayList<>(List.of(settings));
        all.addAll(List.of("cse.requestTimeoutMillis=" + REQUEST_SECONDS * 1000,
                "mqtt.requestTimeoutSeconds=" + REQUEST_SECONDS, "registrar.retryMaxMillis=500",
                "store.minimumFreeBytes=1048576"));
        if (serverPort > 0) {
            all.add("server.port=" + serverPort);
        }
        return new NodeProcess(home(name), all.toArray(String[]::new));
    }

    private static void aContainerAboveForAll(int port) {
        try (Device cloud = new Device(port, "CCloud", "in-cse")) {
            String rules = "{\"acr\":[{\"acor\":[\"all\"],\"acop\":63}]}";
            assertThat(cloud.asks("ae", 1, "in-name", created("ae", 2, "\"rn\":\"CCloud\",\"api\":\"N.x\",\"rr\":false,"
                    + "\"srv\":[\"2a\"]"))).isEqualTo("2001");
            assertThat(cloud.asks("acp", 1, "in-name/CCloud", created("acp", 1, "\"rn\":\"open\",\"pv\":" + rules
                    + ",\"pvs\":" + rules))).isEqualTo("2001");
            assertThat(cloud.asks("cnt", 1, "in-name/CCloud", created("cnt", 3,
                    "\"rn\":\"cloud\",\"acpi\":[\"in-name/CCloud/open\"]"))).isEqualTo("2001");
        }
    }

    private static Device registered(int port, String stem) {
        Device device = new Device(port, stem, "mn-cse");
        assertThat(device.asks("ae", 1, "mn-name", created("ae", 2, "\"rn\":\"" + stem + "\",\"api\":\"N.x\",\"rr\":false,"
                + "\"srv\":[\"2a\"]"))).isEqualTo("2001");
        assertThat(device.asks("cnt", 1, "mn-name/" + stem, created("cnt", 3, "\"rn\":\"data\""))).isEqualTo("2001");
        Waiting.until("the way to the IN is open", () -> {
            device.answers.remove("way");
            return device.asks("way", 2, ABOVE, "").equals("2000");
        });
        device.answers.remove("way");
        return device;
    }

    private static void burst(Device device, int requests) {
        String data = "mn-name/" + device.stem + "/data";
        for (int i = 0; i < requests; i++) {
            String identifier = "r" + i;
            switch (i % KINDS) {
                case 0 -> device.send(identifier, 1, data, created("cin", 4, "\"con\":\"" + device.stem + "-" + i + "\""));
                case 1 -> device.send(identifier, 1, ABOVE, created("cin", 4,
                        "\"con\":\"" + device.stem + "-" + i + "\""));
                case 2 -> device.send(identifier, 3, data, ",\"pc\":{\"m2m:cnt\":{\"lbl\":[\"" + i + "\"]}}");
                case 3 -> device.send(identifier, 1, "mn-name/" + device.stem, created("cnt", 3, "\"rn\":\"x" + i + "\""));
                default -> device.send(identifier, 4, "mn-name/" + device.stem + "/x" + (i - 1), "");
            }
        }
    }

    private static long answered(List<Device> devices) {
        return devices.stream().mapToLong(device -> device.answers.size()).sum();
    }

    /** A creation or deletion that was made twice would have been refused the second time. */
    private static void check(Device device, int requests) {
        Map<String, String> wrong = new TreeMap<>();
        for (int i = 0; i < requests; i++) {
            Set<String> statuses = device.answers.getOrDefault("r" + i, Set.of());
            Set<String> right = switch (i % KINDS) {
                case 1 -> Set.of("2001", "5103", "4008");
                case 2 -> Set.of("2004");
                case 4 -> Set.of("2002");
                default -> Set.of("2001");
            };
            if (statuses.isEmpty() || !right.containsAll(statuses)) {
                wrong.put("r" + i, statuses.toString());
            }
        }
        assertThat(wrong).as(device.stem).isEmpty();
    }

    private static void count(Device device, int requests, int below, int above) {
        device.asks("last", 2, "mn-name/" + device.stem + "/data", "");
        assertThat(device.answerText("last")).contains("\"cni\":" + (requests + KINDS - 1) / KINDS + ",");
        device.asks("above", 2, ABOVE, ",\"rcn\":8,\"fc\":{\"ty\":[4]}");
        List<String> found = new ArrayList<>();
        Matcher contents = CONTENT.matcher(device.answerText("above"));
        while (contents.find()) {
            if (contents.group(1).startsWith(device.stem + "-")) {
                found.add(contents.group(1));
            }
        }
        assertThat(found).as("executed above").doesNotHaveDuplicates();
        Set<String> promised = new HashSet<>();
        for (int i = 1; i < requests; i += KINDS) {
            if (device.answers.get("r" + i).contains("2001")) {
                promised.add(device.stem + "-" + i);
            }
        }
        assertThat(found).as("what was answered with success").containsAll(promised);
        assertThat(promised).as("so few that nothing was tested").hasSizeGreaterThan(requests / KINDS / 8);
    }
}
