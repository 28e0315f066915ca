// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.crash;

import io.lintel.mqtt.server.internal.Packets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Asks once for all retained messages of the run. Each topic has one publisher, so its message must be the last one
 * that was acknowledged when the question was sent, or one published after that.
 */
final class RetainedCheck extends Client {
    private static final long PATIENCE_NANOS = 15_000_000_000L;

    private final Map<String, Message> acknowledged = new HashMap<>();
    private final Map<String, Message> received = new HashMap<>();
    /** When all must have come; 0 before the SUBACK. */
    private long deadline;
    private boolean done;

    RetainedCheck(Model model, int number) {
        super(model, "retained-" + number);
    }

    void connect(int port) {
        connect(port, true);
    }

    boolean isDone() {
        return done;
    }

    @Override
    protected void begun(boolean present) {
        for (Message message : model.all()) {
            if (message.retain && message.isAcknowledged()) {
                acknowledged.merge(message.topic, message, (a, b) -> a.number > b.number ? a : b);
            }
        }
        wire.send(Packets.subscribe(1, "r/#", 0));
    }

    @Override
    protected void received(Incoming packet) {
        if (packet.type() == Incoming.PUBLISH) {
            // with RETAIN 1, or with RETAIN 0 as a newer one that was being stored when the subscription began
            Model.Copy copy = packet.body().length == 0 ? null : model.copy(packet);
            if (packet.body().length == 0 && !packet.retain()) {
                received.remove(packet.topic());
            } else if (copy == null) {
                model.violation(id + " got " + packet);
            } else {
                received.put(packet.topic(), copy.message());
            }
        } else if (packet.type() == Incoming.SUBACK) {
            deadline = System.nanoTime() + PATIENCE_NANOS;
        }
        if (deadline != 0 && disallowed().isEmpty()) {
            finish();
        }
    }

    /** To be called now and then: some messages may come a while after the SUBACK, but not for ever. */
    void look() {
        if (deadline != 0 && !done && System.nanoTime() > deadline) {
            disallowed().forEach(model::violation);
            finish();
        }
    }

    private void finish() {
        done = true;
        leave(true);
    }

    /** Topics whose message is none that it may be. */
    private List<String> disallowed() {
        Map<String, List<Message>> byTopic = new HashMap<>();
        for (Message message : model.all()) {
            if (message.retain) {
                byTopic.computeIfAbsent(message.topic, k -> new ArrayList<>()).add(message);
            }
        }
        List<String> disallowed = new ArrayList<>();
        byTopic.forEach((topic, messages) -> {
            Message last = acknowledged.get(topic);
            Message kept = received.get(topic);
            boolean allowed = last == null && kept == null
                    || messages.stream().filter(m -> last == null || m.number >= last.number)
                            .anyMatch(m -> Objects.equals(m.clears ? null : m, kept));
            if (!allowed) {
                disallowed.add(id + ": retained on " + topic + " is " + kept + ", and acknowledged was " + last);
            }
        });
        return disallowed;
    }

    @Override
    protected void lost() {
        done = true;
    }
}
