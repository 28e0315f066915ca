// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The node's MQTT server beside Mosquitto under the same load, in turns: as Mosquitto comes, which keeps nothing on
 * disk, and saving its database after every change. The node runs as people run it, topic policy, store and all, since
 * it is not to be had without; all of its CPU counts. Every message is counted and a server that loses one is out.
 */
final class MqttServerLoad implements Benchmark {
    private static final int ROUNDS = 5;
    private static final int PACED_ROUNDS = 3;
    private static final double SECONDS = 2;
    private static final double WARM_SECONDS = 20;
    private static final double SETTLE_SECONDS = 1;
    private static final double PACED_LOAD = 0.7;
    private static final int WINDOW = 10;
    private static final List<Pattern> PATTERNS = List.of(
            new Pattern("1 → 1", (loop, port) -> Traffic.oneWay(loop, port, 1, WINDOW)),
            new Pattern("16 → 16", (loop, port) -> Traffic.oneWay(loop, port, 16, WINDOW)),
            new Pattern("200 → 200", (loop, port) -> Traffic.oneWay(loop, port, 200, WINDOW)),
            new Pattern("16 ⇄ 1", (loop, port) -> Traffic.echo(loop, port, 16, 1)),
            new Pattern("16 → 1", (loop, port) -> Traffic.fanIn(loop, port, 16, WINDOW)),
            new Pattern("1 → 16", (loop, port) -> Traffic.fanOut(loop, port, 16, WINDOW)));

    private final Samples samples = new Samples();
    private double busiest;

    /** @param text so many publishers to so many subscribers, a double arrow for requests and their answers */
    private record Pattern(String text, Maker maker) {
    }

    /** Connects the clients of a pattern. */
    private interface Maker {
        Traffic make(LoadLoop loop, int port) throws IOException;
    }

    @Override
    public String name() {
        return "mqtt-server";
    }

    @Override
    public List<Figure> run(Workbench bench) throws Exception {
        List<MqttSubject> subjects = new ArrayList<>();
        subjects.add(MqttSubject.of(bench.node("mn")));
        if (Files.isExecutable(Mosquitto.PROGRAM)) {
            int port = Workbench.freePort();
            subjects.add(MqttSubject.other(MqttSubject.BY_DEFAULT, port, Mosquitto.start(bench, port)));
            int savingPort = Workbench.freePort();
            subjects.add(MqttSubject.other(MqttSubject.SAVING, savingPort,
                    Mosquitto.start(bench, savingPort, Mosquitto.savingEveryChange(bench.directory()))));
        } else {
            System.out.println("mqtt-server: no Mosquitto to compare with (Debian: apt-get install mosquitto)");
        }
        List<Figure> figures = new ArrayList<>();
        try (LoadLoop loop = new LoadLoop()) {
            warm(loop, subjects.get(0));
            for (Pattern pattern : PATTERNS) {
                measure(loop, pattern, subjects);
                report(figures, pattern);
            }
        }
        figures.add(Figure.alone("mqtt-server: the load's own thread, busiest round, of one core", "%", busiest * 100,
                Budget.NONE));
        return figures;
    }

    /** Until the JVM has compiled what is hot. */
    private static void warm(LoadLoop loop, MqttSubject subject) throws IOException {
        for (Pattern pattern : PATTERNS) {
            try (Traffic traffic = pattern.maker().make(loop, subject.port())) {
                traffic.saturate(WARM_SECONDS / PATTERNS.size());
            }
        }
    }

    private void measure(LoadLoop loop, Pattern pattern, List<MqttSubject> subjects) throws IOException {
        Map<MqttSubject, Traffic> traffics = new LinkedHashMap<>();
        try {
            for (MqttSubject subject : subjects) {
                attempt(pattern, subject, traffics, () -> {
                    Traffic traffic = pattern.maker().make(loop, subject.port());
                    traffics.put(subject, traffic);
                    traffic.saturate(SETTLE_SECONDS);
                });
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (MqttSubject subject : List.copyOf(traffics.keySet())) {
                    attempt(pattern, subject, traffics, () -> saturate(pattern, subject, traffics.get(subject)));
                }
            }
            for (int round = 0; round < PACED_ROUNDS; round++) {
                for (MqttSubject subject : List.copyOf(traffics.keySet())) {
                    attempt(pattern, subject, traffics, () -> pace(pattern, subject, traffics.get(subject)));
                }
            }
        } finally {
            for (Traffic traffic : traffics.values()) {
                traffic.close();
            }
        }
    }

    /** What may show that a server does not keep to the rules. */
    private interface Phase {
        void run() throws IOException;
    }

