// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URL;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.felix.webconsole.servlet.AbstractServlet;

/**
 * A page of ours within the Felix Web Console, which draws the frame around it. Pages are built on the server and need no
 * script, but for what is shown live.
 */
abstract class LintelPlugin extends AbstractServlet {
    private static final long serialVersionUID = 1L;
    private static final Map<String, String> TABS = new LinkedHashMap<>();

    static {
        TABS.put(ConsoleListener.OVERVIEW, "Overview");
        TABS.put("/console/resources", "Resources");
        TABS.put(GatewayPlugin.PATH, "Gateway");
        TABS.put(MqttPlugin.PATH, "MQTT");
        TABS.put(OutboundPlugin.PATH, "Outbound queue");
        TABS.put("/console/bundles", "Bundles");
        TABS.put("/console/components", "Components");
        TABS.put("/console/configMgr", "Configuration");
        TABS.put("/console/status-Threads", "Threads");
    }

    @Override
    public final void renderContent(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Html html = new Html();
        html.open("div", "class", "lintel");
        tabs(request, html);
        render(request, html);
        html.close("div");
        response.getWriter().write(html.toString());
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws IOException, jakarta.servlet.ServletException {
        setNoCache(response);
        prepare(response);
        super.doGet(request, response);
    }

    /** Style sheet, scripts and logo, below {@code /console/<label>/res/}. */
    @Override
    protected final URL getResource(String path) {
        int start = path.indexOf("/res/");
        String name = start < 0 ? "" : path.substring(start + "/res/".length());
        return name.matches("[a-z]+\\.(css|svg|js)") ? LintelPlugin.class.getResource("res/" + name) : null;
    }

    /** The pages one needs most, without the way through the menu. */
    private static void tabs(HttpServletRequest request, Html html) {
        html.open("nav", "class", "tabs");
        TABS.forEach((path, title) -> html.element("a", title, "href", path, "class",
                path.equals(request.getRequestURI()) ? "here" : ""));
        html.close("nav");
    }

    void prepare(HttpServletResponse response) {
        // Nothing to say in general.
    }

    abstract void render(HttpServletRequest request, Html html);
}
