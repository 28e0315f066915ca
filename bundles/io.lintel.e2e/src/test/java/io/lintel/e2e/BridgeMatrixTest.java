// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.demo.parts.HttpApp;
import io.lintel.demo.parts.Node;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Serialization;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * The bridge, cell by cell: what enters by one binding leaves by any other, in every serialisation. Two nodes, and the clients
 * of other makers: curl, libcoap's coap-client, Mosquitto's tools and Node's WebSocket. The table is printed and in
 * {@code target/bridge-matrix.txt}.
 *
 * <p>A cell of <em>retrieve</em> is what one wrote by its binding and another reads by his; of <em>create, notify</em>, an
 * instance that comes by one binding and a subscriber that is told by the other; of <em>forward</em>, a CREATE that comes to
 * the MN-CSE by one binding and goes on to the IN-CSE by the other, and its response back.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BridgeMatrixTest {
    private static final List<String> BINDINGS = List.of("mqtt", "http", "coap", "websocket");
    private static final String RETRIEVE = "retrieve";
    private static final String NOTIFY = "create, notify";
    private static final String FORWARD = "forward";
    private static final int AT_A_TIME = 8;

    private final Map<String, String> faults = new ConcurrentHashMap<>();
    private final Map<String, BridgeClient> clients = new LinkedHashMap<>();
    private Topology topology;
    private Node mn;
    private Node in;
    private Registrar lower;
    private BridgeListeners listeners;
    private NodeClient node;
    private HttpApp admin;
    private HttpApp upperAdmin;

    /** One cell's work; a fault is what it throws. */
    private interface Cell {
        void run() throws Exception;
    }

    @BeforeAll
    void start() throws Exception {
        topology = new Topology(getClass());
        Path rules = Files.createDirectories(topology.folder().resolve("mn/etc")).resolve("mqtt-rules");
        Files.writeString(rules, "anonymous read matrix/#\n");
        in = topology.node("in", "in", List.of());
        Registrar upper = Registrar.in(in, in.mqtt());
        mn = topology.node("mn", "mn", Topology.registeredByHttpAt(in, upper));
        lower = Registrar.mn(mn, mn.mqtt());
        topology.ready();
        upper.awaitRegistration("mn-cse");
        listeners = new BridgeListeners(mn.mqttPort());
        node = new NodeClient(topology.folder(), mn.http().replaceFirst("http", "ws"), (serialization, notification) ->
                listeners.note("websocket", serialization, notification));
        for (BridgeClient client : List.of(new MosquittoToolClient(mn.mqttPort(), lower.cse()), new CurlClient(mn.http()),
                new CoapToolClient(mn.coap()), node)) {
            clients.put(client.name(), client);
        }
        prepare();
    }

    /** One AE for each binding and serialisation, and containers that all of them may use, at either node. */
    private void prepare() throws Exception {
        admin = new HttpApp(mn.http(), "CAdmin");
        upperAdmin = new HttpApp(in.http(), "CAdmin");
        Attributes policy = Representations.openPolicy("CAdmin");
        String open = admin.create("mn-name", 1, "m2m:acp", policy).expect(2001).attributes().text("ri").orElseThrow();
        String above = upperAdmin.create("in-name", 1, "m2m:acp", policy).expect(2001).attributes().text("ri").orElseThrow();
        upperAdmin.create("in-name", ResourceTypes.CONTAINER, "m2m:cnt", Representations.container("matrix", above))
                .expect(2001);
        for (Serialization serialization : Serialization.values()) {
            node.connect(ae("websocket", serialization), serialization);
            for (String binding : BINDINGS) {
                String ae = ae(binding, serialization);
                Content content = new Content("m2m:ae", Representations.ae(ae, "").toBuilder().set("acpi", List.of(open))
                        .build());
                BridgeClient client = binding.equals("websocket") ? node : clients.get("http");
                assertThat(client.send(request(Operation.CREATE, "mn-name", ae).resourceType(ResourceTypes.AE).content(content)
                        .build(), serialization).status()).isEqualTo(2001);
                String container = container(binding, serialization);
                admin.create("mn-name", ResourceTypes.CONTAINER, "m2m:cnt", Representations.container(container, open))
                        .expect(2001);
                String target = binding.equals("websocket") ? ae : listeners.uri(binding, serialization);
                admin.create("mn-name/" + container, ResourceTypes.SUBSCRIPTION, "m2m:sub",
                        Representations.subscription("told", target)).expect(2001);
            }
        }
    }

    @AfterAll
    void end() throws Exception {
        for (AutoCloseable one : new AutoCloseable[] {node, listeners, topology}) {
            if (one != null) {
                one.close();
            }
        }
    }

    private static String ae(String binding, Serialization serialization) {
        return "C-" + binding + "-" + serialization.suffix();
    }

    private static String container(String binding, Serialization serialization) {
        return binding + "-" + serialization.suffix();
    }

    private static RequestPrimitive.Builder request(Operation operation, String to, String from) {
        return RequestPrimitive.builder(operation, to).from(from)
                .requestIdentifier(UUID.randomUUID().toString().substring(0, 13))
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a");
    }

    private BridgeClient.Reply create(String by, Serialization serialization, String to, String content) throws Exception {
        return clients.get(by).send(request(Operation.CREATE, to, ae(by, serialization))
                .resourceType(ResourceTypes.CONTENT_INSTANCE)
                .content(new Content("m2m:cin", Representations.instance(content))).build(), serialization);
    }

    private void expect(int status, String content, BridgeClient.Reply reply) {
        if (reply.status() != status || !reply.text().equals(content)) {
            throw new AssertionError("the answer is " + reply.status() + " " + reply.content());
        }
    }

    /** Every cell of one kind, several at a time; the same client with the same AE one after the other. */
    private void cells(String kind, String out, BiFunction<String, Serialization, Cell> cells) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);
        for (String by : BINDINGS) {
            for (Serialization serialization : Serialization.values()) {
                threads.execute(() -> {
                    String name = kind + " " + by + " " + out + " " + serialization;
                    try {
                        cells.apply(by, serialization).run();
                        faults.put(name, "");
                    } catch (Exception | AssertionError e) {
                        faults.put(name, String.valueOf(e.getMessage()));
                    }
                });
            }
        }
        threads.shutdown();
        assertThat(threads.awaitTermination(5, TimeUnit.MINUTES)).isTrue();
    }

    @Test
    void whatEntersByOneBindingLeavesByAnyOther() throws Exception {
        long start = System.nanoTime();
        try {
            createdAndNotified();
            retrieved();
            forwarded();
        } finally {
            String table = table(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
            System.out.println(table);
            Files.writeString(Path.of("target/bridge-matrix.txt"), table);
        }
        assertThat(faults.entrySet().stream().filter(one -> !one.getValue().isEmpty()).map(Map.Entry::toString).sorted().toList())
                .isEmpty();
        assertThat(faults).hasSize(3 * BINDINGS.size() * BINDINGS.size() * Serialization.values().length);
    }

    private void createdAndNotified() throws Exception {
        for (String out : BINDINGS) {
            cells(NOTIFY, out, (by, serialization) -> () -> {
                String content = by + " to " + out + ", " + serialization + ": ä€";
                expect(2001, content, create(by, serialization, "mn-name/" + container(out, serialization), content));
                listeners.await(out, serialization, content);
            });
        }
    }

    private void retrieved() throws Exception {
        for (String out : BINDINGS) {
            for (Serialization serialization : Serialization.values()) {
                String last = "last by " + out;
                expect(2001, last, create(out, serialization, "mn-name/" + container(out, serialization), last));
            }
            cells(RETRIEVE, out, (by, serialization) -> () -> expect(2000, "last by " + out, clients.get(by)
                    .send(request(Operation.RETRIEVE, "mn-name/" + container(out, serialization) + "/la", ae(by, serialization))
                            .build(), serialization)));
        }
    }

    /** WebSocket comes last: its connection stays open, and is the way to the registrar from then on. */
    private void forwarded() throws Exception {
        String registrar = lower.remoteCses().stream().filter(csr -> csr.text("csi").filter("/in-cse"::equals).isPresent())
                .findFirst().orElseThrow().text("ri").orElseThrow();
        Map<String, String> points = Map.of("mqtt", in.mqtt(), "http", in.http(), "coap", in.coap(), "websocket",
                in.http().replaceFirst("http", "ws"));
        for (String out : BINDINGS) {
            for (Serialization serialization : Serialization.values()) {
                admin.update(registrar, "m2m:csr", Attributes.builder().set("poa", List.of(points.get(out)))
                        .set("csz", List.of(serialization.suffix())).build()).expect(2004);
                ExecutorService threads = Executors.newFixedThreadPool(BINDINGS.size());
                for (String by : BINDINGS) {
                    threads.execute(() -> {
                        String name = FORWARD + " " + by + " " + out + " " + serialization;
                        String content = by + " on by " + out + ", " + serialization + ": ä€";
                        try {
                            expect(2001, content, create(by, serialization, "/in-cse/in-name/matrix", content));
                            faults.put(name, "");
                        } catch (Exception | AssertionError e) {
                            faults.put(name, String.valueOf(e.getMessage()));
                        }
                    });
                }
                threads.shutdown();
                assertThat(threads.awaitTermination(5, TimeUnit.MINUTES)).isTrue();
            }
        }
        assertThat(upperAdmin.get("in-name/matrix", "").expect(2000).attributes().number("cni")).as("instances at the IN-CSE")
                .contains((long) BINDINGS.size() * BINDINGS.size() * Serialization.values().length);
    }

    private String table(long millis) {
        List<String> lines = new ArrayList<>();
        lines.add(String.format("%-14s %-10s %s", "", "in \\ out", String.join("  ", BINDINGS.stream()
                .map(out -> String.format("%-14s", out)).toList())));
        for (String kind : List.of(RETRIEVE, NOTIFY, FORWARD)) {
            for (String by : BINDINGS) {
                StringBuilder line = new StringBuilder(String.format("%-14s %-10s ", kind, by));
                for (String out : BINDINGS) {
                    List<String> cell = new ArrayList<>();
                    for (Serialization serialization : Serialization.values()) {
                        String fault = faults.get(kind + " " + by + " " + out + " " + serialization);
                        cell.add(fault == null ? "-" : fault.isEmpty() ? serialization.suffix() : "FAIL");
                    }
                    line.append(String.format("%-14s  ", String.join(" ", cell)));
                }
                lines.add(line.toString().stripTrailing());
            }
        }
        long passed = faults.values().stream().filter(String::isEmpty).count();
        lines.add(passed + " of " + faults.size() + " cells in " + millis + " ms");
        return String.join("\n", lines) + "\n";
    }
}
