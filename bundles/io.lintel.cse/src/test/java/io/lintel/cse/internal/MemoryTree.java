// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.primitive.ResourceTypes;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The resources of {@link InMemoryResourceStore} with their indexes, and a way back for a task that fails. Not thread-safe. */
final class MemoryTree implements ResourceReader {
    private final Map<String, Resource> byId = new HashMap<>();
    private final Map<String, Long> order = new HashMap<>();
    private final Map<String, NavigableMap<Long, String>> children = new HashMap<>();
    private final Map<String, Map<String, String>> names = new HashMap<>();
    private final Map<String, Map<Long, String>> generated = new HashMap<>();
    private final Deque<Runnable> undo = new ArrayDeque<>();
    private long sequence;

    /** Forgets the way back: what was changed stays. */
    void commit() {
        undo.clear();
    }

    void rollback() {
        while (!undo.isEmpty()) {
            undo.pop().run();
        }
    }

    String newId(int type) {
        return ResourceTypes.ofNumber(type).map(t -> t.memberName().substring(4)).orElse("r") + ++sequence;
    }

    void insert(Resource resource) {
        if (byId.containsKey(resource.id()) || child(resource.parentId(), resource.name()).isPresent()) {
            throw new IllegalStateException("there is already a resource " + resource.id() + " or a sibling " + resource.name());
        }
        if (resource.generated().isPresent()
                && instanceGeneratedAt(resource.parentId(), resource.generated().getAsLong()).isPresent()) {
            throw new IllegalStateException("there is already an instance of " + resource.parentId() + " with this dgt");
        }
        if (!resource.parentId().isEmpty() && !byId.containsKey(resource.parentId())) {
            throw new IllegalStateException("there is no parent " + resource.parentId());
        }
        put(resource, ++sequence);
        undo.push(() -> take(resource));
    }

    void update(Resource resource) {
        Resource before = byId.get(resource.id());
        if (before == null) {
            throw new IllegalStateException("there is no resource " + resource.id());
        }
        byId.put(resource.id(), resource);
        undo.push(() -> byId.put(before.id(), before));
    }

    void delete(Resource resource) {
        if (!children(resource.id(), "", 1).isEmpty()) {
            throw new IllegalStateException(resource.id() + " has children");
        }
        Resource before = byId.get(resource.id());
        if (before == null) {
            throw new IllegalStateException("there is no resource " + resource.id());
        }
        long place = order.get(resource.id());
        take(before);
        undo.push(() -> put(before, place));
    }

    private void put(Resource resource, long place) {
        byId.put(resource.id(), resource);
        order.put(resource.id(), place);
        children.computeIfAbsent(resource.parentId(), key -> new TreeMap<>()).put(place, resource.id());
        names.computeIfAbsent(resource.parentId(), key -> new HashMap<>()).put(resource.name(), resource.id());
        resource.generated().ifPresent(micros -> generated.computeIfAbsent(resource.parentId(), key -> new HashMap<>())
                .put(micros, resource.id()));
    }

    /** Keeps the place in {@link #order}, so that paging goes on after a resource that is gone. */
    private void take(Resource resource) {
        byId.remove(resource.id());
        children.get(resource.parentId()).remove(order.get(resource.id()));
        names.get(resource.parentId()).remove(resource.name());
        resource.generated().ifPresent(micros -> generated.get(resource.parentId()).remove(micros));
    }

    @Override
    public Optional<Resource> byId(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    @Override
    public Optional<Resource> child(String parentId, String name) {
        return Optional.ofNullable(names.getOrDefault(parentId, Map.of()).get(name)).map(byId::get);
    }

    private Stream<Resource> childrenAfter(String parentId, String afterId) {
        NavigableMap<Long, String> all = children.getOrDefault(parentId, new TreeMap<>());
        return (afterId.isEmpty() ? all : all.tailMap(order.get(afterId), false)).values().stream().map(byId::get);
    }

    @Override
    public List<Resource> children(String parentId, String afterId, int limit) {
        return childrenAfter(parentId, afterId).limit(limit).toList();
    }

    @Override
    public List<Resource> children(String parentId, int type, String afterId, int limit) {
        return childrenAfter(parentId, afterId).filter(resource -> resource.type() == type).limit(limit).toList();
    }

    @Override
    public List<Resource> ofType(int type, String afterId, int limit) {
        long after = afterId.isEmpty() ? -1 : order.get(afterId);
        return byId.values().stream().filter(resource -> resource.type() == type && order.get(resource.id()) > after)
                .sorted(Comparator.comparing(resource -> order.get(resource.id()))).limit(limit).toList();
    }

    private static boolean isInstance(Resource resource) {
        return ResourceTypes.isInstance(resource.type());
    }

    @Override
    public Optional<Resource> newestInstance(String parentId) {
        return children.getOrDefault(parentId, new TreeMap<>()).descendingMap().values().stream().map(byId::get)
                .filter(MemoryTree::isInstance).findFirst();
    }

    @Override
    public Optional<Resource> oldestInstance(String parentId) {
        return childrenAfter(parentId, "").filter(MemoryTree::isInstance).findFirst();
    }

    @Override
    public Optional<Resource> instanceGeneratedAt(String parentId, long micros) {
        return Optional.ofNullable(generated.getOrDefault(parentId, Map.of()).get(micros)).map(byId::get);
    }

    @Override
    public List<Resource> expired(long atMillis, int limit) {
        return byId.values().stream().filter(resource -> resource.expiration() <= atMillis)
                .sorted(Comparator.comparing(Resource::expiration)).limit(limit).toList();
    }

    int size() {
        return byId.size();
    }
}
