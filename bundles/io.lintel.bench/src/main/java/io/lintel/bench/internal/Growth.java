// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.util.List;
import java.util.Locale;

/**
 * Two nodes that differ in one thing, the number of contentInstances in a full container: 1,000, and many. The rates
 * of the large one are held against those of the small one.
 */
final class Growth implements Benchmark {
    private static final String AE = "CBench";
    private static final int FEW = 1000;
    private static final int CONNECTIONS = 16;
    private static final int ROUNDS = 3;
    private static final int SECONDS = 1;
    private static final int FILL_CONNECTIONS = 64;
    /** Up to so many are filled in for at most so long; more are asked for by someone who has the time. */
    private static final long DEFAULT_INSTANCES = 100_000;
    private static final long FILL_NANOS = 35_000_000_000L;

    @Override
    public String name() {
        return "growth";
    }

    @Override
    public List<Figure> run(Workbench bench) throws Exception {
        Node small = bench.node("mn");
        Node large = bench.node("mn");
        Wrk wrk = new Wrk(bench.directory());
        String container = "mn-name/bench/data";
        Wrk.Request create = new Wrk.Request("POST", "/" + container, AE, 4, "{\"m2m:cin\":{\"con\":\"temperature 21.5555\"}}");
        Administration atSmall = new Administration(small, AE);
        Administration atLarge = new Administration(large, AE);
        atSmall.moveIn("bench", FEW);
        atLarge.moveIn("bench", bench.instances());
        double before = 0;
        long reached = 0;
        long end = System.nanoTime() + (bench.instances() > DEFAULT_INSTANCES ? Long.MAX_VALUE / 2 : FILL_NANOS);
        // Both take the same load, so that they differ in what they hold, not in how warm they are.
        while (reached < bench.instances() && System.nanoTime() < end) {
            for (Node node : List.of(small, large)) {
                wrk.run(node.httpPort(), FILL_CONNECTIONS, 2, create).expectNoErrors();
            }
            reached = atLarge.instances(container);
            before = before == 0 ? Proc.residentMegabytes(large.pid()) : before;
        }
        double filled = Proc.residentMegabytes(large.pid());
        Wrk.Request latest = Wrk.retrieve("/" + container + "/la", AE);
        Wrk.Request deleteOldest = new Wrk.Request("DELETE", "/" + container + "/ol", AE, 0, "");
        for (Node node : List.of(small, large)) {
            wrk.run(node.httpPort(), CONNECTIONS, 2, latest).expectNoErrors();
        }
        Samples samples = new Samples();
        for (int round = 0; round < ROUNDS; round++) {
            for (Node node : List.of(small, large)) {
                String size = node == small ? "small" : "large";
                measure(samples, wrk, "create " + size, node, create);
                measure(samples, wrk, "la " + size, node, latest);
                measure(samples, wrk, "delete " + size, node, deleteOldest, create);
            }
        }
        String at = String.format(Locale.ROOT, " at %,d contentInstances, against %,d", reached, FEW);
        return List.of(
                compare(samples, "growth: create" + at, "create"),
                compare(samples, "growth: la" + at, "la"),
                compare(samples, "growth: delete ol + create" + at, "delete"),
                samples.compare("growth: CPU per create" + at, "µs", "cpu create large", "cpu create small", Budget.NONE),
                memory("growth: resident memory after the same load, against the small node", Proc.residentMegabytes(large.pid()),
                        Proc.residentMegabytes(small.pid()), Budget.ratioAtMost(1.1)),
                memory("growth: resident memory once filled, against after 2 s of load", filled, before, Budget.NONE));
    }

    private static Figure memory(String what, double product, double limit, Budget budget) {
        return new Figure(what, "MB", product, limit, product / limit, budget);
    }

    private static Figure compare(Samples samples, String what, String subject) {
        return samples.compare(what, "/s", subject + " large", subject + " small", Budget.ratioAtLeast(0.9));
    }

    private static void measure(Samples samples, Wrk wrk, String subject, Node node, Wrk.Request... requests) throws Exception {
        double before = node.cpuSeconds();
        Wrk.Result result = wrk.run(node.httpPort(), CONNECTIONS, SECONDS, requests).expectNoErrors();
        samples.add("cpu " + subject, (node.cpuSeconds() - before) * 1e6 / result.requests());
        samples.add(subject, result.rate());
    }
}
