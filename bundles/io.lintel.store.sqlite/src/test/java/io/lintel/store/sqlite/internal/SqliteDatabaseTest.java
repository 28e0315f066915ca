// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.store.StoreException;
import io.lintel.cse.api.store.StoreFullException;
import io.lintel.store.jdbc.Schema;
import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.sqlite.internal.SqliteSettings.SyncLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the start does with what it finds on the disk. */
class SqliteDatabaseTest {
    private static final StoreSettings SETTINGS = new StoreSettings(64, 100, 1 << 20, 1);

    @TempDir
    private Path directory;

    @Test
    void aFileThatIsNoDatabaseIsRefusedAndLeftAsItIs() throws Exception {
        for (String content : new String[] {"", "not a database, but longer than the header of one ".repeat(50)}) {
            Path file = directory.resolve("lintel.db");
            Files.writeString(file, content);
            assertThatThrownBy(() -> SqliteStores.open(directory, SETTINGS)).isInstanceOf(StoreException.class)
                    .hasMessageContaining(file.toString()).hasMessageContaining("left as it is");
            assertThat(Files.readString(file)).isEqualTo(content);
        }
    }

    @Test
    void aLogWithoutItsDatabaseIsRefused() throws Exception {
        Files.writeString(directory.resolve("lintel.db-wal"), "left over");
        assertThatThrownBy(() -> SqliteStores.open(directory, SETTINGS)).isInstanceOf(StoreException.class)
                .hasMessageContaining("without its database");
        assertThat(directory.resolve("lintel.db")).doesNotExist();
    }

    @Test
    void anInterruptedCreationIsBegunAgain() throws Exception {
        Files.writeString(directory.resolve("lintel.db.new"), "half");
        SqliteStores.open(directory, SETTINGS).close();
        assertThat(directory.resolve("lintel.db.new")).doesNotExist();
        assertThat(SqliteStores.number(directory, "PRAGMA user_version")).isEqualTo(Schema.VERSION);
    }

    @Test
    void aSecondNodeOnTheSameDirectoryIsRefused() {
        try (SqliteStore first = SqliteStores.open(directory, SETTINGS)) {
            assertThat(first.isOpen()).isTrue();
            assertThatThrownBy(() -> SqliteStores.open(directory, SETTINGS)).isInstanceOf(StoreException.class)
                    .hasMessageContaining("in use by another node");
        }
        SqliteStores.open(directory, SETTINGS).close();
    }

    @Test
    void belowTheReserveNothingIsTaken() {
        SqliteSettings settings = new SqliteSettings(directory, SyncLevel.FULL, 1000, Long.MAX_VALUE, 0);
        try (SqliteStore store = new SqliteStore(settings, SETTINGS)) {
            assertThatThrownBy(() -> store.write(writer -> "never").toCompletableFuture().get())
                    .isInstanceOf(ExecutionException.class).hasCauseInstanceOf(StoreFullException.class)
                    .hasMessageContaining("kept in reserve");
            assertThat(store.isOpen()).isFalse();
            assertThat(store.detail()).contains("lintel.db").contains("kept in reserve");
            assertThat(store.byId("cb-base")).isEmpty();
        }
    }

    @Test
    void anUnknownSyncLevelIsRefused() {
        assertThat(SyncLevel.of("Full")).isEqualTo(SyncLevel.FULL);
        assertThatThrownBy(() -> SyncLevel.of("fast")).hasMessageContaining("full or normal");
    }
}
