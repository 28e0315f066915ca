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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The distribution as it is installed, with {@code security.loopback=closed}: its own clients connect by themselves, and
 * everybody else with what {@code lintel user} and {@code lintel certificate} made, by the tools of Debian's
 * mosquitto-clients and OpenSSL.
 */
class ClosedLoopbackTest {
    private static final Path LINTEL = Path.of("../../run-configs/target/dist/bin/lintel").toAbsolutePath().normalize();
    private static final long PATIENCE_SECONDS = 90;

    @TempDir
    private static Path folder;

    private static Path home;
    private static int offset;
    private static Process node;

    private record Result(int status, String output) {
    }

    @BeforeAll
    static void start() throws Exception {
        assertThat(LINTEL).as("the distribution, which the build makes before this").isExecutable();
        assertThat(Path.of("/usr/bin/mosquitto_pub")).as("a client (Debian package mosquitto-clients)").isExecutable();
        home = folder.resolve("home");
        offset = freeOffset();
        Path output = folder.resolve("output");
        node = new ProcessBuilder(LINTEL.toString(), "--home", home.toString(), "--port-offset", Integer.toString(offset),
                "security.loopback=closed", "mqttserver.listener-wss.enabled=true", "mqttserver.listener-second.transport=tls",
                "mqttserver.listener-second.authentication=certificate", "mqttserver.listener-second.port=" + (7883 + offset))
                .redirectErrorStream(true).redirectOutput(output.toFile()).start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!Files.readString(output).contains("lintel ready")) {
            assertThat(node.isAlive()).as("the node: " + Files.readString(output)).isTrue();
            assertThat(System.nanoTime()).as("ready in time: " + Files.readString(output)).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (node != null) {
            node.destroy();
            if (!node.waitFor(20, TimeUnit.SECONDS)) {
                node.destroyForcibly();
            }
        }
    }

    private static int freeOffset() throws IOException {
        for (int offset = 20_000; offset < 50_000; offset += 501) {
            int tried = offset;
            if (Arrays.stream(new int[] {1883, 7883, 8883, 8083, 8084, 8080, 8443, 5683, 5684, 8181})
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

    private static Result run(String input, String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var out = process.getOutputStream()) {
            out.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // it does not read what it is given
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), said);
    }

    private static Result lintel(String input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(LINTEL.toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--home", home.toString()));
        return run(input, command.toArray(String[]::new));
    }

    private static Result publish(int port, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of("/usr/bin/mosquitto_pub", "-h", "localhost",
                "-p", Integer.toString(port + offset), "-t", "any/topic", "-m", "x", "-q", "1"));
        command.addAll(List.of(more));
        return run("", command.toArray(String[]::new));
    }

    private static String tls(String file) {
        return home.resolve("etc/tls").resolve(file).toString();
    }

    @Test
    void theNodesOwnClientsAreConnected() throws Exception {
        HttpResponse<String> health = HttpClient.newHttpClient().send(HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + (8181 + offset) + "/health")).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(health.statusCode()).as(health.body()).isEqualTo(200);
        assertThat(health.body()).contains("127.0.0.1:" + (8883 + offset) + " (tls)", "127.0.0.1:" + (8083 + offset) + " (ws)",
                "127.0.0.1:" + (8084 + offset) + " (wss)", "127.0.0.1:" + (7883 + offset) + " (tls)", "\"adapter\"");
        assertThat(Files.readString(home.resolve("log/lintel.log"))).contains("as C::mn-cse", "for devices")
                .doesNotContain("ERROR");
    }

    @Test
    @Tag("MQ-56") @Tag("MQ-66")
    void usersComeInWithTheirPasswordAndNobodyWithout() throws Exception {
        assertThat(lintel("secret\n", "user", "add", "lamp")).isEqualTo(new Result(0, "user lamp added\n"));
        assertThat(lintel("", "user", "list")).isEqualTo(new Result(0, "lamp\n"));
        for (int port : new int[] {1883, 8883}) {
            String[] authority = port == 8883 ? new String[] {"--cafile", authority()} : new String[0];
            assertThat(publish(port, with(authority)).output()).contains("not authorised");
            assertThat(publish(port, with(authority, "-u", "lamp", "-P", "wrong")).output())
                    .contains("bad user name or password");
            assertThat(publish(port, with(authority, "-u", "lamp", "-P", "secret"))).isEqualTo(new Result(0, ""));
        }
        assertThat(lintel("", "user", "remove", "lamp").status()).isZero();
        assertThat(publish(1883, "-u", "lamp", "-P", "secret").output()).contains("bad user name or password");
        assertThat(lintel("x\n", "user", "add", "lintel.cse").status()).isEqualTo(2);
        assertThat(lintel("\n", "user", "add", "empty").status()).isEqualTo(2);
    }

