// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An independent MQTT server: Debian's Mosquitto, a process of its own that knows no oneM2M. */
final class Mosquitto implements AutoCloseable {
    private static final Path PROGRAM = Path.of("/usr/sbin/mosquitto");

    private final Path folder;
    private final int port;
    private final Path configuration;
    private Process process;

    private Mosquitto(Path folder, int port, Path configuration) {
        this.folder = folder;
        this.port = port;
        this.configuration = configuration;
    }

    /** One that serves everybody, and keeps what waits for durable sessions in a file. */
    static Mosquitto open(Path folder) throws Exception {
        int port = 1883 + Ports.offset();
        return start(folder, port, List.of("listener " + port + " 127.0.0.1", "allow_anonymous true",
                "max_queued_messages 0", "persistence true", "persistence_location " + folder + "/", "log_type all", ownUser()));
    }

    /** A line that lets it read and write what belongs to us: started by root it becomes another user otherwise. */
    static String ownUser() {
        return "user " + System.getProperty("user.name");
    }

    /** One that is configured by these lines. */
    static Mosquitto start(Path folder, int port, List<String> lines) throws Exception {
        if (!Files.isExecutable(PROGRAM)) {
            throw new IOException("there is no " + PROGRAM + "; on Debian: apt-get install mosquitto");
        }
        Files.createDirectories(folder);
        Path configuration = folder.resolve("mosquitto.conf");
        Files.write(configuration, lines);
        Mosquitto mosquitto = new Mosquitto(folder, port, configuration);
        mosquitto.start();
        return mosquitto;
    }

    void start() throws Exception {
        process = new ProcessBuilder(PROGRAM.toString(), "-c", configuration.toString()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile())).start();
        Waiting.until("Mosquitto listens; see " + log(), () -> {
            if (!process.isAlive()) {
                throw new IOException("Mosquitto ended: " + Files.readString(log()));
            }
            try (Socket probe = new Socket()) {
                probe.connect(new InetSocketAddress("127.0.0.1", port), 500);
                return true;
            } catch (IOException e) {
                return false;
            }
        });
    }

    int port() {
        return port;
    }

    String uri() {
        return "mqtt://127.0.0.1:" + port;
    }

    /** What it has written of a client: connections, subscriptions, packets. */
    List<String> logOf(String clientId) throws IOException {
        try (var lines = Files.lines(log())) {
            return lines.filter(line -> line.matches(".*\\b" + java.util.regex.Pattern.quote(clientId) + "( .*|)"))
                    .toList();
        }
    }

    Path log() {
        return folder.resolve("mosquitto.log");
    }

    /** Ends it in good order: it writes down what its sessions hold. */
    void stop() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(Waiting.SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }

    @Override
    public void close() throws InterruptedException {
        stop();
    }
}
