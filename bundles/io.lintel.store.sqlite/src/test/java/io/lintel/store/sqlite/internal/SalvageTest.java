// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.StoreException;
import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.SessionStore.QueuedMessage;
import io.lintel.mqtt.server.StoredMessage;
import io.lintel.store.jdbc.StoreSettings;
import io.lintel.store.jdbc.contract.StoreTest;
import io.lintel.store.sqlite.internal.SqliteSettings.SyncLevel;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.JDBC;

/**
 * Real databases of the store with pages overwritten. SQLite's own {@code dbstat} says, before the damage, which page holds
 * which rows; after it exactly those are missing, the store works, and the next start finds nothing to repair.
 */
class SalvageTest extends StoreTest {
    private static final StoreSettings SETTINGS = new StoreSettings(64, 100, 1 << 20, 2);
    private static final int PAGE = 4096;
    private static final int SESSIONS = 40;
    private static final int EACH = 50;
    private static final List<String> TABLES = List.of("res", "inst", "sess", "sub", "inb", "msg", "mq", "retained", "will");

    @TempDir
    private Path directory;
    private Map<String, List<String>> before;
    private long checkBytes = 64 << 20;

    @Override
    protected SqliteStore open(StoreSettings settings) {
        return new SqliteStore(new SqliteSettings(directory, SyncLevel.FULL, 4000, 1 << 20, checkBytes), SETTINGS);
    }

    @BeforeEach
    void fill() throws SQLException {
        Resource container = container(base(), "lamp");
        write(writer -> {
            for (int i = 0; i < 300; i++) {
                insertInstance(writer, container, "i" + i, "x".repeat(100), Long.MAX_VALUE);
                insertContainer(writer, container, "sub" + i);
            }
            return null;
        });
        List<SessionChange> changes = new ArrayList<>();
        long id = 0;
        for (int s = 0; s < SESSIONS; s++) {
            String client = "client" + s + "-".repeat(100);
            changes.add(new SessionChange.SessionOpened(client, "user", 1));
            for (int i = 0; i < EACH; i++) {
                changes.add(new SessionChange.Subscribed(client, "some/topic/filter/" + i, 1));
                changes.add(new SessionChange.MessageStored(message(++id, i == 7 ? 9000 : 300)));
                changes.add(new SessionChange.MessageQueued(client, id, 1, i));
            }
        }
        for (int i = 0; i < 600; i++) {
            changes.add(new SessionChange.MessageStored(message(++id, 20)));
            changes.add(new SessionChange.RetainedSet("t/" + id, id));
        }
        journal(changes.toArray(SessionChange[]::new));
        store.close();
        before = dump();
    }

    private static StoredMessage message(long id, int bytes) {
        byte[] payload = new byte[bytes];
        Arrays.fill(payload, (byte) id);
        return new StoredMessage(id, "t/" + id, 1, false, payload);
    }

    private <T> T ask(String sql, Reading<T> reading) throws SQLException {
        try (Connection connection = JDBC.createConnection("jdbc:sqlite:" + directory.resolve("lintel.db"), new Properties());
                Statement statement = connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
            return reading.read(result);
        }
    }

    private interface Reading<T> {
        T read(ResultSet result) throws SQLException;
    }

