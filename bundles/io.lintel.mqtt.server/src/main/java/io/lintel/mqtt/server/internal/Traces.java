// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.TraceEvent;
import io.lintel.mqtt.server.TraceFilter;
import io.netty.handler.codec.mqtt.MqttMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The traces that are open. {@link #isOpen} is asked for every packet and costs a field; only if there is one, events are
 * made, once for all traces that want them. Belongs to the event loop.
 */
final class Traces {
    private static final int MOST = 16;

    private final List<OpenTrace> open = new ArrayList<>();
    private boolean any;

    boolean isOpen() {
        return any;
    }

    OpenTrace add(TraceFilter filter, Consumer<TraceEvent> consumer, Consumer<OpenTrace> whenClosed) {
        if (open.size() >= MOST) {
            throw new IllegalStateException("there are " + MOST + " traces already");
        }
        OpenTrace trace = new OpenTrace(filter, consumer, whenClosed);
        open.add(trace);
        any = true;
        return trace;
    }

    void remove(OpenTrace trace) {
        open.remove(trace);
        any = !open.isEmpty();
    }

    void closeAll() {
        List.copyOf(open).forEach(OpenTrace::close);
    }

    /** A packet from the client, before it is worked on. */
    void in(Connection connection, MqttMessage packet) {
        show(PacketEvent.of(connection, packet, TraceEvent.Direction.IN));
    }

    /** A packet to the client. */
    void out(Connection connection, MqttMessage packet) {
        show(PacketEvent.of(connection, packet, TraceEvent.Direction.OUT));
    }

    /** A connection's end, or something that is decided about a packet and has none of its own. */
    void note(Connection connection, String what, String topic, String detail) {
        show(PacketEvent.note(connection, what, topic, detail));
    }

    private void show(PacketEvent event) {
        for (int i = 0; i < open.size(); i++) {
            open.get(i).show(event);
        }
    }
}
