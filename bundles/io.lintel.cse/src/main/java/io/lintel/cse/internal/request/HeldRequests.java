// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import io.lintel.cse.api.RequestCustody;
import io.lintel.cse.api.store.HeldRequest;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.StoreFullException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/**
 * The custody over the store, within limits of number and bytes. Taking a request in is a task of its own, which the
 * store commits together with whatever else is under way. Releases gather while an earlier one is being committed, and
 * are never given up: what the store does not take now is offered again with the next one, or by {@link #flush}.
 */
public final class HeldRequests implements RequestCustody {
    private static final int PAGE = 10_000;

    private final ResourceStore store;
    private final long limit;
    private final long byteLimit;
    private final Map<Long, Receipt> toRelease = new LinkedHashMap<>();
    private boolean releasing;
    private long number;
    private long bytes;

    /** Counts what is in custody since the last run. */
    public HeldRequests(ResourceStore store, long limit, long byteLimit) {
        this.store = store;
        this.limit = limit;
        this.byteLimit = byteLimit;
        HeldRequest.Total total = store.heldTotal();
        this.number = total.number();
        this.bytes = total.bytes();
    }

    @Override
    public CompletionStage<Receipt> keep(String holder, String envelope, byte[] message) {
        HeldRequest request = new HeldRequest(0, holder, envelope, message);
        int size = request.bytes();
        synchronized (this) {
            if (number >= limit || bytes + size > byteLimit) {
                return CompletableFuture.failedFuture(new StoreFullException(number + " requests are in custody already"));
            }
            number++;
            bytes += size;
        }
        return store.write(writer -> new Receipt(writer.keep(request), size)).whenComplete((receipt, failure) -> {
            if (failure != null) {
                forget(1, size);
            }
        });
    }

    @Override
    public void release(Receipt receipt) {
        synchronized (this) {
            toRelease.put(receipt.number(), receipt);
        }
        flush();
    }

    /** Offers the store what is to be released. */
    public void flush() {
        List<Receipt> batch;
        synchronized (this) {
            if (releasing || toRelease.isEmpty()) {
                return;
            }
            releasing = true;
            batch = List.copyOf(toRelease.values());
        }
        store.write(writer -> {
            batch.forEach(receipt -> writer.release(receipt.number()));
            return batch;
        }).whenComplete((done, failure) -> released(batch, failure == null));
    }

    private void released(List<Receipt> batch, boolean done) {
        synchronized (this) {
            releasing = false;
            if (done) {
                batch.forEach(receipt -> toRelease.remove(receipt.number()));
                forget(batch.size(), batch.stream().mapToLong(Receipt::bytes).sum());
            }
        }
        if (done) {
            flush();
        }
    }

    private synchronized void forget(long count, long size) {
        number -= count;
        bytes -= size;
    }

    @Override
    public List<Receipt> receipts(String holder) {
        List<Receipt> receipts = new ArrayList<>();
        List<HeldRequest.Mark> page;
        long from = 0;
        do {
            page = store.heldMarks(holder, from, PAGE);
            page.forEach(mark -> receipts.add(new Receipt(mark.number(), mark.bytes())));
            from = page.isEmpty() ? from : page.get(page.size() - 1).number() + 1;
        } while (page.size() == PAGE);
        return receipts;
    }

    @Override
    public List<Held> held(String holder, Receipt from, int most) {
        return store.held(holder, from.number(), most).stream()
                .map(request -> new Held(new Receipt(request.number(), request.bytes()), request.envelope(), request.message()))
                .collect(Collectors.toList());
    }

    /** How many requests are in custody. */
    public synchronized long count() {
        return number;
    }
}
