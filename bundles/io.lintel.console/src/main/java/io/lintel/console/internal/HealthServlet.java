// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** {@code GET /health}, for whoever watches the node: 200 when everything is up, else 503 and the reasons. No login. */
@Component(service = Servlet.class, property = {"osgi.http.whiteboard.servlet.pattern=/health",
        "osgi.http.whiteboard.target=" + ConsoleListener.TARGET})
public final class HealthServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient NodeState state;

    @Activate
    public HealthServlet(@Reference NodeState state) {
        this.state = state;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        List<String> reasons = state.reasons();
        byte[] body = Json.write(report(reasons)).getBytes(StandardCharsets.UTF_8);
        response.setStatus(reasons.isEmpty() ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setContentType("application/json");
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private Map<String, Object> report(List<String> reasons) {
        Map<String, Object> report = new LinkedHashMap<>();
        report.put("status", reasons.isEmpty() ? "up" : "down");
        report.put("ready", state.isReady());
        state.cse().ifPresent(cse -> {
            report.put("cse", cse.identity().cseId());
            report.put("name", cse.identity().baseName());
            report.put("type", cse.identity().type().name());
        });
        report.put("reasons", reasons);
        report.put("warnings", state.warnings());
        report.put("doors", state.doors().stream().map(door -> {
            Map<String, Object> view = new LinkedHashMap<>();
            view.put("name", door.name());
            view.put("open", door.open());
            view.put("expected", door.expected());
            view.put("detail", door.detail());
            return view;
        }).toList());
        return report;
    }
}
