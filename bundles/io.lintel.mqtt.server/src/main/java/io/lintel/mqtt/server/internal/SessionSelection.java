// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.MqttServerAdministration.SessionQuery;
import io.lintel.mqtt.server.MqttServerAdministration.Traffic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Picks the sessions of a query: looks at them slice by slice on the event loop, then sorts what it noted on the
 * caller's thread. One per query.
 */
final class SessionSelection {
    private final SessionQuery query;
    private final String text;
    private final List<Row> rows = new ArrayList<>();

    SessionSelection(SessionQuery query) {
        this.query = query;
        this.text = query.text().toLowerCase(Locale.ROOT);
    }

    /** @param rank what it is sorted by: lower ones come first */
    private record Row(Session session, long rank) {
    }

    /** On the event loop. */
    Void look(List<Session> slice) {
        for (Session session : slice) {
            if (matches(session)) {
                rows.add(new Row(session, rank(session)));
            }
        }
        return null;
    }

    private boolean matches(Session session) {
        Connection connection = session.connection();
        if (query.connected().isPresent() && query.connected().get() != (connection != null)
                || query.durable().isPresent() && query.durable().get() != session.isDurable()) {
            return false;
        }
        return text.isEmpty() || contains(session.clientId()) || contains(session.principal())
                || connection != null && (contains(Listener.text(connection.address()))
                || contains(connection.client().listener()));
    }

    private boolean contains(String whole) {
        return whole.toLowerCase(Locale.ROOT).contains(text);
    }

    private long rank(Session session) {
        return switch (query.order()) {
            case CLIENT_ID -> 0;
            case QUEUED_MESSAGES -> -session.queuedMessages();
            case QUEUED_BYTES -> -session.queuedBytes();
            case LAST_SEEN -> session.connection() != null ? Long.MAX_VALUE : session.seenMillis();
            case TRAFFIC -> {
                Traffic traffic = session.traffic().lastMinute();
                yield -traffic.bytesIn() - traffic.bytesOut();
            }
        };
    }

    int total() {
        return rows.size();
    }

    /** Those of the page, at most so many. */
    List<Session> page(int most) {
        rows.sort(Comparator.comparingLong(Row::rank).thenComparing(row -> row.session().clientId()));
        int from = Math.min(query.offset(), rows.size());
        int to = Math.min(rows.size(), from + Math.min(most, query.limit()));
        return rows.subList(from, to).stream().map(Row::session).toList();
    }
}
