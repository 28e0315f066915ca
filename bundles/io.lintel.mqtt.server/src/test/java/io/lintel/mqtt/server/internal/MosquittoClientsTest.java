// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.tls.TestCertificates;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the command line clients of Debian's mosquitto-clients, which share no code with us. */
class MosquittoClientsTest {
    private TestServer server;
    private final List<Process> processes = new ArrayList<>();

    @BeforeAll
    static void installed() {
        assertThat(Path.of("/usr/bin/mosquitto_sub")).as("install the Debian package mosquitto-clients").isExecutable();
    }

    @BeforeEach
    void start() {
        server = TestServer.start();
    }

    @AfterEach
    void stop() {
        processes.forEach(Process::destroyForcibly);
        server.close();
    }

    private Process run(String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("/usr/bin/mosquitto_" + program, "-h", "127.0.0.1", "-p",
                String.valueOf(server.port()), "-V", "mqttv311"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        processes.add(process);
        return process;
    }

    private void publish(String... arguments) throws Exception {
        Process process = run("pub", arguments);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)).isEmpty();
        assertThat(process.exitValue()).isZero();
    }

    /** Runs until it has that many messages. */
    private List<String> subscribe(int messages, String... arguments) throws Exception {
        List<String> all = new ArrayList<>(List.of("-C", String.valueOf(messages), "-W", "10", "-v"));
        all.addAll(List.of(arguments));
        return lines(run("sub", all.toArray(String[]::new)));
    }

    private static List<String> lines(Process process) throws Exception {
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            List<String> lines = reader.lines().toList();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return lines;
        }
    }

    private void subscribersAre(int count) {
        TestServer.eventually(count + " subscriptions", () -> server.sessions().stream()
                .mapToInt(s -> s.subscriptions().size()).sum() == count);
    }

    @Test
    void aMessageAtEachQualityOfService() throws Exception {
        Process subscriber = run("sub", "-C", "3", "-W", "10", "-v", "-t", "a/+", "-q", "2");
        subscribersAre(1);
        for (int qos = 0; qos <= 2; qos++) {
            publish("-t", "a/" + qos, "-m", "m" + qos, "-q", String.valueOf(qos));
        }
        assertThat(lines(subscriber)).containsExactly("a/0 m0", "a/1 m1", "a/2 m2");
    }

    @Test
    void aDurableSessionAtQos2AcrossAKill() throws Exception {
        assertThat(lines(run("sub", "-E", "-i", "durable", "-c", "-q", "2", "-t", "q/#"))).isEmpty();
        for (int i = 0; i < 20; i++) {
            publish("-t", "q/" + i, "-m", "m" + i, "-q", "2");
        }
        server = server.killedAndRestarted();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            expected.add("q/" + i + " m" + i);
        }
        assertThat(subscribe(20, "-i", "durable", "-c", "-q", "2", "-t", "q/#")).isEqualTo(expected);
    }

    @Test
    void manyLinesFromOnePublisher() throws Exception {
        Process subscriber = run("sub", "-C", "2000", "-W", "20", "-t", "lines", "-q", "1", "-i", "durable", "-c");
        subscribersAre(1);
        Process publisher = run("pub", "-l", "-t", "lines", "-q", "1");
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 2_000; i++) {
            text.append("line ").append(i).append('\n');
        }
        publisher.getOutputStream().write(text.toString().getBytes(StandardCharsets.UTF_8));
        publisher.getOutputStream().close();
        assertThat(String.join("\n", lines(subscriber)) + "\n").isEqualTo(text.toString());
        assertThat(publisher.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(publisher.exitValue()).isZero();
    }

    @Test
    void retainedSetAndCleared() throws Exception {
        publish("-t", "r/a", "-m", "kept", "-r", "-q", "1");
        publish("-t", "r/b", "-m", "too", "-r");
        assertThat(subscribe(2, "-t", "r/#", "--retained-only")).containsExactlyInAnyOrder("r/a kept", "r/b too");
        publish("-t", "r/a", "-n", "-r", "-q", "1");
        assertThat(subscribe(1, "-t", "r/#", "--retained-only")).containsExactly("r/b too");
    }

    @Test
    void theWillOfAProcessThatIsKilled() throws Exception {
        Process subscriber = run("sub", "-C", "1", "-W", "10", "-v", "-t", "will");
        Process dying = run("sub", "-t", "x", "--will-topic", "will", "--will-payload", "killed", "--will-qos", "1");
        subscribersAre(2);
        dying.destroyForcibly();
        assertThat(lines(subscriber)).containsExactly("will killed");
    }

    @Test
    void takesOverFromAnotherProcess() throws Exception {
        Process first = run("sub", "-i", "same", "-t", "t", "-c", "-q", "1");
        subscribersAre(1);
        try (PacketClient second = server.resumed("same")) {
            TestServer.eventually("the first is replaced", () -> server.counter(Counter.TAKEOVERS) >= 1);
            publish("-t", "t", "-m", "for whoever it is now", "-q", "1");
            first.destroyForcibly();
            assertThat(first.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        TestServer.eventually("nobody is connected", () -> server.counter(Counter.CONNECTIONS_OPEN) == 0);
    }

    @Test
    void aRequestAndItsResponse() throws Exception {
        // mosquitto_rr subscribes to the response topic, publishes the request and ends with the first response
        Process requester = run("rr", "-t", "request", "-e", "response", "-m", "how are you?", "-q", "2", "-W", "10");
        subscribersAre(1);
        publish("-t", "response", "-m", "well", "-q", "2");
        assertThat(lines(requester)).containsExactly("well");
    }

    @Test
    void aLargePayload(@TempDir Path directory) throws Exception {
        byte[] large = new byte[262_144];
        new Random(1).nextBytes(large);
        Path file = Files.write(directory.resolve("large"), large);
        for (String qos : List.of("0", "1", "2")) {
            Process subscriber = run("sub", "-C", "1", "-W", "10", "-t", "large", "-q", qos, "-N");
            subscribersAre(1);
            publish("-t", "large", "-f", file.toString(), "-q", qos);
            assertThat(subscriber.getInputStream().readAllBytes()).isEqualTo(large);
            TestServer.eventually("it is gone", () -> server.sessions().isEmpty());
        }
    }

    @Test
    void overTlsWithAClientCertificate(@TempDir Path directory) throws Exception {
        TestCertificates certificates = new TestCertificates(server.home().resolve("etc/tls"));
        TestCertificates.write(directory, "lamp", certificates.issue("lamp", "DNS:lamp.example"));
        server.server().policy = new PasswordTest.Seen();   // without a policy only loopback is open
        server.listening("tls", Map.of("transport", "tls", "authentication", "certificate"));
        String[] tls = {"-p", String.valueOf(server.port("tls")), "-h", "localhost", "--cafile",
            certificates.authorityFile().toString(), "--cert", directory.resolve("lamp.crt").toString(), "--key",
            directory.resolve("lamp.key").toString(), "-t", "over/tls", "-q", "2"};
        List<String> subscribe = new ArrayList<>(List.of(tls));
        subscribe.addAll(List.of("-C", "1", "-W", "10"));
        Process subscriber = run("sub", subscribe.toArray(String[]::new));
        subscribersAre(1);
        assertThat(server.sessions().get(0).principal()).contains("certificate:lamp.example");
        List<String> publish = new ArrayList<>(List.of(tls));
        publish.addAll(List.of("-m", "secret"));
        publish(publish.toArray(String[]::new));
        assertThat(lines(subscriber)).containsExactly("secret");
    }
}
