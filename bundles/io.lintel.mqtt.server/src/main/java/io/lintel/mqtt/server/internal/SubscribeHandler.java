// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.SessionChange;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttSubAckMessage;
import io.netty.handler.codec.mqtt.MqttSubAckPayload;
import io.netty.handler.codec.mqtt.MqttSubscribeMessage;
import io.netty.handler.codec.mqtt.MqttTopicSubscription;
import io.netty.handler.codec.mqtt.MqttUnsubscribeMessage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * SUBSCRIBE and UNSUBSCRIBE (MQTT 3.1.1 sections 3.8 to 3.11): the policy decides per filter, a durable session's
 * subscriptions are on disk before their SUBACK, and retained messages follow it. The client's next packets wait until
 * they are on their way. Belongs to the event loop.
 */
final class SubscribeHandler {
    private static final int FAILURE = 0x80;

    private final Broker broker;

    SubscribeHandler(Broker broker) {
        this.broker = broker;
    }

    void subscribe(Connection connection, MqttSubscribeMessage packet) {
        connection.hold();
        int packetId = packet.variableHeader().messageId();
        decideNext(connection, packetId, packet.payload().topicSubscriptions(), new ArrayList<>());
    }

    /** Asks for one filter after the other, so that the codes are in order [MQTT-3.9.3-1]. */
    private void decideNext(Connection connection, int packetId, List<MqttTopicSubscription> wanted, List<Integer> codes) {
        // a loop for answers that are there at once, a continuation for those that come later
        while (codes.size() < wanted.size()) {
            int index = codes.size();
            MqttTopicSubscription one = wanted.get(index);
            boolean[] inLoop = {true};
            broker.policies().subscribe(connection.client(), one.topicFilter(), granted -> {
                if (!connection.isOpen()) {
                    return;
                }
                codes.add(granted ? one.qualityOfService().value() : FAILURE);
                if (!inLoop[0]) {
                    decideNext(connection, packetId, wanted, codes);
                }
            });
            inLoop[0] = false;
            if (codes.size() == index) {
                return;
            }
        }
        store(connection, packetId, wanted, codes);
    }

    private void store(Connection connection, int packetId, List<MqttTopicSubscription> wanted, List<Integer> codes) {
        Session session = connection.session();
        List<SessionChange> changes = new ArrayList<>();
        Set<String> added = new HashSet<>();
        for (int i = 0; i < codes.size(); i++) {
            String filter = wanted.get(i).topicFilter();
            boolean more = !session.subscriptions().containsKey(filter) && !added.contains(filter);
            if (codes.get(i) != FAILURE && more
                    && (session.subscriptions().size() + added.size() >= broker.limits().sessions().subscriptions()
                    || broker.trie().size() + added.size() >= broker.limits().sessions().subscriptionsInAll())) {
                codes.set(i, FAILURE);
            }
            if (codes.get(i) == FAILURE) {
                broker.counters().add(Counter.SUBSCRIPTIONS_REFUSED, 1);
                session.traffic().refused();
                continue;
            }
            if (more) {
                added.add(filter);
            }
            changes.add(new SessionChange.Subscribed(session.clientId(), filter, codes.get(i)));
        }
        Runnable then = () -> {
            if (connection.isOpen()) {
                takeEffect(connection, packetId, wanted, codes);
            } else if (session.isDurable()) {
                apply(session, wanted, codes);
            }
        };
        if (session.isDurable() && !changes.isEmpty()) {
            broker.journal().write(changes, 0, failure -> {
                if (failure == null) {
                    then.run();
                } else {
                    connection.fail("the journal failed");
                }
            });
        } else {
            // behind whatever is on its way to be retained, which this subscription would miss otherwise
            broker.journal().barrier(then);
        }
    }

    private void takeEffect(Connection connection, int packetId, List<MqttTopicSubscription> wanted, List<Integer> codes) {
        Session session = connection.session();
        apply(session, wanted, codes);
        MqttFixedHeader header = new MqttFixedHeader(MqttMessageType.SUBACK, false, MqttQoS.AT_MOST_ONCE, false, 0);
        connection.out().write(new MqttSubAckMessage(header, MqttMessageIdVariableHeader.from(packetId),
                new MqttSubAckPayload(codes)));
        RetainedDelivery retained = new RetainedDelivery(broker, connection, connection::proceed);
        for (int i = 0; i < codes.size(); i++) {
            if (codes.get(i) != FAILURE) {
                retained.add(wanted.get(i).topicFilter(), codes.get(i));
            }
        }
        retained.run();
    }

    private void apply(Session session, List<MqttTopicSubscription> wanted, List<Integer> codes) {
        for (int i = 0; i < codes.size(); i++) {
            if (codes.get(i) != FAILURE) {
                String filter = wanted.get(i).topicFilter();
                session.subscriptions().put(filter, codes.get(i));
                broker.trie().add(filter, session, codes.get(i));
            }
        }
    }

    void unsubscribe(Connection connection, MqttUnsubscribeMessage packet) {
        Session session = connection.session();
        int packetId = packet.variableHeader().messageId();
        List<String> known = packet.payload().topics().stream().filter(session.subscriptions()::containsKey).toList();
        if (!session.isDurable() || known.isEmpty()) {
            forget(session, known);
            connection.out().unsuback(packetId);                                                        // [MQTT-3.10.4-5]
            return;
        }
        connection.hold();
        end(session, known, failure -> {
            if (failure != null) {
                connection.fail("the journal failed");
                return;
            }
            connection.out().unsuback(packetId);
            connection.proceed();
        });
    }

    /** Ends subscriptions, in a durable session on disk first. */
    void end(Session session, List<String> filters, Journal.Done done) {
        if (!session.isDurable()) {
            forget(session, filters);
            done.done(null);
            return;
        }
        List<SessionChange> changes = new ArrayList<>();
        filters.forEach(filter -> changes.add(new SessionChange.Unsubscribed(session.clientId(), filter)));
        broker.journal().write(changes, 0, failure -> {
            if (failure == null) {
                forget(session, filters);
            }
            done.done(failure);
        });
    }

    private void forget(Session session, List<String> filters) {
        for (String filter : filters) {
            session.subscriptions().remove(filter);
            broker.trie().remove(filter, session);
        }
    }
}
