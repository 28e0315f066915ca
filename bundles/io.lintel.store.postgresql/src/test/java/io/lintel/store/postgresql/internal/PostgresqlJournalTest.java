// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.postgresql.internal;

import io.lintel.store.jdbc.JdbcStore;
import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.jdbc.contract.JournalContract;

class PostgresqlJournalTest extends JournalContract {
    private final Cluster cluster = Cluster.running();
    private final PostgresqlSettings schema = cluster.freshSchema();

    @Override
    protected JdbcStore open(StoreSettings settings) {
        return cluster.open(schema, settings);
    }

    @Override
    protected void alter(String sql) {
        cluster.number(schema, sql);
    }
}
