// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The product: a node started by {@code run-configs/gateway} with its default options, {@code -Xmx64m} among them. */
final class Node implements AutoCloseable {
    static final int[] PORTS = {1883, 8883, 8083, 8084, 8080, 8443, 5683, 5684, 8181};
    private static final long READY_SECONDS = 60;

    private final Child process;
    private final int offset;
    private final String cse;

    private Node(Child process, int offset, String cse) {
        this.process = process;
        this.offset = offset;
        this.cse = cse;
    }

    /** Starts a node and does not wait for it. */
    static Node start(Path runConfigs, String role, Path home, int offset, List<String> settings) throws IOException {
        return start(List.of(), runConfigs, role, home, offset, settings);
    }

    /** @param before a command that starts the script, or nothing */
    static Node start(List<String> before, Path runConfigs, String role, Path home, int offset, List<String> settings)
            throws IOException {
        List<String> command = new ArrayList<>(before);
        command.addAll(List.of(runConfigs.resolve("gateway").toString(), "--role", role, "--home", home.toString(),
                "--port-offset", Integer.toString(offset)));
        command.addAll(settings);
        return new Node(new Child("node-" + role, command), offset, role + "-cse");
    }

    Node awaitReady() throws IOException, InterruptedException {
        process.await("lintel ready", READY_SECONDS);
        return this;
    }

    long pid() {
        return process.pid();
    }

    double cpuSeconds() throws IOException {
        return Proc.cpuSeconds(pid());
    }

    int mqttPort() {
        return 1883 + offset;
    }

    int httpPort() {
        return 8080 + offset;
    }

    int coapPort() {
        return 5683 + offset;
    }

    /** The CSE-ID without its slash. */
    String cse() {
        return cse;
    }

    String base() {
        return cse.replace("-cse", "-name");
    }

    @Override
    public void close() {
        process.close();
    }
}
