// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.store.Resource;
import io.lintel.primitive.Attributes;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The resource tree, read from any thread and from within a task. */
public abstract class ResourceContract extends StoreTest {

    @Test
    void aResourceComesBackAsItWasPutAlsoAfterReopening() {
        Resource base = base();
        Resource container = container(base, "lamp");
        reopen();
        assertThat(store.byId("cb-base")).contains(base);
        assertThat(store.byId(container.id())).contains(container);
        assertThat(store.child("cb-base", "lamp")).contains(container);
        assertThat(store.child("", "mn-name")).contains(base);
        assertThat(store.resourceCount()).isEqualTo(2);
    }

    @Test
    void everyValueOfTheModelComesBackWithItsType() {
        Resource base = base();
        Attributes attributes = Attributes.builder()
                .set("text", "Grüße, 温度 \u0000 \ud83d\ude00").set("half", "\ud800 and \udc00").set("empty", "")
                .set("one", 1).set("zero", 0).set("lowest", Long.MIN_VALUE).set("highest", Long.MAX_VALUE)
                .set("double", 1.0).set("minus", -0.0).set("nan", Double.NaN).set("tiny", Double.MIN_VALUE)
                .set("decimal", new BigDecimal("1.10")).set("scaled", new BigDecimal("123456789012345678901234567890E+5"))
                .set("yes", true).set("no", false).set("null", Attributes.NULL)
                .set("list", List.of("a", 1, 1.0, true, Attributes.NULL, List.of(), Attributes.of("ty", 4)))
                .set("object", Attributes.builder().set("b", 1).set("a", List.of("cb-base", "lamp")).build())
                .set("nothing", Attributes.empty()).set("ri", "cnt-x").set("pi", "cb-base").set("rn", "lamp").build();
        Resource put = write(writer -> {
            String id = writer.newId(CONTAINER, "cb-base");
            Resource resource = new Resource(CONTAINER, "m2m:cnt", id, "cb-base", "lamp", "C\ud800", 17, attributes);
            writer.insert(resource);
            return resource;
        });
        reopen();
        Resource got = store.byId(put.id()).orElseThrow();
        assertThat(got).isEqualTo(put);
        assertThat(List.copyOf(got.attributes().names())).isEqualTo(List.copyOf(attributes.names()));
        assertThat(got.attributes().get("decimal")).contains(new BigDecimal("1.10"));
        assertThat(got.attributes().get("null")).containsSame(Attributes.NULL);
    }

    @Test
    void instancesAreKnownByIdAndByNameWhetherChosenOrNot() {
        Resource container = container(base(), "lamp");
        Resource chosen = write(writer -> insertInstance(writer, container, "first", "1", Long.MAX_VALUE));
        Resource named = instance(container, "2");
        reopen();
        assertThat(store.byId(chosen.id())).contains(chosen);
        assertThat(store.byId(named.id())).contains(named);
        assertThat(store.child(container.id(), "first")).contains(chosen);
        assertThat(store.child(container.id(), named.name())).contains(named);
        assertThat(store.child(container.id(), chosen.id())).as("its ID is not its name").isEmpty();
        assertThat(store.byId(named.id().replace("cin", "tsi"))).isEmpty();
        assertThat(store.byId("cin-zz-zz")).isEmpty();
        assertThat(store.byId("")).isEmpty();
    }

    @Test
    void anInstanceIsFoundByTheTimeItWasGeneratedAt() {
        Resource series = container(base(), "series");
        Resource other = container(store.byId("cb-base").orElseThrow(), "other");
        Resource first = write(writer -> insertGenerated(writer, series, "20260102T030405"));
        Resource second = write(writer -> insertGenerated(writer, series, "20260102T030405,000001"));
        write(writer -> insertGenerated(writer, other, "20260102T030405"));
        reopen();
        long micros = first.generated().orElseThrow();
        assertThat(store.instanceGeneratedAt(series.id(), micros)).contains(first);
        assertThat(store.instanceGeneratedAt(series.id(), micros + 1)).contains(second);
        assertThat(store.instanceGeneratedAt(series.id(), micros + 2)).isEmpty();
        assertThat(store.instanceGeneratedAt("cnt-nowhere", micros)).isEmpty();
        assertThat(store.newestInstance(series.id())).contains(second);
        assertThat(ids(store.children(series.id(), TIME_SERIES_INSTANCE, "", 9))).containsExactly(first.id(), second.id());
    }

