// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.crash;

import io.lintel.mqtt.server.internal.Packets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Subscribes, receives as MQTT 3.1.1 asks of a receiver, and acknowledges in order, at once or later or never on this
 * connection. Its QoS 2 state lives as long as its session; what it received is checked by a {@link Reception}.
 */
final class Subscriber extends Client {
    private final boolean durable;
    private final Random random;
    private final Map<String, Integer> wanted = new LinkedHashMap<>();
    private List<Interest> interests = new ArrayList<>();
    private Reception reception;
    /** QoS 2 identifiers received and not released, with what came under them. */
    private final Map<Integer, String> unreleased = new HashMap<>();
    private final Deque<Acknowledgement> acknowledgements = new ArrayDeque<>();
    /** Most milliseconds before an acknowledgement; -1 for none on this connection. */
    private int slowness;
    /** Filters of the SUBSCRIBE or UNSUBSCRIBE that is not acknowledged. */
    private Map<String, Integer> subscribing;
    private String unsubscribing;
    private int lastPacketId;
    /** Whether the next connection is to end the session. */
    private boolean discarding;

    private record Acknowledgement(byte[] packet, long dueNanos) {
    }

    Subscriber(Model model, String id, boolean durable, Map<String, Integer> filters, Random random) {
        super(model, id);
        this.durable = durable;
        this.random = random;
        wanted.putAll(filters);
        newSession();
    }

    private void newSession() {
        interests = new ArrayList<>();
        reception = new Reception(model, id, interests, connection);
        unreleased.clear();
        subscribing = null;
        unsubscribing = null;
    }

    void connect(int port) {
        connect(port, discarding || !durable);
        if (discarding) {
            atRisk();
        }
    }

    private void atRisk() {
        long now = model.tick();
        interests.forEach(interest -> interest.certainUntil = Math.min(interest.certainUntil, now));
    }

    /** Ends the session with the next connection, and begins anew after it. */
    void discardNext() {
        discarding = durable;
    }

    /** @param mostMillis -1: never on this connection */
    void acknowledgeWithin(int mostMillis) {
        slowness = mostMillis;
    }

    @Override
    protected void begun(boolean present) {
        if (!present) {
            newSession();
        }
        if (discarding) {
            discarding = false;
            leave(true);
            return;
        }
        subscribing = null;
        unsubscribing = null;
        Map<String, Integer> missing = new LinkedHashMap<>(wanted);
        interests.stream().filter(i -> i.certainFrom != Long.MAX_VALUE && i.certainUntil == Long.MAX_VALUE)
                .forEach(i -> missing.remove(i.filter));
        subscribe(missing);
    }

    // ---- subscriptions ----------------------------------------------------------------------------------------------

    private Interest open(String filter) {
        return interests.stream().filter(i -> i.filter.equals(filter) && i.certainUntil == Long.MAX_VALUE).findFirst()
                .orElse(null);
    }

    private void subscribe(Map<String, Integer> filters) {
        if (filters.isEmpty()) {
            return;
        }
        List<Object> parameters = new ArrayList<>();
        long now = model.tick();
        filters.forEach((filter, qos) -> {
            parameters.add(filter);
            parameters.add(qos);
            Interest interest = open(filter);
            if (interest == null) {
                interests.add(new Interest(filter, qos, now));
            } else {
                interest.leastQos = Math.min(interest.leastQos, qos);
                interest.mostQos = Math.max(interest.mostQos, qos);
            }
        });
        subscribing = filters;
        lastPacketId = 60_000 + (lastPacketId + 1) % 1000;
        trace("SUBSCRIBE " + lastPacketId + " " + filters);
        wire.send(Packets.subscribe(lastPacketId, parameters.toArray()));
    }

    /** Subscribes to one more filter, to one again with another QoS, or not any more. */
    void changeSubscriptions(String filter) {
        if (!isAccepted() || subscribing != null || unsubscribing != null) {
            return;
        }
        if (wanted.containsKey(filter) && wanted.size() > 1 && random.nextBoolean()) {
            wanted.remove(filter);
            Interest interest = open(filter);
            if (interest != null) {
                interest.certainUntil = model.tick();
            }
            unsubscribing = filter;
            lastPacketId = 60_000 + (lastPacketId + 1) % 1000;
            trace("UNSUBSCRIBE " + lastPacketId + " " + filter);
            wire.send(Packets.unsubscribe(lastPacketId, filter));
        } else {
            wanted.put(filter, 1 + random.nextInt(2));
            subscribe(Map.of(filter, wanted.get(filter)));
        }
    }

