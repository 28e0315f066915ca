// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.model;

import io.lintel.cse.api.store.ResourceStore;
import io.lintel.store.postgresql.internal.PostgresqlParts;

/** On PostgreSQL, each run in a schema of its own. */
class PostgresqlRandomTreeTest extends RandomTreeContract {
    private final PostgresqlParts schemas = new PostgresqlParts();

    @Override
    protected ResourceStore open(String run, ResourceStore last) throws Exception {
        if (last != null) {
            end(last);
        }
        return schemas.open(run);
    }

    @Override
    protected void end(ResourceStore opened) throws Exception {
        ((AutoCloseable) opened).close();
    }

    /** Each question is a round trip, so fewer. */
    @Override
    protected int runs() {
        return Math.min(super.runs(), 5);
    }
}
