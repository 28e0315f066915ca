// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.cse.api.store.OutboundItem;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads of the outbound queue. Stateless. */
final class OutboundQueries {
    static final String ITEMS = "SELECT n, until, doc FROM outb WHERE target = ? AND n > ? ORDER BY n LIMIT ?";
    static final String FIRST_TARGET = "SELECT target FROM outb ORDER BY target LIMIT 1";
    static final String NEXT_TARGET = "SELECT target FROM outb WHERE target > ? ORDER BY target LIMIT 1";

    private OutboundQueries() {
    }

    static List<OutboundItem> items(Sql sql, String target, long after, int limit) throws SQLException {
        return sql.query(result -> {
            List<OutboundItem> items = new ArrayList<>();
            while (result.next()) {
                items.add(Documents.outbound(result.getLong(1), target, result.getLong(2), result.getBytes(3)));
            }
            return items;
        }, ITEMS, Texts.key(target), after, limit);
    }

    /** From one target to the next in the index, so that the length of their queues does not matter. */
    static List<String> targets(Sql sql) throws SQLException {
        List<String> targets = new ArrayList<>();
        byte[] target = sql.query(result -> result.next() ? result.getBytes(1) : null, FIRST_TARGET);
        while (target != null) {
            targets.add(Texts.ofKey(target));
            target = sql.query(result -> result.next() ? result.getBytes(1) : null, NEXT_TARGET, target);
        }
        return targets;
    }
}
