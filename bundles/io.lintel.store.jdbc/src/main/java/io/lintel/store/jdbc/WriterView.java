// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.cse.api.store.HeldRequest;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.OutboundTotal;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.api.store.StoreException;
import io.lintel.primitive.ResponsePrimitive;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a task works with. Everything that can be wrong with a change is found here, before any SQL, so that it fails
 * its own task only. Point reads and the two ends of a parent's instances are answered without writing; lists make the
 * batch write its changes first. Writer thread only, one for each task.
 */
final class WriterView implements ResourceWriter {
    static final String RESPONSE = "SELECT doc FROM resp WHERE kh = ? AND k = ? AND until > ?";
    private static final String HOLD = "INSERT INTO held (target, since) VALUES (?, ?)";
    static final String RELEASE = "DELETE FROM held WHERE target = ?";

    private final Batch batch;
    private final Numbers numbers;
    private final Positions positions;
    private final Set<String> newIds = new HashSet<>();
    private final Set<String> unknownDeliveries = new HashSet<>();
    private boolean over;
    private SQLException failure;

    WriterView(Batch batch, Numbers numbers, Positions positions) {
        this.batch = batch;
        this.numbers = numbers;
        this.positions = positions;
    }

    /** The task is over; a writer that it kept serves no more. */
    void end() {
        over = true;
    }

    /** What the database refused during the task, or null. The batch cannot be trusted then, whatever the task did about it. */
    SQLException failure() {
        return failure;
    }

    private <T> T ask(Question<T> question) {
        if (over) {
            throw new IllegalStateException("a task's writer was used after the task");
        }
        try {
            return question.ask();
        } catch (SQLException e) {
            failure = e;
            throw new StoreException("the database failed: " + e.getMessage(), e);
        }
    }

    @Override
    public Optional<Resource> byId(String id) {
        return resource(ask(() -> batch.byId(id)));
    }

    @Override
    public Optional<Resource> child(String parentId, String name) {
        return ask(() -> {
            Long parent = numberOf(parentId);
            return parent == null ? Optional.empty() : resource(batch.child(parent, name));
        });
    }

    /** The number of a resource: 0 for no resource, null if there is none of this ID. */
    private Long numberOf(String id) throws SQLException {
        if (id.isEmpty()) {
            return 0L;
        }
        Row row = batch.byId(id);
        return row == null ? null : (Long) row.number();
    }

    private long after(String id) throws SQLException {
        Long number = numberOf(id);
        return number == null ? positions.of(id) : number;
    }

    @Override
    public List<Resource> children(String parentId, String afterId, int limit) {
        return ask(() -> {
            Long parent = numberOf(parentId);
            long after = after(afterId);
            batch.write();
            return parent == null ? List.of() : resources(ResourceQueries.children(batch.sql(), parent, after, limit));
        });
    }

    @Override
    public List<Resource> children(String parentId, int type, String afterId, int limit) {
        return ask(() -> {
            Long parent = numberOf(parentId);
            long after = after(afterId);
            batch.write();
            return parent == null ? List.of() : resources(ResourceQueries.children(batch.sql(), parent, type, after, limit));
        });
    }

    @Override
    public List<Resource> ofType(int type, String afterId, int limit) {
        return ask(() -> {
            long after = after(afterId);
            batch.write();
            return resources(ResourceQueries.ofType(batch.sql(), type, after, limit));
        });
    }

    @Override
    public Optional<Resource> newestInstance(String parentId) {
        return ask(() -> {
            Long parent = numberOf(parentId);
            return parent == null ? Optional.empty() : resource(batch.newest(parent));
        });
    }

    @Override
    public Optional<Resource> oldestInstance(String parentId) {
        return ask(() -> {
            Long parent = numberOf(parentId);
            return parent == null ? Optional.empty() : resource(batch.oldest(parent));
        });
    }

    @Override
    public Optional<Resource> instanceGeneratedAt(String parentId, long micros) {
        return ask(() -> {
            Long parent = numberOf(parentId);
            return parent == null ? Optional.empty() : resource(batch.generatedAt(parent, micros));
        });
    }

    @Override
    public List<Resource> expired(long atMillis, int limit) {
        return ask(() -> {
            batch.write();
            return resources(ResourceQueries.expired(batch.sql(), atMillis, limit));
        });
    }

    @Override
    public String newId(int type, String parentId) {
        return ask(() -> {
            String id;
            if (Keys.isInstance(type)) {
                Long parent = numberOf(parentId);
                if (parent == null) {
                    throw new IllegalArgumentException("no resource " + parentId + " to be the parent");
                }
                id = Keys.instanceId(type, parent, numbers.next());
            } else {
                do {
                    id = Keys.resourceId(type, numbers.next());
                } while (batch.byId(id) != null);
            }
            newIds.add(id);
            return id;
        });
    }

    @Override
    public void insert(Resource resource) {
        ask(() -> {
            String id = Texts.storable(resource.id());
            String name = Texts.storable(resource.name());
            boolean fresh = newIds.remove(id);
            if (id.isEmpty() || !fresh && batch.byId(id) != null) {
                throw new IllegalArgumentException("a resource " + id + " is there already");
            }
            Long parent = numberOf(resource.parentId());
            if (parent == null) {
                throw new IllegalArgumentException("no resource " + resource.parentId() + " to be the parent of " + id);
            }
            if (!(fresh && name.equals(id)) && batch.child(parent, name) != null) {
                throw new IllegalArgumentException("a child " + name + " of " + resource.parentId() + " is there already");
            }
            OptionalLong generated = resource.generated();
            if (generated.isPresent() && batch.generatedAt(parent, generated.getAsLong()) != null) {
                throw new IllegalArgumentException("an instance of " + resource.parentId() + " with this dgt is there already");
            }
            batch.put(id, null, new Row(resource, parent, settle(resource, parent, fresh)));
            return null;
        });
    }

