// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.MqttServerAdministration.SessionQuery;
import io.lintel.mqtt.server.MqttServerAdministration.SessionView;
import io.lintel.mqtt.server.TopicPolicy;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A server on a free port over a store of its own, with the component's own defaults but for what a test changes. */
public final class TestServer implements AutoCloseable {
    static {
        // a buffer that is not released is reported as an error in the log
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    }

    private final MqttServer server;
    private final InMemorySessionStore store;
    private final TopicPolicy policy;
    private final Map<String, Object> changed;

    private TestServer(MqttServer server, InMemorySessionStore store, TopicPolicy policy, Map<String, Object> changed) {
        this.server = server;
        this.store = store;
        this.policy = policy;
        this.changed = changed;
    }

    public static TestServer start() {
        return start(new InMemorySessionStore(), null, Map.of());
    }

    public static TestServer start(Map<String, Object> changed) {
        return start(new InMemorySessionStore(), null, changed);
    }

    public static TestServer start(InMemorySessionStore store) {
        return start(store, null, Map.of());
    }

    public static TestServer start(InMemorySessionStore store, TopicPolicy policy, Map<String, Object> changed) {
        Path home = newHome();
        Map<String, Object> settings = new HashMap<>(changed);
        settings.putIfAbsent("home", home);
        MqttServer server = create(store, settings);
        server.policy = policy;
        server.open();
        assertThat(server.state()).isEqualTo("serving");
        return new TestServer(server, store, policy, settings);
    }

    /** An empty home for a server that a test starts. */
    public static Path newHome() {
        try {
            return Files.createTempDirectory(Files.createDirectories(Path.of("target", "homes").toAbsolutePath()), "home");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Not opened yet. */
    static MqttServer create(InMemorySessionStore store, Map<String, Object> changed) {
        Path home = (Path) changed.getOrDefault("home", Path.of("target", "homes", "none"));
        return new MqttServer(Settings.of(home, defaults(MqttServerConfig.class, changed),
                new LoopbackSecurity(defaults(LoopbackSecurity.Config.class, changed))), store);
    }

    static <T> T defaults(Class<T> type, Map<String, Object> changed) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            Object standard = method.getName().equals("port") ? Integer.valueOf(0) : method.getDefaultValue();
            return changed.getOrDefault(method.getName(), standard);
        }));
    }

    MqttServer server() {
        return server;
    }

    public InMemorySessionStore store() {
        return store;
    }

    public int port() {
        return server.port("tcp");
    }

    /** The node's home, where users and certificates are. */
    public Path home() {
        return (Path) changed.get("home");
    }

    /** Opens a further listener on a free port; settings as in {@link ConfiguredListener.Config}. */
    public TestServer listening(String name, Map<String, Object> settings) {
        server.addListener(new ConfiguredListener(name, defaults(ConfiguredListener.Config.class, settings)));
        assertThat(server.state()).isEqualTo("serving");
        return this;
    }

    /** The port of a listener that was configured beside the plain one. */
    public int port(String listener) {
        return server.port(listener);
    }

    /** A server over what this one's process would leave behind if it were killed now. */
    public TestServer killedAndRestarted() {
        InMemorySessionStore left = store.afterKill();
        server.close();
        return start(left, policy, changed);
    }

    /** Another server over the same store, after this one ended in good order. */
    public TestServer restarted() {
        server.close();
        return start(store, policy, changed);
    }

    /** As the administrator does. */
    public void disconnect(String clientId) {
        server.disconnect(clientId);
    }

    long counter(Counter counter) {
        return server.counters().get(counter.key());
    }

    /** All of them. */
    public List<SessionView> sessions() {
        return server.sessions(SessionQuery.all(1_000)).items();
    }

    public Optional<SessionView> session(String clientId) {
        return server.session(clientId);
    }

    public PacketClient connected(String clientId) {
        return PacketClient.connected(port(), clientId, true);
    }

    public PacketClient connectedDurably(String clientId) {
        return PacketClient.connected(port(), clientId, false);
    }

    public PacketClient resumed(String clientId) {
        return PacketClient.resumed(port(), clientId);
    }

    public static void eventually(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time: " + what).isLessThan(end);
            LockSupport.parkNanos(2_000_000);
        }
    }

    @Override
    public void close() {
        server.close();
        store.close();
    }
}
