// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.io.ByteArrayOutputStream;
import java.util.concurrent.CompletableFuture;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.BufferUtil;

import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;

/**
 * Reads a request's body without holding a thread, up to a limit. Completes on the thread that read the last piece;
 * fails with {@link TooLarge}, or with the connection's failure.
 */
final class BodyReader implements Runnable {
    /** Refused with 413. */
    static final class TooLarge extends PrimitiveException {
        private static final long serialVersionUID = 1L;

        TooLarge(long limit) {
            super(ResponseStatusCode.BAD_REQUEST, "the body is larger than " + limit + " bytes");
        }
    }

    private final Content.Source source;
    private final int limit;
    private final ByteArrayOutputStream collected = new ByteArrayOutputStream(512);
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private volatile int received;

    BodyReader(Content.Source source, int limit) {
        this.source = source;
        this.limit = limit;
    }

    /** Begins, once. */
    CompletableFuture<byte[]> read() {
        run();
        return result;
    }

    CompletableFuture<byte[]> result() {
        return result;
    }

    /** How many bytes have come. Any thread. */
    int received() {
        return received;
    }

    @Override
    public void run() {
        while (true) {
            Content.Chunk chunk = source.read();
            if (chunk == null) {
                source.demand(this);
                return;
            }
            if (Content.Chunk.isFailure(chunk)) {
                result.completeExceptionally(chunk.getFailure());
                return;
            }
            byte[] piece = BufferUtil.toArray(chunk.getByteBuffer());
            boolean last = chunk.isLast();
            chunk.release();
            if (collected.size() + piece.length > limit) {
                result.completeExceptionally(new TooLarge(limit));
                return;
            }
            collected.writeBytes(piece);
            received = collected.size();
            if (last) {
                result.complete(collected.toByteArray());
                return;
            }
        }
    }
}
