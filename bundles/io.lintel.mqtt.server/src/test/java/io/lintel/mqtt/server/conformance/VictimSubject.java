// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import io.lintel.mqtt.server.crash.Victim;
import java.util.HashMap;
import java.util.Map;

/** Our server in a process of its own over a real store. Whenever it ends, it is by kill -9. */
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
        kill();
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
