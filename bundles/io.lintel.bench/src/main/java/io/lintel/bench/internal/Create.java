// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * Synced creates of contentInstances in a full container (each deletes the oldest), over HTTP and over MQTT, held
 * against the same three changes in bare JDBC on the same disk.
 */
final class Create implements Benchmark {
    private static final String AE = "CBench";
    private static final int KEPT = 1000;
    private static final int[] OUTSTANDING = {1, 16, 64};
    private static final int ROUNDS = 3;
    private static final int SECONDS = 1;
    static final String CONTENT = "temperature 21.5555";

    @Override
    public String name() {
        return "create";
    }

    @Override
    public List<Figure> run(Workbench bench) throws Exception {
        Child limit = bench.java(BareStore.class, bench.directory().resolve("bare").toString());
        Node node = bench.node("mn");
        Administration administration = new Administration(node, AE);
        administration.moveIn("bench", KEPT);
        String container = node.base() + "/bench/data";
        limit.await("ready", 20);

        Wrk wrk = new Wrk(bench.directory());
        Wrk.Request http = new Wrk.Request("POST", "/" + container, AE, 4, "{\"m2m:cin\":{\"con\":\"" + CONTENT + "\"}}");
        Samples samples = new Samples();
        try (MqttPeer peer = new MqttPeer(node.mqttPort(), "A::" + AE, "/oneM2M/resp/" + AE + "/#")) {
            Template request = Template.create(AE, container, CONTENT);
            String topic = "/oneM2M/req/" + AE + "/" + node.cse() + "/json";
            wrk.run(node.httpPort(), 64, 5, http).expectNoErrors();
            new RequestLoad(peer, topic, request).during(64, 8);
            bare(limit, 64, 2);
            long instances = administration.instances(container);
            if (instances != KEPT) {
                throw new IllegalStateException("the container should be full with " + KEPT + " but has " + instances);
            }
            for (int round = 0; round < ROUNDS; round++) {
                for (int outstanding : OUTSTANDING) {
                    samples.add("limit " + outstanding, bare(limit, outstanding, SECONDS));
                    double before = node.cpuSeconds();
                    Wrk.Result overHttp = wrk.run(node.httpPort(), outstanding, SECONDS, http).expectNoErrors();
                    double between = node.cpuSeconds();
                    RequestLoad.Result overMqtt = new RequestLoad(peer, topic, request).during(outstanding, SECONDS);
                    double after = node.cpuSeconds();
                    samples.add("http " + outstanding, overHttp.rate());
                    samples.add("mqtt " + outstanding, overMqtt.rate());
                    samples.add("http cpu " + outstanding, (between - before) * 1e6 / overHttp.requests());
                    samples.add("mqtt cpu " + outstanding, (after - between) * 1e6 / overMqtt.requests());
                }
            }
        }
        List<Figure> figures = new ArrayList<>();
        for (String door : List.of("http", "mqtt")) {
            for (int outstanding : OUTSTANDING) {
                figures.add(samples.compare("create: synced creates over " + door.toUpperCase(java.util.Locale.ROOT) + ", "
                        + outstanding
                        + " outstanding", "/s", door + " " + outstanding, "limit " + outstanding,
                        outstanding == 64 ? Budget.ratioAtLeast(0.7) : Budget.NONE));
            }
            figures.add(Figure.alone("create: CPU per create over " + door.toUpperCase(java.util.Locale.ROOT)
                    + ", 64 outstanding", "µs",
                    samples.median(door + " cpu 64"), Budget.NONE));
        }
        return figures;
    }

    private static double bare(Child limit, int outstanding, int seconds) throws Exception {
        limit.say(outstanding + " " + seconds);
        String[] said = limit.await("done ", seconds + 20L).split(" ");
        return Long.parseLong(said[1]) / Double.parseDouble(said[2]);
    }
}
