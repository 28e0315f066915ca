// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.MqttServerAdministration.ConnectionView;
import io.lintel.mqtt.server.MqttServerAdministration.SessionView;
import io.lintel.mqtt.server.SessionStore.StoredSubscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes what an administrator sees of a session. On the event loop. */
final class SessionViews {
    private SessionViews() {
    }

    static SessionView of(Session session) {
        List<StoredSubscription> subscriptions = new ArrayList<>(session.subscriptions().size());
        session.subscriptions().forEach((filter, qos) -> subscriptions.add(new StoredSubscription(filter, qos)));
        return new SessionView(session.clientId(), session.knownPrincipal(), session.isDurable(),
                Optional.ofNullable(session.connection()).map(SessionViews::of), session.seenMillis(), subscriptions,
                session.queuedMessages(), session.queuedBytes(), session.outbound() == null ? 0 : session.outbound().inFlight(),
                session.traffic().all(), session.traffic().lastMinute());
    }

    private static ConnectionView of(Connection connection) {
        return new ConnectionView(Listener.text(connection.address()), connection.client().listener(), connection.sinceMillis(),
                connection.keepAliveSeconds(), Optional.ofNullable(connection.will()).map(Will::topic),
                        connection.isHoldingBack());
    }
}
