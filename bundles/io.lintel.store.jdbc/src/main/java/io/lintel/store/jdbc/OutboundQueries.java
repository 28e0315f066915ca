// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.OutboundTotal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Reads of the outbound queue. Stateless. */
final class OutboundQueries {
    private static final String COLUMNS = "SELECT n, target, until, kind, size, since, k, doc FROM outb ";
    static final String ITEMS = COLUMNS + "WHERE target = ? AND n > ? ORDER BY n LIMIT ?";
    static final String ITEM = COLUMNS + "WHERE n = ?";
    static final String LATEST = COLUMNS + "WHERE k = ? ORDER BY n DESC LIMIT 1";
    static final String EXPIRED = COLUMNS + "WHERE until <= ? ORDER BY until LIMIT ?";
    static final String FIRST_TARGET = "SELECT target FROM outb ORDER BY target LIMIT 1";
    static final String NEXT_TARGET = "SELECT target FROM outb WHERE target > ? ORDER BY target LIMIT 1";
    private static final String TOTALS = "SELECT target, COUNT(*), SUM(size) FROM outb GROUP BY target ORDER BY target";
    private static final String TOTAL = "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM outb";
    private static final String HELD = "SELECT target FROM held";

    private OutboundQueries() {
    }

    /** What an item is besides its document. */
    record Columns(long sequence, String target, long until, OutboundItem.Kind kind, int size, long since, String latestKey) {
    }

    static List<OutboundItem> items(Sql sql, String target, long after, int limit) throws SQLException {
        return sql.query(OutboundQueries::read, ITEMS, Texts.key(target), after, limit);
    }

    static List<OutboundItem> item(Sql sql, long sequence) throws SQLException {
        return sql.query(OutboundQueries::read, ITEM, sequence);
    }

    static List<OutboundItem> latest(Sql sql, String key) throws SQLException {
        return sql.query(OutboundQueries::read, LATEST, Texts.key(key));
    }

    static List<OutboundItem> expired(Sql sql, long at, int limit) throws SQLException {
        return sql.query(OutboundQueries::read, EXPIRED, at, limit);
    }

    private static List<OutboundItem> read(ResultSet result) throws SQLException {
        List<OutboundItem> items = new ArrayList<>();
        while (result.next()) {
            byte[] key = result.getBytes(7);
            Columns columns = new Columns(result.getLong(1), Texts.ofKey(result.getBytes(2)), result.getLong(3),
                    OutboundItem.Kind.ofCode(result.getInt(4)).orElse(OutboundItem.Kind.NOTIFICATION), result.getInt(5),
                    result.getLong(6), key == null ? "" : Texts.ofKey(key));
            items.add(Documents.outbound(columns, result.getBytes(8)));
        }
        return items;
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

    static List<OutboundTotal> totals(Sql sql) throws SQLException {
        return sql.query(result -> {
            List<OutboundTotal> totals = new ArrayList<>();
            while (result.next()) {
                totals.add(new OutboundTotal(Texts.ofKey(result.getBytes(1)), result.getLong(2), result.getLong(3)));
            }
            return totals;
        }, TOTALS);
    }

    static OutboundTotal total(Sql sql, String target) throws SQLException {
        Sql.Reading<OutboundTotal> reading = result -> {
            result.next();
            return new OutboundTotal(target, result.getLong(1), result.getLong(2));
        };
        return target.isEmpty() ? sql.query(reading, TOTAL) : sql.query(reading, TOTAL + " WHERE target = ?", Texts.key(target));
    }

    static Set<String> held(Sql sql) throws SQLException {
        return sql.query(result -> {
            Set<String> targets = new LinkedHashSet<>();
            while (result.next()) {
                targets.add(Texts.ofKey(result.getBytes(1)));
            }
            return targets;
        }, HELD);
    }
}
