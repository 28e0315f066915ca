// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.internal;

import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Runs steps one after the other, says a line about each, and counts. */
final class Check {
    /** One step; what it returns is said after its name, what it throws is why it failed. */
    @FunctionalInterface
    interface Step {
        String run() throws Exception;
    }

    private final PrintStream out;
    private int passed;
    private int failed;

    Check(PrintStream out) {
        this.out = out;
    }

    void step(String what, Step step) {
        long start = System.nanoTime();
        try {
            String detail = step.run();
            passed++;
            out.printf("ok    %6d ms  %s%s%n", millis(start), what, detail.isEmpty() ? "" : ": " + detail);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failed++;
            out.printf("FAIL  %6d ms  %s: interrupted%n", millis(start), what);
        } catch (Exception e) {
            failed++;
            String why = e.getMessage() == null ? e.toString() : e.getMessage();
            out.printf("FAIL  %6d ms  %s: %s%n", millis(start), what, why.replaceAll("\\s+", " "));
        }
        out.flush();
    }

    /** The last line; true when nothing failed. */
    boolean close() {
        out.printf("%d passed, %d failed%n", passed, failed);
        return failed == 0 && passed > 0;
    }

    private static long millis(long start) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    }

    /** Looks until it is so, for at most 20 seconds. */
    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("waited 20 s in vain until " + what);
            }
            TimeUnit.MILLISECONDS.sleep(25);
        }
    }

    static void equal(Object expected, Object actual, String what) {
        if (!expected.equals(actual)) {
            throw new IllegalStateException(what + ": expected " + expected + ", found " + actual);
        }
    }

    static void that(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException(what);
        }
    }
}