    private static String[] with(String[] first, String... more) {
        String[] all = Arrays.copyOf(first, first.length + more.length);
        System.arraycopy(more, 0, all, first.length, more.length);
        return all;
    }

    /** The authority's certificate, which the node makes within moments of its first start. */
    private static String authority() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!Files.exists(Path.of(tls("ca.crt")))) {
            assertThat(System.nanoTime()).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return tls("ca.crt");
    }

    @Test
    @Tag("MQ-56") @Tag("MQ-62") @Tag("MQ-63")
    void clientsComeInWithACertificateOfTheNodesAuthority() throws Exception {
        assertThat(lintel("", "certificate", "meter", "--ae", "Cmeter").output())
                .contains("URI:m2m://lintel.example/mn-cse/Cmeter");
        assertThat(lintel("", "certificate", "attic", "--cse", "/attic").output())
                .contains("URI:m2m://lintel.example/attic, DNS:attic.lintel.example");
        assertThat(lintel("", "certificate", "meter").status()).as("a second of that name").isEqualTo(1);
        String[] meter = {"--cafile", authority(), "--cert", tls("clients/meter.crt"), "--key", tls("clients/meter.key")};
        assertThat(publish(8883, with(meter, "-i", "A::Cmeter"))).isEqualTo(new Result(0, ""));
        assertThat(publish(7883, with(meter, "-i", "A::Cmeter"))).isEqualTo(new Result(0, ""));
        assertThat(publish(8883, with(meter, "-i", "A::Cother")).output()).contains("identifier rejected");
        assertThat(publish(7883, "--cafile", authority()).status()).as("without certificate").isNotZero();
        assertThat(run("", "openssl", "verify", "-CAfile", authority(), tls("server.crt"), tls("clients/meter.crt")).status())
                .isZero();
        assertThat(run("", "openssl", "pkcs12", "-in", tls("clients/meter.p12"), "-nodes", "-passin",
                "file:" + tls("clients/meter.p12.password")).output()).contains("BEGIN PRIVATE KEY", "BEGIN CERTIFICATE");

        assertThat(lintel("", "certificate", "attic", "--revoke").status()).isZero();
        assertThat(run("", "openssl", "crl", "-in", tls("revoked.pem"), "-CAfile", authority(), "-noout").output())
                .contains("verify OK");
    }

    @Test
    @Tag("MQ-62")
    void oneM2msCipherSuiteIsThereAndOldTlsIsNot() throws Exception {
        String server = "localhost:" + (8883 + offset);
        Result suite = run("", "openssl", "s_client", "-connect", server, "-CAfile", authority(), "-tls1_2", "-cipher",
                "ECDHE-ECDSA-AES128-SHA256", "-servername", "any.example");
        assertThat(suite.output()).contains("Cipher is ECDHE-ECDSA-AES128-SHA256", "Verify return code: 0 (ok)");
        assertThat(run("", "openssl", "s_client", "-connect", server, "-tls1_3").output()).contains("TLSv1.3");
        assertThat(run("", "openssl", "s_client", "-connect", server, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0").status())
                .isNotZero();
    }

    @Test
    void theWebSocketSaysWhyItRefuses() throws Exception {
        String address = "http://127.0.0.1:" + (8083 + offset);
        assertThat(run("", "curl", "-s", "-i", address + "/").output()).startsWith("HTTP/1.1 404 ").contains("at /mqtt");
        assertThat(run("", "curl", "-s", "-i", address + "/mqtt").output()).startsWith("HTTP/1.1 426 ")
                .contains("MQTT over WebSocket");
        assertThat(run("", "curl", "-s", "-i", "--cacert", authority(), "https://localhost:" + (8084 + offset) + "/mqtt", "-H",
                "Connection: Upgrade", "-H", "Upgrade: websocket", "-H", "Sec-WebSocket-Version: 13", "-H",
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==").output()).startsWith("HTTP/1.1 400 ")
                .contains("subprotocol must be mqtt");
    }
}
