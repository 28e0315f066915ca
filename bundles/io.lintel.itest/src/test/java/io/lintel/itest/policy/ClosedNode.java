// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.policy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A whole node as a process of its own, closed: one listener for client certificates over TLS, one for users on plain
 * loopback. It is an IN-CSE by its kind, so that it gives out S-type AE-IDs itself, and {@code /mn-cse} by its name.
 */
final class ClosedNode implements AutoCloseable {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final long READY_SECONDS = 120;
    private static final int LAST_PORT = 32_000;
    private static int nextPort = 24_000 + (int) (ProcessHandle.current().pid() % 700) * 10;
    private static final int ITERATIONS = 101;

    private final Path home;
    private final List<String> command;
    private final int tlsPort;
    private final int userPort;
    private final int consolePort;
    private Process process;
    private CompletableFuture<Void> ready;

    private ClosedNode(Path home, List<String> command, int tlsPort, int userPort, int consolePort) {
        this.home = home;
        this.command = command;
        this.tlsPort = tlsPort;
        this.userPort = userPort;
        this.consolePort = consolePort;
    }

    /**
     * @param clientCa certificate of who vouches for clients
     * @param users    names and passwords
     * @param rules    lines of the rules file
     */
    static ClosedNode start(Path home, Path clientCa, Map<String, String> users, List<String> rules) throws IOException {
        run(List.of(ROOT.resolve("run-configs/build").toString()));
        int[] ports = freePorts(9);
        Path etc = Files.createDirectories(home.resolve("etc"));
        List<String> lines = new ArrayList<>();
        users.forEach((name, password) -> lines.add(name + ":" + hash(password)));
        Files.write(etc.resolve("mqtt-users"), lines);
        Files.write(etc.resolve("mqtt-rules"), rules);
        List<String> command = List.of(ROOT.resolve("run-configs/target/dist/bin/lintel").toString(), "--role", "in", "--home",
                home.toString(), "security.loopback=closed", "cse.id=/mn-cse", "cse.name=mn-name", "mqttserver.port=" + ports[2],
                "mqttserver.listener-tls.port=" + ports[0], "mqttserver.listener-tls.authentication=certificate",
                "mqttserver.listener-tls.clientCaFile=" + clientCa, "mqttserver.listener-ws.port=" + ports[6],
                        "mqttserver.listener-wss.port=" + ports[7],
                "mqttserver.listener-users.transport=tcp", "mqttserver.listener-users.authentication=password",
                "mqttserver.listener-users.port=" + ports[1], "http.port=" + ports[3], "coap.port=" + ports[4], "coaps.port=0",
                "https.port=0",
                "console.port=" + ports[5], "adapter.enabled=true");
        ClosedNode node = new ClosedNode(home, command, ports[0], ports[1], ports[5]);
        node.boot();
        return node;
    }

    /**
     * An ordinary gateway that registers at a node that {@link #start} made, with {@code registrar.checkSeconds=1}; its
     * loopback is open for AEs at {@link #userPort()}. Begun only: without its registration it is not ready.
     */
    static ClosedNode registree(Path home, String cseId, List<String> settings) throws IOException {
        int[] ports = freePorts(9);
        List<String> command = new ArrayList<>(List.of(ROOT.resolve("run-configs/target/dist/bin/lintel").toString(), "--role",
                "mn", "--home", home.toString(), "cse.id=" + cseId, "mqttserver.port=" + ports[0], "mqttserver.listener-tls.port="
                + ports[1], "mqttserver.listener-ws.port=" + ports[2], "mqttserver.listener-wss.port=" + ports[3], "http.port="
                + ports[4], "coap.port=" + ports[5], "coaps.port=0",
                "https.port=0", "console.port=" + ports[6], "adapter.enabled=false",
                "registrar.cseId=/mn-cse", "registrar.name=mn-name", "registrar.checkSeconds=1"));
        command.addAll(settings);
        ClosedNode node = new ClosedNode(home, List.copyOf(command), ports[1], ports[0], ports[6]);
        node.begin();
        return node;
    }

    /** What the node's log has now. */
    String log() throws IOException {
        return Files.readString(home.resolve("log/lintel.log"));
    }

    private void boot() throws IOException {
        begin();
        awaitReady();
    }

    private void begin() throws IOException {
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        ready = ready(process);
    }

    /** Waits until all its doors are open. */
    void awaitReady() throws IOException {
        try {
            ready.get(READY_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            process.destroyForcibly();
            throw new IOException("not ready: " + Files.readString(home.resolve("log/lintel.log")), e);
        } catch (ExecutionException e) {
            process.destroyForcibly();
            throw new IOException(e.getCause());
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** As a power cut ends it: kill -9. Then again. */
    void killAndRestart() throws IOException, InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            throw new IOException("the node does not end");
        }
        boot();
    }

    private static CompletableFuture<Void> ready(Process process) {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        Thread reader = new Thread(() -> {
            StringBuilder said = new StringBuilder();
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(),
                    StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    said.append(line).append('\n');
                    if (line.startsWith("lintel ready")) {
                        ready.complete(null);
                    }
                }
            } catch (IOException e) {
                said.append(e);
            }
            ready.completeExceptionally(new IOException("the node ended: " + said));
        }, "closed-node-output");
        reader.setDaemon(true);
        reader.start();
        return ready;
    }

    int tlsPort() {
        return tlsPort;
    }

    int userPort() {
        return userPort;
    }

    int consolePort() {
        return consolePort;
    }

    /** Certificate of the authority that the node makes for itself, in the background at its first start. */
    Path serverCa() throws InterruptedException {
        Path certificate = home.resolve("etc/tls/ca.crt");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!Files.exists(certificate)) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("the node made no " + certificate);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
        return certificate;
    }

    /** What the audit log has of a client and a topic, filter or client identifier. */
    List<String> audited(String clientId, String what) throws IOException {
        String client = " client=\"" + clientId + "\"";
        String object = " what=\"" + what + "\"";
        try (var lines = Files.lines(home.resolve("log/audit.log"))) {
            return lines.filter(line -> line.contains(client) && line.contains(object)).toList();
        }
    }

    Path home() {
        return home;
    }

    /** As {@code mosquitto_passwd} writes it. */
    private static String hash(String password) {
        byte[] salt = new byte[12];
        new SecureRandom().nextBytes(salt);
        try {
            byte[] hash = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(new PBEKeySpec(password.toCharArray(), salt, ITERATIONS, 512)).getEncoded();
            Base64.Encoder base64 = Base64.getEncoder();
            return "$7$" + ITERATIONS + "$" + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Below those that the operating system gives to clients, so that no connection has one before the node listens. */
    private static synchronized int[] freePorts(int count) throws IOException {
        int[] ports = new int[count];
        for (int i = 0; i < count; nextPort++) {
            if (nextPort >= LAST_PORT) {
                throw new IOException("no free ports");
            }
            try (ServerSocket probe = new ServerSocket(nextPort, 1, InetAddress.getLoopbackAddress())) {
                ports[i++] = probe.getLocalPort();
            } catch (IOException e) {
                // taken
            }
        }
        return ports;
    }

    /** Runs a command to its end. */
    static void run(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(command + " failed: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
