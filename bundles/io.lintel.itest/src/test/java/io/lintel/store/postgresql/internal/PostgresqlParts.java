// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.postgresql.internal;

import io.lintel.store.jdbc.StoreSettings;
import java.util.HashMap;
import java.util.Map;

/** Opens the real store, on a server of the test's own, for tests that put a node together. */
public final class PostgresqlParts {
    private final Map<String, PostgresqlSettings> schemas = new HashMap<>();

    /** The same name means the same data. */
    public PostgresqlStore open(String name) {
        Cluster cluster = Cluster.running();
        return cluster.open(schemas.computeIfAbsent(name, fresh -> cluster.freshSchema()),
                new StoreSettings(10_000, 1000, 1 << 20, 2));
    }
}
