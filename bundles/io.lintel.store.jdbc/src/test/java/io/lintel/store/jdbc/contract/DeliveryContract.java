// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.store.HeldRequest;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.OutboundTotal;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.store.jdbc.StoreSettings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Stored responses, the outbound queue, and requests in custody. */
public abstract class DeliveryContract extends StoreTest {
    private static final long LATER = System.currentTimeMillis() + 3_600_000;

    private static RequestPrimitive request(String identifier) {
        return RequestPrimitive.builder(Operation.NOTIFY, "/in-cse/Capp").from("/mn-cse").requestIdentifier(identifier)
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a")
                .set(RequestParameter.FILTER_CRITERIA, Attributes.of("ty", List.of(3, 4)))
                .content(new Content("m2m:sgn", Attributes.of("nev", Attributes.of("net", 3)))).build();
    }

    private static OutboundItem item(String target, String identifier) {
        return new OutboundItem(0, target, request(identifier), "sub-1", LATER);
    }

    private static ResponsePrimitive response(String identifier, Object content) {
        return ResponsePrimitive.builder(ResponseStatusCode.CREATED, identifier)
                .set(ResponseParameter.RELEASE_VERSION_INDICATOR, "2a").content(new Content("m2m:uril", content)).build();
    }

    @Test
    void aStoredResponseIsGivenAgainUntilItsTimeIsOver() {
        ResponsePrimitive text = response("r1", "cnt-1");
        ResponsePrimitive list = response("r2", List.of("cnt-1", "cnt-2"));
        ResponsePrimitive none = ResponsePrimitive.builder(6999, "r3").build();
        write(writer -> {
            assertThat(writer.storedResponse("a")).isEmpty();
            writer.storeResponse("a", text, LATER);
            assertThat(writer.storedResponse("a")).contains(text);
            writer.storeResponse("a\u0000b\ud800", list, LATER);
            writer.storeResponse("", none, LATER);
            writer.storeResponse("over", none, 1);
            assertThat(writer.storedResponse("over")).isEmpty();
            return null;
        });
        reopen();
        write(writer -> {
            assertThat(writer.storedResponse("a")).contains(text);
            assertThat(writer.storedResponse("a\u0000b\ud800")).contains(list);
            assertThat(writer.storedResponse("a\u0000b?")).isEmpty();
            assertThat(writer.storedResponse("")).contains(none);
            assertThat(writer.storedResponse("over")).isEmpty();
            writer.storeResponse("a", none, LATER);
            writer.storeResponse("over", text, LATER);
            return null;
        });
        reopen();
        assertThat(stored("a")).contains(none);
        assertThat(stored("over")).contains(text);
    }

    @Test
    void aResponseOfATaskThatThrewIsNotKept() {
        var failing = store.write(writer -> {
            writer.storeResponse("a", response("r1", "x"), LATER);
            writer.enqueue(item("/in-cse", "q"));
            writer.children("", "", 1);
            throw new IllegalStateException("no");
        });
        assertThatThrownBy(() -> await(failing)).hasMessage("no");
        assertThat(stored("a")).isEmpty();
        assertThat(store.outboundTargets()).isEmpty();
    }

    @Test
    void theOutboundQueueKeepsTheOrderOfEachTarget() {
        for (int i = 0; i < 9; i++) {
            String target = i % 3 == 0 ? "/in-cse" : "mqtt://app\u0000:1883";
            String identifier = "q" + i;
            write(writer -> {
                writer.enqueue(item(target, identifier));
                return null;
            });
        }
        reopen();
        assertThat(store.outboundTargets()).containsExactlyInAnyOrder("/in-cse", "mqtt://app\u0000:1883");
        List<OutboundItem> items = store.outbound("/in-cse", 0, 10);
        assertThat(items).extracting(item -> item.request().requestIdentifier()).containsExactly("q0", "q3", "q6");
        assertThat(items.get(1)).isEqualTo(item("/in-cse", "q3").placed(items.get(1).sequence(), items.get(1).bytes()));
        assertThat(items).extracting(OutboundItem::sequence).isSorted().doesNotHaveDuplicates();
        assertThat(store.outbound("/in-cse", items.get(0).sequence(), 1)).containsExactly(items.get(1));
        assertThat(store.outbound("nobody", 0, 10)).isEmpty();

        write(writer -> {
            writer.dequeue(items.get(0).sequence());
            writer.dequeue(items.get(2).sequence());
            writer.enqueue(item("/in-cse", "last"));
            return null;
        });
        assertThat(store.outbound("/in-cse", 0, 10)).extracting(item -> item.request().requestIdentifier())
                .containsExactly("q3", "last");
        OutboundItem last = store.outbound("/in-cse", 0, 10).get(1);
        write(writer -> {
            store.outbound("/in-cse", 0, 10).forEach(item -> writer.dequeue(item.sequence()));
            return null;
        });
        reopen();
        assertThat(store.outboundTargets()).containsExactly("mqtt://app\u0000:1883");
        write(writer -> {
            writer.enqueue(item("/in-cse", "new"));
            return null;
        });
        assertThat(store.outbound("/in-cse", 0, 1).get(0).sequence()).as("never repeats").isGreaterThan(last.sequence());
    }

