// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.cse.api.store.HeldRequest;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.store.jdbc.Changes.Net;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Turns {@link Changes} into SQL, in an order in which no unique name is taken before it is free: deletions, insertions,
 * updates. Nothing here is expected to fail for a reason other than the disk or the connection. Writer thread only.
 */
final class ChangeWriter {
    private static final String DELETE_RES = "DELETE FROM res WHERE n = ?";
    private static final String DELETE_INST = "DELETE FROM inst WHERE pi = ? AND seq = ?";
    private static final String INSERT_RES = "INSERT INTO res (n, pi, id, rn, ty, et, ni, doc) VALUES (?, ?, ?, ?, ?, ?, 0, ?)";
    private static final String INSERT_INST = "INSERT INTO inst (pi, seq, rn, ty, et, doc, dgt) VALUES (?, ?, ?, ?, ?, ?, ?)";
    private static final String UPDATE_RES = "UPDATE res SET doc = ? WHERE n = ?";
    private static final String UPDATE_RES_AND_EXPIRATION = "UPDATE res SET doc = ?, et = ? WHERE n = ?";
    private static final String UPDATE_INST = "UPDATE inst SET doc = ?, et = ? WHERE pi = ? AND seq = ?";
    private static final String COUNT_INSTANCES = "UPDATE res SET ni = ni + ? WHERE n = ?";
    private static final String INSERT_RESPONSE = "INSERT INTO resp (n, kh, k, until, doc) VALUES (?, ?, ?, ?, ?)";
    private static final String DELETE_RESPONSE = "DELETE FROM resp WHERE kh = ? AND k = ?";
    private static final String INSERT_OUTBOUND = "INSERT INTO outb (n, target, until, doc, kind, size, since, k) "
            + "VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String DELETE_OUTBOUND = "DELETE FROM outb WHERE n = ?";
    private static final String INSERT_HELD = "INSERT INTO custody (n, holder, size, envelope, message) VALUES (?, ?, ?, ?, ?)";
    private static final String DELETE_HELD = "DELETE FROM custody WHERE n = ?";

    /** Those that look for a row. */
    static final List<String> CHANGES = List.of(DELETE_RES, DELETE_INST, UPDATE_RES, UPDATE_RES_AND_EXPIRATION, UPDATE_INST,
            COUNT_INSTANCES, DELETE_RESPONSE, DELETE_OUTBOUND, DELETE_HELD);

    private final Numbers numbers;
    private final StoredResponses responses;

    ChangeWriter(Numbers numbers, StoredResponses responses) {
        this.numbers = numbers;
        this.responses = responses;
    }

    void write(Sql sql, Changes changes) throws SQLException {
        Map<Long, Long> instanceCounts = new HashMap<>();
        for (Net net : changes.resources.values()) {
            if (net.deletes()) {
                delete(sql, net.old(), instanceCounts);
            }
        }
        for (Net net : changes.resources.values()) {
            if (net.inserts()) {
                insert(sql, net.now(), instanceCounts);
            }
        }
        for (Net net : changes.resources.values()) {
            if (net.updates()) {
                update(sql, net);
            }
        }
        for (Map.Entry<Long, Long> count : instanceCounts.entrySet()) {
            if (count.getValue() != 0) {
                sql.update(COUNT_INSTANCES, count.getValue(), count.getKey());
            }
        }
        for (Map.Entry<String, Changes.StoredResponse> entry : changes.responses.entrySet()) {
            byte[] key = Texts.key(entry.getKey());
            long digest = Texts.digest(key);
            if (entry.getValue().replaces()) {
                sql.update(DELETE_RESPONSE, digest, key);
            }
            byte[] document = Documents.ofResponse(entry.getValue().response());
            sql.update(INSERT_RESPONSE, numbers.next(), digest, key, entry.getValue().until(), document);
            responses.added(document.length);
        }
        for (long sequence : changes.dequeued) {
            sql.update(DELETE_OUTBOUND, sequence);
        }
        for (Changes.Queued queued : changes.enqueued.values()) {
            OutboundItem item = queued.item();
            sql.update(INSERT_OUTBOUND, item.sequence(), Texts.key(item.target()), item.expiration(), queued.document(),
                    item.kind().code(), item.bytes(), item.since(),
                    item.latestKey().isEmpty() ? Sql.Missing.BYTES : Texts.key(item.latestKey()));
        }
        for (long number : changes.released) {
            sql.update(DELETE_HELD, number);
        }
        for (HeldRequest held : changes.held.values()) {
            sql.update(INSERT_HELD, held.number(), Texts.key(held.holder()), held.bytes(), Texts.key(held.envelope()),
                    held.message());
        }
        for (Changes.Statement statement : changes.journal) {
            sql.update(statement.sql(), statement.parameters());
        }
    }

    private static void delete(Sql sql, Row row, Map<Long, Long> instanceCounts) throws SQLException {
        if (row.isInstance()) {
            sql.update(DELETE_INST, row.parent(), row.number());
            instanceCounts.merge(row.parent(), -1L, Long::sum);
        } else {
            sql.update(DELETE_RES, row.number());
        }
    }

    private static void insert(Sql sql, Row row, Map<Long, Long> instanceCounts) throws SQLException {
        Resource resource = row.resource();
        byte[] document = Documents.ofResource(resource);
        if (row.isInstance()) {
            Object name = resource.name().equals(resource.id()) ? Sql.Missing.TEXT : resource.name();
            OptionalLong generated = resource.generated();
            sql.update(INSERT_INST, row.parent(), row.number(), name, resource.type(), expiration(resource), document,
                    generated.isPresent() ? (Object) generated.getAsLong() : Sql.Missing.NUMBER);
            instanceCounts.merge(row.parent(), 1L, Long::sum);
        } else {
            sql.update(INSERT_RES, row.number(), row.parent(), resource.id(), resource.name(), resource.type(),
                    expiration(resource), document);
        }
    }

    private static void update(Sql sql, Net net) throws SQLException {
        Resource resource = net.now().resource();
        byte[] document = Documents.ofResource(resource);
        if (net.now().isInstance()) {
            sql.update(UPDATE_INST, document, expiration(resource), net.now().parent(), net.now().number());
        } else if (net.old().resource().expiration() == resource.expiration()) {
            // an index that the statement does not name is not rewritten
            sql.update(UPDATE_RES, document, net.now().number());
        } else {
            sql.update(UPDATE_RES_AND_EXPIRATION, document, expiration(resource), net.now().number());
        }
    }

    private static Object expiration(Resource resource) {
        return resource.expiration() == Long.MAX_VALUE ? Sql.Missing.NUMBER : (Object) resource.expiration();
    }
}
