// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.cse.api.store.HeldRequest;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.primitive.ResponsePrimitive;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Changes as their net effect: what a task did, or the tasks of a batch together. The writer keeps them beside the
 * database until the batch ends, so that a container that a batch updates 60 times is written once, and so that a task
 * that throws leaves nothing. Writer thread only.
 */
final class Changes {
    /** By resource ID. */
    final Map<String, Net> resources = new LinkedHashMap<>();
    /** Names that were taken, with the ID that has them, or given up, with empty text. */
    final Map<ChildKey, String> names = new HashMap<>();
    /** Times at which instances were generated, with the ID of the one that has it, or, given up, with empty text. */
    final Map<GeneratedKey, String> generated = new HashMap<>();
    /** Instances inserted and still there, by parent and number. */
    final Map<Long, TreeMap<Long, String>> inserted = new HashMap<>();
    /** By delivery key. */
    final Map<String, StoredResponse> responses = new LinkedHashMap<>();
    final Map<Long, Queued> enqueued = new LinkedHashMap<>();
    /** The newest item of each key of which only the newest matters, among those enqueued. */
    final Map<String, Queued> latest = new HashMap<>();
    final Set<Long> dequeued = new HashSet<>();
    /** Requests taken into custody, by number. */
    final Map<Long, HeldRequest> held = new LinkedHashMap<>();
    final Set<Long> released = new HashSet<>();
    /** Statements of the MQTT server's journal, in order. */
    final List<Statement> journal = new ArrayList<>();

    boolean isEmpty() {
        return resources.isEmpty() && responses.isEmpty() && enqueued.isEmpty() && dequeued.isEmpty() && held.isEmpty()
                && released.isEmpty() && journal.isEmpty();
    }

    void clear() {
        resources.clear();
        names.clear();
        generated.clear();
        inserted.clear();
        responses.clear();
        enqueued.clear();
        latest.clear();
        dequeued.clear();
        held.clear();
        released.clear();
        journal.clear();
    }

    /** A resource is now another than before; either may be null. */
    void put(String id, Row before, Row now) {
        Net earlier = resources.get(id);
        resources.put(id, new Net(earlier == null ? before : earlier.old(), now));
        if (before != null && (now == null || now.number() != before.number())) {
            names.put(new ChildKey(before.parent(), before.resource().name()), "");
            if (before.isInstance()) {
                before.resource().generated().ifPresent(micros ->
                        generated.put(new GeneratedKey(before.parent(), micros), ""));
                TreeMap<Long, String> siblings = inserted.get(before.parent());
                if (siblings != null) {
                    siblings.remove(before.number());
                }
            }
        }
        if (now != null && (before == null || now.number() != before.number())) {
            names.put(new ChildKey(now.parent(), now.resource().name()), id);
            if (now.isInstance()) {
                now.resource().generated().ifPresent(micros -> generated.put(new GeneratedKey(now.parent(), micros), id));
                inserted.computeIfAbsent(now.parent(), parent -> new TreeMap<>()).put(now.number(), id);
            }
        }
    }

    void enqueue(Queued queued) {
        enqueued.put(queued.item().sequence(), queued);
        if (!queued.item().latestKey().isEmpty()) {
            latest.put(queued.item().latestKey(), queued);
        }
    }

    void dequeue(long sequence) {
        Queued own = enqueued.remove(sequence);
        if (own == null) {
            dequeued.add(sequence);
        } else {
            latest.remove(own.item().latestKey(), own);
        }
    }

    void release(long number) {
        if (held.remove(number) == null) {
            released.add(number);
        }
    }

    /** Adds what happened later. */
    void absorb(Changes later) {
        later.resources.forEach((id, net) -> put(id, net.old(), net.now()));
        // a name given up by one resource and taken by another is in the order of the resources only by chance
        names.putAll(later.names);
        generated.putAll(later.generated);
        responses.putAll(later.responses);
        later.dequeued.forEach(this::dequeue);
        later.enqueued.values().forEach(this::enqueue);
        later.released.forEach(this::release);
        held.putAll(later.held);
        journal.addAll(later.journal);
    }

    /** @param old as the database has it, or null; @param now as it is to be, or null for none */
    record Net(Row old, Row now) {

        boolean deletes() {
            return old != null && (now == null || now.number() != old.number());
        }

        boolean inserts() {
            return now != null && (old == null || now.number() != old.number());
        }

        boolean updates() {
            return old != null && now != null && now.number() == old.number();
        }
    }

    /** @param document the item as it is stored */
    record Queued(OutboundItem item, byte[] document) {
    }

    /** A time below a parent. */
    record GeneratedKey(long parent, long micros) {
    }

    /** A name below a parent. */
    record ChildKey(long parent, String name) {
    }

    /** @param replaces whether the database may hold one of this key already */
    record StoredResponse(ResponsePrimitive response, long until, boolean replaces) {
    }

    /** An SQL statement with its parameters. */
    record Statement(String sql, Object... parameters) {
    }
}
