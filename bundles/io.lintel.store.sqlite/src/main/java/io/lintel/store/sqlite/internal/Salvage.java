// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import io.lintel.store.sqlite.internal.PageFile.Kind;
import io.lintel.store.sqlite.internal.PageFile.Losses;
import io.lintel.store.sqlite.internal.PageFile.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Carries every row that can be read from a damaged database over to a fresh one. What a page costs is the rows in it: a
 * lost page that led to others costs nothing, because those are found by what they hold. Indexes are made anew. What the
 * tables say of each other is then put right by {@link Amends}.
 *
 * <p>Used by {@link SqliteDatabase} while nobody has either database open. Changes nothing of the damaged one.
 */
final class Salvage {
    private final PageFile file;
    private final Connection fresh;
    private final List<Table> tables = new ArrayList<>();
    private final List<String> report = new ArrayList<>();

    private Salvage(PageFile file, Connection fresh) {
        this.file = file;
        this.fresh = fresh;
    }

    /**
     * Runs in one transaction of the fresh database.
     *
     * @param fresh with the tables of this edition, empty
     * @return what was lost, for the administrator
     * @throws IOException if so much is damaged that not even the tables can be found; the message says what
     */
    static List<String> carryOver(Path damaged, Connection fresh) throws IOException, SQLException {
        try (PageFile file = new PageFile(damaged)) {
            Salvage salvage = new Salvage(file, fresh);
            salvage.run();
            return salvage.report;
        }
    }

    private void run() throws IOException, SQLException {
        Map<String, Integer> roots = new LinkedHashMap<>();
        Map<String, Integer> indexes = new LinkedHashMap<>();
        Losses contents = file.walk(1, Kind.NUMBERED, row -> {
            List<Object> values = row.values();
            if (values.size() != 5 || !(values.get(1) instanceof String name) || !(values.get(3) instanceof Long root)) {
                return false;
            }
            ("table".equals(values.get(0)) ? roots : indexes).put(name, root.intValue());
            return true;
        });
        if (!contents.isEmpty()) {
            throw new IOException("its table of contents is damaged (page " + contents.pages + ")");
        }
        execute("BEGIN");
        for (String name : names()) {
            Table table = new Table(name);
            tables.add(table);
            if (roots.containsKey(name)) {
                table.losses = file.walk(roots.get(name), table.kind, table::take);
            }
        }
        boolean indexDamaged = false;
        for (int root : indexes.values()) {
            indexDamaged |= !file.walk(root, Kind.KEYED, row -> true).isEmpty();
        }
        file.markFree();
        adoptOrphans(indexDamaged);
        for (Table table : tables) {
            table.insert.close();
            if (!table.losses.isEmpty()) {
                report.add(table.report());
            }
        }
        report.addAll(new Amends(fresh).make(tables.stream().filter(table -> !table.losses.isEmpty())
                .map(table -> table.name).toList()));
        execute("COMMIT");
    }

    /** Pages that only a lost page led to. They say of what shape their rows are, and not of which table. */
    private void adoptOrphans(boolean indexDamaged) throws IOException {
        for (Kind kind : Kind.values()) {
            List<Table> candidates = tables.stream().filter(table -> table.kind == kind && table.losses.branches).toList();
            if (candidates.isEmpty()) {
                continue;
            }
            boolean certain = kind == Kind.NUMBERED || !indexDamaged;
            file.orphans(kind, row -> {
                List<Table> fitting = candidates.stream().filter(table -> table.fits(row)
                        && (certain || table.isUnlikeAnIndex())).toList();
                return fitting.size() == 1 && fitting.get(0).take(row);
            });
        }
    }

    private List<String> names() throws SQLException {
        List<String> names = new ArrayList<>();
        try (Statement statement = fresh.createStatement(); ResultSet result = statement.executeQuery(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")) {
            while (result.next()) {
                names.add(result.getString(1));
            }
        }
        return names;
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = fresh.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A table of this edition, whose rows come from one of the same name with these columns or the first of them. */
    private final class Table {
        private final String name;
        private final List<Class<?>> types = new ArrayList<>();
        private final List<Boolean> required = new ArrayList<>();
        private final Kind kind;
        private final PreparedStatement insert;
        private int needed;
        private Losses losses = new Losses();
        private long taken;

        Table(String name) throws SQLException {
            this.name = name;
            StringBuilder columns = new StringBuilder();
            StringBuilder places = new StringBuilder();
            try (Statement statement = fresh.createStatement();
                    ResultSet result = statement.executeQuery("SELECT name, type, \"notnull\" OR pk > 0, dflt_value FROM "
                            + "pragma_table_info('" + name + "')")) {
                while (result.next()) {
                    String type = result.getString(2);
                    types.add(type.equals("INTEGER") ? Long.class : type.equals("TEXT") ? String.class : byte[].class);
                    required.add(result.getBoolean(3));
                    columns.append(columns.length() == 0 ? "" : ", ").append(result.getString(1));
                    String otherwise = result.getString(4);
                    places.append(places.length() == 0 ? "" : ", ")
                            .append(otherwise == null ? "?" : "COALESCE(?, " + otherwise + ")");
                    needed += otherwise == null ? 1 : 0;
                }
            }
            try (Statement statement = fresh.createStatement();
                    ResultSet result = statement.executeQuery("SELECT wr FROM pragma_table_list('" + name + "')")) {
                kind = result.next() && result.getInt(1) == 1 ? Kind.KEYED : Kind.NUMBERED;
            }
            // the counters are there from the beginning; any other row that is there already comes from a stray page
            insert = fresh.prepareStatement("INSERT OR " + (name.equals("meta") ? "REPLACE" : "IGNORE") + " INTO " + name + " ("
                    + columns + ") VALUES (" + places + ")");
        }

        boolean fits(Row row) {
            List<Object> values = row.values();
            if (values.size() < needed || values.size() > types.size()) {
                return false;
            }
            for (int i = 0; i < values.size(); i++) {
                Object value = values.get(i);
                boolean number = i == 0 && kind == Kind.NUMBERED;   // the number itself; its place in the record is empty
                if (number ? value != null : value == null ? required.get(i) : !types.get(i).isInstance(value)) {
                    return false;
                }
            }
            return true;
        }

        /** No index of ours has as many columns; a row of one could be taken for one of a narrow table. */
        boolean isUnlikeAnIndex() {
            return types.size() > 4;
        }

        boolean take(Row row) throws IOException {
            if (!fits(row)) {
                return false;
            }
            try {
                for (int i = 0; i < types.size(); i++) {
                    Object value = i >= row.values().size() ? null
                            : i == 0 && kind == Kind.NUMBERED ? (Object) row.number() : row.values().get(i);
                    insert.setObject(i + 1, value);
                }
                boolean isNew = insert.executeUpdate() > 0;
                taken += isNew ? 1 : 0;
                return isNew;
            } catch (SQLException e) {
                throw new IOException("a row could not be written to the new database: " + e.getMessage(), e);
            }
        }

        String report() {
            return "table " + name + ": " + (losses.pages.isEmpty() ? "" : "pages " + losses.pages + " cannot be read, ")
                    + (losses.rows == 0 ? "" : losses.rows + " rows in other pages cannot be read, ") + taken
                    + " rows were saved";
        }
    }
}