    private static OutboundItem item(int rank, String key, OutboundItem.Kind kind, String identifier, long until) {
        return new OutboundItem(0, "/in-cse", request(identifier), "from", until, kind, rank, key, 7, 0);
    }

    private List<String> waiting() {
        return store.outbound("/in-cse", 0, 100).stream().map(item -> item.request().requestIdentifier()).toList();
    }

    @Test
    void itemsLeaveByRankThenByArrivalAlsoAfterAReopening() {
        int[] ranks = {3, 100, 2, 3, 999, 2, 0, 100};
        for (int i = 0; i < ranks.length; i++) {
            OutboundItem item = item(ranks[i], "", OutboundItem.Kind.REQUEST, "q" + i, LATER);
            write(writer -> writer.enqueue(item));
        }
        reopen();
        assertThat(waiting()).containsExactly("q6", "q2", "q5", "q0", "q3", "q1", "q7", "q4");
        List<OutboundItem> items = store.outbound("/in-cse", 0, 3);
        assertThat(items.get(0).rank()).isZero();
        assertThat(store.outbound("/in-cse", items.get(2).sequence(), 2)).extracting(OutboundItem::rank).containsExactly(3, 3);
        OutboundItem first = items.get(0);
        assertThat(store.outboundItem(first.sequence())).contains(item(0, "", OutboundItem.Kind.REQUEST, "q6", LATER)
                .placed(first.sequence(), first.bytes()));
        assertThat(store.outboundItem(1)).isEmpty();
    }

    @Test
    void aNewerItemTakesThePlaceOfAnOlderOne() {
        write(writer -> writer.enqueue(item(3, "key", OutboundItem.Kind.NOTIFICATION, "old", LATER)));
        write(writer -> writer.enqueue(item(3, "", OutboundItem.Kind.NOTIFICATION, "other", LATER)));
        for (int i = 0; i < 300; i++) {
            String identifier = "new" + i;
            write(writer -> {
                OutboundItem old = writer.outboundLatest("key").orElseThrow();
                return writer.replace(old, item(3, "key", OutboundItem.Kind.NOTIFICATION, identifier, LATER));
            });
            assertThat(waiting()).hasSize(2).contains(identifier);
            if (i == 254) {
                assertThat(waiting()).as("so many may follow each other in a place").containsExactly("new254", "other");
            }
        }
        assertThat(waiting()).as("then it goes to the end").containsExactly("other", "new299");
        reopen();
        Optional<OutboundItem> newest = write(writer -> writer.outboundLatest("key"));
        assertThat(newest).get().extracting(item -> item.request().requestIdentifier())
                .isEqualTo("new299");
        Optional<OutboundItem> none = write(writer -> writer.outboundLatest("none"));
        assertThat(none).isEmpty();
    }

    @Test
    void inOneTaskTheNewestOfAKeyIsTheLastOneEnqueued() {
        write(writer -> writer.enqueue(item(3, "key", OutboundItem.Kind.REQUEST, "first", LATER)));
        write(writer -> {
            OutboundItem first = writer.outboundLatest("key").orElseThrow();
            OutboundItem second = writer.replace(first, item(3, "key", OutboundItem.Kind.REQUEST, "second", LATER));
            assertThat(writer.outboundLatest("key")).contains(second);
            writer.dequeue(second.sequence());
            assertThat(writer.outboundLatest("key")).isEmpty();
            return null;
        });
        assertThat(waiting()).isEmpty();
    }

    @Test
    void whatHasExpiredIsFoundAndCountedOnTheWay() {
        write(writer -> {
            writer.enqueue(item(3, "", OutboundItem.Kind.REQUEST, "late", 300));
            writer.enqueue(item(3, "", OutboundItem.Kind.RESULT, "soon", 100));
            writer.enqueue(item("elsewhere", "last"));
            assertThat(writer.outboundTotal("/in-cse").items()).as("with its own changes").isEqualTo(2);
            assertThat(writer.outboundTotal("").items()).isEqualTo(3);
            return null;
        });
        assertThat(store.outboundExpired(99, 10)).isEmpty();
        assertThat(store.outboundExpired(300, 10)).extracting(item -> item.request().requestIdentifier())
                .containsExactly("soon", "late");
        assertThat(store.outboundExpired(300, 1)).hasSize(1);
        List<OutboundTotal> totals = store.outboundTotals();
        assertThat(totals).extracting(OutboundTotal::target).containsExactly("/in-cse", "elsewhere");
        assertThat(totals.get(0).items()).isEqualTo(2);
        assertThat(totals.get(0).bytes()).isEqualTo(store.outbound("/in-cse", 0, 9).stream().mapToLong(OutboundItem::bytes).sum())
                .isPositive();
    }

    @Test
    void aHeldTargetIsHeldAfterAReopening() {
        write(writer -> {
            writer.hold("/in-cse", true);
            writer.hold("/in-cse", true);
            writer.hold("other", true);
            writer.hold("other", false);
            return null;
        });
        reopen();
        assertThat(store.outboundHeld()).containsExactly("/in-cse");
    }

