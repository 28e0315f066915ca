// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import static io.lintel.console.internal.MqttPlugin.PATH;
import static io.lintel.console.internal.MqttPlugin.encode;

import io.lintel.mqtt.server.MqttServerAdministration;
import io.lintel.mqtt.server.MqttServerAdministration.LimitView;
import io.lintel.mqtt.server.MqttServerAdministration.Order;
import io.lintel.mqtt.server.MqttServerAdministration.Page;
import io.lintel.mqtt.server.MqttServerAdministration.RetainedView;
import io.lintel.mqtt.server.MqttServerAdministration.SessionQuery;
import io.lintel.mqtt.server.MqttServerAdministration.SessionView;
import io.lintel.mqtt.server.MqttServerAdministration.Traffic;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Draws the pages about the MQTT server as a whole; {@link MqttSessionPage} draws the one of a session. One per request. */
final class MqttPages {
    private static final int ROWS = 50;
    private static final Map<String, String> STATES = new LinkedHashMap<>();
    private static final Map<String, String> ORDERS = new LinkedHashMap<>();

    static {
        STATES.put("", "all");
        STATES.put("connected", "connected");
        STATES.put("away", "away");
        ORDERS.put("CLIENT_ID", "by client identifier");
        ORDERS.put("QUEUED_MESSAGES", "most messages waiting");
        ORDERS.put("QUEUED_BYTES", "most bytes waiting");
        ORDERS.put("LAST_SEEN", "longest away");
        ORDERS.put("TRAFFIC", "most traffic");
    }

    private final MqttServerAdministration server;
    private final Html html;

    MqttPages(MqttServerAdministration server, Html html) {
        this.server = server;
        this.html = html;
    }

    /** @param from the row that the page of sessions begins with */
    void overview(String text, String state, String order, long from) {
        views("");
        boolean open = server.isOpen();
        html.open("div", "class", open ? "banner good" : "banner bad").element("strong", "MQTT server")
                .element("span", (open ? "" : server.state() + ". ") + (server.listeners().isEmpty() ? "" : "Listening on "
                + String.join(", ", server.listeners()))).close("div");
        OverviewPlugin.warnings(html, server.warnings());
        sessions(text, state, order, from);
        limits();
    }

    private void views(String here) {
        html.open("nav", "class", "tabs views");
        view("", "Sessions", here);
        view("retained", "Retained messages", here);
        view("trace", "Live trace", here);
        html.close("nav");
    }

    private void view(String name, String title, String here) {
        html.element("a", title, "href", name.isEmpty() ? PATH : PATH + "?view=" + name, "class", name.equals(here) ? "here"
                : "");
    }

    // ---- sessions ---------------------------------------------------------------------------------------------------

    private void sessions(String text, String state, String order, long from) {
        Order by = ORDERS.containsKey(order) ? Order.valueOf(order) : Order.CLIENT_ID;
        Optional<Boolean> connected = switch (state) {
            case "connected" -> Optional.of(true);
            case "away" -> Optional.of(false);
            default -> Optional.empty();
        };
        int offset = (int) Math.min(from, Integer.MAX_VALUE);
        Page<SessionView> page = server.sessions(new SessionQuery(text, connected, Optional.empty(), by, offset, ROWS));
        html.open("section").element("h2", "Sessions (" + page.total() + ")");
        html.open("form", "method", "get", "action", PATH, "class", "address")
                .open("input", "name", "q", "value", text, "placeholder", "client, user, address or listener", "aria-label",
                "Search",
                        "spellcheck", "false");
        select("state", STATES, state);
        select("order", ORDERS, by.name());
        html.element("button", "Show").close("form");
        if (page.items().isEmpty()) {
            html.element("p", "None.", "class", "none");
        } else {
            html.open("div", "class", "wide").open("table", "class", "list");
            OverviewPlugin.head(html, "Client", "State", "Waiting", "In flight", "Subscriptions", "Last minute",
                    "Dropped, refused");
            page.items().forEach(this::row);
            html.close("table", "div");
        }
        String query = PATH + "?q=" + encode(text) + "&state=" + encode(state) + "&order=" + by.name();
        pager(query, offset, page.total());
        html.close("section");
    }

    private void row(SessionView session) {
        html.open("tr").open("td").open("a", "href", MqttPlugin.link(session.clientId())).element("bdi", session.clientId())
                .close("a");
        session.principal().ifPresent(principal -> html.element("small", principal));
        html.close("td").open("td");
        OverviewPlugin.lamp(html, session.connection().isPresent());
        html.text(MqttText.presence(session)).close("td");
        html.element("td", session.queuedMessages() == 0 ? "–"
                : MqttText.count(session.queuedMessages()) + " (" + MqttText.bytes(session.queuedBytes()) + ")", "class",
                "number");
        html.element("td", session.inFlight() == 0 ? "–" : MqttText.count(session.inFlight()), "class", "number");
        html.element("td", String.valueOf(session.subscriptions().size()), "class", "number");
        Traffic minute = session.lastMinute();
        html.element("td", minute.messagesIn() + minute.messagesOut() == 0 ? "–"
                : MqttText.count(minute.messagesIn()) + " in, " + MqttText.count(minute.messagesOut()) + " out", "class",
                "number");
        long lost = session.traffic().droppedQos0() + session.traffic().refused();
        html.element("td", lost == 0 ? "–" : session.traffic().droppedQos0() + ", " + session.traffic().refused(), "class",
                "number");
        html.close("tr");
    }