    private void attempt(Pattern pattern, MqttSubject subject, Map<MqttSubject, Traffic> traffics, Phase phase)
            throws IOException {
        try {
            phase.run();
        } catch (IOException | UncheckedIOException e) {
            if (subject.product()) {
                throw new IOException(pattern.text() + ": " + e.getMessage(), e);
            }
            System.out.println("mqtt-server: " + pattern.text() + ": " + subject.name() + " is disqualified: " + e.getMessage());
            traffics.remove(subject);
            samples.forget(key(pattern, "", subject.name()));
        }
    }

    private void saturate(Pattern pattern, MqttSubject subject, Traffic traffic) throws IOException {
        double cpuBefore = Proc.cpuSeconds(subject.pid());
        long ownBefore = ownCpuNanos();
        Traffic.Result result = traffic.saturate(SECONDS);
        busiest = Math.max(busiest, (ownCpuNanos() - ownBefore) / 1e9 / result.seconds());
        samples.add(key(pattern, "cpu", subject.name()), (Proc.cpuSeconds(subject.pid()) - cpuBefore) * 1e6 / result.messages());
        samples.add(key(pattern, "rate", subject.name()), result.rate());
        samples.add(key(pattern, "p50", subject.name()), result.latencies().percentile(50));
        samples.add(key(pattern, "p99", subject.name()), result.latencies().percentile(99));
        samples.add(key(pattern, "disorder", subject.name()), result.outOfOrder());
    }

    private void pace(Pattern pattern, MqttSubject subject, Traffic traffic) throws IOException {
        Traffic.Result result = traffic.paced(PACED_LOAD * samples.median(key(pattern, "rate", subject.name())), SECONDS);
        samples.add(key(pattern, "paced p50", subject.name()), result.latencies().percentile(50));
        samples.add(key(pattern, "paced p99", subject.name()), result.latencies().percentile(99));
    }

    private static long ownCpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** An empty quantity gives what the keys of all begin with. */
    private static String key(Pattern pattern, String quantity, String subject) {
        return pattern.text() + "/" + subject + "/" + quantity;
    }

    // ---- what it comes to -------------------------------------------------------------------------------------------

    private void report(List<Figure> figures, Pattern pattern) {
        compare(figures, pattern, "CPU per message", "µs", MqttSubject.BY_DEFAULT, Budget.ratioAtMost(1));
        compare(figures, pattern, "rate", "/s", MqttSubject.BY_DEFAULT, Budget.NONE);
        compare(figures, pattern, "rate", "/s", MqttSubject.SAVING, Budget.ratioAtLeast(1));
        compare(figures, pattern, "p50 at full load", "ms", MqttSubject.BY_DEFAULT, Budget.NONE);
        compare(figures, pattern, "p99 at full load", "ms", MqttSubject.BY_DEFAULT, Budget.NONE);
        compare(figures, pattern, "p99 at full load", "ms", MqttSubject.SAVING, Budget.NONE);
        tail(figures, pattern, MqttSubject.LINTEL, Budget.ratioAtMost(10));
        tail(figures, pattern, MqttSubject.BY_DEFAULT, Budget.NONE);
        disorder(figures, pattern);
    }

    private void compare(List<Figure> figures, Pattern pattern, String what, String unit, String with, Budget budget) {
        String quantity = what.startsWith("CPU") ? "cpu" : what.split(" ", 2)[0];
        String limit = key(pattern, quantity, with);
        if (samples.has(limit)) {
            String product = key(pattern, quantity, MqttSubject.LINTEL);
            figures.add(samples.compare(title(pattern, what + ", " + with), unit, product, limit, budget));
        }
    }

    private void tail(List<Figure> figures, Pattern pattern, String subject, Budget budget) {
        String p99 = key(pattern, "paced p99", subject);
        if (samples.has(p99)) {
            String of = subject.equals(MqttSubject.LINTEL) ? "" : " of " + subject;
            figures.add(samples.compare(title(pattern, "p99" + of + " at 70 % load, against its p50"), "ms", p99,
                    key(pattern, "paced p50", subject), budget));
        }
    }

    private void disorder(List<Figure> figures, Pattern pattern) {
        double own = samples.sum(key(pattern, "disorder", MqttSubject.LINTEL));
        figures.add(Figure.alone(title(pattern, "messages out of order"), "", own, Budget.atMost(0, "")));
        String other = key(pattern, "disorder", MqttSubject.BY_DEFAULT);
        if (samples.has(other) && samples.sum(other) > 0) {
            figures.add(Figure.alone(title(pattern, "messages out of order from Mosquitto"), "", samples.sum(other),
                    Budget.NONE));
        }
    }

    private static String title(Pattern pattern, String what) {
        return "mqtt-server: " + pattern.text() + ": " + what;
    }
}
