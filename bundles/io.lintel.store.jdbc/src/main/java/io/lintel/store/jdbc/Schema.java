// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import java.util.List;

/**
 * The tables, in words that each database system replaces by its own. What was measured is in decision 2: instances
 * carry no index besides their key, and documents no more than what is not in a column.
 */
public final class Schema {
    /**
     * Raised with every change of the tables. A database of an earlier version is brought up to this one when it is
     * opened, one of a later version is refused.
     */
    public static final int VERSION = 4;

    private static final List<String> STATEMENTS = List.of(
            // counters: the highest number that may have been used
            "CREATE TABLE meta (k {text} PRIMARY KEY, v {int} NOT NULL){keyed}",
            "INSERT INTO meta (k, v) VALUES ('number', 0), ('message', 0), ('batch', 0)",
            // all resources but instances; ni counts the instances below
            "CREATE TABLE res (n {serial} PRIMARY KEY, pi {int} NOT NULL, id {text} NOT NULL UNIQUE, rn {text} NOT NULL, "
                    + "ty {int} NOT NULL, et {int}, ni {int} NOT NULL, doc {bytes} NOT NULL, UNIQUE (pi, rn))",
            "CREATE INDEX res_children ON res (pi, n)",
            "CREATE INDEX res_children_of_type ON res (pi, ty, n)",
            "CREATE INDEX res_of_type ON res (ty, n)",
            "CREATE INDEX res_expiration ON res (et) WHERE et IS NOT NULL",
            // contentInstances and timeSeriesInstances; rn is null when the name is the ID, dgt unless it is of the latter
            "CREATE TABLE inst (pi {int} NOT NULL, seq {int} NOT NULL, rn {text}, ty {int} NOT NULL, et {int}, "
                    + "doc {bytes} NOT NULL, dgt {int} DEFAULT NULL, "
                    + "PRIMARY KEY (pi, seq)){keyed}",
            "CREATE UNIQUE INDEX inst_name ON inst (pi, rn) WHERE rn IS NOT NULL",
            "CREATE INDEX inst_expiration ON inst (et) WHERE et IS NOT NULL", "{inst_generated}",
            // stored responses; kh is a digest of the delivery key k
            "CREATE TABLE resp (n {serial} PRIMARY KEY, kh {int} NOT NULL, k {bytes} NOT NULL, until {int} NOT NULL, "
                    + "doc {bytes} NOT NULL)",
            "CREATE INDEX resp_key ON resp (kh)",
            // the outbound queue
            "CREATE TABLE outb (n {serial} PRIMARY KEY, target {bytes} NOT NULL, until {int} NOT NULL, doc {bytes} NOT NULL, "
                    + "kind {int} NOT NULL DEFAULT 0, size {int} NOT NULL DEFAULT 0, since {int} NOT NULL DEFAULT 0, k {bytes})",
            "{outb_target}", "{outb_until}", "{outb_latest}", "{held}",
            // the MQTT server's journal
            "CREATE TABLE sess (c {serial} PRIMARY KEY, client {text} NOT NULL UNIQUE, principal {text} NOT NULL, "
                    + "seen {int} NOT NULL)",
            "CREATE TABLE sub (c {int} NOT NULL, tf {text} NOT NULL, qos {int} NOT NULL, PRIMARY KEY (c, tf)){keyed}",
            "CREATE TABLE inb (c {int} NOT NULL, pid {int} NOT NULL, PRIMARY KEY (c, pid)){keyed}",
            "CREATE TABLE msg (id {serial} PRIMARY KEY, topic {text} NOT NULL, qos {int} NOT NULL, ret {int} NOT NULL, "
                    + "refs {int} NOT NULL, payload {bytes} NOT NULL, crc {int} NOT NULL DEFAULT -1)",
            "CREATE TABLE mq (c {int} NOT NULL, ord {int} NOT NULL, id {int} NOT NULL, qos {int} NOT NULL, pid {int} NOT NULL, "
                    + "rel {int} NOT NULL, size {int} NOT NULL, PRIMARY KEY (c, ord)){keyed}",
            "CREATE TABLE retained (topic {text} PRIMARY KEY, id {int} NOT NULL){keyed}",
            "{will}", "{damaged}", "{custody}", "{custody_holder}");

