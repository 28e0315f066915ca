// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * A request of an AE to the CSE and its response over the node's own MQTT server, QoS 1 and durable sessions, held
 * against a client that echoes on the same server; and that echo held against Mosquitto as the server.
 */
final class MqttEcho implements Benchmark {
    private static final String AE = "CBench";
    private static final int OUTSTANDING = 16;
    private static final int ROUNDS = 5;
    private static final double SECONDS = 2;
    /** Request in and out of the server, response in and out. */
    private static final int MESSAGES = 2;

    @Override
    public String name() {
        return "mqtt-echo";
    }

    @Override
    public List<Figure> run(Workbench bench) throws Exception {
        Node node = bench.node("mn");
        Administration administration = new Administration(node, AE);
        administration.moveIn("bench", 1000);
        boolean withMosquitto = Files.isExecutable(Mosquitto.PROGRAM);
        int mosquittoPort = Workbench.freePort();
        Child mosquitto = withMosquitto ? Mosquitto.start(bench, mosquittoPort) : null;

        Samples samples = new Samples();
        Template request = Template.retrieve(AE, node.base() + "/bench/data");
        String topic = "/oneM2M/req/" + AE + "/" + node.cse() + "/json";
        try (MqttPeer ae = new MqttPeer(node.mqttPort(), "A::" + AE, "/oneM2M/resp/" + AE + "/#")) {
            RequestLoad.Result warm = new RequestLoad(ae, topic, request).during(OUTSTANDING, 6);
            Template response = Template.like(warm.lastResponse());
            try (Echo own = new Echo(node.mqttPort(), response); Echo other = withMosquitto ? new Echo(mosquittoPort, response)
                    : null) {
                own.load(request).during(OUTSTANDING, 6);
                for (int round = 0; round < ROUNDS; round++) {
                    measure(samples, "cse", node.pid(), new RequestLoad(ae, topic, request));
                    measure(samples, "echo", node.pid(), own.load(request));
                    if (withMosquitto) {
                        measure(samples, "mosquitto", mosquitto.pid(), other.load(request));
                    }
                }
            }
        }
        List<Figure> figures = new ArrayList<>();
        figures.add(samples.compare("mqtt-echo: AE → CSE → AE against an echo client on the same server", "/s", "rate cse",
                "rate echo",
                Budget.ratioAtLeast(0.5)));
        figures.add(Figure.alone("mqtt-echo: CPU of the node per request to the CSE", "µs", samples.median("cpu cse") * MESSAGES,
                Budget.NONE));
        if (withMosquitto) {
            figures.add(samples.compare("mqtt-echo: CPU per message of the server, against Mosquitto (unsynced)", "µs",
                    "cpu echo",
                    "cpu mosquitto", Budget.ratioAtMost(1)));
            figures.add(samples.compare("mqtt-echo: rate of the echo, against Mosquitto (unsynced)", "/s", "rate echo",
                    "rate mosquitto",
                    Budget.NONE));
        } else {
            System.out.println("mqtt-echo: no Mosquitto to compare with (Debian: apt-get install mosquitto)");
        }
        return figures;
    }

    private static void measure(Samples samples, String subject, long pid, RequestLoad load) throws Exception {
        double before = Proc.cpuSeconds(pid);
        RequestLoad.Result result = load.during(OUTSTANDING, SECONDS);
        samples.add("cpu " + subject, (Proc.cpuSeconds(pid) - before) * 1e6 / result.requests() / MESSAGES);
        samples.add("rate " + subject, result.rate());
    }
}
