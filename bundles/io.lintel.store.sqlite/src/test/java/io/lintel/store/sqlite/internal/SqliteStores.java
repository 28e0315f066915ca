// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.sqlite.internal.SqliteSettings.SyncLevel;
import java.nio.file.Path;

/** Stores for tests. */
final class SqliteStores {
    private SqliteStores() {
    }

    static SqliteSettings in(Path directory) {
        return new SqliteSettings(directory, SyncLevel.FULL, 4000, 1 << 20, 64 << 20);
    }

    static SqliteStore open(Path directory, StoreSettings settings) {
        return new SqliteStore(in(directory), settings);
    }
}
