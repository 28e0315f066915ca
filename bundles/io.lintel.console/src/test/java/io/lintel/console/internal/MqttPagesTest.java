// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.MqttServerAdministration;
import io.lintel.mqtt.server.SessionStore.StoredSubscription;
import io.lintel.mqtt.server.TraceEvent;
import io.lintel.mqtt.server.TraceFilter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The pages about the MQTT server, with names that would be markup, and what may be done with them. */
class MqttPagesTest {
    private static final String HOSTILE = "<script>alert('x')</script>\"&";
    private final Server server = new Server();
    private final NodeState state = new NodeState(new NodeState.Config() {
        @Override
        public String[] expect() {
            return new String[0];
        }

        @Override
        public Class<NodeState.Config> annotationType() {
            return NodeState.Config.class;
        }
    });
    private final MqttPlugin plugin = new MqttPlugin(state);

    MqttPagesTest() {
        state.mqttServer = server;
    }

    @Test
    void showsSessionsLimitsAndWarnings() {
        String page = page(Exchange.get(MqttPlugin.PATH));
        assertThat(page).contains("Listening on 127.0.0.1:1883").contains("away for 3 d 0 h").contains("512 (2.0 kB)")
                .contains("512 of 1,000").contains("of lamp (mqttserver.sessionQueueMessages)")
                .contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;&amp;")
                .contains("href=\"/console/mqtt?c=%3Cscript%3Ealert%28%27x%27%29%3C%2Fscript%3E%22%26\"")
                .doesNotContain("<script>");
        assertThat(server.asked).contains("sessions  CLIENT_ID 0");
        page(Exchange.get(MqttPlugin.PATH).parameter("q", "la\"mp").parameter("order", "QUEUED_BYTES").parameter("from", "50"));
        assertThat(server.asked).contains("sessions la\"mp QUEUED_BYTES 50");
        page(Exchange.get(MqttPlugin.PATH).parameter("order", "'; drop").parameter("from", "-1"));
        assertThat(server.asked.get(server.asked.size() - 1)).isEqualTo("sessions  CLIENT_ID 0");
    }

    @Test
    void showsOneSessionWithItsQueue() {
        String page = page(Exchange.get(MqttPlugin.PATH).parameter("c", HOSTILE).parameter("after", "7"));
        assertThat(page).contains("<code>&lt;b&gt;/#</code>").contains("&lt;img src=x&gt;").contains("00 ff")
                .contains("sent as 9").contains("&after=8\"".replace("&", "&amp;"))
                .doesNotContain("<script>").doesNotContain("<b>/").doesNotContain("<img");
        assertThat(server.asked).contains("queue " + HOSTILE + " 7");
        assertThat(page(Exchange.get(MqttPlugin.PATH).parameter("c",
                "nobody<"))).contains("No session").doesNotContain("nobody<");
    }

    @Test
    void asksBeforeASessionIsDropped() {
        assertThat(page(Exchange.get(MqttPlugin.PATH).parameter("c", HOSTILE))).doesNotContain("action=drop");
        assertThat(page(Exchange.get(MqttPlugin.PATH).parameter("c", HOSTILE).parameter("ask", "drop")))
                .contains("512 waiting messages are gone for good").contains("method=\"post\"")
                .contains("?action=drop&amp;c=%3Cscript");
        assertThat(server.asked).noneMatch(asked -> asked.startsWith("drop"));
    }

    @Test
    void showsRetainedMessages() {
        assertThat(page(Exchange.get(MqttPlugin.PATH).parameter("view", "retained").parameter("filter", "<i>/#")))
                .contains("<code>&lt;u&gt;</code>").contains("action=clear&amp;topic=%3Cu%3E").doesNotContain("<u>")
                .doesNotContain("<i>/");
    }

    @Test
    void doesWhatAPostSays() throws IOException {
        assertThat(post("disconnect").redirect()).startsWith("/console/mqtt?c=%3Cscript");
        assertThat(post("drop").redirect()).isEqualTo("/console/mqtt");
        assertThat(post("unsubscribe").redirect()).startsWith("/console/mqtt?c=");
        assertThat(post("clear").redirect()).startsWith("/console/mqtt?view=retained");
        assertThat(post("shutdown").redirect()).startsWith("/console/mqtt");
        assertThat(server.asked).containsExactly("disconnect " + HOSTILE, "drop " + HOSTILE, "unsubscribe " + HOSTILE + " a/#",
                "clear a/#");
    }

    @Test
    void anotherSiteMayNotChangeAnything() throws IOException {
        for (String action : List.of("disconnect", "drop", "unsubscribe", "clear")) {
            Exchange forged = form(action).header("Origin", "http://evil.example");
            plugin.doPost(forged.request(), forged.response());
            assertThat(forged.status()).isEqualTo(403);
            Exchange otherPort = form(action).header("Sec-Fetch-Site", "same-site");
            plugin.doPost(otherPort.request(), otherPort.response());
            assertThat(otherPort.status()).isEqualTo(403);
        }
        assertThat(server.asked).isEmpty();
    }

    private static Exchange form(String action) {
        return Exchange.post(MqttPlugin.PATH).parameter("action", action).parameter("c", HOSTILE).parameter("topic", "a/#");
    }

    private Exchange post(String action) throws IOException {
        Exchange exchange = form(action).header("Origin", "http://127.0.0.1:8181");
        plugin.doPost(exchange.request(), exchange.response());
        return exchange;
    }

