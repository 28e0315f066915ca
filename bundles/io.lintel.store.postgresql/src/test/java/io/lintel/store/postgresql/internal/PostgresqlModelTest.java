// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.postgresql.internal;

import io.lintel.store.jdbc.JdbcStore;
import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.jdbc.contract.ModelContract;

class PostgresqlModelTest extends ModelContract {
    private final Cluster cluster = Cluster.running();
    private final PostgresqlSettings schema = cluster.freshSchema();

    @Override
    protected JdbcStore open(StoreSettings settings) {
        return cluster.open(schema, settings);
    }

    /** Each question is a round trip, so fewer. */
    @Override
    protected int rounds() {
        return 8;
    }
}
