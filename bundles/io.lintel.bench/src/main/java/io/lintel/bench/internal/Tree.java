// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import io.lintel.primitive.Attributes;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Two nodes that differ in the size of their trees: ten AEs with a container each, and ten thousand with as many
 * contentInstances as {@code growth} has. Any single request has to cost the same on both, memory may not grow with the tree,
 * and a start with the large one has to be quick.
 */
final class Tree implements Benchmark {
    private static final int FEW = 10;
    private static final int MANY = 10_000;
    private static final int OUTSTANDING = 64;
    private static final int CONNECTIONS = 16;
    /** Rounds that only bring both nodes to the same state of compilation. */
    private static final int WARM_UP_ROUNDS = 4;
    private static final int ROUNDS = 5;
    private static final int SECONDS = 1;
    private static final int ACCEPTABLE = 300;
    private static final long FILL_NANOS = 35_000_000_000L;
    private static final long DEFAULT_INSTANCES = 100_000;
    private static final long REST_MILLIS = 2_000;

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5)).build();

    @Override
    public String name() {
        return "tree";
    }

    /** One kind of request. */
    private record Subject(String what, Wrk.Request request) {
    }

    private static List<Subject> subjects() {
        String ae = "/mn-name/" + stem(FEW - 1);
        String originator = stem(FEW - 1);
        return List.of(
                new Subject("retrieve an AE", Wrk.retrieve(ae, originator)),
                new Subject("retrieve a container by its names", Wrk.retrieve(ae + "/data", originator)),
                new Subject("retrieve la", Wrk.retrieve(ae + "/data/la", originator)),
                new Subject("discover ten instances of an AE", Wrk.retrieve(ae + "?fu=1&ty=4&lim=10", originator)),
                new Subject("create a contentInstance", new Wrk.Request("POST", ae + "/data", originator, 4,
                        "{\"m2m:cin\":{\"con\":\"temperature 21.5555\"}}")),
                new Subject("update a container", new Wrk.Request("PUT", ae + "/data", originator, 0,
                        "{\"m2m:cnt\":{\"lbl\":[\"kitchen\"]}}")),
                new Subject("register an AE", new Wrk.Request("POST", "/mn-name", "C", 2,
                        "{\"m2m:ae\":{\"api\":\"Nio.lintel.bench\",\"rr\":false,\"srv\":[\"2a\"]}}")));
    }

    private static String stem(int number) {
        return "CTree" + number;
    }

    @Override
    public List<Figure> run(Workbench bench) throws Exception {
        Path largeHome = bench.newHome("mn");
        Node small = bench.node("mn");
        Node large = bench.start("mn", largeHome, List.of()).awaitReady();
        fill(small, FEW);
        fill(large, MANY);
        Wrk wrk = new Wrk(bench.directory());
        long instances = instances(bench, wrk, large);
        new Administration(small, stem(FEW - 1)).create("mn-name/" + stem(FEW - 1) + "/data", 4, "m2m:cin",
                Attributes.of("con", "temperature 21.5555"));
        Samples samples = new Samples();
        for (int round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
            for (Subject subject : subjects()) {
                for (Node node : List.of(small, large)) {
                    double before = node.cpuSeconds();
                    Wrk.Result result = wrk.run(node.httpPort(), CONNECTIONS, SECONDS, subject.request())
                            .expectNoErrors(subject.what() + " at the " + (node == small ? "small" : "large") + " node");
                    if (round >= WARM_UP_ROUNDS) {
                        samples.add(subject.what() + (node == small ? " small" : " large"),
                                (node.cpuSeconds() - before) * 1e6 / result.requests());
                    }
                }
            }
        }
        String at = String.format(Locale.ROOT, ", %,d AEs and containers, %,d contentInstances, against %d", MANY, instances,
                FEW);
        List<Figure> figures = new ArrayList<>();
        for (Subject subject : subjects()) {
            figures.add(samples.compare("tree: CPU to " + subject.what() + at, "µs", subject.what() + " large",
                    subject.what() + " small", Budget.ratioAtMost(1.2)));
        }
        double largeMemory = Proc.residentMegabytes(large.pid());
        double smallMemory = Proc.residentMegabytes(small.pid());
        figures.add(new Figure("tree: resident memory after the same load" + at, "MB", largeMemory, smallMemory,
                largeMemory / smallMemory, Budget.NONE));
        large.close();
        long started = System.nanoTime();
        Node again = bench.start("mn", largeHome, List.of()).awaitReady();
        double seconds = (System.nanoTime() - started) / 1e9;
        Thread.sleep(REST_MILLIS);
        figures.add(Figure.alone("tree: start with it until ready" + at, "s", seconds, Budget.atMost(5, "s")));
        figures.add(Figure.alone("tree: resident at rest after that start", "MB", Proc.residentMegabytes(again.pid()),
                Budget.NONE));
        return figures;
    }

    /** AEs that each made a container; as many requests under way as fit into one commit. */
    private void fill(Node node, int number) throws IOException, InterruptedException {
        send(node, number, "mn-name", 2, i -> "{\"m2m:ae\":{\"rn\":\"" + stem(i)
                + "\",\"api\":\"Nio.lintel.bench\",\"rr\":false,\"srv\":[\"2a\"]}}");
        send(node, number, "", 3, i -> "{\"m2m:cnt\":{\"rn\":\"data\",\"mni\":10000000}}");
    }

    private interface Body {
        String of(int number);
    }

    /** @param parent of all, or empty for the AE of the same number */
    private void send(Node node, int number, String parent, int type, Body body) throws IOException, InterruptedException {
        Semaphore room = new Semaphore(OUTSTANDING);
        AtomicReference<String> trouble = new AtomicReference<>();
        for (int i = 0; i < number && trouble.get() == null; i++) {
            room.acquire();
            String to = parent.isEmpty() ? "mn-name/" + stem(i) : parent;
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + "/" + to))
                    .timeout(Duration.ofSeconds(20)).header("X-M2M-Origin", stem(i)).header("X-M2M-RVI", "2a")
                    .header("X-M2M-RI", "fill-" + type + "-" + i).header("Content-Type", "application/json;ty=" + type)
                    .POST(HttpRequest.BodyPublishers.ofString(body.of(i))).build();
            client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).whenComplete((response, failure) -> {
                if (failure != null || response.statusCode() >= ACCEPTABLE) {
                    trouble.set(failure != null ? failure.toString() : response.statusCode() + " " + response.body());
                }
                room.release();
            });
        }
        room.acquire(OUTSTANDING);
        if (trouble.get() != null) {
            throw new IOException("a tree could not be made: " + trouble.get());
        }
    }

    private static long instances(Workbench bench, Wrk wrk, Node node) throws Exception {
        String originator = stem(FEW - 1);
        Administration administration = new Administration(node, originator);
        String container = "mn-name/" + originator + "/data";
        Wrk.Request create = new Wrk.Request("POST", "/" + container, originator, 4,
                "{\"m2m:cin\":{\"con\":\"temperature 21.5555\"}}");
        long end = System.nanoTime() + (bench.instances() > DEFAULT_INSTANCES ? Long.MAX_VALUE / 2 : FILL_NANOS);
        long reached = 0;
        while (reached < bench.instances() && System.nanoTime() < end) {
            wrk.run(node.httpPort(), OUTSTANDING, 2, create).expectNoErrors();
            reached = administration.instances(container);
        }
        return reached;
    }
}
