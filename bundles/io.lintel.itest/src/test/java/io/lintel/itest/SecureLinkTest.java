// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Gateways as they are installed, whose registrar's MQTT server lets in who shows a certificate and nobody else; and how they
 * are given up again, with {@code lintel leave}.
 */
class SecureLinkTest {
    private static final Path LINTEL = Path.of("../../run-configs/target/dist/bin/lintel").toAbsolutePath().normalize();
    private static final long PATIENCE_SECONDS = 90;

    @TempDir
    private static Path folder;

    private static int inOffset;
    private static Process in;
    private Process gateway;

    @BeforeAll
    static void startIn() throws Exception {
        assertThat(LINTEL).as("the distribution, which the build makes before this").isExecutable();
        inOffset = freeOffset(20_000);
        in = start("in", inOffset, "--role", "in", "mqttserver.listener-tls.authentication=certificate",
                "mqttserver.listener-wss.enabled=true", "mqttserver.listener-wss.authentication=certificate");
    }

    @AfterAll
    static void stopIn() throws InterruptedException {
        stop(in);
    }

    @AfterEach
    void stopGateway() throws InterruptedException {
        stop(gateway);
    }

    @ParameterizedTest
    @CsvSource({"tls, 8883, tcp", "wss, 8084, websocket"})
    @Tag("MQ-08")
    @Tag("MQ-10")
    @Tag("MQ-20")
    @Tag("MQ-49")
    @Tag("MQ-62")
    void aGatewayRegistersWithItsCertificateAndLeavesForGood(String name, int port, String transport) throws Exception {
        Path gatewayHome = folder.resolve(name);
        assertThat(lintel("certificate", name, "--cse", "/" + name, "--home", folder.resolve("in").toString())).startsWith("0");
        Path keys = folder.resolve("in/etc/tls/clients");
        String server = "mqtts://localhost:" + (port + inOffset);
        int offset = freeOffset(30_000);
        gateway = start(name, offset, "cse.id=/" + name, "registrar.uri=" + server, "registrar.cseId=/in-cse",
                "registrar.name=in-name", "mqtt.server-in.uri=" + server, "mqtt.server-in.transport=" + transport,
                "mqtt.server-in.caFile=" + folder.resolve("in/etc/tls/ca.crt"), "mqtt.server-in.certificateFile="
                        + keys.resolve(name + ".crt"), "mqtt.server-in.keyFile=" + keys.resolve(name + ".key"));
        until("registered: " + health(offset), () -> health(offset).contains("registered at /in-cse by " + server));
        until("known there", () -> remoteCses().contains("/" + name));

        String left = lintel("leave", "--home", gatewayHome.toString());

        assertThat(left.lines()).containsExactly("0", "ok    registrar /in-cse: deregistered",
                "ok    MQTT server 127.0.0.1:" + (1883 + offset) + ": session ended",
                "ok    MQTT server " + server + ": session ended");
        assertThat(remoteCses()).doesNotContain("/" + name);
        assertThat(health(offset)).contains("(left for good)");
        assertThat(Files.exists(gatewayHome.resolve("etc/io.lintel.leave.cfg"))).isFalse();
    }

    @Test
    @Tag("MQ-20")
    void aGatewayThatDoesNotRunIsStartedToLeave() throws Exception {
        int offset = freeOffset(30_000);
        gateway = start("stopped", offset, "cse.id=/stopped", "registrar.uri=mqtt://127.0.0.1:" + (1883 + inOffset),
                "registrar.cseId=/in-cse", "registrar.name=in-name");
        until("known there", () -> remoteCses().contains("/stopped"));
        stop(gateway);

        String left = lintel("leave", "--home", folder.resolve("stopped").toString());

        assertThat(left.lines()).contains("0", "ok    registrar /in-cse: deregistered",
                "ok    MQTT server 127.0.0.1:" + (1883 + inOffset) + ": session ended");
        assertThat(remoteCses()).doesNotContain("/stopped");
        until("ended again", () -> health(offset).isEmpty());
    }

    private static Process start(String name, int offset, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(LINTEL.toString(), "--home", folder.resolve(name).toString(),
                "--port-offset", Integer.toString(offset)));
        command.addAll(List.of(more));
        Path output = folder.resolve(name + ".out");
        Process node = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        until("ready: " + output, () -> {
            assertThat(node.isAlive()).as(text(output)).isTrue();
            return text(output).contains("lintel ready");
        });
        return node;
    }

    private static void stop(Process node) throws InterruptedException {
        if (node != null) {
            node.destroy();
            if (!node.waitFor(20, TimeUnit.SECONDS)) {
                node.destroyForcibly();
            }
        }
    }

    /** Its status, and on the lines behind that what it said. */
    private static String lintel(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(LINTEL.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return process.exitValue() + "\n" + said;
    }

    /** What the gateway says of itself; nothing if nobody answers. */
    private static String health(int offset) {
        return get("http://127.0.0.1:" + (8181 + offset) + "/health");
    }

    /** The CSEs that are registered at the IN-CSE. */
    private static String remoteCses() {
        return get("http://127.0.0.1:" + (8080 + inOffset) + "/in-name?rcn=4&ty=16");
    }

    private static String get(String uri) {
        try {
            return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(uri)).header("X-M2M-Origin", "CAdmin")
                    .header("X-M2M-RI", "t1").header("X-M2M-RVI", "2a").build(), HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static int freeOffset(int from) throws IOException {
        for (int offset = from; offset < 50_000; offset += 501) {
            int tried = offset;
            if (Arrays.stream(new int[] {1883, 8883, 8083, 8084, 8080, 8443, 5683, 5684, 8181})
                    .allMatch(port -> isFree(port + tried))) {
                return offset;
            }
        }
        throw new IOException("no free range of ports");
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port)) {
            return probe.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
