// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;

/** Component configurations for tests: the defaults, and what a test sets. */
final class Configs {
    private Configs() {
    }

    static MqttBinding binding(Map<String, Object> settings, String registrarUri) {
        return binding(settings, registrarUri, new OwnSockets());
    }

    static MqttBinding binding(Map<String, Object> settings, String registrarUri, OwnSockets ownSockets) {
        return new MqttBinding(of(MqttBinding.Config.class, settings), of(MqttBinding.Schemes.class, Map.of()),
                new OwnServer(of(OwnServer.Config.class, Map.of()), Path.of("target", "no-home")),
                new RegistrarServer(of(RegistrarServer.Config.class, Map.of("uri", registrarUri))), ownSockets);
    }

    static ServerConfiguration server(String name, Map<String, Object> settings) {
        return server(name, Path.of("target", "no-home"), settings);
    }

    static ServerConfiguration server(String name, Path home, Map<String, Object> settings) {
        return new ServerConfiguration(name, of(ServerConfiguration.Config.class, settings), home);
    }

    static <A extends Annotation> A of(Class<A> type, Map<String, Object> values) {
        for (String name : values.keySet()) {
            try {
                type.getMethod(name);
            } catch (NoSuchMethodException e) {
                throw new IllegalArgumentException("no such setting: " + name, e);
            }
        }
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (proxy, method, arguments) -> values.getOrDefault(method.getName(), method.getDefaultValue())));
    }
}
