// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Where a binding leaves requests that it has to acknowledge before they are answered. A transport that delivers again
 * what was not acknowledged loses nothing by that; but one that delivers no more until something is acknowledged
 * (MQTT 3.1.1 servers with a small window) has to be relieved. What is in custody is on disk: after a crash the binding
 * takes it up from here, and releases it once its response has left.
 *
 * <p>A holder is whoever leaves requests, such as one connection; it gets them back in the order in which they were
 * given. Any thread; nothing blocks but the two reads, which read from the disk.
 */
@ProviderType
public interface RequestCustody {
    /** No custody at all: nothing can be left there. */
    RequestCustody NONE = new None();

    /**
     * What stands for a request in custody.
     *
     * @param number its place in the order; never used twice
     * @param bytes  what it counts for in the limit
     */
    record Receipt(long number, int bytes) {
    }

    /**
     * A request as it was left.
     *
     * @param envelope the binding's own note on how it came
     * @param message  the request as it came
     */
    record Held(Receipt receipt, String envelope, byte[] message) {
        public Held {
            Objects.requireNonNull(receipt);
            Objects.requireNonNull(envelope);
            Objects.requireNonNull(message);
        }
    }

    /** Completes when the request is on disk; fails if there is no room, or the disk does not take it: then it is not kept. */
    CompletionStage<Receipt> keep(String holder, String envelope, byte[] message);

    /** Lets a request go. Made durable soon; until then a crash brings the request back. */
    void release(Receipt receipt);

    /** All that a holder has here, in order. */
    List<Receipt> receipts(String holder);

    /** A holder's requests in order, from one on: those that are on disk. */
    List<Held> held(String holder, Receipt from, int limit);

    /** See {@link #NONE}. */
    final class None implements RequestCustody {
        private None() {
        }

        @Override
        public CompletionStage<Receipt> keep(String holder, String envelope, byte[] message) {
            return CompletableFuture.failedFuture(new IllegalStateException("nothing can be left in custody here"));
        }

        @Override
        public void release(Receipt receipt) {
            // there is none
        }

        @Override
        public List<Receipt> receipts(String holder) {
            return List.of();
        }

        @Override
        public List<Held> held(String holder, Receipt from, int limit) {
            return List.of();
        }
    }
}
