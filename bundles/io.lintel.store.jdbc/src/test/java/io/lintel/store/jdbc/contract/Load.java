// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.SessionStore.QueuedMessage;
import io.lintel.mqtt.server.StoredMessage;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.store.jdbc.JdbcStore;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * Load for the crash tests: a child process runs {@link #run} until it is killed and prints a line for every stage that
 * completed; the test then opens what is left and calls {@link #verify}. Each task changes several tables, so that half
 * a task would show: an instance, the container's count, a stored response and an outbound item, all of one number.
 */
public final class Load {
    private static final long LATER = Long.MAX_VALUE - 1;
    private static final String CONTAINER = "load";

    private Load() {
    }

    /** Goes on after what earlier rounds left; ends only with the process. */
    public static void run(JdbcStore store, PrintStream acknowledged) throws InterruptedException {
        long[] next = {StoreTest.await(store.write(writer -> {
            if (writer.byId("cb-base").isEmpty()) {
                Resource base = new Resource(5, "m2m:cb", "cb-base", "", "mn", "", Long.MAX_VALUE, Attributes.empty());
                writer.insert(base);
                StoreTest.insertContainer(writer, base, CONTAINER);
            }
            return count(writer.child("cb-base", CONTAINER).orElseThrow());
        }))};
        StoreTest.await(store.write(List.of(new SessionChange.SessionOpened("client", "", 1))));
        long message = store.load().lastMessageId();
        Semaphore free = new Semaphore(64);
        while (true) {
            free.acquire(2);
            store.write(writer -> {
                Resource container = writer.child("cb-base", CONTAINER).orElseThrow();
                long number = count(container) + 1;
                String text = Long.toString(number);
                Resource created = StoreTest.insertInstance(writer, container, "", text, Long.MAX_VALUE);
                writer.update(container.with(Attributes.of("cni", number)));
                writer.storeResponse(text, ResponsePrimitive.builder(ResponseStatusCode.CREATED, text).build(), LATER);
                writer.enqueue(new OutboundItem(0, "in", RequestPrimitive.builder(Operation.NOTIFY, "to")
                        .requestIdentifier(text).build(), "", LATER));
                if (number % 10 == 0) {
                    StoreTest.insertContainer(writer, container, "sub" + number);
                }
                return created.id() + " " + number;
            }).whenComplete((line, failure) -> {
                acknowledged.println(failure == null ? "T " + line : "F " + failure);
                free.release();
            });
            long id = ++message;
            store.write(List.of(new SessionChange.MessageStored(new StoredMessage(id, "t", 1, false,
                    Long.toString(id).getBytes(StandardCharsets.US_ASCII))), new SessionChange.RetainedSet("t", id),
                    new SessionChange.MessageQueued("client", id, 1, 0))).whenComplete((nothing, failure) -> {
                        acknowledged.println(failure == null ? "M " + id : "F " + failure);
                        free.release();
                    });
        }
    }

    private static long count(Resource container) {
        return container.attributes().number("cni").orElse(0L);
    }

    /** Everything acknowledged is there, and of everything that is there, all parts. */
    public static void verify(JdbcStore store, List<String> acknowledged) {
        assertThat(acknowledged).noneMatch(line -> line.startsWith("F"));
        Resource container = store.child("cb-base", CONTAINER).orElseThrow();
        long count = count(container);
        Set<String> queued = new HashSet<>();
        long after = 0;
        for (List<QueuedMessage> page = store.queue("client", 0, 1000); !page.isEmpty(); page = store.queue("client", after,
                1000)) {
            for (QueuedMessage message : page) {
                assertThat(message.message().id()).isGreaterThan(after);
                after = message.message().id();
                assertThat(new String(message.message().payload(), StandardCharsets.US_ASCII)).isEqualTo(Long.toString(after));
                queued.add("M " + after);
            }
        }
        Set<String> created = new HashSet<>();
        String lastId = "";
        long number = 0;
        for (List<Resource> page = store.children(container.id(), 4, "", 1000); !page.isEmpty();
                page = store.children(container.id(), 4, lastId, 1000)) {
            for (Resource instance : page) {
                number++;
                assertThat(instance.text("con")).contains(Long.toString(number));
                lastId = instance.id();
                created.add("T " + lastId + " " + number);
            }
        }
        assertThat(number).as("instances, by the container's count").isEqualTo(count);
        assertThat(store.outbound("in", 0, Integer.MAX_VALUE)).hasSize((int) count);
        String last = Long.toString(count);
        if (count > 0) {
            Optional<ResponsePrimitive> response = StoreTest.await(store.write(writer -> writer.storedResponse(last)));
            assertThat(response).isPresent();
            assertThat(store.load().retained()).extracting(StoredMessage::id).containsExactly(after);
        }
        assertThat(store.children(container.id(), 3, "", Integer.MAX_VALUE)).hasSize((int) (count / 10));
        assertThat(store.resourceCount()).isEqualTo(2 + count + count / 10);
        assertThat(acknowledged.stream().filter(line -> line.startsWith("T"))).allMatch(created::contains);
        assertThat(acknowledged.stream().filter(line -> line.startsWith("M"))).allMatch(queued::contains);
    }
}
