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
    private static final long DEFAULT_FILL_SECONDS = 30;

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
        fill(wrk, small, FEW, create, Long.MAX_VALUE);
        warm(wrk, small, container, create);
        double smallBefore = Proc.residentMegabytes(small.pid());
        // The large one is warm with as many instances as the small one, so that memory is compared like with like.
        Administration administration = new Administration(large, AE);
        administration.moveIn("bench", bench.instances());
        warm(wrk, large, container, create);
        double largeBefore = Proc.residentMegabytes(large.pid());
        long reached = fillUp(wrk, large, administration, bench.instances(), create,
                bench.instances() > 100_000 ? Long.MAX_VALUE : DEFAULT_FILL_SECONDS);
        double largeFilled = Proc.residentMegabytes(large.pid());

        Wrk.Request latest = Wrk.retrieve("/" + container + "/la", AE);
        Wrk.Request deleteOldest = new Wrk.Request("DELETE", "/" + container + "/ol", AE, 0, "");
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
                new Figure("growth: CPU per create" + at, "µs", samples.median("cpu create large"), samples.median("cpu create small"),
                        samples.compare("", "", "cpu create large", "cpu create small", Budget.NONE).ratio(), Budget.NONE),
                new Figure("growth: resident memory once filled, against before", "MB", largeFilled, largeBefore,
                        largeFilled / largeBefore, Budget.NONE),
                new Figure("growth: resident memory after all rounds, against the small node", "MB", Proc.residentMegabytes(large.pid()),
                        Proc.residentMegabytes(small.pid()), Proc.residentMegabytes(large.pid()) / Proc.residentMegabytes(small.pid()),
                        Budget.ratioAtMost(1.1)),
                Figure.alone("growth: resident memory of the small node before", "MB", smallBefore, Budget.NONE));
    }

    private static Figure compare(Samples samples, String what, String subject) {
        return samples.compare(what, "/s", subject + " large", subject + " small", Budget.ratioAtLeast(0.9));
    }

    private static void fill(Wrk wrk, Node node, long instances, Wrk.Request create, long seconds) throws Exception {
        Administration administration = new Administration(node, AE);
        administration.moveIn("bench", instances);
        fillUp(wrk, node, administration, instances, create, seconds);
    }

    private static long fillUp(Wrk wrk, Node node, Administration administration, long wanted, Wrk.Request create, long seconds)
            throws Exception {
        long started = System.nanoTime();
        long instances = 0;
        while (instances < wanted && (System.nanoTime() - started) / 1e9 < seconds) {
            wrk.run(node.httpPort(), 64, 2, create).expectNoErrors();
            instances = administration.instances("mn-name/bench/data");
        }
        return instances;
    }

    private static void warm(Wrk wrk, Node node, String container, Wrk.Request create) throws Exception {
        wrk.run(node.httpPort(), CONNECTIONS, 3, create).expectNoErrors();
        wrk.run(node.httpPort(), CONNECTIONS, 1, Wrk.retrieve("/" + container + "/la", AE)).expectNoErrors();
    }

    private static void measure(Samples samples, Wrk wrk, String subject, Node node, Wrk.Request... requests) throws Exception {
        double before = node.cpuSeconds();
        Wrk.Result result = wrk.run(node.httpPort(), CONNECTIONS, SECONDS, requests).expectNoErrors();
        samples.add("cpu " + subject, (node.cpuSeconds() - before) * 1e6 / result.requests());
        samples.add(subject, result.rate());
    }
}
