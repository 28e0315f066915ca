// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import io.lintel.mqtt.server.crash.Victim;
import io.lintel.mqtt.server.internal.PacketClient;
import java.util.HashMap;
import java.util.Map;

/**
 * Our server in a process of its own over a real store. Whenever it ends, it is by kill -9: where a suite asks for an end in
 * good order, once everything is on disk that the server has taken, acknowledgements by clients among it. A server that is
 * killed before that may rightly deliver again what was acknowledged to it; what it acknowledged itself is always on disk.
 */
final class VictimSubject implements Subject {
    private final Victim victim;
    private final Map<String, String> settings = new HashMap<>();
    private int port;

    VictimSubject(Victim victim, Setup setup) {
        this.victim = victim;
        setup.lintel().forEach((name, value) -> settings.put(name, String.valueOf(value)));
        port = victim.start(settings);
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public int webSocketPort() {
        throw new UnsupportedOperationException("it has a plain listener only");
    }

    @Override
    public boolean isMosquitto() {
        return false;
    }

    @Override
    public void restart() {
        settle();
        kill();
    }

    /** The store writes in the order of events, so what came before an acknowledged message is on disk with it. */
    private void settle() {
        try (PacketClient client = PacketClient.connected(port, "settling", true)) {
            ConformanceSuite.publish(client, "settling", "x", 1, true);
            ConformanceSuite.publish(client, "settling", "", 1, true);
        }
    }

    @Override
    public void kill() {
        victim.kill();
        port = victim.start(settings);
    }

    @Override
    public void close() {
        victim.close();
    }
}
