// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import io.lintel.primitive.Attributes;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** CPU of a retrieval over HTTP, held against bare Jetty that returns the same header fields and bytes. */
final class HttpRetrieve implements Benchmark {
    private static final String AE = "CBench";
    private static final int CONNECTIONS = 16;
    private static final int WARM_UP_RUNS = 8;
    private static final int ROUNDS = 5;

    @Override
    public String name() {
        return "http-retrieve";
    }

    @Override
    public List<Figure> run(Workbench bench) throws Exception {
        Node node = bench.node("mn");
        Administration administration = new Administration(node, AE);
        administration.moveIn("bench", 1000);
        String container = node.base() + "/bench/data";
        administration.create(container, 4, "m2m:cin", Attributes.builder().set("rn", "one").set("con",
                "{\"temperature\": 21.5}").build());

        HttpResponse<byte[]> response = administration.get(container + "/one");
        Path body = Files.write(bench.directory().resolve("body"), response.body());
        Path fields = Files.write(bench.directory().resolve("fields"), Administration.fields(response));
        Child jetty = bench.java(BareJetty.class, body.toString(), fields.toString());
        int jettyPort = Integer.parseInt(jetty.await("port ", 20).substring("port ".length()));

        Wrk wrk = new Wrk(bench.directory());
        Wrk.Request one = Wrk.retrieve("/" + container + "/one", AE);
        Wrk.Request latest = Wrk.retrieve("/" + container + "/la", AE);
        warmUp(wrk, node.pid(), node.httpPort(), one, latest);
        warmUp(wrk, jetty.pid(), jettyPort, one, latest);
        Samples samples = new Samples();
        for (int round = 0; round < ROUNDS; round++) {
            measure(samples, wrk, "jetty", jetty.pid(), jettyPort, one);
            measure(samples, wrk, "one", node.pid(), node.httpPort(), one);
            measure(samples, wrk, "la", node.pid(), node.httpPort(), latest);
        }
        return List.of(
                samples.compare("http-retrieve: CPU per request, contentInstance by name", "µs", "cpu one", "cpu jetty",
                        Budget.ratioAtMost(2)),
                samples.compare("http-retrieve: CPU per request, la", "µs", "cpu la", "cpu jetty", Budget.ratioAtMost(2)),
                samples.compare("http-retrieve: rate, contentInstance by name", "/s", "rate one", "rate jetty", Budget.NONE));
    }

    /** Until a request costs no less than in the run before: the compiler's own work is not a request's. */
    private static void warmUp(Wrk wrk, long pid, int port, Wrk.Request... requests) throws Exception {
        double last = Double.MAX_VALUE;
        for (int run = 0; run < WARM_UP_RUNS; run++) {
            double before = Proc.cpuSeconds(pid);
            Wrk.Result result = wrk.run(port, CONNECTIONS, 5, requests).expectNoErrors();
            double now = (Proc.cpuSeconds(pid) - before) / result.requests();
            if (now > 0.95 * last) {
                return;
            }
            last = now;
        }
    }

    private static void measure(Samples samples, Wrk wrk, String subject, long pid, int port, Wrk.Request request)
            throws Exception {
        double before = Proc.cpuSeconds(pid);
        Wrk.Result result = wrk.run(port, CONNECTIONS, 2, request).expectNoErrors();
        samples.add("cpu " + subject, (Proc.cpuSeconds(pid) - before) * 1e6 / result.requests());
        samples.add("rate " + subject, result.rate());
    }
}
