// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import io.lintel.mqtt.server.crash.CrashContract;
import io.lintel.mqtt.server.crash.Victim;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The MQTT server over the embedded store, killed at random. */
class SqliteServerCrashTest extends CrashContract {
    @TempDir
    private static Path directory;
    private static ServerPool pool;

    @BeforeAll
    static void preparePool() {
        pool = new ServerPool(directory);
    }

    @AfterAll
    static void closePool() {
        pool.close();
    }

    @Override
    protected Victim victim(String name) {
        return new SqliteVictim(pool, directory.resolve(name));
    }

    @Override
    protected int runs() {
        return 100;
    }
}
