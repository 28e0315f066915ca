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
    private final Map<String, Message> acknowledged = new HashMap<>();
    private final Map<String, Message> received = new HashMap<>();
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
        if (packet.type() == Incoming.PUBLISH && packet.retain()) {
            Model.Copy copy = model.copy(packet);
            if (copy == null) {
                model.violation(id + " got " + packet);
            } else {
                received.put(packet.topic(), copy.message());
            }
        } else if (packet.type() == Incoming.SUBACK) {
            wire.send(Packets.PINGREQ);   // its answer comes behind the messages
        } else if (packet.type() == Incoming.PINGRESP) {
            check();
            done = true;
            leave(true);
        }
    }

    private void check() {
        Map<String, List<Message>> byTopic = new HashMap<>();
        for (Message message : model.all()) {
            if (message.retain) {
                byTopic.computeIfAbsent(message.topic, k -> new ArrayList<>()).add(message);
            }
        }
        byTopic.forEach((topic, messages) -> {
            Message last = acknowledged.get(topic);
            Message kept = received.get(topic);
            trace("retained on " + topic + ": " + kept + ", acknowledged " + last);
            boolean allowed = last == null && kept == null
                    || messages.stream().filter(m -> last == null || m.number >= last.number)
                            .anyMatch(m -> Objects.equals(m.clears ? null : m, kept));
            if (!allowed) {
                model.violation(id + ": retained on " + topic + " is " + kept + ", and acknowledged was " + last);
            }
        });
    }

    @Override
    protected void lost() {
        done = true;
    }
}
