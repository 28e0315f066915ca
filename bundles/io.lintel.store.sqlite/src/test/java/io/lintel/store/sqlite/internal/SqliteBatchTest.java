// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import io.lintel.store.jdbc.JdbcStore;
import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.jdbc.contract.BatchContract;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteBatchTest extends BatchContract {
    @TempDir
    private Path directory;

    @Override
    protected JdbcStore open(StoreSettings settings) {
        return SqliteStores.open(directory, settings);
    }
}