    @Test
    void noTwoInstancesOfOneParentWereGeneratedAtTheSameTime() {
        Resource series = container(base(), "series");
        Resource first = write(writer -> {
            Resource inserted = insertGenerated(writer, series, "20260102T030405");
            assertThat(writer.instanceGeneratedAt(series.id(), inserted.generated().orElseThrow())).contains(inserted);
            return inserted;
        });
        long micros = first.generated().orElseThrow();
        assertThatThrownBy(() -> write(writer -> insertGenerated(writer, series, "20260102T030405,000000")))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("dgt");
        assertThatThrownBy(() -> write(writer -> {
            writer.update(first.with(first.attributes().toBuilder().set("dgt", "20270102T030405").build()));
            return null;
        })).isInstanceOf(IllegalArgumentException.class);
        Resource again = write(writer -> {
            writer.delete(first);
            assertThat(writer.instanceGeneratedAt(series.id(), micros)).isEmpty();
            return insertGenerated(writer, series, "20260102T030405");
        });
        assertThat(store.instanceGeneratedAt(series.id(), micros)).contains(again);
        assertThatThrownBy(() -> write(writer -> {
            writer.delete(again);
            throw new IllegalStateException("refused");
        })).hasMessage("refused");
        java.util.Optional<Resource> found = write(writer -> writer.instanceGeneratedAt(series.id(), micros));
        assertThat(found).contains(again);
        CompletionStage<Resource> one = store.write(writer -> insertGenerated(writer, series, "20260102T030406"));
        CompletionStage<Resource> two = store.write(writer -> insertGenerated(writer, series, "20260102T030406"));
        assertThat(await(one).generated()).isPresent();
        assertThatThrownBy(() -> await(two)).as("in one batch, too").isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void childrenComeInOrderOfCreationPageByPageInstancesAmongTheOthers() {
        Resource container = container(base(), "lamp");
        List<String> created = new ArrayList<>();
        List<String> containers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            created.add(instance(container, "c" + i).id());
            if (i % 3 == 0) {
                containers.add(container(container, "sub" + i).id());
                created.add(containers.get(containers.size() - 1));
            }
        }
        assertThat(inPages(container.id(), 0, 4)).isEqualTo(created);
        assertThat(inPages(container.id(), CONTAINER, 2)).isEqualTo(containers);
        assertThat(inPages(container.id(), INSTANCE, 3)).containsExactlyElementsOf(
                created.stream().filter(id -> !containers.contains(id)).toList());
        assertThat(store.children(container.id(), 23, "", 10)).isEmpty();
        assertThat(store.children("cnt-nowhere", "", 10)).isEmpty();
        List<String> inTask = write(writer -> ids(writer.children(container.id(), "", 100)));
        assertThat(inTask).isEqualTo(created);
    }

    private List<String> inPages(String parent, int type, int size) {
        List<String> all = new ArrayList<>();
        String after = "";
        while (true) {
            List<Resource> page = type == 0 ? store.children(parent, after, size) : store.children(parent, type, after, size);
            all.addAll(ids(page));
            if (page.size() < size) {
                return all;
            }
            after = all.get(all.size() - 1);
        }
    }