    private void select(String name, Map<String, String> choices, String chosen) {
        html.open("select", "name", name, "aria-label", name);
        choices.forEach((value, title) -> {
            if (value.equals(chosen)) {
                html.element("option", title, "value", value, "selected", "");
            } else {
                html.element("option", title, "value", value);
            }
        });
        html.close("select");
    }

    private void pager(String query, int offset, int total) {
        if (offset == 0 && total <= ROWS) {
            return;
        }
        html.open("p", "class", "pager").text((total == 0 ? 0 : offset + 1) + " to " + Math.min(total, offset + ROWS) + " of "
                + total);
        if (offset > 0) {
            html.element("a", "back", "href", query + "&from=" + Math.max(0, offset - ROWS));
        }
        if (offset + ROWS < total) {
            html.element("a", "on", "href", query + "&from=" + (offset + ROWS));
        }
        html.close("p");
    }

    // ---- limits -----------------------------------------------------------------------------------------------------

    private void limits() {
        html.open("section").element("h2", "Limits in use").open("table", "class", "facts limits");
        for (LimitView limit : server.limits()) {
            html.open("tr").open("th").text(limit.name());
            limit.whose().ifPresent(client -> html.text(": ").open("a", "href", MqttPlugin.link(client)).element("bdi", client)
                    .close("a"));
            html.element("small", limit.setting()).close("th").open("td");
            html.open("span", "class", limit.percent() >= 80 ? "bar full" : "bar")
                    .element("i", "", "style", "width:" + limit.percent() + "%").close("span");
            boolean bytes = limit.setting().contains("Bytes");
            html.text(bytes ? MqttText.bytes(limit.used()) + " of " + MqttText.bytes(limit.most())
                    : MqttText.count(limit.used()) + " of " + MqttText.count(limit.most())).close("td", "tr");
        }
        html.close("table", "section");
    }

    // ---- retained messages ------------------------------------------------------------------------------------------

    void retained(String wanted, long from) {
        views("retained");
        String filter = wanted.isBlank() ? "#" : wanted;
        int offset = (int) Math.min(from, Integer.MAX_VALUE);
        Page<RetainedView> page = server.retained(filter, offset, ROWS);
        html.open("section").element("h2", "Retained messages (" + page.total() + ")");
        html.open("form", "method", "get", "action", PATH, "class", "address").open("input", "type", "hidden", "name", "view",
                "value", "retained")
                .open("input", "name", "filter", "value", filter, "aria-label", "Topic filter", "spellcheck", "false")
                .element("button", "Show").close("form");
        if (page.items().isEmpty()) {
            html.element("p", "None.", "class", "none");
        } else {
            html.open("div", "class", "wide").open("table", "class", "list");
            OverviewPlugin.head(html, "Topic", "QoS", "Size", "Payload", "");
            page.items().forEach(message -> {
                html.open("tr").open("td").element("code", message.topic()).close("td").element("td",
                        String.valueOf(message.qos()))
                        .element("td", MqttText.bytes(message.bytes()), "class", "number")
                        .open("td").element("pre", PayloadText.of(message.preview(), message.bytes())).close("td").open("td");
                if (!message.topic().startsWith("$")) {
                    html.open("form", "method", "post", "action", PATH + "?action=clear&topic=" + encode(message.topic())
                            + "&filter="
                            + encode(filter)).element("button", "Clear", "class", "small").close("form");
                }
                html.close("td", "tr");
            });
            html.close("table", "div");
        }
        pager(PATH + "?view=retained&filter=" + encode(filter), offset, page.total());
        html.element("p", "Nobody is sent anything when a message is cleared here. $SYS/# shows the server's own.", "class",
                "none")
                .close("section");
    }

    // ---- live trace -------------------------------------------------------------------------------------------------

    void trace(String client, String filter) {
        views("trace");
        html.open("section", "id", "trace", "data-address", MqttPlugin.TRACE).element("h2", "Live trace")
                .open("form", "class", "address", "id", "trace-form")
                .open("input", "id", "trace-client", "value", client, "placeholder", "client: all; * and ? stand for text",
                "aria-label",
                        "Client identifier or pattern", "spellcheck", "false", "autocomplete", "off")
                .open("input", "id", "trace-filter", "value", filter, "placeholder", "topic filter: all packets", "aria-label",
                        "Topic filter", "spellcheck", "false", "autocomplete", "off")
                .element("button", "Start", "id", "trace-start")
                .element("button", "Pause", "id", "trace-pause", "type", "button", "disabled", "").close("form")
                .element("p", "With a topic filter only packets that name a matching topic are shown.", "class", "none", "id",
                "trace-note")
                .open("div", "class", "wide").open("table", "class", "list trace").open("thead");
        OverviewPlugin.head(html, "Time (UTC)", "Client", "", "Packet", "Topic, payload");
        html.close("thead").open("tbody", "id", "trace-rows").close("tbody", "table", "div", "section")
                .open("script", "src", PATH + "/res/trace.js").close("script");
    }
}
