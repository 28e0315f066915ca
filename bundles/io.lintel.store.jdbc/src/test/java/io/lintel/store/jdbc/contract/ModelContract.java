// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.primitive.Attributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random work on the tree, held against the simplest thing that could be right: a list in order of creation. Tasks
 * come in bursts, so that batches form; some throw half way, with and without having read lists; now and then the
 * store is closed and opened again.
 */
public abstract class ModelContract extends StoreTest {
    /** What should be there. A task works on a copy, which counts if the task returns. */
    private static final class Model {
        private final Map<String, Resource> resources = new LinkedHashMap<>();

        Model copy() {
            Model copy = new Model();
            copy.resources.putAll(resources);
            return copy;
        }

        List<Resource> children(String parent, int type) {
            return resources.values().stream()
                    .filter(r -> r.parentId().equals(parent) && (type == 0 || r.type() == type)).toList();
        }

        List<Resource> ofType(int type) {
            return resources.values().stream().filter(r -> r.type() == type).toList();
        }
    }

    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** How many bursts of tasks each seed brings. */
    protected int rounds() {
        return 60;
    }

    /** Replaced by the writer when a task was accepted; read by the test when all stages are complete. */
    private volatile Model model = new Model();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void theStoreDoesWhatTheModelDoes(long seed) {
        Random random = new Random(seed);
        Resource base = base();
        model.resources.put(base.id(), base);
        for (int round = 0; round < rounds(); round++) {
            List<CompletionStage<Boolean>> stages = new ArrayList<>();
            List<Boolean> throwing = new ArrayList<>();
            int burst = 1 + random.nextInt(40);
            for (int i = 0; i < burst; i++) {
                long taskSeed = random.nextLong();
                boolean fails = random.nextInt(6) == 0;
                throwing.add(fails);
                stages.add(store.write(writer -> task(writer, new Random(taskSeed), fails)));
            }
            for (int i = 0; i < burst; i++) {
                CompletionStage<Boolean> stage = stages.get(i);
                if (throwing.get(i)) {
                    assertThatThrownBy(() -> await(stage)).isInstanceOf(Refused.class);
                } else {
                    assertThat(await(stage)).isTrue();
                }
            }
            if (random.nextInt(12) == 0) {
                reopen();
            }
            compare(store, model, random);
            assertThat(store.resourceCount()).isEqualTo(model.resources.size());
        }
    }

    private boolean task(ResourceWriter writer, Random random, boolean fails) {
        Model mine = model.copy();
        int steps = 1 + random.nextInt(6);
        for (int i = 0; i < steps; i++) {
            step(writer, mine, random);
            if (random.nextInt(8) == 0) {
                compare(writer, mine, random);
            }
        }
        if (fails) {
            throw new Refused();
        }
        model = mine;
        return true;
    }

    private void step(ResourceWriter writer, Model mine, Random random) {
        List<Resource> containers = mine.resources.values().stream().filter(r -> r.type() != INSTANCE).toList();
        Resource parent = containers.get(random.nextInt(containers.size()));
        switch (random.nextInt(10)) {
            case 0, 1 -> {
                String name = "c" + random.nextInt(30);
                if (writer.child(parent.id(), name).isEmpty()) {
                    add(mine, insertContainer(writer, parent, name));
                }
            }
            case 2, 3, 4 -> add(mine, insertInstance(writer, parent, "", "x" + random.nextInt(), expiration(random)));
            case 5 -> {
                String name = "n" + random.nextInt(10);
                boolean taken = mine.children(parent.id(), 0).stream().anyMatch(r -> r.name().equals(name));
                assertThat(writer.child(parent.id(), name).isPresent()).isEqualTo(taken);
                if (!taken) {
                    add(mine, insertInstance(writer, parent, name, "named", expiration(random)));
                }
            }
            case 6 -> {
                Resource changed = any(mine, random);
                Resource now = writer.byId(changed.id()).orElseThrow()
                        .with(Attributes.of("lbl", List.of("l" + random.nextInt())), expiration(random));
                writer.update(now);
                mine.resources.replace(now.id(), now);
            }
            case 7 -> {
                Optional<Resource> oldest = writer.oldestInstance(parent.id());
                assertThat(oldest).isEqualTo(mine.children(parent.id(), INSTANCE).stream().findFirst());
                oldest.ifPresent(resource -> remove(writer, mine, resource));
            }
            case 8 -> {
                Optional<Resource> newest = writer.newestInstance(parent.id());
                assertThat(newest).isEqualTo(mine.children(parent.id(), INSTANCE).stream().reduce((a, b) -> b));
                newest.ifPresent(resource -> remove(writer, mine, resource));
            }
            default -> {
                Resource leaf = any(mine, random);
                if (leaf.type() != CSE_BASE && mine.children(leaf.id(), 0).isEmpty()) {
                    remove(writer, mine, leaf);
                }
            }
        }
    }

    private static Resource any(Model model, Random random) {
        return new ArrayList<>(model.resources.values()).get(random.nextInt(model.resources.size()));
    }

    private static void add(Model model, Resource resource) {
        assertThat(model.resources.put(resource.id(), resource)).isNull();
    }

    private static void remove(ResourceWriter writer, Model model, Resource resource) {
        writer.delete(resource);
        model.resources.remove(resource.id());
    }

    private static long expiration(Random random) {
        return random.nextInt(3) == 0 ? 1000 + random.nextInt(100_000) : Long.MAX_VALUE;
    }

    private static void compare(ResourceReader reader, Model model, Random random) {
        Resource some = any(model, random);
        assertThat(reader.byId(some.id())).contains(some);
        assertThat(reader.child(some.parentId(), some.name())).contains(some);
        List<Resource> children = model.children(some.id(), 0);
        List<Resource> instances = model.children(some.id(), INSTANCE);
        assertThat(reader.children(some.id(), "", 10_000)).isEqualTo(children);
        assertThat(reader.children(some.id(), INSTANCE, "", 10_000)).isEqualTo(instances);
        assertThat(reader.children(some.id(), CONTAINER, "", 10_000)).isEqualTo(model.children(some.id(), CONTAINER));
        if (!children.isEmpty()) {
            int from = random.nextInt(children.size());
            int limit = 1 + random.nextInt(5);
            List<Resource> expected = children.subList(from + 1, Math.min(children.size(), from + 1 + limit));
            assertThat(reader.children(some.id(), children.get(from).id(), limit)).isEqualTo(expected);
        }
        assertThat(reader.newestInstance(some.id())).isEqualTo(instances.stream().reduce((a, b) -> b));
        assertThat(reader.oldestInstance(some.id())).isEqualTo(instances.stream().findFirst());
        assertThat(reader.ofType(CONTAINER, "", 10_000)).isEqualTo(model.ofType(CONTAINER));
        long at = random.nextInt(110_000);
        List<Long> expected = model.resources.values().stream().map(Resource::expiration).filter(et -> et <= at)
                .sorted(Comparator.naturalOrder()).toList();
        assertThat(reader.expired(at, 10_000)).extracting(Resource::expiration).isEqualTo(expected);
    }
}
