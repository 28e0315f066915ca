// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.WholeCse;
import io.lintel.cse.internal.model.PlainTree.Node;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Timestamps;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Random sequences of requests against a whole CSE and a {@link PlainTree}: every answer and, again and again, the whole tree
 * has to be what the model says, also after the CSE was ended in the middle and started anew. Run on every store.
 * {@code -Dlintel.model.seed} repeats one run, {@code -Dlintel.model.runs} changes their number.
 */
public abstract class RandomTreeContract {
    private static final List<String> NAMES = List.of("a", "b", "c", "d");
    private static final List<String> LABELS = List.of("red", "green", "blue");
    private static final List<String> ORIGINATORS = List.of(PlainTree.ADMINISTRATOR, "COne", "CTwo");
    private static final int STEPS = 250;
    private static final int DEEPEST = 5;

    private final CseDriver.TestClock clock = new CseDriver.TestClock();
    private Random random;
    private ResourceStore store;
    private WholeCse cse;
    private PlainTree model;
    /** What the CSE makes below its CSEBase by itself. */
    private List<String> own;
    private String step;
    private int requests;

    /**
     * Opens the store of one run, or opens it again.
     *
     * @param run  equal for the same data
     * @param last what was opened before for this run and is to be ended first, as a crash would; null for a new one
     */
    protected abstract ResourceStore open(String run, ResourceStore last) throws Exception;

    protected abstract void end(ResourceStore opened) throws Exception;

    /** How many sequences are tried. */
    protected int runs() {
        return Integer.getInteger("lintel.model.runs", 12);
    }

    @AfterEach
    void close() throws Exception {
        if (cse != null) {
            cse.crash();
            end(store);
        }
    }

    @Test
    void everyAnswerAndTheWholeTreeAreWhatThePlainModelSays() throws Exception {
        Long wanted = Long.getLong("lintel.model.seed");
        for (long seed = wanted == null ? 1 : wanted; seed <= (wanted == null ? runs() : wanted); seed++) {
            run(seed);
            cse.crash();
            end(store);
            cse = null;
        }
    }

    private void run(long seed) throws Exception {
        random = new Random(seed);
        store = open("run" + seed, null);
        cse = WholeCse.infrastructure(new OutboundNetwork(), store, clock);
        model = new PlainTree("in-name", "base");
        own = paths(send(request(Operation.RETRIEVE, "in-name", PlainTree.ADMINISTRATOR)
                .set(RequestParameter.FILTER_CRITERIA, Attributes.of("fu", 1))));
        for (String stem : ORIGINATORS.subList(1, 3)) {
            cse.ae(stem);
            model.base.children.add(new Node(PlainTree.AE, stem, stem, stem, model.base));
        }
        for (int i = 0; i < STEPS; i++) {
            step = "-Dlintel.model.seed=" + seed + ", step " + i;
            act();
            if (random.nextInt(40) == 0) {
                cse.crash();
                store = open("run" + seed, store);
                cse = WholeCse.infrastructure(new OutboundNetwork(), store, clock);
            }
            if (random.nextInt(25) == 0) {
                compareAll();
            }
        }
        compareAll();
    }

    private void act() {
        switch (random.nextInt(20)) {
            case 0, 1, 2 -> createContainer();
            case 3, 4, 5, 6, 7, 8 -> createInstance();
            case 9, 10 -> update();
            case 11 -> delete();
            case 12 -> deleteInstance();
            case 13, 14 -> retrieve(any(), originator());
            case 15, 16 -> discover();
            case 17 -> nested();
            case 18 -> absent();
            default -> pass();
        }
    }

    private Node any() {
        List<Node> all = model.all();
        return all.get(random.nextInt(all.size()));
    }

    private Node anyContainer() {
        List<Node> containers = model.all().stream().filter(node -> node.type == PlainTree.CNT).toList();
        return containers.isEmpty() ? any() : containers.get(random.nextInt(containers.size()));
    }

    private String originator() {
        return ORIGINATORS.get(random.nextInt(ORIGINATORS.size()));
    }

    /** The owner mostly, so that most requests succeed. */
    private String originatorFor(Node node) {
        Node guarded = node.type == PlainTree.CIN ? node.parent : node;
        return random.nextInt(4) == 0 || guarded.owner.isEmpty() ? originator() : guarded.owner;
    }

