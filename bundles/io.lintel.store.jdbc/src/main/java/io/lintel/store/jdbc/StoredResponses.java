// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps the stored responses within their limits, however many requests come: those whose time is over go, and when
 * there are too many, or they are too large, the oldest. Their number is estimated from what was inserted, which is
 * never too low, and counted only at first and when the estimate is over the limit; then a little more goes than must,
 * so that the next count is far away. Runs between batches, a bite at a time. Writer thread only.
 */
final class StoredResponses {
    static final String RESPONSES = "SELECT n, until FROM resp WHERE n > ? ORDER BY n LIMIT ?";
    static final String SIZES = "SELECT n, LENGTH(doc) FROM resp WHERE n > ? ORDER BY n LIMIT ?";
    static final String DELETE = "DELETE FROM resp WHERE n = ?";
    private static final String COUNT = "SELECT COUNT(*), COALESCE(SUM(LENGTH(doc)), 0) FROM resp";
    private static final int BITE = 512;
    private static final int BITES = 16;
    /** What goes beyond the limit is a sixteenth of it. */
    private static final int SLACK = 16;

    private final Database database;
    private final long limit;
    private final long byteLimit;
    private boolean counted;
    private long number;
    private long bytes;
    private long sweptTo;

    StoredResponses(Database database, StoreSettings settings) {
        this.database = database;
        this.limit = settings.responses();
        this.byteLimit = settings.responseBytes();
    }

    private void count(Sql sql) throws SQLException {
        long[] sum = sql.query(result -> {
            result.next();
            return new long[] {result.getLong(1), result.getLong(2)};
        }, COUNT);
        number = sum[0];
        bytes = sum[1];
        counted = true;
    }

    /** A response was written; it may have replaced another. */
    void added(int size) {
        number++;
        bytes += size;
    }

    /** Now and then. */
    void upkeep(Sql sql, long now) throws SQLException {
        int bites = 0;
        boolean more = true;
        while (more && bites++ < BITES) {
            more = sweep(sql, 0, now).over() == BITE;
        }
        sweptTo = sweep(sql, sweptTo, now).next();
        if (!counted || number > limit || bytes > byteLimit) {
            count(sql);
        }
        if (number > limit || bytes > byteLimit) {
            evict(sql);
        }
    }

    private void evict(Sql sql) throws SQLException {
        long most = limit - limit / SLACK;
        long mostBytes = byteLimit - byteLimit / SLACK;
        while (number > most || bytes > mostBytes) {
            List<Long> oldest = new ArrayList<>();
            long[] left = {number, bytes};
            sql.query(result -> {
                while (result.next() && (left[0] > most || left[1] > mostBytes)) {
                    oldest.add(result.getLong(1));
                    left[0]--;
                    left[1] -= result.getLong(2);
                }
                return null;
            }, SIZES, 0L, BITE);
            if (oldest.isEmpty()) {
                return;
            }
            delete(sql, oldest);
            number = left[0];
            bytes = left[1];
        }
    }

    private Swept sweep(Sql sql, long after, long now) throws SQLException {
        long[] last = {0};
        int[] seen = {0};
        List<Long> over = sql.query(result -> {
            List<Long> found = new ArrayList<>();
            while (result.next()) {
                seen[0]++;
                last[0] = result.getLong(1);
                if (result.getLong(2) <= now) {
                    found.add(last[0]);
                }
            }
            return found;
        }, RESPONSES, after, BITE);
        delete(sql, over);
        return new Swept(over.size(), seen[0] < BITE ? 0 : last[0]);
    }

    private void delete(Sql sql, List<Long> numbers) throws SQLException {
        if (numbers.isEmpty()) {
            return;
        }
        database.begin(sql.connection());
        for (Long gone : numbers) {
            sql.update(DELETE, gone);
        }
        sql.send();
        database.commit(sql.connection());
    }

    private record Swept(int over, long next) {
    }
}
