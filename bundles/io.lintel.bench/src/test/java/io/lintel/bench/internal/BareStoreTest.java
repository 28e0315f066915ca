// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BareStoreTest {
    @TempDir
    Path directory;

    @Test
    void eachCreateInsertsOneAndDeletesTheOldest() throws Exception {
        try (BareStore store = new BareStore(directory, 10)) {
            store.create(1);
            store.create(16);
        }

        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("bare.db"));
                ResultSet rows = connection.createStatement().executeQuery("SELECT count(*), min(seq), max(seq) FROM inst")) {
            rows.next();
            assertThat(rows.getLong(1)).isEqualTo(10);
            assertThat(rows.getLong(2)).isEqualTo(17);
            assertThat(rows.getLong(3)).isEqualTo(26);
        }
    }
}