    @Test
    void aListGoesOnAfterItsLastElementWasDeleted() {
        base();
        write(writer -> {
            for (String stem : List.of("Cone", "Stwo", "Cthree", "Cfour")) {
                writer.insert(new Resource(2, "m2m:ae", stem, "cb-base", "ae" + stem, stem, Long.MAX_VALUE,
                        Attributes.of("ri", stem)));
            }
            return null;
        });
        Resource second = store.children("cb-base", "", 2).get(1);
        write(writer -> {
            writer.delete(second);
            return null;
        });
        assertThat(ids(store.children("cb-base", "Stwo", 9))).containsExactly("Cthree", "Cfour");
        assertThat(ids(store.ofType(2, "Stwo", 1))).containsExactly("Cthree");
        Resource container = container(base2(), "lamp");
        List<Resource> instances = List.of(instance(container, "1"), instance(container, "2"));
        write(writer -> {
            writer.delete(instances.get(0));
            return null;
        });
        assertThat(ids(store.children(container.id(), instances.get(0).id(), 9))).containsExactly(instances.get(1).id());
        assertThatThrownBy(() -> store.children(container.id(), "Cnever", 9)).isInstanceOf(IllegalArgumentException.class);
    }

    private Resource base2() {
        return store.byId("cb-base").orElseThrow();
    }

