// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.TopicPolicy.PublishDecision;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectPayload;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Answers CONNECT (MQTT 3.1.1 section 3.1): client identifier, who it is, policy, the will's topic, takeover, and the session's
 * beginning, resumption or end. A CONNACK that speaks of a durable session leaves after that session is on disk, and one
 * to a client with a will after the will is. Belongs to the event loop.
 */
final class ConnectHandler {
    private static final int MOST_CLIENT_ID_LENGTH = 1024;

    private final Broker broker;

    ConnectHandler(Broker broker) {
        this.broker = broker;
    }

    void connect(Connection connection, MqttConnectMessage packet) {
        MqttConnectPayload payload = packet.payload();
        boolean clean = packet.variableHeader().isCleanSession();
        String clientId = payload.clientIdentifier();
        if (clientId.isEmpty() && clean) {
            clientId = "anonymous-" + UUID.randomUUID();                                                // [MQTT-3.1.3-6]
        } else if (clientId.isEmpty() || !isAcceptable(clientId)) {
            connection.refuse(MqttConnectReturnCode.CONNECTION_REFUSED_IDENTIFIER_REJECTED);            // [MQTT-3.1.3-8, -9]
            return;
        }
        Will will = packet.variableHeader().isWillFlag()
                ? new Will(broker.router().nextNumber(), payload.willTopic(), payload.willMessageInBytes(),
                        packet.variableHeader().willQos(), packet.variableHeader().isWillRetain())
                : null;
        boolean loopback = connection.access().plain() && connection.address().getAddress().isLoopbackAddress();
        String named = clientId;
        connection.hold();
        broker.authenticator().identify(connection, payload, identity -> {
            ConnectedClient client = new ConnectedClient(named, identity, connection.address(), connection.access().listener(),
                    loopback);
            connection.named(client);
            decide(new Attempt(connection, client, will, clean, packet.variableHeader().keepAliveTimeSeconds()));
        });
    }

    private void decide(Attempt attempt) {
        Connection connection = attempt.connection;
        broker.policies().connect(attempt.client, decision -> {
            if (!connection.isOpen()) {
                return;
            }
            switch (decision) {
                case ACCEPT -> checkWill(attempt);
                case REFUSE_IDENTIFIER -> connection.refuse(MqttConnectReturnCode.CONNECTION_REFUSED_IDENTIFIER_REJECTED);
                case REFUSE_CREDENTIALS ->
                    connection.refuse(MqttConnectReturnCode.CONNECTION_REFUSED_BAD_USER_NAME_OR_PASSWORD);
                case REFUSE_NOT_AUTHORIZED -> connection.refuse(MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED);
            }
        });
    }

    /** Control characters would be invisible wherever a client is named. */
    private static boolean isAcceptable(String clientId) {
        return clientId.length() <= MOST_CLIENT_ID_LENGTH && clientId.chars().noneMatch(Character::isISOControl);
    }

    /** A CONNECT on its way to its CONNACK. */
    private record Attempt(Connection connection, ConnectedClient client, Will will, boolean clean, int keepAliveSeconds) {
        String principal() {
            return client.identity().key();
        }
    }

    private void checkWill(Attempt attempt) {
        if (attempt.will == null) {
            open(attempt);
            return;
        }
        if (SysTopics.isServers(attempt.will.topic())) {
            attempt.connection.refuse(MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED);
            return;
        }
        broker.policies().publish(attempt.client, attempt.will.topic(), attempt.will.retain(), decision -> {
            if (!attempt.connection.isOpen()) {
                return;
            }
            if (decision == PublishDecision.ALLOW) {
                open(attempt);
            } else {
                attempt.connection.refuse(MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED);
            }
        });
    }

