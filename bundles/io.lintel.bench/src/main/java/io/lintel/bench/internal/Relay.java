// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import io.lintel.primitive.Attributes;
import java.util.ArrayList;
import java.util.List;

/**
 * AE → MN → IN and back over MQTT, one request at a time, held against the sum of its hops: the same request answered
 * by the MN, and by the IN for an AE of its own.
 */
final class Relay implements Benchmark {
    private static final String AE = "CBench";
    private static final String HUB = "CHub";
    private static final int ROUNDS = 5;
    private static final int REQUESTS = 100;
    private static final int ATTEMPTS = 100;
    private static final int WARM_OUTSTANDING = 8;
    private static final double WARM_SECONDS = 2.5;

    @Override
    public String name() {
        return "relay";
    }

    @Override
    public List<Figure> run(Workbench bench) throws Exception {
        Node in = bench.node("in");
        Node gateway = bench.node("mn", "registrar.uri=mqtt://127.0.0.1:" + in.mqttPort(), "registrar.cseId=/in-cse",
                "registrar.name=in-name");
        Administration atGateway = new Administration(gateway, AE);
        atGateway.moveIn("bench", 1000);
        Administration hub = new Administration(in, HUB);
        hub.moveIn("hub", 1000);
        hub.update("in-name/hub/data", "m2m:cnt", Attributes.of("acpi", List.of(letIn(hub))));
        atGateway.create("mn-name/bench/data", 4, "m2m:cin", Attributes.of("con", Create.CONTENT));
        hub.create("in-name/hub/data", 4, "m2m:cin", Attributes.of("con", Create.CONTENT));
        awaitRegistration(atGateway);

        Samples samples = new Samples();
        try (MqttPeer ae = new MqttPeer(gateway.mqttPort(), "A::" + AE, "/oneM2M/resp/" + AE + "/#");
                MqttPeer direct = new MqttPeer(in.mqttPort(), "A::" + HUB, "/oneM2M/resp/" + HUB + "/#")) {
            for (String container : List.of("mn-name/bench/data", "/in-cse/in-name/hub/data")) {
                load(ae, AE, gateway, container, false).during(WARM_OUTSTANDING, WARM_SECONDS);
                load(ae, AE, gateway, container, true).during(WARM_OUTSTANDING, WARM_SECONDS);
            }
            load(direct, HUB, in, "in-name/hub/data", true).during(WARM_OUTSTANDING, WARM_SECONDS);
            for (int round = 0; round < ROUNDS; round++) {
                for (boolean create : new boolean[] {false, true}) {
                    double near = p50(ae, AE, gateway, "mn-name/bench/data", create);
                    double far = p50(direct, HUB, in, "in-name/hub/data", create);
                    double whole = p50(ae, AE, gateway, "/in-cse/in-name/hub/data", create);
                    samples.add("hops " + create, near + far);
                    samples.add("whole " + create, whole);
                }
            }
        }
        List<Figure> figures = new ArrayList<>();
        figures.add(samples.compare("relay: AE → MN → IN and back, retrieve la, p50, against its hops", "ms", "whole false",
                "hops false",
                Budget.limitPlus(2, "ms")));
        figures.add(samples.compare("relay: AE → MN → IN and back, synced create, p50, against its hops", "ms", "whole true",
                "hops true",
                Budget.limitPlus(2, "ms")));
        return figures;
    }

    private static double p50(MqttPeer peer, String from, Node node, String container, boolean create) throws Exception {
        return load(peer, from, node, container, create).times(REQUESTS).p50();
    }

    private static RequestLoad load(MqttPeer peer, String from, Node node, String container, boolean create) {
        Template request = create ? Template.create(from, container, Create.CONTENT) : Template.retrieve(from, container + "/la");
        return new RequestLoad(peer, "/oneM2M/req/" + from + "/" + node.cse() + "/json", request);
    }

    /** A policy by which what comes through the gateway may read and write. */
    private static String letIn(Administration hub) throws Exception {
        Attributes everything = Attributes.builder().set("acor", List.of(HUB)).set("acop", 63L).build();
        Attributes guests = Attributes.builder().set("acor", List.of("/mn-cse/*")).set("acop", 3L).build();
        return hub.create("in-name/hub", 1, "m2m:acp", Attributes.builder().set("rn", "guests")
                .set("pv", Attributes.of("acr", List.of(everything, guests)))
                .set("pvs", Attributes.of("acr", List.of(everything))).build()).text("ri").orElseThrow();
    }

    private static void awaitRegistration(Administration atGateway) throws Exception {
        for (int attempt = 0;; attempt++) {
            try {
                atGateway.retrieve("/in-cse/in-name/hub/data/la");
                return;
            } catch (IllegalStateException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
    }
}
