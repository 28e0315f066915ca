// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import io.lintel.store.jdbc.JdbcStore;
import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.jdbc.contract.JournalContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteJournalTest extends JournalContract {
    @TempDir
    private Path directory;

    @Override
    protected JdbcStore open(StoreSettings settings) {
        return SqliteStores.open(directory, settings);
    }

    @Override
    protected void alter(String sql) {
        SqliteStores.execute(directory, sql);
    }
}
