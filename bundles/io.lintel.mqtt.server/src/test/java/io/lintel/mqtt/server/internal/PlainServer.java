// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.SessionStore;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;

/**
 * The server without a component runtime, for tests of other bundles that bring a store: a plain listener on a free port
 * of 127.0.0.1 unless one is named, and the component's own defaults but for what is changed.
 */
public final class PlainServer implements AutoCloseable {
    private final MqttServer server;

    private PlainServer(MqttServer server) {
        this.server = server;
    }

    /** @param changed settings of {@link MqttServerConfig} by name, as text */
    public static PlainServer open(SessionStore store, Map<String, String> changed) {
        MqttServer server = new MqttServer(Settings.of(Path.of("target"), defaults(MqttServerConfig.class, changed),
                new LoopbackSecurity(defaults(LoopbackSecurity.Config.class, changed))), store);
        server.open();
        return new PlainServer(server);
    }

    private static <T> T defaults(Class<T> type, Map<String, String> changed) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            String text = method.getName().equals("port") ? changed.getOrDefault("port", "0") : changed.get(method.getName());
            if (text == null) {
                return method.getDefaultValue();
            }
            return method.getReturnType() == int.class ? (Object) Integer.valueOf(text)
                    : method.getReturnType() == long.class ? Long.valueOf(text)
                    : method.getReturnType() == boolean.class ? Boolean.valueOf(text) : text;
        }));
    }

    public String state() {
        return server.state();
    }

    public int port() {
        return server.port("tcp");
    }

    public Map<String, Long> counters() {
        return server.counters();
    }

    @Override
    public void close() {
        server.close();
    }
}
