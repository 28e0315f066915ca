// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Registrations;
import io.lintel.cse.api.Registrations.Registration;
import io.lintel.mqtt.server.MqttServerAdministration;
import io.lintel.mqtt.server.MqttServerAdministration.ConnectionView;
import io.lintel.mqtt.server.MqttServerAdministration.Page;
import io.lintel.mqtt.server.MqttServerAdministration.SessionQuery;
import io.lintel.mqtt.server.MqttServerAdministration.SessionView;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The node at a glance: who it is, whether all is well, where it listens, who is connected and what has passed.
 * Reloads itself every few seconds.
 */
@Component(service = Servlet.class, property = {"felix.webconsole.label=lintel", "felix.webconsole.title=Overview",
        "felix.webconsole.category=Lintel"})
public final class OverviewPlugin extends LintelPlugin {
    private static final long serialVersionUID = 1L;
    private static final int RELOAD_SECONDS = 5;
    private static final int MAX_ROWS = 200;
    private static final String REGISTRAR = "registrar";

    private final transient NodeState state;

    @Activate
    public OverviewPlugin(@Reference NodeState state) {
        this.state = state;
    }

    @Override
    void prepare(HttpServletResponse response) {
        response.setHeader("Refresh", String.valueOf(RELOAD_SECONDS));
    }

    @Override
    void render(HttpServletRequest request, Html html) {
        banner(html);
        html.open("div", "class", "columns");
        identity(html);
        doors(html);
        html.close("div");
        registrations(html);
        mqttSessions(html);
        counters(html);
        html.open("p", "class", "foot").text("This page reloads every " + RELOAD_SECONDS + " seconds. ")
                .element("a", "Health as JSON", "href", "/health").close("p");
    }

    private void banner(Html html) {
        List<String> reasons = state.reasons();
        Optional<CseIdentity> me = state.cse().map(Cse::identity);
        html.open("div", "class", reasons.isEmpty() ? "banner good" : "banner bad");
        html.element("strong", me.map(id -> id.cseId()).orElse("No CSE"));
        html.element("span", reasons.isEmpty() ? "All doors are open." : "Not everything is up:");
        if (!reasons.isEmpty()) {
            html.open("ul");
            reasons.forEach(reason -> html.element("li", reason));
            html.close("ul");
        }
        html.close("div");
        warnings(html, state.warnings());
    }

    /** What deserves a look before it becomes a fault. */
    static void warnings(Html html, List<String> warnings) {
        if (!warnings.isEmpty()) {
            html.open("div", "class", "banner look").element("strong", "Nearly full").open("ul");
            warnings.forEach(warning -> html.element("li", warning));
            html.close("ul", "div");
        }
    }

    private void identity(Html html) {
        html.open("section").element("h2", "This node").open("table", "class", "facts");
        state.cse().map(Cse::identity).ifPresent(id -> {
            fact(html, "Kind", switch (id.type()) {
                case IN -> "Infrastructure Node (IN-CSE)";
                case MN -> "Middle Node (MN-CSE)";
                case ASN -> "Application Service Node (ASN-CSE)";
            });
            fact(html, "CSE-ID", id.cseId());
            fact(html, "Service provider", id.spId());
            html.open("tr").element("th", "Resource tree").open("td")
                    .element("a", id.baseName(), "href", ResourcesPlugin.link(id.baseName())).close("td", "tr");
        });
        registrar(html);
        Runtime runtime = Runtime.getRuntime();
        long usedMegabytes = (runtime.totalMemory() - runtime.freeMemory()) >> 20;
        fact(html, "Up for", uptime(Duration.ofMillis(ManagementFactory.getRuntimeMXBean().getUptime())));
        fact(html, "Heap", usedMegabytes + " of " + (runtime.maxMemory() >> 20) + " MB");
        html.close("table", "section");
    }

    private void registrar(Html html) {
        Optional<String> registrar = state.registrations().flatMap(Registrations::registrar);
        Optional<NodeState.DoorView> link = state.doors().stream().filter(door -> door.name().equals(REGISTRAR)).findFirst();
        html.open("tr").element("th", "Registrar").open("td");
        if (link.isPresent()) {
            lamp(html, link.get().open());
            html.text(registrar.map(id -> id + " – ").orElse("") + link.get().detail());
        } else {
            html.text(registrar.orElse("none"));
        }
        html.close("td", "tr");
    }

