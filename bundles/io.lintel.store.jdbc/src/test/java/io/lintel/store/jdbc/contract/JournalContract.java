// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.store.StoreException;
import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.SessionChange.InboundIdReleased;
import io.lintel.mqtt.server.SessionChange.InboundIdTaken;
import io.lintel.mqtt.server.SessionChange.MessageQueued;
import io.lintel.mqtt.server.SessionChange.MessageReleased;
import io.lintel.mqtt.server.SessionChange.MessageStored;
import io.lintel.mqtt.server.SessionChange.MessagesDone;
import io.lintel.mqtt.server.SessionChange.NumbersReserved;
import io.lintel.mqtt.server.SessionChange.PacketIdAssigned;
import io.lintel.mqtt.server.SessionChange.RetainedCleared;
import io.lintel.mqtt.server.SessionChange.RetainedSet;
import io.lintel.mqtt.server.SessionChange.SessionOpened;
import io.lintel.mqtt.server.SessionChange.SessionRemoved;
import io.lintel.mqtt.server.SessionChange.SessionSeen;
import io.lintel.mqtt.server.SessionChange.Subscribed;
import io.lintel.mqtt.server.SessionChange.Unsubscribed;
import io.lintel.mqtt.server.SessionChange.WillCleared;
import io.lintel.mqtt.server.SessionChange.WillSet;
import io.lintel.mqtt.server.SessionStore.QueuedMessage;
import io.lintel.mqtt.server.SessionStore.Snapshot;
import io.lintel.mqtt.server.SessionStore.StoredSession;
import io.lintel.mqtt.server.SessionStore.StoredSubscription;
import io.lintel.mqtt.server.SessionStore.StoredWill;
import io.lintel.mqtt.server.StoredMessage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The MQTT server's journal. */
public abstract class JournalContract extends StoreTest {

    private static MessageStored message(long id, String payload) {
        return new MessageStored(new StoredMessage(id, "t/" + id, 1, false, payload.getBytes(StandardCharsets.UTF_8)));
    }

    private List<Long> queued(String client) {
        return store.queue(client, 0, 1000).stream().map(queued -> queued.message().id()).toList();
    }

    @Test
    void sessionsComeBackWithAllThatBelongsToThem() {
        assertThat(store.load().sessions()).isEmpty();
        journal(new SessionOpened("one", "", 10), new SessionOpened("two", "CN=two", 11),
                new Subscribed("one", "/oneM2M/req/+/mn-cse/#", 1), new Subscribed("one", "a", 0), new Subscribed("one", "a", 2),
                new Subscribed("one", "b", 1), new Unsubscribed("one", "b"), new InboundIdTaken("one", 7),
                new InboundIdTaken("one", 7), new InboundIdTaken("one", 65535), new InboundIdTaken("one", 8),
                new InboundIdReleased("one", 8), message(1, "abc"), new MessageQueued("one", 1, 1, 0), message(2, ""),
                new MessageQueued("one", 2, 1, 0), new SessionSeen("one", false, 99));
        reopen();
        Snapshot snapshot = store.load();
        assertThat(snapshot.lastMessageId()).isGreaterThanOrEqualTo(2);
        assertThat(snapshot.retained()).isEmpty();
        assertThat(snapshot.sessions()).containsExactlyInAnyOrder(
                new StoredSession("one", "", 99, List.of(new StoredSubscription("/oneM2M/req/+/mn-cse/#", 1),
                        new StoredSubscription("a", 2)), List.of(7, 65535), 2, 3),
                new StoredSession("two", "CN=two", 11, List.of(), List.of(), 0, 0));
    }

    @Test
    void aSessionEndsWithAllThatBelongsToIt() {
        journal(new SessionOpened("one", "", 1), new SessionOpened("two", "", 1), new Subscribed("one", "a", 1),
                new InboundIdTaken("one", 1), message(1, "shared"), new MessageQueued("one", 1, 1, 0),
                new MessageQueued("two", 1, 1, 0), message(2, "own"), new MessageQueued("one", 2, 1, 0));
        journal(new SessionRemoved("one"));
        assertThat(store.load().sessions()).extracting(StoredSession::clientId).containsExactly("two");
        assertThat(store.message(1)).isPresent();
        assertThat(store.message(2)).isEmpty();
        assertThat(store.queue("one", 0, 9)).isEmpty();
        journal(new SessionOpened("one", "", 2));
        reopen();
        assertThat(store.load().sessions()).contains(new StoredSession("one", "", 2, List.of(), List.of(), 0, 0));
    }

