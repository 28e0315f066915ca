// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Debian's MQTT server on loopback, without Nagle's delay; it keeps sessions in memory and syncs nothing. */
final class Mosquitto {
    static final Path PROGRAM = Path.of("/usr/sbin/mosquitto");
    private static final int ATTEMPTS = 100;

    private Mosquitto() {
    }

    static Child start(Workbench bench, int port) throws IOException, InterruptedException {
        Path configuration = Files.writeString(bench.directory().resolve("mosquitto.conf"),
                "listener " + port + " 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 100\n"
                        + "set_tcp_nodelay true\nlog_type error\n");
        Child process = bench.keep(new Child("mosquitto", List.of(PROGRAM.toString(), "-c", configuration.toString())));
        for (int attempt = 0;; attempt++) {
            try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return process;
            } catch (IOException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                Thread.sleep(50);
            }
        }
    }
}
