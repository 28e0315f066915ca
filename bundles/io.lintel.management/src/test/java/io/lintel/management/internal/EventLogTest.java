// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.NodeManagement.ManagedObject;
import io.lintel.primitive.Attributes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The end of a log file as an event log. */
class EventLogTest {
    @TempDir
    Path folder;

    private final MachineTest.MovingClock clock = new MachineTest.MovingClock();
    private Path file;
    private EventLog log;

    @BeforeEach
    void aLog() {
        file = folder.resolve("lintel.log");
        log = log();
    }

    private EventLog log() {
        return new EventLog("log", 1, file, 28, new Memo(folder.resolve("memo")), clock);
    }

    private void written(String text) throws IOException {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        clock.forward(1000);
    }

    private Attributes shown() {
        return log.objects().get(0).attributes();
    }

    private void execute(String executable) {
        ManagedObject object = log.objects().get(0);
        log.check(object, executable);
        log.execute(object, executable).toCompletableFuture().join();
    }

    @Test
    void withoutAFileThereIsNone() {
        assertThat(log.objects()).isEmpty();
    }

    @Test
    void itShowsTheLastWholeLinesAndNoControlCharacters() throws IOException {
        written("first line\nsecond line\n");
        assertThat(shown().text("lgd")).contains("first line\nsecond line\n");
        written("third \u001b[31mline\u0000\n");
        assertThat(shown().text("lgd")).contains("third [31mline\n");
        assertThat(shown().number("lgt")).contains(1L);
        assertThat(shown().number("lgst")).contains(1L);
    }

    @Test
    void stoppedItStaysAsItIsAndStartedItGoesOn() throws IOException {
        written("before\n");
        execute("lgo");
        written("meanwhile\n");
        assertThat(shown().text("lgd")).contains("before\n");
        assertThat(shown().number("lgst")).contains(2L);

        log = log();
        assertThat(shown().text("lgd")).as("after a restart").contains("before\n");
        assertThat(shown().number("lgst")).contains(2L);

        execute("lga");
        assertThat(shown().text("lgd")).contains("before\nmeanwhile\n");
        assertThat(shown().number("lgst")).contains(1L);
    }
}
