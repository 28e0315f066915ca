// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.passing;

import io.lintel.cse.api.store.HeldRequest;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.OutboundTotal;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.WriteTask;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * A store that passes everything on to another: for those that look on, or have something to add, and need but a few of its
 * methods for that. Any thread, as the store behind it.
 */
public class PassingStore implements ResourceStore {
    private final ResourceStore store;

    protected PassingStore(ResourceStore store) {
        this.store = store;
    }

    @Override
    public <T> CompletionStage<T> write(WriteTask<T> task) {
        return store.write(task);
    }

    @Override
    public Optional<Resource> byId(String id) {
        return store.byId(id);
    }

    @Override
    public Optional<Resource> child(String parentId, String name) {
        return store.child(parentId, name);
    }

    @Override
    public List<Resource> children(String parentId, String afterId, int limit) {
        return store.children(parentId, afterId, limit);
    }

    @Override
    public List<Resource> children(String parentId, int type, String afterId, int limit) {
        return store.children(parentId, type, afterId, limit);
    }

    @Override
    public List<Resource> ofType(int type, String afterId, int limit) {
        return store.ofType(type, afterId, limit);
    }

    @Override
    public Optional<Resource> newestInstance(String parentId) {
        return store.newestInstance(parentId);
    }

    @Override
    public Optional<Resource> oldestInstance(String parentId) {
        return store.oldestInstance(parentId);
    }

    @Override
    public Optional<Resource> instanceGeneratedAt(String parentId, long micros) {
        return store.instanceGeneratedAt(parentId, micros);
    }

    @Override
    public List<Resource> expired(long atMillis, int limit) {
        return store.expired(atMillis, limit);
    }

    @Override
    public List<OutboundItem> outbound(String target, long afterSequence, int limit) {
        return store.outbound(target, afterSequence, limit);
    }

    @Override
    public Optional<OutboundItem> outboundItem(long sequence) {
        return store.outboundItem(sequence);
    }

    @Override
    public List<OutboundItem> outboundExpired(long atMillis, int limit) {
        return store.outboundExpired(atMillis, limit);
    }

    @Override
    public List<String> outboundTargets() {
        return store.outboundTargets();
    }

    @Override
    public List<OutboundTotal> outboundTotals() {
        return store.outboundTotals();
    }

    @Override
    public Set<String> outboundHeld() {
        return store.outboundHeld();
    }

    @Override
    public List<HeldRequest> held(String holder, long fromNumber, int limit) {
        return store.held(holder, fromNumber, limit);
    }

    @Override
    public List<HeldRequest.Mark> heldMarks(String holder, long fromNumber, int limit) {
        return store.heldMarks(holder, fromNumber, limit);
    }

    @Override
    public HeldRequest.Total heldTotal() {
        return store.heldTotal();
    }

    @Override
    public long resourceCount() {
        return store.resourceCount();
    }
}
