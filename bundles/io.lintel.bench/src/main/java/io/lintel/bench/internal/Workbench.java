// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a benchmark works: a directory of its own on the disk in question, free ports on loopback, and the processes it
 * starts, all of which end with {@link #close}.
 */
final class Workbench implements AutoCloseable {
    /** Below the range from which the system takes ports for outgoing connections. */
    private static final int FIRST_OFFSET = 20_500;
    private static final int LAST_OFFSET = 24_500;
    private static final int STEP = 53;
    /** A process that is measured beside the node gets the same heap and collector. */
    private static final List<String> LIMIT_OPTIONS = List.of("-Xms40m", "-Xmx64m", "-XX:+UseSerialGC", "-Xss512k");

    private final Path runConfigs;
    private final Path directory;
    private final long instances;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private int nextOffset = FIRST_OFFSET + (int) (ProcessHandle.current().pid() % 40) * 20;
    private int homes;

    Workbench(Path runConfigs, Path parent, long instances) throws IOException {
        this.runConfigs = runConfigs;
        this.instances = instances;
        Files.createDirectories(parent);
        directory = Files.createTempDirectory(parent, "bench-");
    }

    Path directory() {
        return directory;
    }

    /** How many contentInstances the large node of {@code growth} has. */
    long instances() {
        return instances;
    }

    Node node(String role, String... settings) throws IOException, InterruptedException {
        return start(role, newHome(role), List.of(settings)).awaitReady();
    }

    /** The same, started by a command in front of the script, such as {@code env}. */
    Node node(String role, List<String> before, String... settings) throws IOException, InterruptedException {
        return keep(Node.start(before, runConfigs, role, newHome(role), freeOffset(), List.of(settings))).awaitReady();
    }

    Path newHome(String role) {
        return directory.resolve(role + homes++);
    }

    Node start(String role, Path home, List<String> settings) throws IOException {
        return keep(Node.start(runConfigs, role, home, freeOffset(), settings));
    }

    /** A JVM beside the node, with the node's heap and collector. */
    Child java(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(LIMIT_OPTIONS);
        command.addAll(List.of("-Djava.io.tmpdir=" + directory, "-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return keep(new Child(main.getSimpleName(), command));
    }

    synchronized <T extends AutoCloseable> T keep(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    private int freeOffset() throws IOException {
        for (; nextOffset < LAST_OFFSET; nextOffset += STEP) {
            if (isFree(nextOffset)) {
                int found = nextOffset;
                nextOffset += STEP;
                return found;
            }
        }
        throw new IOException("no free range of ports for a node");
    }

    private static boolean isFree(int offset) {
        for (int port : Node.PORTS) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port + offset);
            try (ServerSocket stream = new ServerSocket(); DatagramSocket datagrams = new DatagramSocket(null)) {
                stream.bind(address);
                datagrams.bind(address);
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    @Override
    public synchronized void close() throws IOException {
        for (int i = opened.size() - 1; i >= 0; i--) {
            try {
                opened.get(i).close();
            } catch (Exception e) {
                System.err.println("bench: " + e);
            }
        }
        opened.clear();
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
