// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import java.lang.reflect.Proxy;
import java.util.Map;

/** An instance of a settings annotation: its defaults, and some values of the test's own. */
public final class Settings {
    private Settings() {
    }

    public static <T> T of(Class<T> type, Map<String, Object> values) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type},
                (proxy, method, arguments) -> values.getOrDefault(method.getName(), method.getDefaultValue())));
    }
}
