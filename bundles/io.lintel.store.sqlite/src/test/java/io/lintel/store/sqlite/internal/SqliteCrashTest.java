// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.jdbc.contract.Child;
import io.lintel.store.jdbc.contract.Load;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a stage promised is there after kill -9 in the middle of the load, and nothing is there by half. */
class SqliteCrashTest {
    private static final StoreSettings SETTINGS = new StoreSettings(1024, 1000, 4 << 20, 2);

    @TempDir
    private Path directory;

    /** The process that is killed. */
    static final class Victim {
        private Victim() {
        }

        public static void main(String[] arguments) throws InterruptedException {
            Load.run(SqliteStores.open(Path.of(arguments[0]), SETTINGS), System.out);
        }
    }

    @Test
    void whatWasAcknowledgedSurvivesKillNine() throws Exception {
        List<String> acknowledged = new ArrayList<>();
        for (int round = 0; round < 6; round++) {
            acknowledged.addAll(Child.killedAfter(300 + 700 * round, Victim.class, directory.toString()));
            try (SqliteStore store = SqliteStores.open(directory, SETTINGS)) {
                Load.verify(store, acknowledged);
            }
        }
        try (Stream<Path> copies = Files.list(directory.resolve("native"))) {
            assertThat(copies).as("copies of the native library that killed processes left").hasSizeLessThanOrEqualTo(2);
        }
    }
}
