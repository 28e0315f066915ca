// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Debian's MQTT server on loopback, without Nagle's delay and without its limit on queued messages: with the default of
 * 1,000 it drops some (and logs so) although less than that is under way.
 */
final class Mosquitto {
    static final Path PROGRAM = Path.of("/usr/sbin/mosquitto");
    /** As it comes: sessions in memory, nothing on disk. */
    static final List<String> DEFAULT = List.of();
    private static final int ATTEMPTS = 100;

    private Mosquitto() {
    }

    /** What is nearest to our durability: the database is written and synced after each turn of its loop that changed it. */
    static List<String> savingEveryChange(Path directory) {
        return persistent(directory, "autosave_on_changes true", "autosave_interval 1");
    }

    /** Writes its database when it ends. */
    static List<String> savingAtTheEnd(Path directory) {
        return persistent(directory);
    }

    private static List<String> persistent(Path directory, String... more) {
        return List.of("persistence true", "persistence_location " + directory + "/", String.join("\n", more));
    }

    static Child start(Workbench bench, int port) throws IOException, InterruptedException {
        return start(bench, port, DEFAULT);
    }

    static Child start(Workbench bench, int port, List<String> settings) throws IOException, InterruptedException {
        Child process = launch(bench, port, settings);
        for (int attempt = 0; !isListening(port); attempt++) {
            if (attempt == ATTEMPTS) {
                throw new IOException("Mosquitto does not listen on port " + port);
            }
            Thread.sleep(50);
        }
        return process;
    }

    private static boolean isListening(int port) {
        try {
            new Socket(InetAddress.getLoopbackAddress(), port).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Starts it and does not wait for it. */
    static Child launch(Workbench bench, int port, List<String> settings) throws IOException {
        Path configuration = Files.writeString(bench.directory().resolve("mosquitto-" + port + ".conf"),
                "user root\nlistener " + port + " 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 100\n"
                        + "max_queued_messages 0\nset_tcp_nodelay true\nlog_type error\n" + String.join("\n", settings) + "\n");
        return bench.keep(new Child("mosquitto", List.of(PROGRAM.toString(), "-c", configuration.toString())));
    }
}
