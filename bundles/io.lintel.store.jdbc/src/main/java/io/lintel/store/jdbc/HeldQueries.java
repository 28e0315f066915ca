// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.cse.api.store.HeldRequest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads of the requests in custody. Stateless. */
final class HeldQueries {
    static final String REQUESTS = "SELECT n, envelope, message FROM custody WHERE holder = ? AND n >= ? ORDER BY n LIMIT ?";
    static final String MARKS = "SELECT n, size FROM custody WHERE holder = ? AND n >= ? ORDER BY n LIMIT ?";
    /** Asked once, when the CSE opens. */
    private static final String TOTAL = "SELECT COUNT(*), COALESCE(SUM(size), 0) FROM custody";

    private HeldQueries() {
    }

    static List<HeldRequest> requests(Sql sql, String holder, long from, int limit) throws SQLException {
        return sql.query(result -> {
            List<HeldRequest> requests = new ArrayList<>();
            while (result.next()) {
                requests.add(new HeldRequest(result.getLong(1), holder, Texts.ofKey(result.getBytes(2)), result.getBytes(3)));
            }
            return requests;
        }, REQUESTS, Texts.key(holder), from, limit);
    }

    static List<HeldRequest.Mark> marks(Sql sql, String holder, long from, int limit) throws SQLException {
        return sql.query(result -> {
            List<HeldRequest.Mark> marks = new ArrayList<>();
            while (result.next()) {
                marks.add(new HeldRequest.Mark(result.getLong(1), result.getInt(2)));
            }
            return marks;
        }, MARKS, Texts.key(holder), from, limit);
    }

    static HeldRequest.Total total(Sql sql) throws SQLException {
        return sql.query(result -> {
            result.next();
            return new HeldRequest.Total(result.getLong(1), result.getLong(2));
        }, TOTAL);
    }
}