    private long settle(Resource resource, long parent, boolean fresh) {
        if (!Keys.isInstance(resource.type())) {
            return fresh ? Keys.number(resource.id()) : numbers.next();
        }
        Keys.Instance key = Keys.instance(resource.id());
        if (key == null || key.parent() != parent || key.number() > numbers.last()
                || !Keys.instanceId(resource.type(), parent, key.number()).equals(resource.id())) {
            throw new IllegalArgumentException(resource.id() + " was not made for an instance of type " + resource.type()
                    + " in " + resource.parentId());
        }
        return key.number();
    }

    @Override
    public void update(Resource resource) {
        ask(() -> {
            Row before = existing(resource.id());
            Resource old = before.resource();
            if (old.type() != resource.type() || !old.parentId().equals(resource.parentId())
                    || !old.name().equals(resource.name()) || !old.generated().equals(resource.generated())) {
                throw new IllegalArgumentException("an update of " + resource.id()
                        + " changes its type, its parent, its name or its dgt");
            }
            batch.put(resource.id(), before, before.with(resource));
            return null;
        });
    }

    @Override
    public void delete(Resource resource) {
        ask(() -> {
            Row before = existing(resource.id());
            batch.put(resource.id(), before, null);
            positions.deleted(before);
            return null;
        });
    }

    private Row existing(String id) throws SQLException {
        Row row = batch.byId(id);
        if (row == null) {
            throw new IllegalArgumentException("no resource " + id);
        }
        return row;
    }

    @Override
    public Optional<ResponsePrimitive> storedResponse(String deliveryKey) {
        return ask(() -> {
            long now = System.currentTimeMillis();
            Changes.StoredResponse stored = batch.response(deliveryKey);
            if (stored != null) {
                return stored.until() > now ? Optional.of(stored.response()) : Optional.empty();
            }
            byte[] key = Texts.key(deliveryKey);
            byte[] document = batch.sql().query(result -> result.next() ? result.getBytes(1) : null,
                    RESPONSE, Texts.digest(key), key, now);
            if (document == null) {
                unknownDeliveries.add(deliveryKey);
                return Optional.empty();
            }
            return Optional.of(Documents.response(document));
        });
    }

    @Override
    public void storeResponse(String deliveryKey, ResponsePrimitive response, long untilMillis) {
        ask(() -> {
            boolean replaces = !unknownDeliveries.remove(deliveryKey);
            var stored = new Changes.StoredResponse(response, untilMillis, replaces);
            batch.record(changes -> changes.responses.put(deliveryKey, stored));
            return null;
        });
    }

    @Override
    public OutboundItem enqueue(OutboundItem item) {
        return ask(() -> place(item, OutboundPlace.of(item.rank(), numbers.next())));
    }

    @Override
    public OutboundItem replace(OutboundItem old, OutboundItem item) {
        if (!old.target().equals(item.target()) || OutboundPlace.rank(old.sequence()) != item.rank()) {
            throw new IllegalArgumentException("the item is of another target or rank than " + old.sequence());
        }
        return ask(() -> {
            batch.record(changes -> changes.dequeue(old.sequence()));
            return place(item, OutboundPlace.hasNext(old.sequence()) ? old.sequence() + 1
                    : OutboundPlace.of(item.rank(), numbers.next()));
        });
    }

    private OutboundItem place(OutboundItem item, long place) {
        byte[] document = Documents.ofOutbound(item);
        OutboundItem placed = item.placed(place, document.length);
        batch.record(changes -> changes.enqueue(new Changes.Queued(placed, document)));
        return placed;
    }

    @Override
    public void dequeue(long sequence) {
        ask(() -> {
            batch.record(changes -> changes.dequeue(sequence));
            return null;
        });
    }

    @Override
    public long keep(HeldRequest request) {
        return ask(() -> {
            long number = numbers.next();
            HeldRequest placed = new HeldRequest(number, request.holder(), request.envelope(), request.message());
            batch.record(changes -> changes.held.put(number, placed));
            return number;
        });
    }

    @Override
    public void release(long number) {
        ask(() -> {
            batch.record(changes -> changes.release(number));
            return null;
        });
    }

    @Override
    public Optional<OutboundItem> outboundLatest(String latestKey) {
        return ask(() -> Optional.ofNullable(batch.latestOutbound(latestKey)));
    }

    @Override
    public OutboundTotal outboundTotal(String target) {
        return ask(() -> {
            batch.write();
            return OutboundQueries.total(batch.sql(), target);
        });
    }

    @Override
    public void hold(String target, boolean held) {
        ask(() -> {
            byte[] key = Texts.key(target);
            batch.record(changes -> {
                changes.journal.add(new Changes.Statement(RELEASE, key));
                if (held) {
                    changes.journal.add(new Changes.Statement(HOLD, key, System.currentTimeMillis()));
                }
            });
            return null;
        });
    }

    private static Optional<Resource> resource(Row row) {
        return row == null ? Optional.empty() : Optional.of(row.resource());
    }

    static List<Resource> resources(List<Row> rows) {
        return rows.stream().map(Row::resource).toList();
    }

    private interface Question<T> {
        T ask() throws SQLException;
    }
}
