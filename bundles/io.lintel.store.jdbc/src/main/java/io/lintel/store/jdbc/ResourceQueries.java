// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Reads of the tables res and inst, on whatever connection they are handed: a reader's, or the writer's with its
 * uncommitted changes. Every statement here is answered from a primary key or an index in the order it is read; the
 * tests hold their plans against that. Stateless.
 */
final class ResourceQueries {
    private static final String RES = "SELECT n, pi, id, rn, ty, et, doc FROM res ";
    private static final String INST = "SELECT pi, seq, rn, ty, et, doc FROM inst ";

    static final String BY_ID = RES + "WHERE id = ?";
    static final String INSTANCE = INST + "WHERE pi = ? AND seq = ?";
    static final String CHILD = RES + "WHERE pi = ? AND rn = ?";
    static final String NAMED_INSTANCE = INST + "WHERE pi = ? AND rn = ?";
    static final String GENERATED = INST + "WHERE pi = ? AND dgt = ?";
    static final String CHILDREN = RES + "WHERE pi = ? AND n > ? ORDER BY n LIMIT ?";
    static final String CHILDREN_OF_TYPE = RES + "WHERE pi = ? AND ty = ? AND n > ? ORDER BY n LIMIT ?";
    static final String OF_TYPE = RES + "WHERE ty = ? AND n > ? ORDER BY n LIMIT ?";
    static final String INSTANCES = INST + "WHERE pi = ? AND seq > ? ORDER BY seq LIMIT ?";
    static final String INSTANCES_OF_TYPE = INST + "WHERE ty = ? AND seq > ? ORDER BY seq LIMIT ?";
    static final String NEWEST = INST + "WHERE pi = ? AND seq < ? ORDER BY seq DESC LIMIT ?";
    static final String EXPIRED = RES + "WHERE et <= ? ORDER BY et LIMIT ?";
    static final String EXPIRED_INSTANCES = INST + "WHERE et <= ? ORDER BY et LIMIT ?";
    static final String COUNT = "SELECT COUNT(*) + COALESCE(SUM(ni), 0) FROM res";

    private ResourceQueries() {
    }

    /** Or null. */
    static Row byId(Sql sql, String id) throws SQLException {
        Keys.Instance key = Keys.instance(id);
        if (key != null) {
            Row row = one(sql.query(ResourceQueries::instances, INSTANCE, key.parent(), key.number()));
            if (row != null && row.resource().id().equals(id)) {
                return row;
            }
        }
        return one(sql.query(ResourceQueries::resources, BY_ID, id));
    }

    /** Or null. */
    static Row child(Sql sql, long parent, String name) throws SQLException {
        Row row = one(sql.query(ResourceQueries::resources, CHILD, parent, name));
        if (row != null) {
            return row;
        }
        Keys.Instance key = Keys.instance(name);
        if (key != null && key.parent() == parent) {
            row = one(sql.query(ResourceQueries::instances, INSTANCE, key.parent(), key.number()));
            if (row != null && row.resource().name().equals(name)) {
                return row;
            }
        }
        return one(sql.query(ResourceQueries::instances, NAMED_INSTANCE, parent, name));
    }

    /** Or null. */
    static Row generatedAt(Sql sql, long parent, long micros) throws SQLException {
        return one(sql.query(ResourceQueries::instances, GENERATED, parent, micros));
    }

    static List<Row> children(Sql sql, long parent, long after, int limit) throws SQLException {
        List<Row> rows = new ArrayList<>(sql.query(ResourceQueries::resources, CHILDREN, parent, after, limit));
        rows.addAll(sql.query(ResourceQueries::instances, INSTANCES, parent, after, limit));
        rows.sort(Comparator.comparingLong(Row::number));
        return rows.size() > limit ? rows.subList(0, limit) : rows;
    }

    static List<Row> children(Sql sql, long parent, int type, long after, int limit) throws SQLException {
        if (!Keys.isInstance(type)) {
            return sql.query(ResourceQueries::resources, CHILDREN_OF_TYPE, parent, type, after, limit);
        }
        List<Row> found = new ArrayList<>();
        long position = after;
        while (found.size() < limit) {
            List<Row> page = sql.query(ResourceQueries::instances, INSTANCES, parent, position, limit);
            for (Row row : page) {
                if (row.resource().type() == type && found.size() < limit) {
                    found.add(row);
                }
                position = row.number();
            }
            if (page.size() < limit) {
                break;
            }
        }
        return found;
    }

    static List<Row> ofType(Sql sql, int type, long after, int limit) throws SQLException {
        return Keys.isInstance(type) ? sql.query(ResourceQueries::instances, INSTANCES_OF_TYPE, type, after, limit)
                : sql.query(ResourceQueries::resources, OF_TYPE, type, after, limit);
    }

    /** From the oldest on, after a number. */
    static List<Row> oldest(Sql sql, long parent, long after, int limit) throws SQLException {
        return sql.query(ResourceQueries::instances, INSTANCES, parent, after, limit);
    }

    /** From the newest back, before a number. */
    static List<Row> newest(Sql sql, long parent, long before, int limit) throws SQLException {
        return sql.query(ResourceQueries::instances, NEWEST, parent, before, limit);
    }

    static List<Row> expired(Sql sql, long at, int limit) throws SQLException {
        List<Row> rows = new ArrayList<>(sql.query(ResourceQueries::resources, EXPIRED, at, limit));
        rows.addAll(sql.query(ResourceQueries::instances, EXPIRED_INSTANCES, at, limit));
        rows.sort(Comparator.comparingLong(row -> row.resource().expiration()));
        return rows.size() > limit ? rows.subList(0, limit) : rows;
    }

    static long count(Sql sql) throws SQLException {
        return sql.query(result -> result.next() ? result.getLong(1) : 0, COUNT);
    }

    private static Row one(List<Row> rows) {
        return rows.isEmpty() ? null : rows.get(0);
    }

    private static List<Row> resources(ResultSet result) throws SQLException {
        List<Row> rows = new ArrayList<>();
        while (result.next()) {
            long number = result.getLong(1);
            long parent = result.getLong(2);
            String id = result.getString(3);
            String name = result.getString(4);
            int type = result.getInt(5);
            long expiration = expiration(result, 6);
            rows.add(new Row(Documents.resource(type, id, name, expiration, result.getBytes(7)), parent, number));
        }
        return rows;
    }

    private static List<Row> instances(ResultSet result) throws SQLException {
        List<Row> rows = new ArrayList<>();
        while (result.next()) {
            long parent = result.getLong(1);
            long number = result.getLong(2);
            String name = result.getString(3);
            int type = result.getInt(4);
            String id = Keys.instanceId(type, parent, number);
            long expiration = expiration(result, 5);
            rows.add(new Row(Documents.resource(type, id, name == null ? id : name, expiration, result.getBytes(6)), parent,
                    number));
        }
        return rows;
    }

    private static long expiration(ResultSet result, int column) throws SQLException {
        long expiration = result.getLong(column);
        return result.wasNull() ? Long.MAX_VALUE : expiration;
    }
}