    /** The wills of connected clients. */
    private static final String WILL = "CREATE TABLE will (n {serial} PRIMARY KEY, client {text} NOT NULL, "
            + "topic {text} NOT NULL, qos {int} NOT NULL, ret {int} NOT NULL, payload {bytes} NOT NULL, crc {int} NOT NULL)";
    /** Rows that could not be used any more, for an administrator: what they were, and what could be read of them. */
    private static final String DAMAGED = "CREATE TABLE damaged (n {serial} PRIMARY KEY, at {int} NOT NULL, "
            + "what {text} NOT NULL, content {bytes} NOT NULL)";

    /** The order of each target's items, and what is counted without looking at them. */
    private static final String OUTBOUND_ORDER = "CREATE INDEX outb_target ON outb (target, n, kind, size)";
    private static final String OUTBOUND_UNTIL = "CREATE INDEX outb_until ON outb (until)";
    /** k is of items of which only the newest matters. */
    private static final String OUTBOUND_LATEST = "CREATE INDEX outb_latest ON outb (k) WHERE k IS NOT NULL";
    /** Targets whose items an administrator holds back. */
    private static final String HELD = "CREATE TABLE held (target {bytes} PRIMARY KEY, since {int} NOT NULL){keyed}";
    /** Requests in custody. */
    private static final String CUSTODY = "CREATE TABLE custody (n {serial} PRIMARY KEY, holder {bytes} NOT NULL, "
            + "size {int} NOT NULL, envelope {bytes} NOT NULL, message {bytes} NOT NULL)";
    private static final String CUSTODY_HOLDER = "CREATE INDEX custody_holder ON custody (holder, n)";

    /** When the values of timeSeriesInstances were generated, unique below each parent; other instances have no entry. */
    private static final String GENERATED = "CREATE UNIQUE INDEX inst_generated ON inst (pi, dgt) WHERE dgt IS NOT NULL";

    /** What turns a database of version 1, 2 … into one of the next. A message of version 1 has no checksum: -1. */
    private static final List<List<String>> STEPS = List.of(
            List.of("ALTER TABLE msg ADD COLUMN crc {int} NOT NULL DEFAULT -1", "{will}", "{damaged}"),
            // an item's number is its place from version 3 on, and begins with its rank
            List.of("ALTER TABLE outb ADD COLUMN kind {int} NOT NULL DEFAULT 0",
                    "ALTER TABLE outb ADD COLUMN size {int} NOT NULL DEFAULT 0",
                    "ALTER TABLE outb ADD COLUMN since {int} NOT NULL DEFAULT 0", "ALTER TABLE outb ADD COLUMN k {bytes}",
                    "DROP INDEX outb_target", "UPDATE outb SET n = n * " + OutboundPlace.NUMBERS + " + " + OutboundPlace.USUAL
                            + ", size = length(doc)",
                    "{outb_target}", "{outb_until}", "{outb_latest}", "{held}", "{custody}", "{custody_holder}"),
            List.of("ALTER TABLE inst ADD COLUMN dgt {int} DEFAULT NULL", "{inst_generated}"));

    private Schema() {
    }

    /**
     * The statements that make an empty database a store.
     *
     * @param words what this database system calls things
     */
    public static List<String> statements(Words words) {
        return STATEMENTS.stream().map(words::in).toList();
    }

    /** The statements that bring a database of an earlier version up to {@link #VERSION}; for one transaction. */
    public static List<String> upgrade(long from, Words words) {
        if (from < 1 || from > VERSION) {
            throw new IllegalArgumentException("its tables are of version " + from + ", this edition knows 1 to " + VERSION);
        }
        return STEPS.subList((int) from - 1, STEPS.size()).stream().flatMap(List::stream).map(words::in).toList();
    }

    /**
     * A database system's own words.
     *
     * @param serial the type of an integer that is a table's own key
     * @param keyed  what ends the definition of a table that is its primary key's index
     */
    public record Words(String integer, String serial, String text, String bytes, String keyed) {
        private String in(String statement) {
            return statement.replace("{will}", WILL).replace("{damaged}", DAMAGED).replace("{outb_target}", OUTBOUND_ORDER)
                    .replace("{outb_until}", OUTBOUND_UNTIL).replace("{outb_latest}", OUTBOUND_LATEST).replace("{held}", HELD)
                    .replace("{inst_generated}", GENERATED)
                    .replace("{custody}", CUSTODY).replace("{custody_holder}", CUSTODY_HOLDER)
                    .replace("{int}", integer).replace("{serial}", serial).replace("{text}", text).replace("{bytes}", bytes)
                    .replace("{keyed}", keyed);
        }
    }
}
