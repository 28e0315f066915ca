// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.sqlite.internal.SqliteSettings.SyncLevel;
import java.nio.file.Path;

/** Opens the real store for tests that put a node together. */
public final class SqliteParts {
    private SqliteParts() {
    }

    public static SqliteStore open(Path directory) {
        return new SqliteStore(new SqliteSettings(directory, SyncLevel.FULL, 4000, 1 << 20, 64 << 20),
                new StoreSettings(10_000, 1000, 1 << 20, 2));
    }
}
