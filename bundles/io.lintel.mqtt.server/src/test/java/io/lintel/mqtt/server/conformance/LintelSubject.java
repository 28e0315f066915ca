// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import io.lintel.mqtt.server.internal.InMemorySessionStore;
import io.lintel.mqtt.server.internal.TestServer;
import io.lintel.mqtt.server.internal.users.TestUsers;
import io.netty.util.ResourceLeakDetector;
import java.util.Map;

/** The server of this bundle, in this process, over a store whose "disk" outlives it. */
final class LintelSubject implements Subject {
    private final ResourceLeakDetector.Level leakDetection;
    private TestServer server;

    LintelSubject(Setup setup) {
        server = TestServer.start(new InMemorySessionStore(), setup.policy(), setup.lintel());
        TestUsers.put(server.home(), SOMEONE, PASSWORD);
        TestUsers.put(server.home(), SOMEONE_ELSE, PASSWORD);
        if (setup.withWebSocket()) {
            server.listening("ws", Map.of("transport", "ws", "authentication", "none"));
        }
        leakDetection = ResourceLeakDetector.getLevel();
    }

    /** Without a look at each single buffer, which takes most of the time where there are very many packets. */
    static LintelSubject forManyPackets(Setup setup) {
        LintelSubject subject = new LintelSubject(setup);
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
        return subject;
    }

    @Override
    public int port() {
        return server.port();
    }

    @Override
    public int webSocketPort() {
        return server.port("ws");
    }

    @Override
    public boolean isMosquitto() {
        return false;
    }

    @Override
    public void restart() {
        server = server.restarted();
    }

    @Override
    public void kill() {
        server = server.killedAndRestarted();
    }

    @Override
    public void close() {
        server.close();
        ResourceLeakDetector.setLevel(leakDetection);
    }
}
