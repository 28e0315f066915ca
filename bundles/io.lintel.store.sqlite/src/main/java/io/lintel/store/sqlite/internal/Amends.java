// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts right, after {@link Salvage}, what tables say of each other when rows of one are lost. The count of references that
 * each message carries tells what was there: as long as the queues are whole, it even gives a lost table of retained
 * messages back. A message whose every queue is lost goes to table {@code damaged}: it was acknowledged, and for whom it
 * was cannot be told. Counters that are lost go on far above all numbers in sight.
 */
final class Amends {
    /** More numbers than a node uses in its life, and far less than there are. */
    private static final long MARGIN = 1L << 32;

    private final Connection fresh;
    private final List<String> report = new ArrayList<>();

    Amends(Connection fresh) {
        this.fresh = fresh;
    }

    /** @param lossy names of the tables that lost rows; gives what else is to be told */
    List<String> make(List<String> lossy) throws SQLException {
        if (lossy.contains("meta")) {
            counter("number", "SELECT n AS used FROM res UNION ALL SELECT seq FROM inst UNION ALL SELECT n FROM resp UNION ALL "
                    + "SELECT (n >> 8) & 17592186044415 FROM outb UNION ALL SELECT c FROM sess UNION ALL "
                    + "SELECT c FROM mq UNION ALL SELECT n FROM custody UNION ALL "
                    + "SELECT n FROM damaged");
            counter("message", "SELECT id AS used FROM msg UNION ALL SELECT id FROM mq UNION ALL SELECT id FROM retained "
                    + "UNION ALL SELECT n FROM will");
        }
        if (lossy.contains("sess")) {
            for (String table : List.of("sub", "inb", "mq")) {
                tell(update("DELETE FROM " + table + " WHERE c NOT IN (SELECT c FROM sess)"),
                        "rows of table " + table + " belonged to sessions that are lost");
            }
        }
        if (lossy.stream().anyMatch(List.of("sess", "mq", "msg", "retained")::contains)) {
            references(lossy.contains("retained") && !lossy.contains("mq") && !lossy.contains("sess"));
        }
        if (lossy.contains("res") || lossy.contains("inst")) {
            update("UPDATE res SET ni = (SELECT COUNT(*) FROM inst WHERE inst.pi = res.n)");
            tell(number("SELECT (SELECT COUNT(*) FROM inst WHERE pi NOT IN (SELECT n FROM res)) "
                    + "+ (SELECT COUNT(*) FROM res WHERE pi <> 0 AND pi NOT IN (SELECT n FROM res))"),
                    "resources have lost the one they are below");
        }
        return report;
    }

    private void counter(String key, String used) throws SQLException {
        if (number("SELECT v FROM meta WHERE k = '" + key + "'") == 0) {
            update("UPDATE meta SET v = " + MARGIN + " + (SELECT COALESCE(MAX(used), 0) FROM (" + used
                    + ")) WHERE k = '" + key + "'");
        }
    }

    private void references(boolean retainedCanBeTold) throws SQLException {
        String named = "INSERT INTO temp.named SELECT id, COUNT(*) FROM "
                + "(SELECT id FROM mq UNION ALL SELECT id FROM retained) GROUP BY id";
        update("CREATE TEMP TABLE named (id INTEGER PRIMARY KEY, times INTEGER NOT NULL)");
        update(named);
        if (retainedCanBeTold) {
            tell(update("INSERT OR IGNORE INTO retained (topic, id) SELECT topic, m.id FROM msg m "
                    + "LEFT JOIN temp.named n ON n.id = m.id WHERE m.refs > COALESCE(n.times, 0) ORDER BY m.id DESC"),
                    "retained messages were found again by their references");
            update("DELETE FROM temp.named");
            update(named);
        }
        tell(number("SELECT COALESCE(SUM(refs - COALESCE(times, 0)), 0) FROM msg m LEFT JOIN temp.named n ON n.id = m.id "
                + "WHERE refs > COALESCE(times, 0)"), "places of messages in queues or among the retained are lost");
        tell(number("SELECT COUNT(*) FROM temp.named WHERE id NOT IN (SELECT id FROM msg)"),
                "messages are lost that a queue or a topic names; each is reported when its turn comes");
        tell(update("INSERT INTO damaged (n, at, what, content) SELECT (SELECT v FROM meta WHERE k = 'number') "
                + "+ ROW_NUMBER() OVER (ORDER BY id), " + System.currentTimeMillis()
                + ", 'message ' || id || ' on topic ''' || topic || ''', of which no queue is known any more', payload FROM msg "
                + "WHERE id NOT IN (SELECT id FROM temp.named)"),
                "messages of which no queue is known any more are in table damaged");
        update("UPDATE meta SET v = MAX(v, (SELECT COALESCE(MAX(n), 0) FROM damaged)) WHERE k = 'number'");
        update("DELETE FROM msg WHERE id NOT IN (SELECT id FROM temp.named)");
        update("UPDATE msg SET refs = (SELECT times FROM temp.named n WHERE n.id = msg.id)");
        update("DROP TABLE temp.named");
    }

    private void tell(long count, String what) {
        if (count > 0) {
            report.add(count + " " + what);
        }
    }

    private long update(String sql) throws SQLException {
        try (Statement statement = fresh.createStatement()) {
            return statement.executeUpdate(sql);
        }
    }

    private long number(String sql) throws SQLException {
        try (Statement statement = fresh.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            return result.next() ? result.getLong(1) : 0;
        }
    }
}
