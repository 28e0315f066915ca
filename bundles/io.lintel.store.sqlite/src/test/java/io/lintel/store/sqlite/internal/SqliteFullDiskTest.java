// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.store.Resource;
import io.lintel.primitive.Attributes;
import io.lintel.store.jdbc.JdbcStore;
import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.jdbc.contract.StoreTest;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writes that the operating system refuses: a child process may make no file longer than some megabytes. What failed is
 * not there, what was acknowledged is, and the store works again when there is room.
 */
class SqliteFullDiskTest extends StoreTest {
    private static final StoreSettings SETTINGS = new StoreSettings(1024, 1000, 4 << 20, 2);
    private static final int KILOBYTES = 3000;

    @TempDir
    private Path directory;

    @Override
    protected JdbcStore open(StoreSettings settings) {
        return SqliteStores.open(directory, settings);
    }

    /** Inserts until the writes fail, tries a few hundred times more, prints each outcome, and ends without closing. */
    static final class Victim {
        private Victim() {
        }

        public static void main(String[] arguments) {
            SqliteStore store = SqliteStores.open(Path.of(arguments[0]), SETTINGS);
            int failed = 0;
            for (int number = 0; failed < 20; number++) {
                List<CompletableFuture<String>> burst = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    String content = number + "." + i;
                    burst.add(store.write(writer -> {
                        Resource container = writer.child("cb-base", "lamp").orElseThrow();
                        long count = container.attributes().number("cni").orElse(0L) + 1;
                        writer.update(container.with(Attributes.of("cni", count)));
                        return insertInstance(writer, container, "", content + "x".repeat(2000), Long.MAX_VALUE).id();
                    }).exceptionally(failure -> "failed").toCompletableFuture());
                }
                boolean broken = false;
                for (CompletableFuture<String> outcome : burst) {
                    String line = outcome.join();
                    broken |= line.equals("failed");
                    System.out.println(line);
                }
                failed += broken ? 1 : 0;
            }
            System.out.flush();
            Runtime.getRuntime().halt(store.isOpen() ? 3 : 0);
        }
    }

    @Test
    void whatFailedIsNotThereAndWhatSucceededIs() throws Exception {
        Resource container = container(base(), "lamp");
        store.close();
        Process process = new ProcessBuilder("bash", "-c", "ulimit -f " + KILOBYTES + "; exec \"$@\"", "bash",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
                "-XX:-UsePerfData", "-cp", System.getProperty("java.class.path"), Victim.class.getName(), directory.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        process.getInputStream().transferTo(output);
        assertThat(process.waitFor()).as("the store says that it is not open").isZero();
        List<String> lines = output.toString(StandardCharsets.UTF_8).lines().toList();
        List<String> acknowledged = lines.stream().filter(line -> line.startsWith("cin-")).toList();
        assertThat(lines).contains("failed");
        assertThat(acknowledged).isNotEmpty();

        store = open(SETTINGS);
        assertThat(ids(store.children(container.id(), INSTANCE, "", 1_000_000))).containsExactlyElementsOf(acknowledged);
        assertThat(store.byId(container.id()).orElseThrow().attributes().number("cni")).contains((long) acknowledged.size());
        assertThat(store.resourceCount()).isEqualTo(2 + acknowledged.size());
        Resource again = instance(container, "room again");
        assertThat(acknowledged).doesNotContain(again.id());
        assertThat(store.newestInstance(container.id())).contains(again);
        assertThat(SqliteStores.number(directory, "SELECT integrity_check = 'ok' FROM pragma_integrity_check"))
                .isEqualTo(1);
    }
}
