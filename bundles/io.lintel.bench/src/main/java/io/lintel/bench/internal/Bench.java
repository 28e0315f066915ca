// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The benchmarks: each measures the product and its limit in turns, on this machine, now. Started by
 * {@code run-configs/bench}, which has built everything. This JVM makes the load over MQTT; what is measured runs in
 * processes of its own.
 */
public final class Bench {
    private static final List<Benchmark> ALL = List.of(new Start(), new HttpRetrieve(), new CoapRetrieve(), new Create(),
            new MqttEcho(), new MqttServerLoad(), new MqttIdle(), new HttpIdle(), new MqttStart(), new Relay(), new Growth(),
            new Tree());
    private static final long DEFAULT_INSTANCES = 100_000;
    private static final long LOOK_MILLIS = 1_000;

    private Bench() {
    }

    /** In the order in which they run. */
    static List<String> names() {
        return ALL.stream().map(Benchmark::name).toList();
    }

    /** {@code Bench RUN-CONFIGS [--instances=N] [--dir=DIR] [NAME …]}; exit status 1 if a benchmark could not be run. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        Path runConfigs = Path.of(arguments[0]).toAbsolutePath();
        Path parent = runConfigs.resolve("target");
        long instances = DEFAULT_INSTANCES;
        List<Benchmark> chosen = new ArrayList<>();
        for (String argument : List.of(arguments).subList(1, arguments.length)) {
            if (argument.startsWith("--instances=")) {
                instances = Long.parseLong(argument.substring("--instances=".length()));
            } else if (argument.startsWith("--dir=")) {
                parent = Path.of(argument.substring("--dir=".length())).toAbsolutePath();
            } else {
                chosen.add(ALL.stream().filter(benchmark -> benchmark.name().equals(argument)).findFirst().orElseThrow());
            }
        }
        boolean good = true;
        out.println(Figure.header());
        for (Benchmark benchmark : chosen.isEmpty() ? ALL : chosen) {
            good &= run(out, benchmark, new Workbench(runConfigs, parent, instances));
        }
        System.exit(good ? 0 : 1);
    }

    private static boolean run(PrintStream out, Benchmark benchmark, Workbench bench) throws Exception {
        Thread end = new Thread(() -> close(bench), "bench-end");
        Runtime.getRuntime().addShutdownHook(end);
        boolean good = true;
        double busyBefore = Proc.busyCores(LOOK_MILLIS);
        long started = System.nanoTime();
        try {
            for (Figure figure : benchmark.run(bench)) {
                out.println(figure.line());
            }
        } catch (Exception e) {
            good = false;
            out.println(benchmark.name() + ": FAILED: " + e.getMessage());
            e.printStackTrace();
        } finally {
            close(bench);
            Runtime.getRuntime().removeShutdownHook(end);
        }
        long seconds = (System.nanoTime() - started) / 1_000_000_000;
        double busyAfter = Proc.busyCores(LOOK_MILLIS);
        out.printf(Locale.ROOT, "  (%s took %d s; of %d cores others kept %.1f busy before it and %.1f after it)%n",
                benchmark.name(), seconds,
                Runtime.getRuntime().availableProcessors(), busyBefore, busyAfter);
        return good;
    }

    private static void close(Workbench bench) {
        try {
            bench.close();
        } catch (java.io.IOException e) {
            System.err.println("bench: left behind: " + e.getMessage());
        }
    }
}
