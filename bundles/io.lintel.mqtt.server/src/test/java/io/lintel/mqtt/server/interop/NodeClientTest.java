// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * The npm package {@code mqtt}: one Node process for all its clients, which {@code src/test/npm/client.js} makes and which
 * are driven through its standard input and output. {@code npm ci} installs what the lock file says below {@code target/}.
 */
class NodeClientTest extends ForeignClientSuite {
    private static final long SECONDS = 60;
    private static final long INSTALL_SECONDS = 300;
    private static final Path SOURCES = Path.of("src/test/npm");
    private static final Path FOLDER = Path.of("target/npm");
    private static final Pattern FIELD = Pattern.compile("\"(\\w+)\":(?:\"((?:[^\"\\\\]++|\\\\.)*+)\"|(\\w+))");

    private final Map<Integer, Node> clients = new ConcurrentHashMap<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private Process process;

    @BeforeAll
    void startNode() throws Exception {
        install();
        process = new ProcessBuilder("node", "client.js").directory(FOLDER.toFile())
                .redirectError(FOLDER.resolve("client.err").toFile()).start();
        Thread reader = new Thread(this::read, "node-output");
        reader.setDaemon(true);
        reader.start();
    }

    @AfterAll
    void stopNode() throws IOException {
        if (process != null) {
            process.getOutputStream().close();   // ends it
            process.destroy();
        }
    }

    private static void install() throws Exception {
        for (String tool : List.of("node", "npm")) {
            boolean there = List.of(System.getenv("PATH").split(":")).stream()
                    .anyMatch(folder -> Files.isExecutable(Path.of(folder, tool)));
            assertThat(there).as(tool + " is missing: install the Debian packages nodejs and npm").isTrue();
        }
        Files.createDirectories(FOLDER);
        Path lock = FOLDER.resolve("package-lock.json");
        boolean installed = Files.exists(FOLDER.resolve("node_modules/.package-lock.json")) && Files.exists(lock)
                && Files.mismatch(lock, SOURCES.resolve("package-lock.json")) < 0;
        for (String file : List.of("package.json", "package-lock.json", "client.js")) {
            Files.copy(SOURCES.resolve(file), FOLDER.resolve(file), StandardCopyOption.REPLACE_EXISTING);
        }
        if (installed) {
            return;
        }
        Path log = FOLDER.resolve("npm-ci.log");
        Process npm = new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund").directory(FOLDER.toFile())
                .redirectErrorStream(true).redirectOutput(log.toFile()).start();
        assertThat(npm.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS)).as("npm ci ended in time; see " + log).isTrue();
        assertThat(npm.exitValue()).as("npm ci: " + Files.readString(log)).isZero();
    }

    private void read() {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Map<String, String> fields = new ConcurrentHashMap<>();
                Matcher field = FIELD.matcher(line);
                while (field.find()) {
                    fields.put(field.group(1), field.group(2) == null ? field.group(3) : field.group(2));
                }
                clients.get(Integer.parseInt(fields.get("c"))).said(fields);
            }
        } catch (IOException e) {
            clients.values().forEach(client -> client.said(Map.of("error", e.toString())));
        }
    }

    @Override
    ForeignClient connect(Endpoint endpoint, String clientId, boolean clean, String will) throws Exception {
        Node client = new Node(numbers.incrementAndGet());
        clients.put(client.number, client);
        boolean secure = endpoint.transport().isSecure();
        client.present = client.does("connect", "url", endpoint.uri("mqtt", "mqtts", "ws", "wss"), "id", clientId,
                "clean", clean, "will", will, "ca", secure ? endpoint.authority().toString() : null,
                "user", secure ? Endpoint.USER : null, "password", Endpoint.PASSWORD).get("present").equals("true");
        return client;
    }

    /** One client in the process. */
    private final class Node implements ForeignClient {
        private final BlockingQueue<Map<String, String>> answers = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        private final int number;
        private boolean present;

        Node(int number) {
            this.number = number;
        }

        private void said(Map<String, String> fields) {
            if (fields.containsKey("topic")) {
                received.add(ForeignClient.describe(fields.get("topic"), Base64.getDecoder().decode(fields.get("payload")),
                        Integer.parseInt(fields.get("qos")), fields.get("retain").equals("true")));
            } else {
                answers.add(fields);
            }
        }

        /** @param fields names and values; a null is left out */
        private Map<String, String> does(String what, Object... fields) throws Exception {
            StringBuilder line = new StringBuilder("{\"c\":").append(number).append(",\"do\":\"").append(what).append('"');
            for (int i = 0; i < fields.length; i += 2) {
                if (fields[i + 1] != null) {
                    boolean text = fields[i + 1] instanceof String;
                    line.append(",\"").append(fields[i]).append("\":").append(text ? "\"" : "").append(fields[i + 1])
                            .append(text ? "\"" : "");
                }
            }
            process.getOutputStream().write(line.append("}\n").toString().getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
            Map<String, String> answer = answers.poll(SECONDS, TimeUnit.SECONDS);
            assertThat(answer).as(what + " was answered; see " + FOLDER + "/client.err").isNotNull();
            assertThat(answer).as(what).doesNotContainKey("error");
            return answer;
        }

        @Override
        public boolean sessionPresent() {
            return present;
        }

        @Override
        public void subscribe(String filter, int qos) throws Exception {
            does("subscribe", "filter", filter, "qos", qos);
        }

        @Override
        public void unsubscribe(String filter) throws Exception {
            does("unsubscribe", "filter", filter);
        }

        @Override
        public void publish(String topic, byte[] payload, int qos, boolean retain) throws Exception {
            does("publish", "topic", topic, "payload", Base64.getEncoder().encodeToString(payload), "qos", qos,
                    "retain", retain);
        }

        @Override
        public String next() throws InterruptedException {
            return received.poll(SECONDS, TimeUnit.SECONDS);
        }

        @Override
        public void disconnect() throws Exception {
            does("disconnect");
        }

        @Override
        public void die() throws Exception {
            does("die");
        }

        @Override
        public void close() {
            try {
                process.getOutputStream().write(("{\"c\":" + number + ",\"do\":\"die\"}\n").getBytes(StandardCharsets.UTF_8));
                process.getOutputStream().flush();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