    private void createContainer() {
        Node parent = any();
        if (parent.depth() >= DEEPEST) {
            return;
        }
        String originator = originatorFor(parent);
        Optional<String> name = random.nextInt(3) == 0 ? Optional.empty() : Optional.of(NAMES.get(random.nextInt(NAMES.size())));
        Attributes.Builder attributes = Attributes.builder();
        name.ifPresent(chosen -> attributes.set("rn", chosen));
        Set<String> labels = labels();
        if (!labels.isEmpty()) {
            attributes.set("lbl", List.copyOf(labels));
        }
        Optional<Long> most = random.nextInt(3) == 0 ? Optional.of((long) random.nextInt(5)) : Optional.empty();
        most.ifPresent(mni -> attributes.set("mni", mni));
        Optional<Long> bytes = random.nextInt(4) == 0 ? Optional.of((long) random.nextInt(20)) : Optional.empty();
        bytes.ifPresent(mbs -> attributes.set("mbs", mbs));
        long end = random.nextInt(5) == 0 ? clock.instant().plusSeconds(60 + random.nextInt(600)).toEpochMilli() : Long.MAX_VALUE;
        if (end != Long.MAX_VALUE) {
            attributes.set("et", Timestamps.format(java.time.Instant.ofEpochMilli(end)));
        }
        int expected = model.creation(originator, parent, PlainTree.CNT, name, 0);
        ResponsePrimitive response = send(request(Operation.CREATE, address(parent), originator).resourceType(PlainTree.CNT)
                .content(new Content("m2m:cnt", attributes.build())));
        expect(response, expected, "CREATE cnt below " + parent.path() + " by " + originator + " " + attributes.build());
        if (expected == 2001) {
            Attributes made = response.content().orElseThrow().attributes();
            Node node = model.container(parent, made.text("rn").orElseThrow(), made.text("ri").orElseThrow(), originator);
            node.labels.addAll(labels);
            node.mostInstances = most;
            node.mostBytes = bytes;
            node.end = Math.min(end, parent.end);
            name.ifPresent(chosen -> assertThat(node.name).isEqualTo(chosen));
            compare(made, node);
        }
    }

    private Set<String> labels() {
        Set<String> labels = new TreeSet<>();
        LABELS.stream().filter(label -> random.nextInt(3) == 0).forEach(labels::add);
        return labels;
    }

    private void createInstance() {
        Node parent = random.nextInt(8) == 0 ? any() : anyContainer();
        String originator = originatorFor(parent);
        String content = "x".repeat(random.nextInt(9));
        Optional<String> name = random.nextInt(5) == 0 ? Optional.of(NAMES.get(random.nextInt(NAMES.size()))) : Optional.empty();
        Attributes.Builder attributes = Attributes.builder().set("con", content);
        name.ifPresent(chosen -> attributes.set("rn", chosen));
        int expected = model.creation(originator, parent, PlainTree.CIN, name, content.length());
        ResponsePrimitive response = send(request(Operation.CREATE, address(parent), originator).resourceType(PlainTree.CIN)
                .content(new Content("m2m:cin", attributes.build())));
        expect(response, expected, "CREATE cin below " + parent.path() + " by " + originator + " " + attributes.build());
        if (expected == 2001) {
            Attributes made = response.content().orElseThrow().attributes();
            Node node = model.instance(parent, made.text("rn").orElseThrow(), made.text("ri").orElseThrow(), content);
            node.end = parent.end;
            compare(made, node);
        }
    }

    private void update() {
        Node node = random.nextInt(6) == 0 ? any() : anyContainer();
        String originator = originatorFor(node);
        Attributes.Builder changes = Attributes.builder();
        Set<String> labels = labels();
        boolean remove = random.nextInt(4) == 0;
        changes.set("lbl", remove ? Attributes.NULL : List.copyOf(labels));
        Optional<Long> most = node.type == PlainTree.CNT && random.nextBoolean() ? Optional.of((long) random.nextInt(5))
                : Optional.empty();
        most.ifPresent(mni -> changes.set("mni", mni));
        boolean unlimited = node.type == PlainTree.CNT && random.nextInt(3) == 0;
        if (unlimited) {
            changes.set("mbs", Attributes.NULL);
        }
        int expected = model.update(originator, node);
        ResponsePrimitive response = send(request(Operation.UPDATE, address(node), originator)
                .content(new Content(member(node), changes.build())));
        expect(response, expected, "UPDATE of " + node.path() + " by " + originator + " " + changes.build());
        if (expected == 2004) {
            node.labels.clear();
            if (!remove) {
                node.labels.addAll(labels);
            }
            most.ifPresent(mni -> node.mostInstances = Optional.of(mni));
            if (unlimited) {
                node.mostBytes = Optional.empty();
            }
            model.updated(node);
            compare(response.content().orElseThrow().attributes(), node);
        }
    }

