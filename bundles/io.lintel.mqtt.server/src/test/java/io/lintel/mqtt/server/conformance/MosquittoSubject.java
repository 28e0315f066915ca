// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.internal.FreePort;
import io.lintel.mqtt.server.internal.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Debian's Mosquitto as the control: a process of its own on a free loopback port, with its configuration and its
 * database in a directory of its own.
 */
final class MosquittoSubject implements Subject {
    private static final Path PROGRAM = Path.of("/usr/sbin/mosquitto");

    private final Setup setup;
    private final Path directory;
    private int port;
    private int webSocketPort;
    private Process process;

    MosquittoSubject(Setup setup) {
        if (!Files.isExecutable(PROGRAM)) {
            throw new AssertionError(PROGRAM + " is missing: install the Debian package mosquitto");
        }
        this.setup = setup;
        try {
            directory = Files.createTempDirectory("mosquitto");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    private void start() {
        port = FreePort.next();
        webSocketPort = FreePort.next();
        List<String> lines = new ArrayList<>(List.of("listener " + port + " 127.0.0.1", "user root", "allow_anonymous true",
                "set_tcp_nodelay true", "persistence true", "persistence_location " + directory + "/",
                "log_dest file " + directory + "/log", "log_type all"));
        lines.addAll(setup.mosquitto());
        if (setup.withWebSocket()) {
            lines.addAll(List.of("listener " + webSocketPort + " 127.0.0.1", "protocol websockets", "socket_domain ipv4"));
        }
        try {
            if (!setup.acl().isEmpty()) {
                lines.add("acl_file " + Files.write(directory.resolve("acl"), setup.acl()));
            }
            lines.add("password_file " + passwords());
            Path configuration = Files.write(directory.resolve("mosquitto.conf"), lines);
            process = new ProcessBuilder(PROGRAM.toString(), "-c", configuration.toString())
                    .redirectErrorStream(true).redirectOutput(directory.resolve("out").toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        TestServer.eventually("Mosquitto listens on " + port, () -> listens(port));
        if (setup.withWebSocket()) {
            TestServer.eventually("Mosquitto listens on " + webSocketPort, () -> listens(webSocketPort));
        }
    }

    private Path passwords() throws IOException {
        Path file = Files.write(directory.resolve("passwords"), List.of(SOMEONE + ":" + PASSWORD, SOMEONE_ELSE + ":" + PASSWORD));
        Process hash = new ProcessBuilder("mosquitto_passwd", "-U", file.toString()).redirectErrorStream(true).start();
        String output = new String(hash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            assertThat(hash.waitFor()).as("mosquitto_passwd: " + output).isZero();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return file;
    }

    private boolean listens(int at) {
        assertThat(process.isAlive()).as("Mosquitto runs; see " + directory).isTrue();
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), at)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public int webSocketPort() {
        return webSocketPort;
    }

    @Override
    public boolean isMosquitto() {
        return true;
    }

    @Override
    public void restart() {
        process.destroy();   // SIGTERM: it writes its database
        awaitEnd();
        start();
    }

    @Override
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
        start();
    }

    private void awaitEnd() {
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("Mosquitto ended").isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        awaitEnd();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