    @Test
    void newestAndOldestFollowInsertionsAndDeletions() {
        Resource container = container(base(), "lamp");
        assertThat(store.newestInstance(container.id())).isEmpty();
        assertThat(store.oldestInstance(container.id())).isEmpty();
        List<Resource> instances = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            instances.add(instance(container, "c" + i));
            assertThat(store.newestInstance(container.id())).contains(instances.get(i));
            assertThat(store.oldestInstance(container.id())).contains(instances.get(0));
        }
        for (int gone : new int[] {5, 0, 2, 4, 1}) {
            write(writer -> {
                writer.delete(instances.get(gone));
                return null;
            });
            List<Resource> left = instances.stream().filter(i -> store.byId(i.id()).isPresent()).toList();
            assertThat(store.newestInstance(container.id())).contains(left.get(left.size() - 1));
            assertThat(store.oldestInstance(container.id())).contains(left.get(0));
        }
        write(writer -> {
            writer.update(instances.get(3).with(Attributes.of("con", "changed")));
            return null;
        });
        assertThat(store.newestInstance(container.id()).orElseThrow().text("con")).contains("changed");
    }

    @Test
    void aTaskSeesItsOwnChangesAndThoseOfEarlierTasks() {
        Resource container = container(base(), "lamp");
        Resource old = instance(container, "old");
        var first = store.write(writer -> insertInstance(writer, container, "one"));
        var second = store.write(writer -> {
            Resource one = writer.newestInstance(container.id()).orElseThrow();
            assertThat(one.text("con")).contains("one");
            Resource two = insertInstance(writer, container, "two", "2", 99);
            assertThat(writer.byId(two.id())).contains(two);
            assertThat(writer.child(container.id(), "two")).contains(two);
            assertThat(writer.newestInstance(container.id())).contains(two);
            assertThat(writer.oldestInstance(container.id())).contains(old);
            assertThat(writer.expired(99, 5)).containsExactly(two);
            writer.delete(old);
            assertThat(writer.oldestInstance(container.id())).contains(one);
            assertThat(writer.byId(old.id())).isEmpty();
            assertThat(writer.child(container.id(), old.name())).isEmpty();
            writer.delete(one);
            assertThat(writer.oldestInstance(container.id())).contains(two);
            assertThat(writer.children(container.id(), "", 9)).containsExactly(two);
            writer.delete(two);
            assertThat(writer.oldestInstance(container.id())).isEmpty();
            assertThat(writer.newestInstance(container.id())).isEmpty();
            Resource three = insertInstance(writer, container, "two", "3", Long.MAX_VALUE);
            assertThat(writer.child(container.id(), "two")).contains(three);
            return three;
        });
        await(first);
        Resource three = await(second);
        assertThat(store.children(container.id(), "", 9)).containsExactly(three);
        assertThat(store.newestInstance(container.id())).contains(three);
        reopen();
        assertThat(store.children(container.id(), "", 9)).containsExactly(three);
        assertThat(store.resourceCount()).isEqualTo(3);
    }

    @Test
    void whatExpiresComesSoonestFirst() {
        Resource container = container(base(), "lamp");
        write(writer -> {
            insertInstance(writer, container, "", "late", 300);
            insertInstance(writer, container, "", "soon", 100);
            insertInstance(writer, container, "", "never", Long.MAX_VALUE);
            Resource sub = insertContainer(writer, container, "sub");
            writer.update(sub.with(sub.attributes(), 200));
            return null;
        });
        assertThat(store.expired(99, 9)).isEmpty();
        assertThat(store.expired(300, 9)).extracting(Resource::expiration).containsExactly(100L, 200L, 300L);
        assertThat(store.expired(300, 2)).extracting(Resource::expiration).containsExactly(100L, 200L);
    }

    @Test
    void anUpdateReplacesTheRepresentationForAllWaysToIt() {
        Resource container = container(base(), "lamp");
        assertThat(store.child("cb-base", "lamp")).contains(container);
        Resource changed = container.with(Attributes.of("lbl", List.of("new")), 5_000);
        write(writer -> {
            writer.update(changed);
            return null;
        });
        assertThat(store.byId(container.id())).contains(changed);
        assertThat(store.child("cb-base", "lamp")).contains(changed);
        assertThat(store.ofType(CONTAINER, "", 9)).containsExactly(changed);
        assertThat(store.expired(5_000, 9)).containsExactly(changed);
    }

    @Test
    void aDeletedNameAndAStemCanBeTakenAgain() {
        Resource base = base();
        Resource first = new Resource(2, "m2m:ae", "Clamp", "cb-base", "lamp", "Clamp", Long.MAX_VALUE, Attributes.of("api",
                "Na"));
        Resource again = new Resource(2, "m2m:ae", "Clamp", "cb-base", "lamp", "Clamp", 9, Attributes.of("api", "Nb"));
        write(writer -> {
            writer.insert(first);
            return null;
        });
        Resource below = container(first, "below");
        write(writer -> {
            writer.delete(below);
            writer.delete(first);
            assertThat(writer.child(base.id(), "lamp")).isEmpty();
            writer.insert(again);
            return null;
        });
        assertThat(store.byId("Clamp")).contains(again);
        assertThat(store.child("cb-base", "lamp")).contains(again);
        assertThat(store.children("Clamp", "", 9)).isEmpty();
        reopen();
        assertThat(store.byId("Clamp")).contains(again);
    }

    @Test
    void idsNeverRepeatAlsoAfterDeletionFailureAndReopening() {
        Resource container = container(base(), "lamp");
        Set<String> seen = new HashSet<>();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 5; i++) {
                assertThat(seen.add(write(writer -> writer.newId(CONTAINER, "cb-base")))).isTrue();
                assertThat(seen.add(write(writer -> writer.newId(INSTANCE, container.id())))).isTrue();
                Resource instance = instance(container, "x");
                assertThat(seen.add(instance.id())).isTrue();
                write(writer -> {
                    writer.delete(instance);
                    return null;
                });
            }
            reopen();
        }
    }

    @Test
    void whatCannotBeIsRefusedAndHurtsNobody() {
        Resource container = container(base(), "lamp");
        Resource instance = instance(container, "1");
        List<CompletionStage<Object>> wrong = List.of(
                store.write(writer -> insertContainer(writer, store.byId("cb-base").orElseThrow(), "lamp")),
                store.write(writer -> insertInstance(writer, container, instance.name(), "2", Long.MAX_VALUE)),
                store.write(writer -> {
                    writer.insert(container);
                    return null;
                }),
                store.write(writer -> {
                    writer.delete(new Resource(3, "m2m:cnt", "cnt-none", "cb-base", "none", "", 1, Attributes.empty()));
                    return null;
                }),
                store.write(writer -> insertContainer(writer, new Resource(3, "m2m:cnt", "cnt-none", "", "x", "", 1,
                        Attributes.empty()), "y")),
                store.write(writer -> {
                    writer.insert(new Resource(4, "m2m:cin", "cin-9-9", container.id(), "made-up", "", 1, Attributes.empty()));
                    return null;
                }),
                store.write(writer -> insertContainer(writer, container, "nul\u0000")));
        for (var stage : wrong) {
            assertThatThrownBy(() -> await(stage)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(ids(store.children(container.id(), "", 9))).containsExactly(instance.id());
        assertThat(store.resourceCount()).isEqualTo(3);
    }
}