    @Test
    void aMessageStaysAsLongAsSomethingRefersToIt() {
        journal(new SessionOpened("one", "", 1), new SessionOpened("two", "", 1));
        journal(message(5, "x"), new MessageQueued("one", 5, 1, 0), new MessageQueued("two", 5, 0, 0), new RetainedSet("t/5", 5));
        journal(new MessagesDone("one", List.of(5L)), new MessagesDone("one", List.of(5L)));
        assertThat(store.message(5)).isPresent();
        journal(new MessagesDone("two", List.of(5L, 6L)));
        assertThat(store.message(5)).isPresent();
        journal(new MessageQueued("one", 5, 1, 0));
        reopen();
        journal(new RetainedCleared("t/5"));
        assertThat(store.message(5)).isPresent();
        assertThat(queued("one")).containsExactly(5L);
        journal(new MessagesDone("one", List.of(5L)));
        assertThat(store.message(5)).isEmpty();
        journal(message(6, "nobody's"));
        assertThat(store.message(6)).isEmpty();
        assertThat(store.load().lastMessageId()).isGreaterThanOrEqualTo(6);
    }

    @Test
    void aRetainedMessageIsReplacedAndCleared() {
        journal(message(1, "old"), new RetainedSet("home/t", 1), message(2, "other"), new RetainedSet("home/u", 2));
        journal(message(3, "new"), new RetainedSet("home/t", 3));
        journal(new RetainedSet("home/t", 3));
        reopen();
        assertThat(store.load().retained()).extracting(StoredMessage::id).containsExactlyInAnyOrder(3L, 2L);
        assertThat(store.load().retained()).extracting(StoredMessage::topic).containsExactlyInAnyOrder("home/t", "home/u");
        assertThat(store.message(1)).isEmpty();
        assertThat(new String(store.message(3).orElseThrow().payload(), StandardCharsets.UTF_8)).isEqualTo("new");
        journal(new RetainedCleared("home/t"), new RetainedCleared("home/t"), new RetainedCleared("never"));
        assertThat(store.message(3)).isEmpty();
        assertThat(store.load().retained()).extracting(StoredMessage::id).containsExactly(2L);
    }

    @Test
    void aQueueKeepsItsOrderAndWhatIsKnownOfEachDelivery() {
        journal(new SessionOpened("one", "", 1));
        for (long id = 1; id <= 5; id++) {
            journal(message(id, "m" + id), new MessageQueued("one", id, (int) (id % 3), 0));
        }
        journal(new PacketIdAssigned("one", 2, 77), new MessageReleased("one", 2), new PacketIdAssigned("one", 3, 78));
        reopen();
        List<QueuedMessage> queue = store.queue("one", 0, 3);
        assertThat(queue).extracting(queued -> queued.message().id()).containsExactly(1L, 2L, 3L);
        assertThat(queue).extracting(QueuedMessage::qos).containsExactly(1, 2, 0);
        assertThat(queue).extracting(QueuedMessage::packetId).containsExactly(0, 77, 78);
        assertThat(queue).extracting(QueuedMessage::released).containsExactly(false, true, false);
        assertThat(store.queue("one", 3, 9)).extracting(queued -> queued.message().id()).containsExactly(4L, 5L);
        journal(new MessagesDone("one", List.of(3L)));
        assertThat(store.queue("one", 3, 9)).as("after one that is done").extracting(queued -> queued.message().id())
                .containsExactly(4L, 5L);
    }

    @Test
    void aMessageQueuedAfterOneWithAHigherNumberStandsWhereItsNumberBelongs() {
        journal(new SessionOpened("one", "", 1), message(3, "retained"), new RetainedSet("t", 3));
        journal(message(10, "a"), new MessageQueued("one", 10, 1, 0));
        journal(new MessageQueued("one", 3, 1, 0), message(9, "late"), new MessageQueued("one", 9, 1, 4));
        assertThat(queued("one")).containsExactly(3L, 9L, 10L);
        reopen();
        assertThat(store.queue("one", 3, 9)).extracting(queued -> queued.message().id()).containsExactly(9L, 10L);
        assertThat(store.queue("one", 0, 9)).extracting(QueuedMessage::packetId).containsExactly(0, 4, 0);
    }

    @Test
    void aNumberThatWasReservedIsNotUsedAgain() {
        journal(new NumbersReserved(70_000));
        reopen();
        assertThat(store.load().lastMessageId()).isGreaterThanOrEqualTo(70_000);
    }

    @Test
    void changesOfASessionThatIsGoneKeepNothing() {
        journal(new SessionOpened("here", "", 1));
        journal(message(1, "x"), new MessageQueued("gone", 1, 1, 0), new MessageQueued("here", 1, 1, 0),
                new Subscribed("gone", "a", 1), new InboundIdTaken("gone", 1), new SessionSeen("gone", true, 1),
                new MessagesDone("gone", List.of(1L)), new SessionRemoved("gone"));
        assertThat(queued("here")).containsExactly(1L);
        assertThat(store.load().sessions()).hasSize(1);
        journal(new MessagesDone("here", List.of(1L)));
        assertThat(store.message(1)).isEmpty();
    }

