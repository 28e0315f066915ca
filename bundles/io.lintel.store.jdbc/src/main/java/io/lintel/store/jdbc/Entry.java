// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.cse.api.store.StoreException;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/**
 * A task in the writer's queue with the stage that waits for it. The writer runs it and notes how it went; the
 * completion thread completes the stage once the batch is committed or lost.
 */
final class Entry<T> {
    private final Work<T> work;
    private final CompletableFuture<T> stage = new CompletableFuture<>();
    private T result;
    private Throwable failure;

    Entry(Work<T> work) {
        this.work = work;
    }

    CompletableFuture<T> stage() {
        return stage;
    }

    /** On the writer thread: runs the task and puts its changes into the batch, or none of them. */
    void run(Batch batch, WriterView view) throws SQLException {
        try {
            result = work.run(batch, view);
        } catch (SQLException e) {
            throw e;
        } catch (Throwable t) {
            failure = t;
        } finally {
            view.end();
        }
        if (view.failure() != null) {
            throw view.failure();
        }
        if (failure == null) {
            batch.accept();
        } else {
            batch.refuse();
        }
    }

    /** The batch was not kept; a task that had failed on its own account keeps its own reason. */
    void lost(StoreException why) {
        if (failure == null || failure instanceof StoreException) {
            failure = why;
        }
    }

    void complete() {
        if (failure == null) {
            stage.complete(result);
        } else {
            stage.completeExceptionally(failure);
        }
    }

    /** What the writer runs: a task of the CSE, a unit of the MQTT server's journal, or upkeep of the store's own. */
    interface Work<T> {
        T run(Batch batch, WriterView view) throws SQLException;
    }
}