    private void doors(Html html) {
        html.open("section").element("h2", "Doors").open("table", "class", "list doors");
        head(html, "Door", "State", "Reached at");
        for (NodeState.DoorView door : state.doors()) {
            html.open("tr").element("td", door.name()).open("td");
            lamp(html, door.open());
            html.text(door.open() ? "open" : door.present() ? "closed" : "missing").close("td");
            html.element("td", door.pointsOfAccess().isEmpty() ? door.detail() : String.join(", ", door.pointsOfAccess()));
            html.close("tr");
        }
        html.close("table", "section");
    }

    private void registrations(Html html) {
        List<Registration> all = state.registrations().map(r -> r.all().stream()
                .sorted(Comparator.comparing(Registration::cse).reversed().thenComparing(Registration::id)).toList())
                .orElse(List.of());
        html.open("section").element("h2", "Registered here (" + all.size() + ")");
        if (all.isEmpty()) {
            html.element("p", "No AE or CSE is registered at this node.", "class", "none");
        } else {
            html.open("table", "class", "list");
            head(html, "ID", "Kind", "Resource", "App-ID or CSEBase");
            String base = state.cse().map(cse -> cse.identity().baseName() + "/").orElse("");
            all.stream().limit(MAX_ROWS).forEach(registration -> html.open("tr")
                    .element("td", registration.id())
                    .element("td", registration.cse() ? "CSE" : "AE")
                    .open("td").element("a", registration.resourceName(), "href",
                            ResourcesPlugin.link(base + registration.resourceName())).close("td")
                    .element("td", registration.detail()).close("tr"));
            html.close("table");
            more(html, all.size());
        }
        html.close("section");
    }

    private void mqttSessions(Html html) {
        Optional<MqttServerAdministration> server = state.mqttServer();
        if (server.isEmpty()) {
            return;
        }
        Page<SessionView> page = server.get().sessions(SessionQuery.all(MAX_ROWS));
        List<SessionView> sessions = page.items();
        html.open("section").open("h2").element("a", "MQTT sessions (" + page.total() + ")", "href", MqttPlugin.PATH).close("h2");
        if (sessions.isEmpty()) {
            html.element("p", "No client is connected to this node's MQTT server.", "class", "none");
        } else {
            html.open("table", "class", "list");
            head(html, "Client", "From", "Subscriptions", "Waiting", "In flight");
            sessions.forEach(session -> {
                html.open("tr").open("td").element("a", session.clientId(), "href", MqttPlugin.link(session.clientId()));
                session.principal().ifPresent(principal -> html.element("small", principal));
                html.close("td").open("td");
                lamp(html, session.connection().isPresent());
                html.text(session.connection().map(ConnectionView::address).orElse("away")).close("td");
                html.open("td");
                session.subscriptions().forEach(subscription ->
                        html.open("div").element("code", subscription.topicFilter()).close("div"));
                html.close("td");
                html.element("td", session.queuedMessages() == 0 ? "–"
                        : session.queuedMessages() + " (" + (session.queuedBytes() + 1023) / 1024 + " kB)", "class", "number");
                html.element("td", session.inFlight() == 0 ? "–" : String.valueOf(session.inFlight()), "class", "number");
                html.close("tr");
            });
            html.close("table");
            more(html, page.total());
        }
        html.close("section");
    }

    private void counters(Html html) {
        Map<String, Long> counters = new TreeMap<>(state.counters());
        state.mqttServer().ifPresent(server ->
                server.counters().forEach((name, value) -> counters.put("mqttserver." + name, value)));
        if (counters.isEmpty()) {
            return;
        }
        html.open("section").element("h2", "Traffic since start").open("div", "class", "tiles");
        counters.forEach((name, value) -> html.open("div", "class", value == 0 ? "tile zero" : "tile")
                .element("b", String.format("%,d", value)).open("span").raw(Html.escape(name).replace(".", ".<wbr>"))
                .close("span", "div"));
        html.close("div", "section");
    }

    private static void fact(Html html, String name, String value) {
        html.open("tr").element("th", name).element("td", value).close("tr");
    }

    static void head(Html html, String... names) {
        html.open("tr");
        for (String name : names) {
            html.element("th", name);
        }
        html.close("tr");
    }

    static void lamp(Html html, boolean good) {
        html.element("i", "", "class", good ? "lamp on" : "lamp off");
    }

    private static void more(Html html, int all) {
        if (all > MAX_ROWS) {
            html.element("p", "and " + (all - MAX_ROWS) + " more", "class", "none");
        }
    }

    static String uptime(Duration time) {
        return time.toDays() > 0 ? time.toDays() + " d " + time.toHoursPart() + " h"
                : time.toHours() > 0 ? time.toHours() + " h " + time.toMinutesPart() + " min"
                : time.toMinutes() > 0 ? time.toMinutes() + " min " + time.toSecondsPart() + " s" : time.toSeconds() + " s";
    }
}
