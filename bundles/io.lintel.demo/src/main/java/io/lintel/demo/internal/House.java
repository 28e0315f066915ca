// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.internal;

import io.lintel.demo.parts.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** An infrastructure node and a gateway on loopback, in one of the two scenarios of TS-0010 5.2.2. */
final class House implements AutoCloseable {
    /** The infrastructure node's ports are the gateway's plus this. */
    static final int IN_OFFSET = 10_000;
    private static final int[] PORTS = {1883, 8083, 8084, 8080, 8443, 5683, 5684, 8181, 8883};
    private static final String IN_APPLICATIONS = "/in-cse/*";

    private final Node in;
    private final Node gateway;

    private House(Node in, Node gateway) {
        this.in = in;
        this.gateway = gateway;
    }

    Node in() {
        return in;
    }

    Node gateway() {
        return gateway;
    }

    /** Configuration 5.2.3.4: each node with its own MQTT server. */
    static House withOwnServers(Path runConfigs, Path homes, int offset) throws IOException {
        int inOffset = offset + IN_OFFSET;
        Node in = new Node(runConfigs.resolve("gateway"), "in", homes.resolve("in"), inOffset, List.of());
        Node gateway = new Node(runConfigs.resolve("gateway"), "mn", homes.resolve("gateway"), offset,
                gatewaySettings("mqtt://127.0.0.1:" + (1883 + inOffset)));
        return open(in, gateway);
    }

    /** Configuration 5.2.3.8: one independent MQTT server for all. */
    static House withIndependentServer(Path runConfigs, Path homes, int offset, String server) throws IOException {
        List<String> independent = List.of("mqttserver.enabled=false", "mqtt.servers=" + server, "adapter.server=" + server,
                "health.expect=store,cse,mqtt,http,coap");
        List<String> settings = new ArrayList<>(gatewaySettings(server));
        settings.addAll(independent);
        Node in = new Node(runConfigs.resolve("gateway"), "in", homes.resolve("in"), offset + IN_OFFSET, independent);
        Node gateway = new Node(runConfigs.resolve("gateway"), "mn", homes.resolve("gateway"), offset, settings);
        return open(in, gateway);
    }

    private static List<String> gatewaySettings(String registrar) {
        return List.of("registrar.uri=" + registrar, "registrar.cseId=/in-cse", "registrar.name=in-name",
                "adapter.readers=" + IN_APPLICATIONS, "adapter.operators=" + IN_APPLICATIONS);
    }

    private static House open(Node in, Node gateway) throws IOException {
        House house = new House(in, gateway);
        try {
            CompletableFuture<String> inReady = in.start();
            CompletableFuture<String> gatewayReady = gateway.start();
            in.awaitReady(inReady);
            gateway.awaitReady(gatewayReady);
            return house;
        } catch (IOException e) {
            house.close();
            throw e;
        }
    }

    /** The first of the given offsets at which all ports of both nodes are free. */
    static int freeOffset(int first, int step) throws IOException {
        for (int offset = first; offset + IN_OFFSET + PORTS[PORTS.length - 1] < 60_000; offset += step) {
            if (isFree(offset) && isFree(offset + IN_OFFSET)) {
                return offset;
            }
        }
        throw new IOException("no free range of ports for two nodes");
    }

    private static boolean isFree(int offset) {
        for (int port : PORTS) {
            try (ServerSocket probe = new ServerSocket(port + offset, 1, InetAddress.getLoopbackAddress())) {
                probe.setReuseAddress(true);
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    static Path temporaryHomes() throws IOException {
        return Files.createTempDirectory("lintel-demo");
    }

    static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public void close() {
        gateway.close();
        in.close();
    }
}