    private void suback(Incoming packet) {
        trace("SUBACK " + packet.packetId());
        if (subscribing == null || packet.packetId() != lastPacketId || packet.body().length != subscribing.size()) {
            model.violation(id + " got a SUBACK for " + packet.packetId());
            return;
        }
        int index = 0;
        for (Map.Entry<String, Integer> entry : subscribing.entrySet()) {
            if (packet.body()[index++] != entry.getValue()) {
                model.violation(id + " got return code " + packet.body()[index - 1] + " for " + entry);
            }
            Interest interest = open(entry.getKey());
            interest.certainFrom = Math.min(interest.certainFrom, model.tick());
        }
        subscribing = null;
    }

    private void unsuback() {
        long now = model.tick();
        trace("UNSUBACK");
        interests.stream().filter(i -> i.filter.equals(unsubscribing) && i.certainUntil != Long.MAX_VALUE)
                .forEach(i -> i.possibleUntil = Math.min(i.possibleUntil, now));
        unsubscribing = null;
    }

    // ---- messages ---------------------------------------------------------------------------------------------------

    @Override
    protected void received(Incoming packet) {
        switch (packet.type()) {
            case Incoming.PUBLISH -> publish(packet);
            case Incoming.PUBREL -> {
                trace("got PUBREL " + packet.packetId());
                unreleased.remove(packet.packetId());
                acknowledge(Packets.pubcomp(packet.packetId()));
            }
            case Incoming.SUBACK -> suback(packet);
            case Incoming.UNSUBACK -> unsuback();
            default -> model.violation(id + " got " + packet);
        }
    }

    private void publish(Incoming packet) {
        Model.Copy copy = packet.body().length == 0 ? null : model.copy(packet);
        trace("got PUBLISH " + packet.packetId() + " qos " + packet.qos() + (packet.dup() ? " dup" : "")
                + (packet.retain() ? " retain" : "") + " " + (copy == null ? packet.topic() + " empty"
                        : copy.message() + " transmission " + copy.transmission()));
        if (copy == null && packet.body().length > 0) {
            model.violation(id + " got content that nobody published: " + packet);
            return;
        }
        boolean again = false;
        if (packet.qos() == 2) {
            String content = copy == null ? "" : copy.message() + " " + copy.transmission();
            String earlier = unreleased.putIfAbsent(packet.packetId(), content);
            again = earlier != null;
            if (again && !earlier.equals(content)) {
                model.violation(id + ": identifier " + packet.packetId() + " is used for " + content
                        + " and was not released for " + earlier);
            }
        }
        if (copy != null && packet.retain()) {
            if (!copy.message().retain) {
                model.violation(id + " got RETAIN 1 for " + copy.message());
            }
        } else if (copy != null) {
            reception.delivered(copy.message(), copy.transmission(), packet.qos(), packet.dup(), connection, again);
        }
        if (packet.qos() == 1) {
            acknowledge(Packets.puback(packet.packetId()));
        } else if (packet.qos() == 2) {
            acknowledge(Packets.pubrec(packet.packetId()));
        }
    }

    private void acknowledge(byte[] packet) {
        if (slowness == 0 && acknowledgements.isEmpty()) {
            wire.send(packet);
            return;
        }
        long due = slowness < 0 ? Long.MAX_VALUE : System.nanoTime() + random.nextInt(slowness + 1) * 1_000_000L;
        acknowledgements.add(new Acknowledgement(packet, due));
    }

    /** Sends the acknowledgements whose time has come, in the order of what they are for [MQTT-4.6.0-2, -3]. */
    void acknowledgeDue() {
        while (isAccepted() && !acknowledgements.isEmpty()
                && (acknowledgements.peek().dueNanos <= System.nanoTime() || slowness == 0)) {
            wire.send(acknowledgements.poll().packet);
        }
    }

    @Override
    protected void lost() {
        acknowledgements.clear();
        if (!durable) {
            atRisk();
        }
    }

    // ---- what it is owed --------------------------------------------------------------------------------------------

    /** Whether the message must have come, and did not. */
    boolean misses(Message message) {
        return message.isAcknowledged() && !message.clears && !reception.has(message)
                && interests.stream().anyMatch(i -> i.leastQos > 0 && i.certainlyCovers(message));
    }

    boolean isSettled() {
        return isAccepted() && subscribing == null && unsubscribing == null && acknowledgements.isEmpty();
    }

    int received() {
        return reception.count();
    }

    void checkLastDeliveries() {
        reception.checkLastDeliveries();
    }
}
