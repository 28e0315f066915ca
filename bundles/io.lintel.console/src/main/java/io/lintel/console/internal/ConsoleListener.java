// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import io.lintel.cse.api.Door;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.servlet.runtime.HttpServiceRuntime;

/**
 * Opens the console's own HTTP listener, by configuring Felix HTTP, which without a configuration does not listen at
 * all ({@code org.apache.felix.http.require.config}). Nothing but the console is served there; the oneM2M bindings have
 * servers of their own.
 */
@Component(service = {Door.class, ConsoleListener.class}, configurationPid = "io.lintel.console")
@Designate(ocd = ConsoleListener.Config.class)
public final class ConsoleListener implements Door {
    /** What the console's servlets name as the listener they belong to. */
    static final String TARGET = "(role=lintel-console)";
    static final String OVERVIEW = "/console/lintel";

    private static final String HTTP_PID = "org.apache.felix.http";
    private static final String WEB_CONSOLE_PID = "org.apache.felix.webconsole.internal.servlet.OsgiManager";
    private static final int MAX_THREADS = 8;

    private final Config config;
    private final Configuration http;

    @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC, target = TARGET)
    private volatile ServiceReference<HttpServiceRuntime> runtime;

    @ObjectClassDefinition(name = "Console", description = "Where the web console and /health listen")
    @interface Config {
        @AttributeDefinition(name = "Host", description = "The loopback address listened on; there is no TLS here")
        String host() default "127.0.0.1";

        @AttributeDefinition(name = "Port", description = "The TCP port; 0 for any free one")
        int port() default 8181;
    }

    @Activate
    public ConsoleListener(Config config, @Reference ConfigurationAdmin admin) throws IOException {
        this.config = config;
        http = admin.getConfiguration(HTTP_PID, "?");
        Optional<String> address = loopback(config.host());
        if (address.isEmpty()) {
            http.delete();
            throw new IllegalArgumentException("console.host=" + config.host() + " is refused: the console has no TLS, so it "
                    + "listens on loopback only (127.0.0.1, ::1 or localhost)");
        }
        Configuration webConsole = admin.getConfiguration(WEB_CONSOLE_PID, "?");
        webConsole.updateIfDifferent(properties("default.render", "lintel", "category", "OSGi", "http.service.filter", TARGET));
        Dictionary<String, Object> listener = properties("org.apache.felix.http.host", address.get(),
                "org.osgi.service.http.port", config.port(), "org.apache.felix.http.enable", true,
                "org.apache.felix.https.enable", false, "org.apache.felix.http.runtime.init.role", "lintel-console",
                "org.apache.felix.http.jetty.threadpool.max", MAX_THREADS, "org.apache.felix.http.jetty.acceptors", 1,
                "org.apache.felix.http.jetty.selectors", 1, "org.apache.felix.http.jetty.sendServerHeader", false,
                "org.eclipse.jetty.servlet.SessionIdPathParameterName", "none");
        JettyHeaders.load();
        http.updateIfDifferent(listener);
    }

    /** The address, if only this machine reaches it: on the network, everybody could read the password. */
    private static Optional<String> loopback(String host) {
        try {
            return Optional.of(InetAddress.getByName(host)).filter(InetAddress::isLoopbackAddress)
                    .map(InetAddress::getHostAddress);
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    @Deactivate
    void close() throws IOException {
        http.delete();
    }

    @Override
    public String name() {
        return "console";
    }

    @Override
    public boolean isOpen() {
        return !endpoints().isEmpty();
    }

    @Override
    public String detail() {
        return isOpen() ? url() : "port " + config.port() + " of " + config.host() + " is not open";
    }

    /** Where a person's browser gets in. */
    String url() {
        List<String> endpoints = endpoints();
        return endpoints.isEmpty() ? "http://" + config.host() + ":" + config.port() + "/" : endpoints.get(0);
    }

    private List<String> endpoints() {
        ServiceReference<HttpServiceRuntime> now = runtime;
        Object endpoints = now == null ? null : now.getProperty("osgi.http.endpoint");
        if (endpoints instanceof String[] several) {
            return List.of(several);
        }
        return endpoints instanceof String one ? List.of(one) : List.of();
    }

    private static Dictionary<String, Object> properties(Object... pairs) {
        Dictionary<String, Object> properties = new Hashtable<>();
        for (int i = 0; i < pairs.length; i += 2) {
            properties.put((String) pairs[i], pairs[i + 1]);
        }
        return properties;
    }
}
