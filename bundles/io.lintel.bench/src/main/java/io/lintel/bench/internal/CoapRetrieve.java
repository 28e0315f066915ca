// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import io.lintel.primitive.Attributes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A retrieval over CoAP, held against a bare Californium resource that returns the same options and bytes. */
final class CoapRetrieve implements Benchmark {
    private static final String AE = "CBench";
    private static final int SOCKETS = 16;
    private static final int WARM_UP_RUNS = 8;
    private static final int ROUNDS = 5;

    @Override
    public String name() {
        return "coap-retrieve";
    }

    @Override
    public List<Figure> run(Workbench bench) throws Exception {
        Node node = bench.node("mn");
        Administration administration = new Administration(node, AE);
        administration.moveIn("bench", 1000);
        String container = node.base() + "/bench/data";
        administration.create(container, 4, "m2m:cin", Attributes.builder().set("rn", "one").set("con",
                "{\"temperature\": 21.5}").build());
        byte[] one = CoapLoad.retrieval(container + "/one", AE);
        byte[] latest = CoapLoad.retrieval(container + "/la", AE);

        try (CoapLoad product = new CoapLoad(node.coapPort(), SOCKETS)) {
            Path answer = Files.write(bench.directory().resolve("answer"), product.run(one, 0.2).last());
            Child californium = bench.java(BareCoap.class, answer.toString(), container + "/one");
            int port = Integer.parseInt(californium.await("port ", 20).substring("port ".length()));
            try (CoapLoad limit = new CoapLoad(port, SOCKETS)) {
                warmUp(node.pid(), product, one, latest);
                warmUp(californium.pid(), limit, one);
                Samples samples = new Samples();
                for (int round = 0; round < ROUNDS; round++) {
                    measure(samples, "californium", californium.pid(), limit, one);
                    measure(samples, "one", node.pid(), product, one);
                    measure(samples, "la", node.pid(), product, latest);
                }
                return List.of(
                        samples.compare("coap-retrieve: rate, contentInstance by name", "/s", "rate one", "rate californium",
                                Budget.ratioAtLeast(0.6)),
                        samples.compare("coap-retrieve: rate, la", "/s", "rate la", "rate californium", Budget.ratioAtLeast(0.6)),
                        samples.compare("coap-retrieve: CPU per request, contentInstance by name", "µs", "cpu one",
                                "cpu californium", Budget.NONE),
                        samples.compare("coap-retrieve: CPU per request, la", "µs", "cpu la", "cpu californium", Budget.NONE));
            }
        }
    }

    /** Until a request costs no less than in the run before: the compiler's own work is not a request's. */
    private static void warmUp(long pid, CoapLoad load, byte[]... requests) throws Exception {
        double last = Double.MAX_VALUE;
        for (int run = 0; run < WARM_UP_RUNS; run++) {
            double before = Proc.cpuSeconds(pid);
            long count = 0;
            for (byte[] request : requests) {
                count += load.run(request, 5.0 / requests.length).requests();
            }
            double now = (Proc.cpuSeconds(pid) - before) / count;
            if (now > 0.95 * last) {
                return;
            }
            last = now;
        }
    }

    private static void measure(Samples samples, String subject, long pid, CoapLoad load, byte[] request) throws Exception {
        double before = Proc.cpuSeconds(pid);
        CoapLoad.Result result = load.run(request, 2);
        samples.add("cpu " + subject, (Proc.cpuSeconds(pid) - before) * 1e6 / result.requests());
        samples.add("rate " + subject, result.rate());
    }
}
