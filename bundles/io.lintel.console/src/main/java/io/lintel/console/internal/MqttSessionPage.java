// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import static io.lintel.console.internal.MqttPlugin.PATH;
import static io.lintel.console.internal.MqttPlugin.encode;

import io.lintel.mqtt.server.MqttServerAdministration;
import io.lintel.mqtt.server.MqttServerAdministration.QueueEntry;
import io.lintel.mqtt.server.MqttServerAdministration.SessionView;
import io.lintel.mqtt.server.MqttServerAdministration.Traffic;
import java.util.List;
import java.util.Optional;

/** Draws the page of one session: who it is, what it subscribed to, what waits for it, and what may be done. One per request. */
final class MqttSessionPage {
    private static final int ROWS = 50;

    private final MqttServerAdministration server;
    private final Html html;

    MqttSessionPage(MqttServerAdministration server, Html html) {
        this.server = server;
        this.html = html;
    }

    /**
     * @param ask   {@code drop} to be asked whether the session shall be dropped
     * @param after the number of the last message of the page before
     */
    void show(String clientId, String ask, long after) {
        html.open("nav", "class", "crumbs").element("a", "Sessions", "href", PATH).element("a", clientId, "href",
                MqttPlugin.link(clientId)).close("nav");
        Optional<SessionView> found = server.session(clientId);
        if (found.isEmpty()) {
            html.open("div", "class", "banner bad").element("strong", "No session").element("span",
                    "There is none of this client (any more).")
                    .close("div");
            return;
        }
        SessionView session = found.get();
        if (ask.equals("drop")) {
            question(session);
        }
        html.open("div", "class", "columns").open("section").open("h2").element("bdi", clientId).close("h2");
        facts(session);
        buttons(session);
        html.close("section").open("section");
        subscriptions(session);
        html.close("section", "div");
        queue(session, after);
    }

    private void facts(SessionView session) {
        html.open("table", "class", "facts");
        html.open("tr").element("th", "State").open("td");
        OverviewPlugin.lamp(html, session.connection().isPresent());
        html.text(MqttText.presence(session)).close("td", "tr");
        session.principal().ifPresent(principal -> fact("Verified as", principal));
        session.connection().ifPresent(connection -> {
            fact("From", connection.address() + " through " + connection.listener());
            fact("Keep alive", connection.keepAliveSeconds() == 0 ? "none" : connection.keepAliveSeconds() + " s");
            fact("Will", connection.will().map(topic -> "on " + topic).orElse("none"));
        });
        fact("Session", session.durable() ? "durable; it ends only here or by its client" : "ends with its connection");
        fact("Waiting", MqttText.count(session.queuedMessages()) + " messages, " + MqttText.bytes(session.queuedBytes()));
        fact("In flight", MqttText.count(session.inFlight()));
        traffic("Last minute", session.lastMinute());
        traffic("Since the server started", session.traffic());
        fact("QoS 0 dropped", MqttText.count(session.traffic().droppedQos0()));
        fact("Refused by the policy", MqttText.count(session.traffic().refused()));
        html.close("table");
    }

    private void traffic(String name, Traffic traffic) {
        fact(name, MqttText.count(traffic.messagesIn()) + " messages in, " + MqttText.count(traffic.messagesOut()) + " out; "
                + MqttText.bytes(traffic.bytesIn()) + " in, " + MqttText.bytes(traffic.bytesOut()) + " out");
    }

    private void fact(String name, String value) {
        html.open("tr").element("th", name).element("td", value).close("tr");
    }

    private void buttons(SessionView session) {
        html.open("div", "class", "buttons");
        if (session.connection().isPresent()) {
            button("disconnect", session, "", "Disconnect", "small");
        }
        html.element("a", "Drop session …", "href", MqttPlugin.link(session.clientId()) + "&ask=drop", "class", "button")
                .element("a", "Live trace", "href", PATH + "?view=trace&client=" + encode(session.clientId()), "class", "button")
                .close("div");
    }

    private void button(String action, SessionView session, String more, String title, String style) {
        html.open("form", "method", "post", "action", PATH + "?action=" + action + "&c=" + encode(session.clientId()) + more)
                .element("button", title, "class", style).close("form");
    }

    private void question(SessionView session) {
        html.open("div", "class", "banner bad").element("strong", "Drop this session?");
        html.element("span", "Its " + MqttText.count(session.subscriptions().size()) + " subscriptions and "
                + MqttText.count(session.queuedMessages()) + " waiting messages are gone for good"
                + (session.connection().isPresent() ? ", and its client is disconnected." : ".")).open("div", "class", "buttons");
        button("drop", session, "", "Drop it", "danger");
        html.element("a", "No", "href", MqttPlugin.link(session.clientId()), "class", "button").close("div", "div");
    }

    private void subscriptions(SessionView session) {
        html.element("h2", "Subscriptions (" + session.subscriptions().size() + ")");
        if (session.subscriptions().isEmpty()) {
            html.element("p", "None.", "class", "none");
            return;
        }
        html.open("table", "class", "list");
        OverviewPlugin.head(html, "Topic filter", "QoS", "");
        session.subscriptions().forEach(subscription -> {
            html.open("tr").open("td").element("code", subscription.topicFilter()).close("td")
                    .element("td", String.valueOf(subscription.qos())).open("td");
            button("unsubscribe", session, "&topic=" + encode(subscription.topicFilter()), "End", "small");
            html.close("td", "tr");
        });
        html.close("table");
    }

    private void queue(SessionView session, long after) {
        List<QueueEntry> entries = session.queuedMessages() == 0 ? List.of() : server.queue(session.clientId(), after, ROWS);
        html.open("section").element("h2", "Waiting messages (" + MqttText.count(session.queuedMessages()) + ")");
        if (entries.isEmpty()) {
            html.element("p", after > 0 ? "No more." : session.queuedMessages() > 0
                    ? "All of them were sent and wait for the client's answer." : "None.",
                    "class", "none");
        } else {
            html.open("div", "class", "wide").open("table", "class", "list");
            OverviewPlugin.head(html, "Number", "Topic", "QoS", "Size", "State", "Payload");
            entries.forEach(entry -> html.open("tr").element("td", String.valueOf(entry.number()), "class", "number")
                    .open("td").element("code", entry.topic()).close("td")
                    .element("td", entry.qos() + (entry.retain() ? " retained" : ""))
                    .element("td", MqttText.bytes(entry.bytes()), "class", "number")
                    .element("td", entry.released() ? "received" : entry.packetId() != 0 ? "sent as " + entry.packetId()
                    : "waits")
                    .open("td").element("pre", PayloadText.of(entry.preview(), entry.bytes())).close("td", "tr"));
            html.close("table", "div").open("p", "class", "pager").element("a", "later ones", "href",
                    MqttPlugin.link(session.clientId())
                    + "&after=" + entries.get(entries.size() - 1).number()).close("p");
        }
        html.close("section");
    }
}
