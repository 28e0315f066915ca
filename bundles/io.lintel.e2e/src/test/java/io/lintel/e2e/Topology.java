// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import io.lintel.demo.parts.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The processes of one configuration: nodes as anybody starts them, by {@code run-configs/gateway}, and independent
 * servers. Homes with logs are kept below {@code target/nodes} until the next run.
 */
final class Topology implements AutoCloseable {
    static final String OWN_HTTP = "{http}";
    private static final Path RUN_CONFIGS = Path.of("../../run-configs").toAbsolutePath().normalize();
    private static final Path HOMES = Path.of("target/nodes").toAbsolutePath();

    private final Path folder;
    private final Map<Node, CompletableFuture<String>> starting = new LinkedHashMap<>();
    private final List<AutoCloseable> opened = new ArrayList<>();

    /** @param owner the test class, which names the folder */
    Topology(Class<?> owner) throws IOException, InterruptedException {
        build();
        folder = HOMES.resolve(owner.getSimpleName());
        if (Files.exists(folder)) {
            try (var files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(folder);
    }

    /** Makes the distribution if it is older than a source: before any node's time to get ready begins. */
    private static void build() throws IOException, InterruptedException {
        Process build = new ProcessBuilder(RUN_CONFIGS.resolve("build").toString()).inheritIO().start();
        if (build.waitFor() != 0) {
            throw new IOException("run-configs/build failed");
        }
    }

    Path folder() {
        return folder;
    }

    /** A server that is part of no node. */
    Mosquitto mosquitto() throws Exception {
        Mosquitto mosquitto = Mosquitto.open(folder.resolve("mosquitto"));
        opened.add(mosquitto);
        return mosquitto;
    }

    /**
     * Has the authority of a node, which need not have been started yet, issue a certificate for a CSE.
     *
     * @return where certificate and key are, in {@code clients}, and the authority's own in {@code ca.crt}
     */
    Path certificate(String name, String client, String cseId) throws IOException, InterruptedException {
        Path home = folder.resolve(name);
        Process command = new ProcessBuilder(RUN_CONFIGS.resolve("gateway").toString(), "certificate", client, "--cse", cseId,
                "--home", home.toString()).inheritIO().start();
        if (command.waitFor() != 0) {
            throw new IOException("there is no certificate for " + cseId);
        }
        return home.resolve("etc/tls");
    }

    /**
     * Starts a node; {@link #ready()} waits for all that were started.
     *
     * @param settings {@code KEY=VALUE}; in them, {@link #OWN_HTTP} stands for the node's own HTTP address
     */
    Node node(String role, String name, List<String> settings) throws IOException {
        int offset = Ports.offset();
        List<String> all = new ArrayList<>(List.of("adapter.enabled=false"));
        settings.forEach(setting -> all.add(setting.replace(OWN_HTTP, "http://127.0.0.1:" + (8080 + offset))));
        Node node = new Node(RUN_CONFIGS.resolve("gateway"), role, folder.resolve(name), offset, all);
        opened.add(node);
        starting.put(node, node.start());
        return node;
    }

    Topology ready() throws IOException {
        for (Map.Entry<Node, CompletableFuture<String>> entry : starting.entrySet()) {
            entry.getKey().awaitReady(entry.getValue());
        }
        starting.clear();
        return this;
    }

    /** Settings of a node that uses an independent server instead of one of its own. */
    static List<String> independent(Mosquitto server) {
        return List.of("mqttserver.enabled=false", "mqtt.servers=" + server.uri(), "health.expect=store,cse,mqtt,http,coap");
    }

    /** Settings of a node that registers at another one. */
    static List<String> registeredAt(String uri, Registrar registrar) {
        return List.of("registrar.uri=" + uri, "registrar.cseId=/" + registrar.cse(), "registrar.name=" + registrar.base());
    }

    /** Settings of a node that its registrar shall reach by HTTP, whatever else it speaks. */
    static List<String> registeredByHttpAt(Node upper, Registrar registrar) {
        return settings(registeredAt(upper.http(), registrar), List.of("registrar.poa=" + OWN_HTTP));
    }

    @SafeVarargs
    static List<String> settings(List<String>... groups) {
        List<String> all = new ArrayList<>();
        for (List<String> group : groups) {
            all.addAll(group);
        }
        return all;
    }

    @Override
    public void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }
}
