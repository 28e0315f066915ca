// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.cse.api.Registrations;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.mqtt.server.SessionStore;
import io.lintel.mqtt.server.internal.PlainServer;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/**
 * A node for a process of its own, from the very components and without a framework: the embedded store, the CSE, the
 * MQTT binding, and with {@code server.port} an MQTT server on the same store. Arguments are {@code area.setting=value};
 * {@code home} is its directory. Says {@code ready} when it is, and ends with its standard input.
 */
public final class NodeParts {
    private final Map<String, String> settings = new HashMap<>();
    private final Map<Object, Object> services = new HashMap<>();

    private NodeParts(String[] arguments) {
        for (String argument : arguments) {
            String[] pair = argument.split("=", 2);
            settings.put(pair[0], pair[1]);
        }
    }

    public static void main(String[] arguments) throws Exception {
        new NodeParts(arguments).run();
        System.out.println("ready");
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        System.exit(0);
    }

    private void run() throws Exception {
        Object store = component("store", "io.lintel.store.sqlite.internal.SqliteStore");
        if (settings.containsKey("server.port")) {
            PlainServer server = PlainServer.open((SessionStore) store, area("server"));
            if (!server.state().equals("serving")) {
                throw new IllegalStateException(server.state());
            }
        }
        Object registrar = component("registrar", "io.lintel.cse.internal.RegistrarConfiguration");
        Object security = component("security", "io.lintel.cse.internal.SecurityConfiguration");
        Object cse = component("cse", "io.lintel.cse.internal.CseService", (ResourceStore) store, registrar, security);
        Map<String, Object> mqtt = new HashMap<>();
        area("mqtt").forEach((name, text) -> mqtt.put(name,
                name.equals("servers") ? text.split(",") : (Object) Integer.valueOf(text)));
        MqttBinding binding = Configs.binding(mqtt, settings.getOrDefault("registrar.uri", ""));
        binding.bindRegistrations((Registrations) cse);
        binding.bindCse((Cse) cse);
        bind(cse, "addSender", binding, PrimitiveSender.SCHEMES, new String[] {"mqtt"});
        bind(cse, "addDoor", binding, "none", "");
        Waiting.until("the binding is open: " + binding.detail(), binding::isOpen);
    }

    private Map<String, String> area(String name) {
        Map<String, String> area = new HashMap<>();
        settings.forEach((key, value) -> {
            if (key.startsWith(name + ".")) {
                area.put(key.substring(name.length() + 1), value);
            }
        });
        return area;
    }

    /** What the component runtime does: configuration and references for the constructor. */
    private Object component(String area, String type, Object... references) throws ReflectiveOperationException {
        for (Constructor<?> constructor : Class.forName(type).getConstructors()) {
            Object[] parameters = new Object[constructor.getParameterCount()];
            for (int i = 0; i < parameters.length; i++) {
                Class<?> wanted = constructor.getParameterTypes()[i];
                parameters[i] = wanted.isAnnotation() ? configuration(wanted, area(area))
                        : wanted == BundleContext.class ? context() : null;
                for (Object reference : references) {
                    parameters[i] = wanted.isInstance(reference) ? reference : parameters[i];
                }
            }
            try {
                return constructor.newInstance(parameters);
            } catch (InvocationTargetException e) {
                throw new IllegalStateException(type, e.getCause());
            }
        }
        throw new IllegalStateException(type + " has no constructor");
    }

    private static Object configuration(Class<?> type, Map<String, String> values) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            String text = values.get(method.getName());
            Class<?> result = method.getReturnType();
            return text == null ? method.getDefaultValue() : result == int.class ? (Object) Integer.valueOf(text)
                    : result == long.class ? Long.valueOf(text) : result == boolean.class ? Boolean.valueOf(text)
                    : result == String[].class ? text.split(",") : text;
        });
    }

    private BundleContext context() {
        return (BundleContext) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {BundleContext.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getProperty" -> arguments[0].equals("lintel.home") ? settings.get("home") : null;
                    case "getService" -> services.get(arguments[0]);
                    case "registerService" -> Proxy.newProxyInstance(getClass().getClassLoader(),
                            new Class<?>[] {ServiceRegistration.class}, (registration, unregister, none) -> null);
                    default -> method.getReturnType() == boolean.class ? false : null;
                });
    }

    private void bind(Object component, String method, Object service, String property, Object value)
            throws ReflectiveOperationException {
        ServiceReference<?>[] self = (ServiceReference<?>[]) Array.newInstance(ServiceReference.class, 1);
        self[0] = (ServiceReference<?>) Proxy.newProxyInstance(getClass().getClassLoader(),
                new Class<?>[] {ServiceReference.class},
                (proxy, called, arguments) -> switch (called.getName()) {
                    case "getProperty" -> property.equals(arguments[0]) ? value : null;
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "compareTo" -> 0;
                    default -> null;
                });
        services.put(self[0], service);
        Method add = component.getClass().getDeclaredMethod(method, ServiceReference.class);
        add.setAccessible(true);
        add.invoke(component, self[0]);
    }
}
