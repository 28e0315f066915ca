// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.crash;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one session received, held against the rules. A payload says which transmission of which message it is, so the
 * copies that a publisher's and the server's repetitions make can be told apart. Rules for deliveries with RETAIN 0:
 *
 * <ul>
 * <li>a session gets what it is subscribed to, with a QoS that its subscriptions and the message allow [MQTT-3.8.4-6];
 * <li>a transmission is delivered with DUP 0 at most once, and with DUP 1 only by a later connection [MQTT-3.3.1-1, 4.4.0-1];
 * <li>a message that was published with QoS 2 is taken from one transmission only, and reaches a QoS 2 subscription once;
 * <li>on one connection, transmissions of one publisher on one topic at one QoS come in the order they were sent
 *     [MQTT-4.6.0-6], repeated ones included [MQTT-4.6.0-1];
 * <li>over all connections, their first deliveries are in that order (4.6, non-normative);
 * <li>an old message does not have the last word: it does not come again after the last delivery of a newer one, unless its
 *     publisher repeated it. What a kill took before it was on disk was not acknowledged, and comes once more itself.
 * </ul>
 *
 * The last rule is one for two: 4.6 says that the final copies come in order, and it says so of a publisher that sends again
 * what was not acknowledged [MQTT-4.4.0-1]. A message is its publisher's until then (4.3.2), so one with clean session 1 that
 * lost its connection has given up what it had under way. Such a message may have been delivered or not, and what was
 * acknowledged before it may be delivered again after it by a server that was killed; it has no claim to the last word.
 */
final class Reception {
    private final Model model;
    private final String client;
    private final int born;
    private final List<Interest> interests;
    private final Map<Message, Integer> taken = new HashMap<>();
    private final Set<String> fresh = new HashSet<>();
    private final Map<Message, Integer> transmissionOfQos2 = new HashMap<>();
    private final Map<String, Stream> streams = new HashMap<>();

    /**
     * @param interests the session's, shared with it
     * @param born      number of the connection that the session began with
     */
    Reception(Model model, String client, List<Interest> interests, int born) {
        this.model = model;
        this.client = client;
        this.born = born;
        this.interests = interests;
    }

    private record Delivery(Message message, int transmission) {
    }

    /** One publisher, topic and QoS. */
    private static final class Stream {
        private int connection;
        private int lastOfConnection;
        private int highest;
        private final Set<Integer> seen = new HashSet<>();
        private final List<Delivery> all = new ArrayList<>();
    }

    /**
     * @param connection number of the session's connection it came by
     * @param again      whether this is a QoS 2 PUBLISH of a handshake that is under way: its content was taken before
     */
    void delivered(Message message, int transmission, int qos, boolean dup, int connection, boolean again) {
        String what = client + " got " + message + " transmission " + transmission + " at qos " + qos + (dup ? " dup" : "")
                + " by connection " + connection;
        checkQos(message, qos, what);
        if (transmission < 1) {
            model.violation(what + ": not a transmission");
        }
        if (!dup && qos > 0 && !fresh.add(message.publisher + " " + transmission)) {
            model.violation(what + ": a second time with DUP 0");
        }
        if (dup && connection == born) {
            model.violation(what + ": DUP 1 on the first connection of the session");
        }
        if (message.qos == 2) {
            Integer first = transmissionOfQos2.putIfAbsent(message, transmission);
            if (first != null && first != transmission) {
                model.violation(what + ": published with QoS 2 and taken twice, first from transmission " + first);
            }
        }
        checkOrder(message, transmission, qos, connection, again, what);
        if (again) {
            return;
        }
        int times = taken.merge(message, 1, Integer::sum);
        if (times > 1 && qos == 2 && message.qos == 2) {
            model.violation(what + ": QoS 2 delivered " + times + " times");
        }
    }

    private void checkQos(Message message, int qos, String what) {
        int least = -1;
        int most = -1;
        for (Interest interest : interests) {
            if (interest.certainlyCovers(message)) {
                least = Math.max(least, interest.leastQos);
            }
            if (interest.possiblyCovers(message)) {
                most = Math.max(most, interest.mostQos);
            }
        }
        if (most < 0) {
            model.violation(what + ": without a subscription " + interests);
        } else if (qos > Math.min(most, message.qos) || qos < Math.min(least, message.qos)) {
            model.violation(what + ": QoS of its subscriptions is " + least + ".." + most + " " + interests);
        }
    }

    private void checkOrder(Message message, int transmission, int qos, int connection, boolean again, String what) {
        String name = message.publisher + " " + message.topic + " " + message.qos + " " + qos;
        Stream stream = streams.computeIfAbsent(name, k -> new Stream());
        if (stream.connection != connection) {
            stream.connection = connection;
            stream.lastOfConnection = 0;
        }
        if (transmission <= stream.lastOfConnection) {
            model.violation(what + ": after transmission " + stream.lastOfConnection + " on the same connection");
        }
        stream.lastOfConnection = transmission;
        if (stream.seen.add(transmission) && transmission < stream.highest) {
            model.violation(what + ": for the first time after transmission " + stream.highest);
        }
        stream.highest = Math.max(stream.highest, transmission);
        if (!again) {
            stream.all.add(new Delivery(message, transmission));
        }
    }

    boolean has(Message message) {
        return taken.containsKey(message);
    }

    int count() {
        return taken.size();
    }

    /** No old message had the last word. */
    void checkLastDeliveries() {
        streams.forEach((name, stream) -> {
            Map<Message, Integer> last = new HashMap<>();
            for (int i = 0; i < stream.all.size(); i++) {
                last.put(stream.all.get(i).message, i);
            }
            for (int i = 0; i < stream.all.size(); i++) {
                Delivery late = stream.all.get(i);
                for (int before : last.values()) {
                    Delivery newer = stream.all.get(before);
                    if (before < i && !newer.message.givenUp && newer.message.number > late.message.number
                                && newer.transmission > late.transmission) {
                        model.violation(client + " stream " + name + ": transmission " + late.transmission + " came after "
                                + newer.transmission + ", the last of its message: " + stream.all.stream().map(d ->
                                d.message.number + "/" + d.transmission).toList());
                    }
                }
            }
        });
    }
}
