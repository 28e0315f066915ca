// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import java.sql.SQLException;

/**
 * A counter that never gives a number twice, also not after a crash, and costs no write of its own: numbers are
 * reserved on disk by the thousand, in the transaction that first uses one of them. Writer thread only.
 */
final class Numbers {
    private static final long RESERVE = 4096;
    private static final String READ = "SELECT v FROM meta WHERE k = ?";
    private static final String RAISE = "UPDATE meta SET v = ? WHERE k = ?";

    private final String key;
    private long last;
    private long reserved;
    private long reservedOnDisk;

    Numbers(String key) {
        this.key = key;
    }

    /** From disk; numbers used in this life stay used. */
    void load(Sql sql) throws SQLException {
        reservedOnDisk = sql.query(result -> {
            if (!result.next()) {
                throw new SQLException("the counter " + key + " is missing in table meta");
            }
            return result.getLong(1);
        }, READ, key);
        reserved = reservedOnDisk;
        last = Math.max(last, reservedOnDisk);
    }

    long next() {
        return ++last;
    }

    /** Someone else's number, which counts as used from now on. */
    void used(long number) {
        last = Math.max(last, number);
    }

    long last() {
        return last;
    }

    boolean needsReserve() {
        return last > reserved;
    }

    /** Within the transaction, before its commit. */
    void reserve(Sql sql) throws SQLException {
        if (needsReserve()) {
            reserved = last + RESERVE;
            sql.update(RAISE, reserved, key);
        }
    }

    void committed() {
        reservedOnDisk = reserved;
    }

    void rolledBack() {
        reserved = reservedOnDisk;
    }
}