    private List<String> rows(String sql) throws SQLException {
        return ask(sql, result -> {
            List<String> rows = new ArrayList<>();
            while (result.next()) {
                StringBuilder row = new StringBuilder();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    Object value = result.getObject(i);
                    row.append(value instanceof byte[] bytes ? Arrays.hashCode(bytes) + "#" + bytes.length : value).append('|');
                }
                rows.add(row.toString());
            }
            return rows;
        });
    }

    /** All rows in the order of their keys. */
    private Map<String, List<String>> dump() throws SQLException {
        Map<String, List<String>> all = new HashMap<>();
        for (String table : TABLES) {
            String key = ask("SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info('" + table
                    + "') WHERE pk > 0 ORDER BY pk)", result -> result.getString(1));
            all.put(table, rows("SELECT * FROM " + table + " ORDER BY " + key));
        }
        return all;
    }

    private record Leaf(int page, List<String> rows, String rowAbove) {
    }

    /** The leaves of a table in order; in an index tree one row between two of them is in the page above. */
    private List<Leaf> leaves(String table, boolean keyed) throws SQLException {
        Map<Integer, Integer> cells = ask("SELECT pageno, ncell FROM dbstat WHERE name = '" + table
                + "' AND pagetype = 'leaf' ORDER BY path", result -> {
                    Map<Integer, Integer> found = new LinkedHashMap<>();
                    while (result.next()) {
                        found.put(result.getInt(1), result.getInt(2));
                    }
                    return found;
                });
        List<Leaf> leaves = new ArrayList<>();
        List<String> all = before.get(table);
        int at = 0;
        for (Map.Entry<Integer, Integer> leaf : cells.entrySet()) {
            int end = at + leaf.getValue();
            boolean above = keyed && end < all.size();
            leaves.add(new Leaf(leaf.getKey(), all.subList(at, end), above ? all.get(end) : ""));
            at = end + (above ? 1 : 0);
        }
        assertThat(at).as("rows of " + table).isEqualTo(all.size());
        assertThat(leaves).as("leaves of " + table).hasSizeGreaterThan(2);
        return leaves;
    }

    private int root(String name) throws SQLException {
        return ask("SELECT rootpage FROM sqlite_schema WHERE name = '" + name + "'", result -> result.getInt(1));
    }

    private void overwrite(long at, int length) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(directory.resolve("lintel.db").toFile(), "rw")) {
            byte[] garbage = new byte[length];
            Arrays.fill(garbage, (byte) 0x5a);
            file.seek(at);
            file.write(garbage);
        }
    }

    private void spoil(int page) throws IOException {
        overwrite((page - 1L) * PAGE, PAGE);
    }

    private List<Path> kept() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().contains(".damaged-")).toList();
        }
    }

    private static List<String> without(List<String> all, List<String> lost) {
        List<String> left = new ArrayList<>(all);
        left.removeAll(lost);
        return left;
    }

    /** Opens it, which repairs it; closes it; then all but what is named is as it was. */
    private void checkLost(Map<String, List<String>> lost) throws Exception {
        byte[] damaged = Files.readAllBytes(directory.resolve("lintel.db"));
        open(SETTINGS).close();
        assertThat(kept()).hasSize(1);
        assertThat(Files.readAllBytes(kept().get(0))).isEqualTo(damaged);
        Map<String, List<String>> after = dump();
        for (String table : TABLES) {
            assertThat(after.get(table)).as(table).isEqualTo(without(before.get(table), lost.getOrDefault(table, List.of())));
        }
        assertThat(rows("PRAGMA integrity_check")).containsExactly("ok|");
        checkWorks();
    }

    private void checkWorks() throws Exception {
        long id = 1_000_000;
        for (int i = 0; i < 2; i++) {
            store = open(SETTINGS);
            assertThat(store.isOpen()).isTrue();
            journal(new SessionChange.SessionOpened("late", "", 1), new SessionChange.MessageStored(message(++id, 500)),
                    new SessionChange.MessageQueued("late", id, 1, 0));
            assertThat(store.queue("late", 0, 10)).hasSize(i + 1).noneMatch(QueuedMessage::isDamaged);
            assertThat(store.load().sessions()).isNotEmpty();
            container(store.byId("cb-base").orElseThrow(), "late" + i);
            assertThat(store.resourceCount()).isEqualTo(SqliteStores.number(directory,
                    "SELECT (SELECT COUNT(*) FROM res) + (SELECT COUNT(*) FROM inst)"));
            store.close();
            }
        assertThat(kept()).as("nothing is left to repair").hasSize(1);
    }

    private static List<String> ids(List<String> rows, int column) {
        return rows.stream().map(row -> row.split("\\|")[column]).toList();
    }

    private List<String> messages(List<String> ids) {
        return before.get("msg").stream().filter(row -> ids.contains(row.split("\\|")[0])).toList();
    }

    @Test
    void aLeafOfTheQueuesCostsItsPlacesAndTheirMessagesArePutAside() throws Exception {
        Leaf leaf = leaves("mq", true).get(3);
        spoil(leaf.page);
        checkLost(Map.of("mq", leaf.rows, "msg", messages(ids(leaf.rows, 2))));
        assertThat(rows("SELECT content FROM damaged ORDER BY n")).as("the payloads").isEqualTo(
                messages(ids(leaf.rows, 2)).stream().map(row -> row.split("\\|")[5] + "|").toList());
    }

    @Test
    void aLeafOfTheMessagesCostsItsMessages() throws Exception {
        List<Leaf> leaves = leaves("msg", false);
        spoil(leaves.get(3).page);
        spoil(leaves.get(5).page);
        List<String> lost = new ArrayList<>(leaves.get(3).rows);
        lost.addAll(leaves.get(5).rows);
        checkLost(Map.of("msg", lost));
        store = open(SETTINGS);
        List<String> reported = new ArrayList<>();
        for (int s = 0; s < SESSIONS; s++) {
            store.queue("client" + s + "-".repeat(100), 0, 1000).stream().filter(QueuedMessage::isDamaged)
                    .forEach(queued -> reported.add(Long.toString(queued.message().id())));
        }
        assertThat(reported).isEqualTo(ids(lost, 0));
    }

    @Test
    void aLeafOfTheRetainedMessagesCostsNothing() throws Exception {
        Leaf leaf = leaves("retained", true).get(2);
        spoil(leaf.page);
        checkLost(Map.of());
    }

    @Test
    void aLeafOfTheSubscriptionsCostsItsSubscriptions() throws Exception {
        Leaf leaf = leaves("sub", true).get(2);
        spoil(leaf.page);
        checkLost(Map.of("sub", leaf.rows));
    }

    @Test
    void aPageAboveOthersCostsWhatIsInItself() throws Exception {
        List<String> above = leaves("mq", true).stream().map(Leaf::rowAbove).filter(row -> !row.isEmpty()).toList();
        spoil(root("mq"));
        checkLost(Map.of("mq", above, "msg", messages(ids(above, 2))));
    }

    @Test
    void aPageAboveOthersOfANumberedTableCostsNothing() throws Exception {
        spoil(root("msg"));
        checkLost(Map.of());
    }

    @Test
    void anIndexIsMadeAnew() throws Exception {
        spoil(root("res_children"));
        spoil(ask("SELECT MAX(pageno) FROM dbstat WHERE name = 'res_children_of_type'", result -> result.getInt(1)));
        checkLost(Map.of());
    }

    @Test
    void aLeafOfTheInstancesCostsItsInstances() throws Exception {
        Leaf leaf = leaves("inst", true).get(3);
        spoil(leaf.page);
        List<String> parents = before.get("res").stream().filter(row -> row.contains("|lamp|")).toList();
        byte[] damaged = Files.readAllBytes(directory.resolve("lintel.db"));
        open(SETTINGS).close();
        assertThat(Files.readAllBytes(kept().get(0))).isEqualTo(damaged);
        Map<String, List<String>> after = dump();
        assertThat(after.get("inst")).isEqualTo(without(before.get("inst"), leaf.rows));
        assertThat(without(before.get("res"), after.get("res"))).as("the count of instances").isEqualTo(parents);
        assertThat(after.get("res")).hasSameSizeAs(before.get("res"));
        checkWorks();
    }

    @Test
    void aRowCostsNoMoreThanItself() throws Exception {
        Leaf leaf = leaves("mq", true).get(3);
        int cell;
        try (RandomAccessFile file = new RandomAccessFile(directory.resolve("lintel.db").toFile(), "r")) {
            file.seek((leaf.page - 1L) * PAGE + 8 + 2 * 4);
            cell = file.readUnsignedShort();
        }
        overwrite((leaf.page - 1L) * PAGE + cell, 2);
        List<String> lost = leaf.rows.subList(4, 5);
        checkLost(Map.of("mq", lost, "msg", messages(ids(lost, 2))));
    }

    @Test
    void theListOfFreePagesCostsNothing() throws Exception {
        SqliteStores.execute(directory, "DELETE FROM sub WHERE c > (SELECT AVG(c) FROM sub)", "PRAGMA wal_checkpoint(TRUNCATE)");
        before = dump();
        int trunk;
        try (RandomAccessFile file = new RandomAccessFile(directory.resolve("lintel.db").toFile(), "r")) {
            file.seek(32);
            trunk = file.readInt();
        }
        assertThat(trunk).isPositive();
        spoil(trunk);
        checkLost(Map.of());
    }

    @Test
    void withoutATableOfContentsItIsRefusedAndLeftAsItIs() throws Exception {
        overwrite(100, 200);
        byte[] damaged = Files.readAllBytes(directory.resolve("lintel.db"));
        assertThatThrownBy(() -> open(SETTINGS)).isInstanceOf(StoreException.class).hasMessageContaining("Restore a copy");
        assertThat(Files.readAllBytes(directory.resolve("lintel.db"))).isEqualTo(damaged);
    }

    /** Pages of which only the first bytes are right, at random: what is there afterwards was there before. */
    @Test
    void noRowIsMadeUpAndTheStoreOpensWhateverIsInThePages() throws Exception {
        byte[] sound = Files.readAllBytes(directory.resolve("lintel.db"));
        int contents = ask("SELECT MAX(pageno) FROM dbstat WHERE name = 'sqlite_schema'", result -> result.getInt(1));
        long seed = Long.getLong("lintel.crash.seed", System.nanoTime());
        Random random = new Random(seed);
        for (int run = 0; run < 12; run++) {
            byte[] damaged = sound.clone();
            for (int i = 0; i < 4; i++) {
                int page = contents + random.nextInt(sound.length / PAGE - contents);
                int from = random.nextInt(16);
                byte[] garbage = new byte[PAGE - from];
                random.nextBytes(garbage);
                System.arraycopy(garbage, 0, damaged, page * PAGE + from, garbage.length);
            }
            Files.write(directory.resolve("lintel.db"), damaged);
            open(SETTINGS).close();
            Map<String, List<String>> after = dump();
            for (String table : List.of("inst", "sess", "sub", "mq", "retained")) {
                assertThat(before.get(table)).as("seed %d, run %d, table %s", seed, run, table).containsAll(after.get(table));
            }
            assertThat(ids(before.get("msg"), 0)).as("seed %d, run %d", seed, run).containsAll(ids(after.get("msg"), 0));
            assertThat(rows("PRAGMA integrity_check")).containsExactly("ok|");
        }
    }

    /** Too large to be checked at the start: whoever meets the damage waits until the rest is saved. */
    @Test
    void damageMetWhileServingIsRepairedAndTheQuestionAnswered() throws Exception {
        checkBytes = 0;
        Leaf leaf = leaves("mq", true).get(3);
        spoil(leaf.page);
        spoil(root("msg"));
        store = open(SETTINGS);
        int left = 0;
        for (int s = 0; s < SESSIONS; s++) {
            left += store.queue("client" + s + "-".repeat(100), 0, 1000).size();
        }
        assertThat(left).isEqualTo(SESSIONS * EACH - leaf.rows.size());
        assertThat(store.load().retained()).hasSize(600);
        assertThat(kept()).hasSize(1);
        assertThat(store.isOpen()).isTrue();
        assertThat(store.detail()).contains(".damaged-");
        store.close();
        checkWorks();
    }

    @Test
    void damageMetByAWriteIsRepairedAndTheWriteCanBeRepeated() throws Exception {
        checkBytes = 0;
        Leaf leaf = leaves("msg", false).get(3);
        String first = leaf.rows.get(0).split("\\|")[0];
        spoil(leaf.page);
        store = open(SETTINGS);
        int session = (int) ((Long.parseLong(first) - 1) / EACH);
        SessionChange done = new SessionChange.MessagesDone("client" + session + "-".repeat(100), List.of(Long.parseLong(first)));
        assertThatThrownBy(() -> journal(done)).isInstanceOf(StoreException.class);
        journal(done);
        assertThat(kept()).hasSize(1);
        assertThat(SqliteStores.number(directory, "SELECT COUNT(*) FROM mq")).isEqualTo(SESSIONS * EACH - 1);
        store.close();
        assertThat(new String(Files.readAllBytes(kept().get(0)), 0, 6, StandardCharsets.US_ASCII)).isEqualTo("SQLite");
        checkWorks();
    }
}
