// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which servers get to see the adapters' secret. */
class OwnServerTest {
    @TempDir
    private Path home;

    @BeforeEach
    void accounts() throws IOException {
        Files.createDirectory(home.resolve("data"));
        Files.writeString(home.resolve("data/mqtt-accounts"), "lintel.cse:other\nlintel.adapter:secret\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqtt://127.0.0.1", "mqtt://localhost", "mqtt://[::1]"})
    void theNodesOwn(String server) {
        assertThat(new OwnServer(true, 1883, home).secretFor(URI.create(server), 1883)).contains("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mqtt://192.0.2.1", "mqtt://localhost.example", "mqtt://127.0.0.1.example"})
    void noOtherMachine(String server) {
        assertThat(new OwnServer(true, 1883, home).secretFor(URI.create(server), 1883)).isEmpty();
    }

    @Test
    void noOtherServerOfThisMachine() {
        assertThat(new OwnServer(true, 1883, home).secretFor(URI.create("mqtt://127.0.0.1"), 1884)).isEmpty();
        assertThat(new OwnServer(false, 1883, home).secretFor(URI.create("mqtt://127.0.0.1"), 1883)).isEmpty();
    }

    @Test
    void noneWhereThereIsNoSecret() {
        assertThat(new OwnServer(true, 1883, home.resolve("other")).secretFor(URI.create("mqtt://127.0.0.1"), 1883)).isEmpty();
    }
}