    private void open(Attempt attempt) {
        if (!attempt.connection.isOpen()) {
            return;
        }
        Session earlier = broker.session(attempt.client.clientId());
        if (earlier != null && !earlier.principal().isEmpty() && !earlier.principal().equals(attempt.principal())) {
            attempt.connection.refuse(MqttConnectReturnCode.CONNECTION_REFUSED_NOT_AUTHORIZED);   // someone else's session
            return;
        }
        if (earlier != null && earlier.isInTransition()) {
            broker.journal().barrier(() -> broker.loop().execute(() -> open(attempt)));
            return;
        }
        if (earlier != null && earlier.connection() != null) {
            broker.counters().add(Counter.TAKEOVERS, 1);
            earlier.connection().close("taken over by another connection");                             // [MQTT-3.1.4-2]
            earlier = broker.session(attempt.client.clientId());   // a session in memory ended with its connection
        }
        if (!broker.admission().mayConnect(attempt.principal())) {
            attempt.connection.refuse(MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE);
            return;
        }
        if (earlier != null && !attempt.clean) {
            resume(attempt, earlier);
        } else if (earlier != null) {
            broker.removeSession(earlier, failure -> afterRemoval(attempt, failure));                   // [MQTT-3.1.2-6]
        } else {
            begin(attempt);
        }
    }

    private void afterRemoval(Attempt attempt, Throwable failure) {
        if (failure != null) {
            attempt.connection.fail("the journal failed");
        } else {
            open(attempt);
        }
    }

    private void begin(Attempt attempt) {
        String clientId = attempt.client.clientId();
        Session session = broker.newSession(clientId, attempt.principal(), !attempt.clean);
        session.seenMillis(System.currentTimeMillis());
        if (attempt.clean) {
            broker.addSession(session);
            keepWill(attempt, session, List.of(), false);
            return;
        }
        if (broker.durableSessions() >= broker.limits().sessions().mostDurable()
                || !broker.admission().mayOpenSession(attempt.principal())) {
            attempt.connection.refuse(MqttConnectReturnCode.CONNECTION_REFUSED_SERVER_UNAVAILABLE);
            return;
        }
        broker.addSession(session);
        SessionChange opened = new SessionChange.SessionOpened(clientId, attempt.principal(), session.seenMillis());
        keepWill(attempt, session, List.of(opened), false);
    }

    /** Goes on when the session's beginning and the will, if there are such, are on disk. */
    private void keepWill(Attempt attempt, Session session, List<SessionChange> beginning, boolean present) {
        List<SessionChange> changes = new ArrayList<>(beginning);
        if (attempt.will != null) {
            changes.add(new SessionChange.WillSet(attempt.will.stored(session.clientId())));
        }
        if (changes.isEmpty()) {
            attach(attempt, session, present);
            return;
        }
        session.inTransition(!present);   // one that is there already goes on taking messages
        broker.journal().write(changes, 0, failure -> {
            if (!present) {
                session.inTransition(false);
            }
            boolean open = attempt.connection.isOpen();
            if (failure == null && open && (session.connection() != null || broker.session(session.clientId()) != session
                    || session.isInTransition())) {
                open(attempt);   // someone else came first
                return;
            }
            if (failure == null && open) {
                attach(attempt, session, present);
                return;
            }
            if (failure == null && attempt.will != null) {
                new WillPublication(broker, attempt.will).clear();   // it was never accepted
            }
            if (!present && (failure != null || !session.isDurable())) {
                broker.forgetSession(session);
                session.end();
            }
            if (open) {
                attempt.connection.fail("the journal failed");
            }
        });
    }

    private void resume(Attempt attempt, Session session) {
        session.seenMillis(System.currentTimeMillis());
        if (!session.principal().equals(attempt.principal())) {
            // one that nobody was verified for goes to the first client that is, with what waits in it
            keepWill(attempt, session, List.of(new SessionChange.SessionOpened(session.clientId(), attempt.principal(),
                    session.seenMillis())), true);
            return;
        }
        broker.journal().eventually(
                List.of(new SessionChange.SessionSeen(session.clientId(), true, session.seenMillis())), () -> { });
        keepWill(attempt, session, List.of(), true);
    }

    private void attach(Attempt attempt, Session session, boolean present) {
        Connection connection = attempt.connection;
        Outbound outbound = session.isDurable()
                ? new DurableOutbound(session, connection, broker)
                : new MemoryOutbound(session, connection, broker);
        session.principal(attempt.principal());
        session.attach(connection, outbound);
        broker.admission().connection(session.principal(), 1);
        connection.accepted(attempt.client, session, outbound, attempt.will, attempt.keepAliveSeconds);
        connection.out().connack(present);
        if (outbound instanceof DurableOutbound durable) {
            durable.start();
        }
        connection.proceed();
    }
}