    @Test
    void keepsATraceUntilItsPageHasAskedForIt() {
        TraceRecorders recorders = new TraceRecorders();
        String id = (String) recorders.open(server, TraceFilter.ALL).get("id");
        for (int i = 1; i <= 2_600; i++) {
            server.traced.accept(new TraceEvent(0, "c" + i, "127.0.0.1:1", TraceEvent.Direction.IN, "PUBLISH", Optional.of("t"),
                    1, true,
                    false, 5, 2, "hi".getBytes(StandardCharsets.UTF_8), ""));
        }
        Map<String, Object> first = recorders.read(id, 0);
        assertThat((List<?>) first.get("events")).hasSize(500).first().asString()
                .contains("client=c601").contains("#5 · QoS 1 · 2 B · retain").contains("payload=hi").contains("00:00:00.000");
        assertThat(first).containsEntry("dropped", 603L);   // three of them by the server
        assertThat((List<?>) recorders.read(id, (long) first.get("next")).get("events")).first().asString().contains("c1101");
        recorders.close(id);
        assertThat(server.traceOpen).isFalse();
        assertThat(recorders.read(id, 0)).containsEntry("closed", true);
        recorders.open(server, TraceFilter.ALL);
        recorders.closeAll();
        assertThat(server.traceOpen).isFalse();
    }

    @Test
    void tracesAreFew() {
        TraceRecorders recorders = new TraceRecorders();
        for (int i = 0; i < 8; i++) {
            assertThat(recorders.open(server, TraceFilter.ALL)).containsKey("id");
        }
        assertThat(recorders.open(server, TraceFilter.ALL)).containsKey("problem");
    }

    @Test
    void payloadsAreTextOrHexadecimal() {
        assertThat(PayloadText.of("a\nü".getBytes(StandardCharsets.UTF_8), 4)).isEqualTo("a\nü");
        assertThat(PayloadText.of(new byte[] {'a', (byte) 0xc3}, 5)).isEqualTo("a …");
        assertThat(PayloadText.of(new byte[] {'a', (byte) 0xc3}, 2)).isEqualTo("61 c3");
        assertThat(PayloadText.of(new byte[] {7}, 1)).isEqualTo("07");
        assertThat(MqttText.bytes(1_023) + MqttText.bytes(2_048) + MqttText.bytes(3 << 20)).isEqualTo("1023 B2.0 kB3.0 MB");
    }

    @Test
    void healthAndOverviewWarn() {
        assertThat(state.warnings()).containsExactly("mqttserver: 512 of 1,000, of lamp (mqttserver.sessionQueueMessages)");
        Html html = new Html();
        new OverviewPlugin(state).render(Exchange.get("/console/lintel").request(), html);
        assertThat(html.toString()).contains("banner look").contains("512 of 1,000").doesNotContain("<script>");
    }

    private String page(Exchange exchange) {
        Html html = new Html();
        plugin.render(exchange.request(), html);
        return html.toString();
    }

    /** A server with one session, which notes what is asked of it. */
    private static final class Server implements MqttServerAdministration {
        private final List<String> asked = new ArrayList<>();
        private Consumer<TraceEvent> traced;
        private boolean traceOpen;

        @Override
        public List<String> listeners() {
            return List.of("127.0.0.1:1883");
        }

        @Override
        public String state() {
            return "serving";
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void reload() {
            asked.add("reload");
        }

        @Override
        public Page<SessionView> sessions(SessionQuery query) {
            asked.add("sessions " + query.text() + " " + query.order() + " " + query.offset());
            return new Page<>(List.of(view(HOSTILE)), 120);
        }

        private static SessionView view(String clientId) {
            Traffic traffic = new Traffic(1, 2, 3, 4, 5, 6);
            return new SessionView(clientId, Optional.of("<u>"), true, Optional.empty(),
                    System.currentTimeMillis() - Duration.ofDays(3).toMillis(), List.of(new StoredSubscription("<b>/#", 1)), 512,
                            2_048, 0,
                    traffic, traffic);
        }

        @Override
        public Optional<SessionView> session(String clientId) {
            return clientId.equals(HOSTILE) ? Optional.of(view(clientId)) : Optional.empty();
        }

        @Override
        public List<QueueEntry> queue(String clientId, long after, int limit) {
            asked.add("queue " + clientId + " " + after);
            return List.of(new QueueEntry(7, "<b>x", 1, false, 11, "<img src=x>".getBytes(StandardCharsets.UTF_8), 9, false),
                    new QueueEntry(8, "y", 1, true, 2, new byte[] {0, -1}, 0, false));
        }

        @Override
        public boolean disconnect(String clientId) {
            return asked.add("disconnect " + clientId);
        }

        @Override
        public boolean dropSession(String clientId) {
            return asked.add("drop " + clientId);
        }

        @Override
        public boolean unsubscribe(String clientId, String topicFilter) {
            return asked.add("unsubscribe " + clientId + " " + topicFilter);
        }

        @Override
        public Page<RetainedView> retained(String topicFilter, int offset, int limit) {
            return new Page<>(List.of(new RetainedView("<u>", 1, 2, new byte[] {'o', 'k'})), 1);
        }

        @Override
        public boolean clearRetained(String topic) {
            return asked.add("clear " + topic);
        }

        @Override
        public Map<String, Long> counters() {
            return Map.of();
        }

        @Override
        public List<LimitView> limits() {
            return List.of(new LimitView("Messages in the fullest queue", "mqttserver.sessionQueueMessages", 512, 1_000,
                    Optional.of(HOSTILE)));
        }

        @Override
        public List<String> warnings() {
            return List.of("512 of 1,000, of lamp (mqttserver.sessionQueueMessages)");
        }

        @Override
        public Trace trace(TraceFilter filter, Consumer<TraceEvent> consumer) {
            traced = consumer;
            traceOpen = true;
            return new Trace() {
                @Override
                public boolean isOpen() {
                    return traceOpen;
                }

                @Override
                public long dropped() {
                    return 3;
                }

                @Override
                public void close() {
                    traceOpen = false;
                }
            };
        }
    }
}
