// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The node under test, as anybody starts it: a process of its own with a new home, its doors open on loopback, and the
 * store that syncs before it answers. {@code target/contract} keeps home and log until the next run.
 */
final class ContractNode implements AutoCloseable {
    private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
    private static final long READY_SECONDS = 180;

    private final String role;
    private final Process process;
    private final List<Door> doors = new ArrayList<>();

    private ContractNode(String role, Process process) {
        this.role = role;
        this.process = process;
    }

    /**
     * A new node; or, with {@code -Dcontract.mn=MQTT,HTTP,COAP} or {@code -Dcontract.in=…}, the one that somebody runs
     * on these ports, which saves the time to build and start one while cases are written.
     */
    static ContractNode start(String role) throws Exception {
        String running = System.getProperty("contract." + role);
        if (running != null) {
            String[] ports = running.split(",");
            return new ContractNode(role, null).open(Integer.parseInt(ports[0]), Integer.parseInt(ports[1]),
                    Integer.parseInt(ports[2]));
        }
        int built = new ProcessBuilder(ROOT.resolve("run-configs/build").toString()).inheritIO().start().waitFor();
        if (built != 0) {
            throw new IOException("run-configs/build failed");
        }
        Path home = Path.of("target/contract", role).toAbsolutePath();
        if (Files.exists(home)) {
            try (var files = Files.walk(home)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(home.resolve("etc"));
        Files.writeString(home.resolve("etc/mqtt-rules"), "anonymous read contract/#\n");
        int[] ports = freePorts(8);
        List<String> command = List.of(ROOT.resolve("run-configs/target/dist/bin/lintel").toString(), "--role", role, "--home",
                home.toString(), "adapter.enabled=false", "cse.expirationSweepSeconds=1", "mqttserver.port=" + ports[0],
                "mqttserver.listener-tls.port=" + ports[1], "mqttserver.listener-ws.port=" + ports[2],
                "mqttserver.listener-wss.port=" + ports[3], "http.port=" + ports[4], "coap.port=" + ports[5], "coaps.port=0",
                "https.port=0", "console.port=" + ports[6], "http.maxConnections=4000", "websocket.maxConnections=3000");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        CompletableFuture<Void> ready = new CompletableFuture<>();
        Thread reader = new Thread(() -> read(process, ready), "contract-node-output");
        reader.setDaemon(true);
        reader.start();
        try {
            ready.get(READY_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            process.destroyForcibly();
            throw e;
        }
        return new ContractNode(role, process).open(ports[0], ports[4], ports[5]);
    }

    private ContractNode open(int mqtt, int http, int coap) throws Exception {
        doors.add(new MqttDoor(mqtt, cse()));
        doors.add(new HttpDoor(http));
        doors.add(new CoapDoor(coap));
        doors.add(new WebSocketDoor(http));
        return this;
    }

    private static void read(Process process, CompletableFuture<Void> ready) {
        StringBuilder said = new StringBuilder();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
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
    }

    private static int[] freePorts(int count) throws IOException {
        int[] ports = new int[count];
        List<ServerSocket> held = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            held.add(socket);
            ports[i] = socket.getLocalPort();
        }
        for (ServerSocket socket : held) {
            socket.close();
        }
        return ports;
    }

    /** The CSE-ID. */
    String cse() {
        return "/" + role + "-cse";
    }

    /** The resource name of the CSEBase. */
    String base() {
        return role + "-name";
    }

    /** One for each binding. */
    List<Door> doors() {
        return doors;
    }

    @Override
    public void close() throws Exception {
        for (Door door : doors) {
            door.close();
        }
        if (process == null) {
            return;
        }
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
