// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import io.lintel.mqtt.server.MqttServerAdministration;
import io.lintel.mqtt.server.TraceFilter;
import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The MQTT server for its administrator: sessions and what waits for them, retained messages, live traces. Pages are read
 * with GET; what changes something is a POST, which {@link Login} takes from this site's own pages only, as this class
 * does. Client identifiers and topics come from anybody, so all of them are escaped, and in addresses encoded.
 */
@Component(service = Servlet.class, property = {"felix.webconsole.label=mqtt", "felix.webconsole.title=MQTT",
        "felix.webconsole.category=Lintel"})
public final class MqttPlugin extends LintelPlugin {
    static final String PATH = "/console/mqtt";
    static final String TRACE = PATH + "/trace.json";

    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(MqttPlugin.class);

    private final transient NodeState state;
    private final transient TraceRecorders recorders = new TraceRecorders();

    @Activate
    public MqttPlugin(@Reference NodeState state) {
        this.state = state;
    }

    @Deactivate
    void close() {
        recorders.closeAll();
    }

    /** The page of the session with this client identifier. */
    static String link(String clientId) {
        return PATH + "?c=" + encode(clientId);
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
        if (TRACE.equals(request.getRequestURI())) {
            json(response, recorders.read(parameter(request, "id"), number(request, "after")));
        } else {
            super.doGet(request, response);
        }
    }

    @Override
    void render(HttpServletRequest request, Html html) {
        Optional<MqttServerAdministration> server = state.mqttServer();
        if (server.isEmpty()) {
            html.open("div", "class", "banner bad").element("strong", "No MQTT server").element("span",
                    "Its bundle has not started.")
                    .close("div");
            return;
        }
        MqttPages pages = new MqttPages(server.get(), html);
        switch (parameter(request, "view")) {
            case "retained" -> pages.retained(parameter(request, "filter"), number(request, "from"));
            case "trace" -> pages.trace(parameter(request, "client"), parameter(request, "filter"));
            default -> {
                if (request.getParameter("c") != null) {
                    new MqttSessionPage(server.get(), html).show(parameter(request, "c"), parameter(request, "ask"),
                            number(request, "after"));
                } else {
                    pages.overview(parameter(request, "q"), parameter(request, "state"), parameter(request, "order"),
                            number(request, "from"));
                }
            }
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (Login.isForgedChange(request)) {
            response.setStatus(HttpServletResponse.SC_FORBIDDEN);
            return;
        }
        Optional<MqttServerAdministration> server = state.mqttServer();
        if (server.isEmpty()) {
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        } else if (TRACE.equals(request.getRequestURI())) {
            json(response, trace(server.get(), request));
        } else {
            response.sendRedirect(change(server.get(), request));
        }
    }

    private Map<String, Object> trace(MqttServerAdministration server, HttpServletRequest request) {
        if (request.getParameter("stop") != null) {
            recorders.close(parameter(request, "stop"));
            return Map.of();
        }
        return recorders.open(server, new TraceFilter(parameter(request, "client"), parameter(request, "filter"),
                TraceRecorders.PAYLOAD_BYTES));
    }

    /** Does it and says where to go on. */
    private static String change(MqttServerAdministration server, HttpServletRequest request) {
        String client = parameter(request, "c");
        String topic = parameter(request, "topic");
        String action = parameter(request, "action");
        boolean done = switch (action) {
            case "disconnect" -> server.disconnect(client);
            case "drop" -> server.dropSession(client);
            case "unsubscribe" -> server.unsubscribe(client, topic);
            case "clear" -> server.clearRetained(topic);
            default -> false;
        };
        LOG.info("{} of {} at the console: {}", action.replaceAll("[^a-z]", "?"), Html.escape(client.isEmpty() ? topic : client),
                done ? "done" : "there was nothing to do");
        return switch (action) {
            case "clear" -> PATH + "?view=retained&filter=" + encode(parameter(request, "filter"));
            case "drop" -> PATH;
            default -> link(client);
        };
    }

    private static void json(HttpServletResponse response, Map<String, Object> answer) throws IOException {
        byte[] body = Json.write(answer).getBytes(StandardCharsets.UTF_8);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.getOutputStream().write(body);
    }

    private static String parameter(HttpServletRequest request, String name) {
        String value = request.getParameter(name);
        return value == null ? "" : value;
    }

    /** A number that is not negative; 0 for anything else. */
    private static long number(HttpServletRequest request, String name) {
        String value = parameter(request, name);
        return value.matches("\\d{1,18}") ? Long.parseLong(value) : 0;
    }
}
