// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.internal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The stock programs of others that the demonstration works with, as Debian ships them. */
final class Programs {
    private static final String MOSQUITTO = "/usr/sbin/mosquitto";

    private Programs() {
    }

    /** An independent MQTT server: a stock Mosquitto that knows nothing of oneM2M. */
    static final class Mosquitto implements AutoCloseable {
        private final Process process;
        private final int port;

        private Mosquitto(Process process, int port) {
            this.process = process;
            this.port = port;
        }

        static Mosquitto start(Path directory, int port) throws IOException, InterruptedException {
            if (!Files.isExecutable(Path.of(MOSQUITTO))) {
                throw new IOException("there is no " + MOSQUITTO + ": install Debian's package mosquitto");
            }
            Files.createDirectories(directory);
            Path configuration = directory.resolve("mosquitto.conf");
            Files.writeString(configuration, "listener " + port + " 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 0\n"
                    + "max_queued_messages 0\n");
            Process process = new ProcessBuilder(MOSQUITTO, "-c", configuration.toString())
                    .redirectErrorStream(true).redirectOutput(directory.resolve("mosquitto.log").toFile()).start();
            Mosquitto mosquitto = new Mosquitto(process, port);
            Check.await("Mosquitto listens", mosquitto::listens);
            return mosquitto;
        }

        private boolean listens() {
            try (Socket probe = new Socket()) {
                probe.connect(new InetSocketAddress("127.0.0.1", port), 500);
                return true;
            } catch (IOException e) {
                return false;
            }
        }

        String uri() {
            return "mqtt://127.0.0.1:" + port;
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    /** {@code mosquitto_sub}, line by line. */
    static final class Subscriber implements AutoCloseable {
        private final Process process;
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        Subscriber(int port, String clientId, String... filters) throws IOException {
            List<String> command = new ArrayList<>(List.of("stdbuf", "-oL", "mosquitto_sub", "-h", "127.0.0.1",
                    "-p", Integer.toString(port), "-i", clientId, "-c", "-q", "1", "-V", "mqttv311", "-d"));
            for (String filter : filters) {
                command.addAll(List.of("-t", filter));
            }
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
            Thread reader = new Thread(() -> {
                try (BufferedReader out = new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                    for (String line = out.readLine(); line != null; line = out.readLine()) {
                        lines.add(line);
                    }
                } catch (IOException e) {
                    lines.add("mosquitto_sub: " + e.getMessage());
                }
            }, "demo-mosquitto-sub");
            reader.setDaemon(true);
            reader.start();
        }

        /** The next line that contains the text. */
        String line(String text) throws InterruptedException {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
            while (System.nanoTime() < end) {
                String line = lines.poll(200, TimeUnit.MILLISECONDS);
                if (line != null && line.contains(text)) {
                    return line;
                }
            }
            throw new IllegalStateException("mosquitto_sub printed nothing with " + text + " within 15 s");
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    /** {@code mosquitto_pub} of one message with QoS 1; fails when it fails. */
    static void publish(int port, String clientId, String topic, String payload) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("mosquitto_pub", "-h", "127.0.0.1", "-p", Integer.toString(port), "-i", clientId,
                "-q", "1", "-V", "mqttv311", "-t", topic, "-m", payload).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(15, TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new IOException("mosquitto_pub failed: " + said);
        }
    }
}
