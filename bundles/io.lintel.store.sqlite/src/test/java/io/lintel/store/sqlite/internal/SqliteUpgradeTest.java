// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.StoreException;
import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.SessionStore.QueuedMessage;
import io.lintel.mqtt.server.SessionStore.StoredSession;
import io.lintel.mqtt.server.SessionStore.StoredSubscription;
import io.lintel.mqtt.server.SessionStore.StoredWill;
import io.lintel.mqtt.server.StoredMessage;
import io.lintel.store.jdbc.Schema;
import io.lintel.store.jdbc.StoreSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A database that the edition with tables of version 1 made is brought up to date when it is opened. */
class SqliteUpgradeTest {
    private static final StoreSettings SETTINGS = new StoreSettings(64, 100, 1 << 20, 1);

    @TempDir
    private Path directory;

    private void bringVersionOne() throws IOException {
        bring(1);
    }

    private void bring(int version) throws IOException {
        Files.deleteIfExists(directory.resolve("lintel.db"));
        try (InputStream packed = new GZIPInputStream(getClass().getResourceAsStream("/version-" + version + ".db.gz"))) {
            Files.copy(packed, directory.resolve("lintel.db"));
        }
        assertThat(SqliteStores.number(directory, "PRAGMA user_version")).isEqualTo(version);
    }

    @Test
    void whatWaitedInVersionTwoLeavesInItsOrderAndBeforeWhatComes() throws Exception {
        bring(2);
        for (int opened = 0; opened < 2; opened++) {
            try (SqliteStore store = SqliteStores.open(directory, SETTINGS)) {
                assertThat(store.outboundTargets()).containsExactly("/in-cse/CApp", "http://127.0.0.1:9/hook");
                List<OutboundItem> items = store.outbound("/in-cse/CApp", 0, 9);
                assertThat(items.subList(0, 3)).extracting(item -> item.request().requestIdentifier())
                        .containsExactly("v2-0", "v2-1", "v2-2");
                assertThat(items.subList(0, 3)).allSatisfy(item -> {
                    assertThat(item.kind()).isEqualTo(OutboundItem.Kind.NOTIFICATION);
                    assertThat(item.rank()).isEqualTo(OutboundItem.USUAL_RANK);
                    assertThat(item.bytes()).isPositive();
                });
                assertThat(items).hasSize(3 + opened);
                assertThat(store.outboundExpired(Long.MAX_VALUE - 2, 9)).hasSize(6);
                store.write(writer -> writer.enqueue(new OutboundItem(0, "/in-cse/CApp", items.get(0).request(), "",
                        Long.MAX_VALUE - 1))).toCompletableFuture().get();
            }
            assertThat(SqliteStores.number(directory, "PRAGMA user_version")).isEqualTo(Schema.VERSION);
        }
        Path fresh = directory.resolve("fresh");
        SqliteStores.open(fresh, SETTINGS).close();
        for (String table : List.of("outb", "held")) {
            assertThat(columns(directory, table)).as(table).isEqualTo(columns(fresh, table)).isPositive();
        }
    }

    @Test
    void whatVersionOneKeptIsThereAndWhatIsNewWorks() throws Exception {
        bringVersionOne();
        for (int opened = 0; opened < 2; opened++) {
            try (SqliteStore store = SqliteStores.open(directory, SETTINGS)) {
                assertThat(store.load().sessions()).containsExactly(new StoredSession("one", "", 5,
                        List.of(new StoredSubscription("a/#", 2)), List.of(7), 2, 40));
                assertThat(store.load().retained()).extracting(StoredMessage::topic).containsExactly("r");
                List<QueuedMessage> queue = store.queue("one", 0, 10);
                assertThat(queue).extracting(QueuedMessage::isDamaged).containsExactly(false, false);
                assertThat(queue).extracting(QueuedMessage::packetId).containsExactly(77, 0);
                assertThat(new String(queue.get(0).message().payload(), StandardCharsets.US_ASCII))
                        .isEqualTo("kept since version 1");
                assertThat(store.load().wills()).hasSize(opened);
                store.write(List.of(new SessionChange.WillSet(new StoredWill(9, "c", "w", 1, true, new byte[] {1}))))
                        .toCompletableFuture().get();
            }
            assertThat(SqliteStores.number(directory, "PRAGMA user_version")).isEqualTo(Schema.VERSION);
        }
    }

    @Test
    void theTablesAreThoseOfANewDatabase() throws Exception {
        bringVersionOne();
        SqliteStores.open(directory, SETTINGS).close();
        Path fresh = directory.resolve("fresh");
        SqliteStores.open(fresh, SETTINGS).close();
        for (String table : List.of("msg", "will", "damaged", "outb", "held", "custody", "inst")) {
            assertThat(columns(directory, table)).as(table).isEqualTo(columns(fresh, table)).isPositive();
        }
    }

    /** A number that says which columns there are. */
    private static long columns(Path directory, String table) {
        return SqliteStores.number(directory,
                "SELECT SUM((cid + 1) * (length(name) + 31 * length(type) + 7 * \"notnull\" + 3 * pk)) "
                        + "FROM pragma_table_info('" + table + "')");
    }

    @Test
    void aLaterVersionIsRefusedAndLeftAsItIs() throws Exception {
        bringVersionOne();
        SqliteStores.execute(directory, "PRAGMA user_version = 99");
        byte[] before = Files.readAllBytes(directory.resolve("lintel.db"));
        assertThatThrownBy(() -> SqliteStores.open(directory, SETTINGS)).isInstanceOf(StoreException.class)
                .hasMessageContaining("version 99");
        assertThat(Files.readAllBytes(directory.resolve("lintel.db"))).isEqualTo(before);
    }
}
