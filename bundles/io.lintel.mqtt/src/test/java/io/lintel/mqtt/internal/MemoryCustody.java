// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.RequestCustody;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** A custody without a disk, with a limit, that survives what a test calls a restart. */
final class MemoryCustody implements RequestCustody {
    private record Kept(String holder, Held held) {
    }

    private final NavigableMap<Long, Kept> kept = new TreeMap<>();
    private final int limit;
    private long numbers;
    private int most;

    MemoryCustody(int limit) {
        this.limit = limit;
    }

    @Override
    public synchronized CompletionStage<Receipt> keep(String holder, String envelope, byte[] message) {
        if (kept.size() >= limit) {
            return CompletableFuture.failedFuture(new IllegalStateException("full"));
        }
        Receipt receipt = new Receipt(++numbers, message.length);
        kept.put(receipt.number(), new Kept(holder, new Held(receipt, envelope, message)));
        most = Math.max(most, kept.size());
        return CompletableFuture.completedFuture(receipt);
    }

    @Override
    public synchronized void release(Receipt receipt) {
        kept.remove(receipt.number());
    }

    @Override
    public synchronized List<Receipt> receipts(String holder) {
        return kept.values().stream().filter(one -> one.holder().equals(holder)).map(one -> one.held().receipt())
                .collect(Collectors.toList());
    }

    @Override
    public synchronized List<Held> held(String holder, Receipt from, int count) {
        return kept.tailMap(from.number(), true).values().stream().filter(one -> one.holder().equals(holder)).limit(count)
                .map(Kept::held).collect(Collectors.toList());
    }

    synchronized int size() {
        return kept.size();
    }

    /** The most there ever were at a time. */
    synchronized int most() {
        return most;
    }
}