    private void delete() {
        Node node = any();
        if (node.type == PlainTree.AE) {
            return;
        }
        String originator = originatorFor(node);
        int expected = model.deletion(originator, node);
        expect(send(request(Operation.DELETE, address(node), originator)), expected, "DELETE of " + node.path() + " by "
                + originator);
        if (expected == 2002) {
            model.delete(node);
        }
    }

    private void deleteInstance() {
        Node container = anyContainer();
        if (container.type != PlainTree.CNT) {
            return;
        }
        boolean latest = random.nextBoolean();
        List<Node> instances = container.instances();
        Optional<Node> instance = instances.isEmpty() ? Optional.empty()
                : Optional.of(instances.get(latest ? instances.size() - 1 : 0));
        String originator = originatorFor(container);
        int expected = instance.map(found -> model.deletion(originator, found)).orElse(4004);
        expect(send(request(Operation.DELETE, address(container) + (latest ? "/la" : "/ol"), originator)), expected,
                "DELETE of an end of " + container.path() + " by " + originator);
        if (expected == 2002) {
            model.delete(instance.orElseThrow());
        }
    }

    private void retrieve(Node node, String originator) {
        boolean registered = !originator.equals(PlainTree.ADMINISTRATOR);
        int expected = PlainTree.permits(originator, node) || node.type == PlainTree.BASE && registered ? 2000 : 4103;
        ResponsePrimitive response = send(request(Operation.RETRIEVE, address(node), originator));
        expect(response, expected, "RETRIEVE of " + node.path() + " by " + originator);
        if (expected == 2000) {
            compare(response.content().orElseThrow().attributes(), node);
        }
    }

    private void discover() {
        Node root = any();
        String originator = originator();
        Attributes.Builder criteria = Attributes.builder().set("fu", 1);
        boolean typed = random.nextBoolean();
        int type = random.nextBoolean() ? PlainTree.CNT : PlainTree.CIN;
        if (typed) {
            criteria.set("ty", List.of((long) type));
        }
        boolean labelled = random.nextInt(3) == 0;
        String label = LABELS.get(random.nextInt(LABELS.size()));
        if (labelled) {
            criteria.set("lbl", List.of(label));
        }
        long levels = random.nextInt(3) == 0 ? 1 + random.nextInt(3) : Long.MAX_VALUE;
        if (levels < Long.MAX_VALUE) {
            criteria.set("lvl", levels);
        }
        List<String> expected = new ArrayList<>();
        PlainTree.visit(root, node -> {
            if (node != root && PlainTree.permits(originator, node) && (!typed || node.type == type)
                    && (!labelled || node.labels.contains(label)) && node.depth() - root.depth() <= levels) {
                expected.add(node.path());
            }
        });
        int limit = 1 + random.nextInt(10);
        List<String> found = new ArrayList<>();
        Optional<Long> next = Optional.of(1L);
        while (next.isPresent()) {
            Attributes page = criteria.build().toBuilder().set("lim", limit).set("ofst", next.get()).build();
            ResponsePrimitive response = send(request(Operation.RETRIEVE, address(root), originator)
                    .set(RequestParameter.FILTER_CRITERIA, page));
            expect(response, 2000, "discovery below " + root.path());
            List<String> paths = paths(response);
            assertThat(paths.size()).as(step).isLessThanOrEqualTo(limit);
            found.addAll(paths);
            next = response.parameters().number("cnot");
        }
        found.removeAll(own);
        assertThat(found).as("%s: discovery below %s by %s: %s", step, root.path(), originator, criteria.build())
                .containsExactlyElementsOf(expected);
    }

    private static List<String> paths(ResponsePrimitive response) {
        return ((List<?>) response.content().orElseThrow().value()).stream().map(Object::toString).toList();
    }

    private void nested() {
        Node root = any();
        ResponsePrimitive response = send(request(Operation.RETRIEVE, address(root), PlainTree.ADMINISTRATOR)
                .set(RequestParameter.RESULT_CONTENT, 4));
        expect(response, 2000, "rcn 4 of " + root.path());
        compareBelow(response.content().orElseThrow().attributes(), root);
    }

