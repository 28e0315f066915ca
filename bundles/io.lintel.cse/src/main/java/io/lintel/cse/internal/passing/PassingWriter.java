// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.passing;

import io.lintel.cse.api.store.HeldRequest;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.OutboundTotal;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.primitive.ResponsePrimitive;
import java.util.List;
import java.util.Optional;

/** A task's writer that passes everything on to another, as {@link PassingStore}. The writer's thread, inside a task. */
public class PassingWriter implements ResourceWriter {
    private final ResourceWriter writer;

    protected PassingWriter(ResourceWriter writer) {
        this.writer = writer;
    }

    @Override
    public void insert(Resource resource) {
        writer.insert(resource);
    }

    @Override
    public void update(Resource resource) {
        writer.update(resource);
    }

    @Override
    public void delete(Resource resource) {
        writer.delete(resource);
    }

    @Override
    public String newId(int type, String parentId) {
        return writer.newId(type, parentId);
    }

    @Override
    public Optional<ResponsePrimitive> storedResponse(String deliveryKey) {
        return writer.storedResponse(deliveryKey);
    }

    @Override
    public void storeResponse(String deliveryKey, ResponsePrimitive response, long untilMillis) {
        writer.storeResponse(deliveryKey, response, untilMillis);
    }

    @Override
    public OutboundItem enqueue(OutboundItem item) {
        return writer.enqueue(item);
    }

    @Override
    public OutboundItem replace(OutboundItem old, OutboundItem item) {
        return writer.replace(old, item);
    }

    @Override
    public void dequeue(long sequence) {
        writer.dequeue(sequence);
    }

    @Override
    public Optional<OutboundItem> outboundLatest(String latestKey) {
        return writer.outboundLatest(latestKey);
    }

    @Override
    public OutboundTotal outboundTotal(String target) {
        return writer.outboundTotal(target);
    }

    @Override
    public void hold(String target, boolean held) {
        writer.hold(target, held);
    }

    @Override
    public long keep(HeldRequest request) {
        return writer.keep(request);
    }

    @Override
    public void release(long number) {
        writer.release(number);
    }

    @Override
    public Optional<Resource> byId(String id) {
        return writer.byId(id);
    }

    @Override
    public Optional<Resource> child(String parentId, String name) {
        return writer.child(parentId, name);
    }

    @Override
    public List<Resource> children(String parentId, String afterId, int limit) {
        return writer.children(parentId, afterId, limit);
    }

    @Override
    public List<Resource> children(String parentId, int type, String afterId, int limit) {
        return writer.children(parentId, type, afterId, limit);
    }

    @Override
    public List<Resource> ofType(int type, String afterId, int limit) {
        return writer.ofType(type, afterId, limit);
    }

    @Override
    public Optional<Resource> newestInstance(String parentId) {
        return writer.newestInstance(parentId);
    }

    @Override
    public Optional<Resource> oldestInstance(String parentId) {
        return writer.oldestInstance(parentId);
    }

    @Override
    public Optional<Resource> instanceGeneratedAt(String parentId, long micros) {
        return writer.instanceGeneratedAt(parentId, micros);
    }

    @Override
    public List<Resource> expired(long atMillis, int limit) {
        return writer.expired(atMillis, limit);
    }
}
