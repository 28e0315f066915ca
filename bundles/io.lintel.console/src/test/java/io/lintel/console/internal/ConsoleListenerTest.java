// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Proxy;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Where the console may listen: it has no TLS, so nowhere but on this machine. */
class ConsoleListenerTest {
    private static final String HTTP = "org.apache.felix.http";

    /** What Felix HTTP would be told, by PID. */
    private final Map<String, Dictionary<?, ?>> configurations = new HashMap<>();

    @ParameterizedTest
    @CsvSource({"127.0.0.1, 127.0.0.1", "localhost, 127.0.0.1", "'', 127.0.0.1", "::1, 0:0:0:0:0:0:0:1"})
    void itListensOnLoopback(String host, String address) throws IOException {
        new ConsoleListener(config(host), admin());
        assertThat(configurations.get(HTTP).get("org.apache.felix.http.host")).isEqualTo(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
    void itListensNowhereElse(String host) {
        assertThatThrownBy(() -> new ConsoleListener(config(host), admin())).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("console.host").hasMessageContaining("loopback");
        assertThat(configurations).doesNotContainKey(HTTP);
    }

    @Test
    void whatItWasToldBeforeDoesNotKeepItOpen() throws IOException {
        new ConsoleListener(config("127.0.0.1"), admin());
        assertThatThrownBy(() -> new ConsoleListener(config("0.0.0.0"), admin())).isInstanceOf(IllegalArgumentException.class);
        assertThat(configurations).doesNotContainKey(HTTP);
    }

    private ConfigurationAdmin admin() {
        return proxy(ConfigurationAdmin.class, (name, arguments) -> {
            assertThat(name).isEqualTo("getConfiguration");
            return configuration((String) arguments[0]);
        });
    }

    private Configuration configuration(String pid) {
        return proxy(Configuration.class, (name, arguments) -> switch (name) {
            case "updateIfDifferent" -> configurations.put(pid, (Dictionary<?, ?>) arguments[0]) == null;
            case "delete" -> {
                configurations.remove(pid);
                yield null;
            }
            default -> throw new AssertionError(name);
        });
    }

    private interface Behaviour {
        Object called(String name, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, Behaviour behaviour) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (self, method, arguments) -> behaviour.called(method.getName(), arguments)));
    }

    private static ConsoleListener.Config config(String host) {
        return new ConsoleListener.Config() {
            @Override
            public Class<? extends Annotation> annotationType() {
                return ConsoleListener.Config.class;
            }

            @Override
            public String host() {
                return host;
            }

            @Override
            public int port() {
                return 0;
            }
        };
    }
}
