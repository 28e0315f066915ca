// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import io.lintel.mqtt.server.conformance.KilledServerConformance;
import io.lintel.mqtt.server.crash.Victim;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** MQTT 3.1.1 across kill -9 of the server's process, over the embedded store. */
class SqliteConformanceTest extends KilledServerConformance {
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
}
