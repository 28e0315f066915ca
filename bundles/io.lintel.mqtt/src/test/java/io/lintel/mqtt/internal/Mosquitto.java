// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.mqtt.server.internal.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A real Mosquitto on a free loopback port, with its state in a directory so that it survives {@link #stop()}. */
final class Mosquitto implements AutoCloseable {
    private static final Path BINARY = Path.of("/usr/sbin/mosquitto");

    private final Path directory;
    private final int port;
    private Process process;

    Mosquitto(Path directory, String... settings) {
        if (!Files.isExecutable(BINARY)) {
            throw new AssertionError(BINARY + " is missing: install the Debian package mosquitto");
        }
        this.directory = directory;
        this.port = freePort();
        String configuration = "listener " + port + " 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location "
                + directory + "/\nlog_dest file " + directory.resolve("mosquitto.log") + "\nlog_type all\nuser root\n"
                + String.join("\n", settings) + "\n";
        try {
            Files.writeString(directory.resolve("mosquitto.conf"), configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    static int freePort() {
        return FreePort.next();
    }

    void start() {
        try {
            process = new ProcessBuilder(BINARY.toString(), "-c", directory.resolve("mosquitto.conf").toString())
                    .redirectErrorStream(true).redirectOutput(directory.resolve("out.log").toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Waiting.until("Mosquitto listens on " + port, this::listens);
    }

    /** Ends it in good order: it saves its sessions. */
    void stop() {
        process.destroy();
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("Mosquitto does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    int port() {
        return port;
    }

    String uri() {
        return "mqtt://127.0.0.1:" + port;
    }

    String log() {
        try {
            return Files.readString(directory.resolve("mosquitto.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    private boolean listens() {
        if (!process.isAlive()) {
            throw new AssertionError("Mosquitto ended: see " + directory);
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