    @Test
    void aUnitThatCannotBeStoredLeavesNothing() {
        List<SessionChange> unit = List.of(new SessionOpened("one", "", 1), new Subscribed("one", "nul\u0000", 1));
        CompletionStage<Void> stage = store.write(unit);
        assertThatThrownBy(() -> await(stage)).isInstanceOf(StoreException.class);
        assertThat(store.load().sessions()).isEmpty();
    }

    @Test
    void willsOfOneClientAreKeptApartUntilEachIsCleared() {
        StoredWill first = new StoredWill(7, "one", "gone/one", 1, true, new byte[] {1, 2});
        StoredWill second = new StoredWill(8, "one", "gone/one", 0, false, new byte[0]);
        journal(new WillSet(first), new WillSet(second), new WillSet(second));
        reopen();
        assertThat(store.load().lastMessageId()).isGreaterThanOrEqualTo(8);
        assertThat(store.load().wills()).extracting(StoredWill::number).containsExactly(7L, 8L);
        assertThat(store.load().wills().get(0).payload()).containsExactly(1, 2);
        assertThat(store.load().wills().get(0)).usingRecursiveComparison().isEqualTo(first);
        journal(new WillCleared(7), new WillCleared(7), new WillCleared(99));
        assertThat(store.load().wills()).extracting(StoredWill::number).containsExactly(8L);
    }

    /** Changes rows behind the store's back, as a bad disk does. */
    protected abstract void alter(String sql);

    @Test
    void aDamagedMessageIsNeverHandedOutAndCostsNoOther() {
        journal(new SessionOpened("one", "", 1), new SessionOpened("two", "", 1));
        for (long id = 1; id <= 6; id++) {
            journal(message(id, "payload " + id), new MessageQueued("one", id, 1, 0), new MessageQueued("two", id, 1, 0));
        }
        journal(new PacketIdAssigned("one", 6, 9), new MessageReleased("one", 6));
        store.close();
        alter("UPDATE msg SET topic = 'elsewhere' WHERE id = 2");
        alter("UPDATE msg SET payload = (SELECT payload FROM msg WHERE id = 1) WHERE id = 4");
        alter("DELETE FROM msg WHERE id = 5");
        alter("UPDATE msg SET qos = 0 WHERE id = 6");
        store = open(SETTINGS);
        List<QueuedMessage> queue = store.queue("one", 0, 100);
        assertThat(queue).extracting(queued -> queued.message().id()).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
        assertThat(queue).extracting(QueuedMessage::isDamaged).as("a released one needs its identifier alone")
                .containsExactly(false, true, false, true, true, false);
        assertThat(queue.get(3).damaged()).isEqualTo("payload 4".length());
        assertThat(store.queue("one", 1, 2)).as("a page stays a page").hasSize(2);
        assertThat(store.message(4)).isEmpty();
        journal(new MessagesDone("one", List.of(2L, 4L, 5L)));
        assertThat(store.detail()).contains("3 damaged messages");
        assertThat(store.queue("one", 0, 100)).noneMatch(QueuedMessage::isDamaged);
        assertThat(store.queue("two", 0, 100)).filteredOn(QueuedMessage::isDamaged).hasSize(4);
    }

    @Test
    void aDamagedRetainedMessageOrWillIsForgottenAndTheOthersStay() {
        journal(message(1, "good"), new RetainedSet("t/1", 1), message(2, "bad"), new RetainedSet("t/2", 2),
                new WillSet(new StoredWill(3, "c", "w/3", 1, false, new byte[] {3})),
                new WillSet(new StoredWill(4, "d", "w/4", 1, false, new byte[] {4})));
        store.close();
        alter("UPDATE msg SET qos = 2 WHERE id = 2");
        alter("UPDATE will SET topic = 'w/x' WHERE n = 4");
        store = open(SETTINGS);
        assertThat(store.load().retained()).extracting(StoredMessage::id).containsExactly(1L);
        assertThat(store.load().wills()).extracting(StoredWill::number).containsExactly(3L);
        reopen();
        assertThat(store.load().retained()).hasSize(1);
        assertThat(store.load().wills()).hasSize(1);
        assertThat(store.detail()).as("reported once").doesNotContain("damaged");
    }

    @Test
    void unitsAndTasksShareOneOrder() {
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        List<CompletionStage<?>> all = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            String client = "c" + i;
            all.add(store.write(List.of(new SessionOpened(client, "", 1))).thenRun(() -> order.add(client)));
            all.add(store.write(writer -> client + "'").thenAccept(order::add));
        }
        all.forEach(StoreTest::await);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            expected.add("c" + i);
            expected.add("c" + i + "'");
        }
        assertThat(order).isEqualTo(expected);
        assertThat(store.load().sessions()).hasSize(200);
    }
}
