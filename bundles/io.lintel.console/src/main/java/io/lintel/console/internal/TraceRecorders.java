// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import io.lintel.mqtt.server.MqttServerAdministration;
import io.lintel.mqtt.server.MqttServerAdministration.Trace;
import io.lintel.mqtt.server.TraceEvent;
import io.lintel.mqtt.server.TraceFilter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The live traces of browsers: each is kept here in a bounded buffer that its page asks for what is new, and closed when
 * nobody asked for a while. Called on the console's HTTP threads; events come on the trace's own.
 */
final class TraceRecorders {
    static final int PAYLOAD_BYTES = 256;

    private static final int MOST = 8;
    private static final int MOST_EVENTS = 2_000;
    private static final int MOST_AT_ONCE = 500;
    private static final long ABANDONED_NANOS = 30_000_000_000L;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    private final Map<String, Recorder> recorders = new ConcurrentHashMap<>();

    /** The new trace's name; or what is in the way. */
    Map<String, Object> open(MqttServerAdministration server, TraceFilter filter) {
        closeAbandoned();
        if (recorders.size() >= MOST) {
            return Map.of("problem", "There are " + MOST + " traces already; one ends half a minute after its page was left.");
        }
        Recorder recorder = new Recorder();
        try {
            recorder.trace = server.trace(filter, recorder::add);
        } catch (IllegalStateException e) {
            return Map.of("problem", e.getMessage());
        }
        String id = UUID.randomUUID().toString();
        recorders.put(id, recorder);
        return Map.of("id", id);
    }

    /** What came after the event of this number. */
    Map<String, Object> read(String id, long after) {
        closeAbandoned();
        Recorder recorder = recorders.get(id);
        if (recorder == null || !recorder.trace.isOpen()) {
            recorders.remove(id);
            return Map.of("closed", true);
        }
        return recorder.read(after);
    }

    void close(String id) {
        Recorder recorder = recorders.remove(id);
        if (recorder != null) {
            recorder.trace.close();
        }
    }

    void closeAll() {
        List.copyOf(recorders.keySet()).forEach(this::close);
    }

    private void closeAbandoned() {
        recorders.forEach((id, recorder) -> {
            if (recorder.isAbandoned()) {
                close(id);
            }
        });
    }

    private static final class Recorder {
        private final Deque<TraceEvent> events = new ArrayDeque<>();
        private volatile Trace trace;
        private volatile long readAt = System.nanoTime();
        private long last;
        private long lost;

        boolean isAbandoned() {
            return System.nanoTime() - readAt > ABANDONED_NANOS;
        }

        void add(TraceEvent event) {
            synchronized (this) {
                events.add(event);
                last++;
                if (events.size() > MOST_EVENTS) {
                    events.poll();
                    lost++;
                }
            }
            if (isAbandoned() && trace != null) {
                trace.close();
            }
        }

        synchronized Map<String, Object> read(long after) {
            readAt = System.nanoTime();
            long number = last - events.size();
            List<Map<String, Object>> news = new ArrayList<>();
            while (!events.isEmpty() && news.size() < MOST_AT_ONCE) {
                TraceEvent event = events.poll();   // a page asks once for each; what it has it does not ask for again
                number++;
                if (number > after) {
                    news.add(view(event));
                }
            }
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("events", news);
            answer.put("next", number);
            answer.put("dropped", lost + trace.dropped());
            return answer;
        }
    }

    private static Map<String, Object> view(TraceEvent event) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("time", TIME.format(Instant.ofEpochMilli(event.atMillis())));
        view.put("client", event.clientId());
        view.put("address", event.address());
        view.put("direction", event.direction().name().toLowerCase(Locale.ROOT));
        view.put("packet", event.packet());
        view.put("topic", event.topic().orElse(""));
        view.put("detail", detail(event));
        view.put("payload", event.bytes() == 0 ? "" : PayloadText.of(event.payload(), event.bytes()));
        return view;
    }

    private static String detail(TraceEvent event) {
        List<String> parts = new ArrayList<>();
        if (event.packetId() != 0) {
            parts.add("#" + event.packetId());
        }
        if (event.packet().equals("PUBLISH")) {
            parts.add("QoS " + event.qos());
            parts.add(event.bytes() + " B");
        }
        if (event.retain()) {
            parts.add("retain");
        }
        if (event.dup()) {
            parts.add("dup");
        }
        if (!event.detail().isEmpty()) {
            parts.add(event.detail());
        }
        return String.join(" · ", parts);
    }
}