    private void compareBelow(Attributes representation, Node node) {
        compare(representation, node);
        for (int type : List.of(PlainTree.AE, PlainTree.CNT, PlainTree.CIN)) {
            List<Node> expected = node.children.stream().filter(child -> child.type == type).toList();
            List<Attributes> found = representation.objects(type == PlainTree.AE ? "m2m:ae" : type == PlainTree.CNT ? "m2m:cnt"
                    : "m2m:cin");
            assertThat(found).as("%s: children of %s", step, node.path()).hasSameSizeAs(expected);
            for (int i = 0; i < expected.size(); i++) {
                compareBelow(found.get(i), expected.get(i));
            }
        }
    }

    /** What was deleted, or never was, is not found by any name. */
    private void absent() {
        Node node = any();
        String name = "no" + random.nextInt(100);
        expect(send(request(Operation.RETRIEVE, node.path() + "/" + name, PlainTree.ADMINISTRATOR)), 4004, "what is not there");
        expect(send(request(Operation.RETRIEVE, "9" + name, PlainTree.ADMINISTRATOR)), 4004, "an ID that is not there");
    }

    private void pass() {
        clock.pass(Duration.ofSeconds(random.nextInt(60)));
        model.pass(clock.millis());
    }

    private void compareAll() {
        model.all().forEach(node -> retrieve(node, PlainTree.ADMINISTRATOR));
        ResponsePrimitive response = send(request(Operation.RETRIEVE, "in-name", PlainTree.ADMINISTRATOR)
                .set(RequestParameter.RESULT_CONTENT, 4));
        compareBelow(response.content().orElseThrow().attributes(), model.base);
    }

    private void compare(Attributes found, Node node) {
        String where = step + ": " + node.path();
        assertThat(found.text("rn")).as(where).contains(node.name);
        assertThat(found.text("ri")).as(where).contains(node.id);
        assertThat(found.number("ty")).as(where).contains((long) node.type);
        assertThat(found.text("pi").orElse("")).as(where).isEqualTo(node.parent == null ? "" : node.parent.id);
        if (node.type != PlainTree.BASE) {
            assertThat(new TreeSet<>(found.texts("lbl"))).as(where).isEqualTo(node.labels);
        }
        if (node.type == PlainTree.CNT) {
            assertThat(found.number("st")).as(where + " st").contains(node.state);
            assertThat(found.number("cni")).as(where + " cni").contains((long) node.instances().size());
            assertThat(found.number("cbs")).as(where + " cbs").contains(node.bytes());
            assertThat(found.number("mni")).as(where).isEqualTo(node.mostInstances);
            assertThat(found.number("mbs")).as(where).isEqualTo(node.mostBytes);
        } else if (node.type == PlainTree.CIN) {
            assertThat(found.text("con")).as(where).contains(node.content);
            assertThat(found.number("cs")).as(where).contains((long) node.content.length());
            assertThat(found.number("st")).as(where + " st").contains(node.state);
        }
    }

    private void expect(ResponsePrimitive response, int status, String what) {
        assertThat(response.statusCode()).as("%s: %s%n→ %s", step, what, response).isEqualTo(status);
    }

    private static String member(Node node) {
        return switch (node.type) {
            case PlainTree.AE -> "m2m:ae";
            case PlainTree.CNT -> "m2m:cnt";
            case PlainTree.CIN -> "m2m:cin";
            default -> "m2m:cb";
        };
    }

    /** The same resource in one of the forms of TS-0004 6.8. */
    private String address(Node node) {
        String structured = node.path();
        String rest = structured.substring("in-name".length());
        return switch (random.nextInt(7)) {
            case 0 -> node.id;
            case 1 -> "/in-cse/" + structured;
            case 2 -> "//lintel.example/in-cse/" + node.id;
            case 3 -> node.parent == null ? "-" : node.parent.id + "/" + node.name;
            case 4 -> "-" + rest;
            case 5 -> "/in-cse/-" + rest;
            default -> structured;
        };
    }

    private RequestPrimitive.Builder request(Operation operation, String to, String originator) {
        return RequestPrimitive.builder(operation, to).from(originator).requestIdentifier("r" + ++requests)
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "3");
    }

    private ResponsePrimitive send(RequestPrimitive.Builder request) {
        return cse.core.dispatcher().handle(request.build(), Hop.plain(Binding.HTTP, "127.0.0.1:40000", true))
                .toCompletableFuture().join();
    }
}