    @Test
    void responsesWhoseTimeIsOverGoAwayByThemselves() {
        List<String> keys = new ArrayList<>();
        write(writer -> {
            for (int i = 0; i < 2000; i++) {
                keys.add("k" + i);
                writer.storeResponse("k" + i, response("r" + i, "x"), i % 10 == 0 ? LATER : 1);
            }
            return null;
        });
        // the upkeep runs every second; all that is over is gone after some of its rounds
        long until = System.nanoTime() + 20_000_000_000L;
        while (storedResponses() > 200 && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        assertThat(storedResponses()).isEqualTo(200);
        assertThat(stored("k10")).isPresent();
    }

    @Test
    @Tag("MQ-02")
    void moreResponsesThanAreToBeKeptMakeTheOldestGo() {
        store.close();
        store = open(new StoreSettings(1024, 200, 1 << 20, 2, 160, 1 << 20));
        for (int i = 0; i < 1000; i += 50) {
            int first = i;
            write(writer -> {
                for (int k = first; k < first + 50; k++) {
                    writer.storeResponse("k" + k, response("r", "x"), LATER);
                }
                return null;
            });
        }
        untilResponsesAreWithin(160);
        assertThat(stored("k999")).isPresent();
        assertThat(stored("k839")).isEmpty();
        write(writer -> {
            writer.storeResponse("k999", response("again", "x"), LATER);
            writer.storeResponse("large", response("r", "x".repeat(1 << 20)), LATER);
            return null;
        });
        untilResponsesAreWithin(0);
    }

    @Test
    @Tag("MQ-02")
    void theirNumberIsKnownAfterARestart() {
        write(writer -> {
            for (int i = 0; i < 500; i++) {
                writer.storeResponse("k" + i, response("r", "x"), LATER);
            }
            return null;
        });
        store.close();
        store = open(new StoreSettings(1024, 200, 1 << 20, 2, 64, 1 << 20));
        untilResponsesAreWithin(64);
        assertThat(stored("k499")).isPresent();
    }

    /** The upkeep runs every second. */
    private void untilResponsesAreWithin(long limit) {
        long until = System.nanoTime() + 20_000_000_000L;
        while (storedResponses() > limit && System.nanoTime() < until) {
            Thread.onSpinWait();
        }
        assertThat(storedResponses()).isBetween(limit - limit / 8, limit);
    }

    private static HeldRequest held(String holder, String text) {
        return new HeldRequest(0, holder, "topic\u0000 of " + text, text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    @Tag("MQ-01")
    void requestsInCustodyAreThereInOrderUntilReleased() {
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            HeldRequest request = held(i % 2 == 0 ? "mqtt one" : "mqtt \ud800", "request " + i);
            numbers.add(write(writer -> writer.keep(request)));
        }
        HeldRequest.Total total = new HeldRequest.Total(6, 6L * held("", "request 0").bytes());
        assertThat(store.heldTotal()).isEqualTo(total);
        reopen();
        assertThat(numbers).isSorted().doesNotHaveDuplicates();
        assertThat(store.heldTotal()).isEqualTo(total);
        assertThat(texts("mqtt one", 0)).containsExactly("request 0", "request 2", "request 4");
        assertThat(texts("mqtt \ud800", numbers.get(3))).containsExactly("request 3", "request 5");
        assertThat(store.held("mqtt one", 0, 1).get(0).envelope()).isEqualTo("topic\u0000 of request 0");
        assertThat(store.heldMarks("mqtt one", numbers.get(1), 5)).containsExactly(
                new HeldRequest.Mark(numbers.get(2), held("", "request 2").bytes()),
                new HeldRequest.Mark(numbers.get(4), held("", "request 4").bytes()));
        write(writer -> {
            writer.release(numbers.get(2));
            writer.release(writer.keep(held("mqtt one", "gone at once")));
            writer.release(4711);
            return null;
        });
        reopen();
        assertThat(texts("mqtt one", 0)).containsExactly("request 0", "request 4");
        long next = write(writer -> writer.keep(held("mqtt one", "later")));
        assertThat(next).as("never repeats").isGreaterThan(numbers.get(5));
    }

    @Test
    void whatATaskThatThrewHeldAndReleasedIsAsItWas() {
        long kept = write(writer -> writer.keep(held("h", "kept")));
        var failing = store.write(writer -> {
            writer.keep(held("h", "no"));
            writer.release(kept);
            writer.children("", "", 1);
            throw new IllegalStateException("no");
        });
        assertThatThrownBy(() -> await(failing)).hasMessage("no");
        assertThat(texts("h", 0)).containsExactly("kept");
    }

    private List<String> texts(String holder, long from) {
        return store.held(holder, from, 100).stream().map(held -> new String(held.message(), StandardCharsets.UTF_8)).toList();
    }

    private Optional<ResponsePrimitive> stored(String deliveryKey) {
        return write(writer -> writer.storedResponse(deliveryKey));
    }

    /** How many rows the table of stored responses has. */
    protected abstract long storedResponses();
}
