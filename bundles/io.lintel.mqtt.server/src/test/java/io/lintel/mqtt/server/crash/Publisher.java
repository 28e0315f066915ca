// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.crash;

import io.lintel.mqtt.server.internal.Packets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/**
 * Publishes, and repeats after a lost connection what was not acknowledged, if its session is durable [MQTT-4.4.0-1].
 * Holds the server to the order of its acknowledgements [MQTT-4.6.0-2, -3].
 */
final class Publisher extends Client {
    private static final int MOST_PACKET_ID = 40;

    /**
     * What it publishes of one kind.
     *
     * @param retain whether its messages are retained; nobody else publishes on its topic then
     */
    record Stream(String topic, int qos, boolean retain) {
    }

    /** A message that is not acknowledged to the end. */
    private static final class Outgoing {
        private final Message message;
        private final int packetId;
        private final int filling;
        private boolean released;

        Outgoing(Message message, int packetId, int filling) {
            this.message = message;
            this.packetId = packetId;
            this.filling = filling;
        }
    }

    private final boolean durable;
    private final List<Stream> streams;
    private final Random random;
    private final Deque<Outgoing> pending = new ArrayDeque<>();
    private int lastPacketId;
    private int transmissions;

    Publisher(Model model, String id, boolean durable, List<Stream> streams, Random random) {
        super(model, id);
        this.durable = durable;
        this.streams = streams;
        this.random = random;
    }

    void connect(int port) {
        connect(port, !durable);
    }

    int pending() {
        return pending.size();
    }

    List<Stream> streams() {
        return streams;
    }

    void publish(Stream stream) {
        int packetId = freePacketId();
        if (packetId == 0) {
            return;
        }
        boolean clears = stream.retain && random.nextInt(8) == 0;
        Message message = model.published(id, stream.topic, stream.qos, stream.retain, clears);
        int filling = random.nextInt(20) == 0 ? 9_000 : random.nextInt(4) == 0 ? random.nextInt(1500) : 0;
        Outgoing outgoing = new Outgoing(message, packetId, filling);
        pending.add(outgoing);
        transmit(outgoing, false);
    }

    private int freePacketId() {
        for (int i = 0; i < MOST_PACKET_ID; i++) {
            lastPacketId = lastPacketId % MOST_PACKET_ID + 1;
            int candidate = lastPacketId;
            if (pending.stream().noneMatch(p -> p.packetId == candidate)) {
                return candidate;
            }
        }
        return 0;
    }

    private void transmit(Outgoing outgoing, boolean dup) {
        Message message = outgoing.message;
        message.transmissions++;
        int transmission = ++transmissions;
        trace("PUBLISH " + outgoing.packetId + " " + message + " transmission " + transmission + (dup ? " dup" : ""));
        wire.send(Packets.publish(message.topic, Model.payload(message, transmission, outgoing.filling), message.qos,
                outgoing.packetId, dup, message.retain));
    }

    @Override
    protected void begun(boolean present) {
        for (Outgoing outgoing : List.copyOf(pending)) {
            if (outgoing.released) {
                trace("PUBREL " + outgoing.packetId + " again");
                wire.send(Packets.pubrel(outgoing.packetId));
            } else {
                transmit(outgoing, true);
            }
        }
    }

    @Override
    protected void received(Incoming packet) {
        switch (packet.type()) {
            case Incoming.PUBACK -> {
                Outgoing outgoing = next(packet, p -> p.message.qos == 1);
                if (outgoing != null) {
                    acknowledged(outgoing);
                    pending.remove(outgoing);
                }
            }
            case Incoming.PUBREC -> {
                Outgoing outgoing = next(packet, p -> p.message.qos == 2 && !p.released);
                if (outgoing != null) {
                    acknowledged(outgoing);
                    outgoing.released = true;
                    trace("PUBREL " + outgoing.packetId);
                    wire.send(Packets.pubrel(outgoing.packetId));
                }
            }
            case Incoming.PUBCOMP -> {
                trace("got PUBCOMP " + packet.packetId());
                if (!pending.removeIf(p -> p.released && p.packetId == packet.packetId())) {
                    model.violation(id + " got PUBCOMP " + packet.packetId() + " for no PUBREL");
                }
            }
            default -> model.violation(id + " got " + packet);
        }
    }

    /** The oldest one that such an acknowledgement can be for. */
    private Outgoing next(Incoming packet, Predicate<Outgoing> kind) {
        trace("got " + (packet.type() == Incoming.PUBACK ? "PUBACK " : "PUBREC ") + packet.packetId());
        Outgoing first = pending.stream().filter(kind).findFirst().orElse(null);
        if (first == null || first.packetId != packet.packetId()) {
            model.violation(id + " got type " + packet.type() + " for " + packet.packetId() + ", and next is "
                    + (first == null ? "none" : first.packetId + " " + first.message));
            return null;
        }
        return first;
    }

    private void acknowledged(Outgoing outgoing) {
        outgoing.message.acknowledgedAt = model.tick();
    }

    @Override
    protected void lost() {
        if (!durable) {
            pending.forEach(p -> p.message.givenUp = !p.message.isAcknowledged());
            pending.clear();
        }
    }

    /** The streams of one random publisher. */
    static List<Stream> randomStreams(Random random, String id, String[] topics) {
        List<Stream> streams = new ArrayList<>();
        for (String topic : topics) {
            if (random.nextInt(3) > 0) {
                streams.add(new Stream(topic, 1 + random.nextInt(2), false));
            }
        }
        for (int i = random.nextInt(3); i >= 0; i--) {
            streams.add(new Stream("r/" + id + i, 1 + random.nextInt(2), true));
        }
        return streams;
    }
}
