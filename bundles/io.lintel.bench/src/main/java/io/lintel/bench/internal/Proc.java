// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What Linux tells of a process and of the machine, in {@code /proc}. */
final class Proc {
    /** USER_HZ, which is 100 on every Linux that a JVM runs on. */
    private static final double TICKS_PER_SECOND = 100;
    private static final int UTIME = 11;
    private static final int CHILDREN_UTIME = 13;

    private Proc() {
    }

    /** User and system time of all threads of a process, in seconds. */
    static double cpuSeconds(long pid) throws IOException {
        return times(pid, UTIME);
    }

    /** The same of the children that it has waited for. */
    static double childrenCpuSeconds(long pid) throws IOException {
        return times(pid, CHILDREN_UTIME);
    }

    private static double times(long pid, int field) throws IOException {
        return parseTimes(Files.readString(Path.of("/proc/" + pid + "/stat")), field);
    }

    /** The second field is the program's name in brackets, which may hold anything; fields are counted after it. */
    static double parseTimes(String stat, int field) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[field]) + Long.parseLong(fields[field + 1])) / TICKS_PER_SECOND;
    }

    static double residentMegabytes(long pid) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        throw new IOException("process " + pid + " has no VmRSS");
    }

    /** Whether the process runs the program of that name (a script may still be on its way to it). */
    static boolean runs(long pid, String program) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/exe")).getFileName().toString().equals(program);
    }

    /** How many cores the machine keeps busy within the given time, whoever does it. */
    static double busyCores(long millis) throws IOException, InterruptedException {
        double[] before = machine();
        long started = System.nanoTime();
        Thread.sleep(millis);
        double[] after = machine();
        return (after[0] - before[0]) / ((System.nanoTime() - started) / 1e9);
    }

    private static double[] machine() throws IOException {
        String[] fields = Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split("\\s+");
        List<Double> seconds = new ArrayList<>();
        for (int i = 1; i < fields.length; i++) {
            seconds.add(Long.parseLong(fields[i]) / TICKS_PER_SECOND);
        }
        // user, nice, system, idle, iowait, irq, softirq, steal
        return new double[] {seconds.get(0) + seconds.get(1) + seconds.get(2) + seconds.get(5) + seconds.get(6) + seconds.get(7)};
    }
}
