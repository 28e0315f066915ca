// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.InMemoryResourceStore;
import io.lintel.cse.internal.WholeCse;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A discovery that looks at everything holds nobody up: the thread of a door does its beginning only. */
class LongDiscoveryTest {
    private static final int CONTAINERS = 6_000;

    private final Map<Thread, AtomicInteger> reads = new ConcurrentHashMap<>();
    private final InMemoryResourceStore store = new InMemoryResourceStore(10_000) {
        @Override
        public List<Resource> children(String parentId, String after, int limit) {
            reads.computeIfAbsent(Thread.currentThread(), key -> new AtomicInteger()).incrementAndGet();
            return super.children(parentId, after, limit);
        }
    };
    private WholeCse cse;

    @BeforeEach
    void manyContainers() {
        cse = WholeCse.infrastructure(new OutboundNetwork(), store, Clock.systemUTC());
        store.writeNow(writer -> {
            for (int i = 0; i < CONTAINERS; i++) {
                String id = writer.newId(3, "base");
                writer.insert(new Resource(3, "m2m:cnt", id, "base", "c" + i, "CAdmin", Long.MAX_VALUE, Attributes.builder()
                        .set("rn", "c" + i).set("ri", id).set("pi", "base").set("ty", 3).set("st", 0).set("cni", 0).set("cbs", 0)
                        .set("ct", "20260101T000000").set("lt", "20260101T000000").set("lbl", List.of("n" + i)).build()));
            }
            return true;
        });
    }

    @AfterEach
    void close() {
        cse.crash();
    }

    private CompletableFuture<ResponsePrimitive> ask(Operation operation, Optional<Attributes> criteria, int rcn) {
        RequestPrimitive.Builder request = RequestPrimitive.builder(operation, "in-name").from("CAdmin").requestIdentifier("r")
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").set(RequestParameter.RESULT_CONTENT, rcn);
        criteria.ifPresent(given -> request.set(RequestParameter.FILTER_CRITERIA, given));
        return cse.core.dispatcher().handle(request.build(), Hop.plain(Binding.MQTT, "test", true)).toCompletableFuture();
    }

    private int readsHere() {
        return reads.getOrDefault(Thread.currentThread(), new AtomicInteger()).get();
    }

    private int readsElsewhere() {
        return reads.entrySet().stream().filter(entry -> entry.getKey() != Thread.currentThread())
                .mapToInt(entry -> entry.getValue().get()).sum();
    }

    @Test
    void theDoorsThreadReadsTheBeginningOnlyAndTheAnswerIsWhole() throws Exception {
        CompletableFuture<ResponsePrimitive> discovery = ask(Operation.RETRIEVE, Optional.of(Attributes.builder().set("fu", 1)
                .set("lbl", List.of("n5999")).build()), 1);
        assertThat(readsHere()).as("a part has a thousand steps at most").isLessThan(1100);
        CompletableFuture<ResponsePrimitive> another = ask(Operation.RETRIEVE, Optional.empty(), 1);
        assertThat(another).as("the same thread serves others meanwhile").isDone();
        ResponsePrimitive found = discovery.get(1, TimeUnit.MINUTES);
        assertThat(found.statusCode()).isEqualTo(2000);
        assertThat((List<?>) found.content().orElseThrow().value()).isEqualTo(List.of("in-name/c5999"));
        assertThat(readsElsewhere()).isGreaterThan(CONTAINERS - 1100);
    }

    @Test
    void manyAtATimeAreAllAnswered() throws Exception {
        List<CompletableFuture<ResponsePrimitive>> discoveries = IntStream.range(0, 6).mapToObj(i ->
                ask(Operation.RETRIEVE, Optional.of(Attributes.builder().set("fu", 1).set("lbl", List.of("n" + i * 999))
                        .build()), 6))
                .toList();
        for (int i = 0; i < 6; i++) {
            ResponsePrimitive found = discoveries.get(i).get(1, TimeUnit.MINUTES);
            assertThat(found.content().orElseThrow().attributes().objects("rrf").get(0).text("nm")).contains("c" + i * 999);
        }
    }

    @Test
    void whatIsAnsweredInPartsIsTheSameAsAtOnce() throws Exception {
        ResponsePrimitive first = ask(Operation.RETRIEVE, Optional.of(Attributes.builder().set("ty", List.of(3)).set("lim", 70)
                .set("ofst", 5_000).build()), 8).get(1, TimeUnit.MINUTES);
        assertThat(first.parameters().number("cnst")).contains(1L);
        assertThat(first.parameters().number("cnot")).contains(5_070L);
        assertThat(first.content().orElseThrow().attributes().objects("m2m:cnt").stream().map(c -> c.text("rn").orElse(""))
                .toList())
                .hasSize(70).startsWith("c4999").endsWith("c5068");
    }
}
