// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Registrations;
import io.lintel.mqtt.server.ConnectedClient;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One connected client and what is known of its rights: a snapshot with the last answers, for as long as registrations,
 * rules and this CSE's identity are those it was made of. Any thread: a snapshot is immutable but for answers, each of
 * which is written whole.
 *
 * <p>When an AE or CSE ends its registration, the answer to that still reaches it, though its rights have ended: while
 * responses are owed to the connection, those on its response topic are delivered for a while.
 */
final class ClientView {
    private static final int KEPT = 8;
    private static final long FAREWELL_NANOS = 10_000_000_000L;

    private final ConnectedClient client;
    private final boolean own;
    private final AtomicInteger owed = new AtomicInteger();
    private final AtomicInteger mistakes = new AtomicInteger();
    private volatile Snapshot snapshot;
    private volatile Farewell farewell;

    /** What a snapshot was made of; another one is due when something of it is not the same any more. */
    record Basis(CseIdentity me, Registrations registrations, long version, AccessRules rules) {
        boolean isStill(CseIdentity nowMe, Registrations nowRegistrations, AccessRules nowRules) {
            return me == nowMe && rules == nowRules && registrations == nowRegistrations
                    && (registrations == null || version == registrations.version());
        }
    }

    /** An answer for one topic; {@code kind} is empty outside oneM2M. */
    record Answer(String name, boolean allowed, Optional<Topic> topic) {
        boolean isOf(Topic.Kind kind) {
            return topic.isPresent() && topic.get().kind() == kind;
        }
    }

    /** Rights, and answers they gave. */
    static final class Snapshot {
        private final Basis basis;
        private final TopicRights rights;
        private final Answer[] published = new Answer[KEPT];
        private final Answer[] delivered = new Answer[KEPT];

        Snapshot(Basis basis, TopicRights rights) {
            this.basis = basis;
            this.rights = rights;
        }

        TopicRights rights() {
            return rights;
        }
    }

    /** AEs and CSEs whose registration ended under the connection. */
    private record Farewell(List<String> ids, String responder, Segments segments, long untilNanos) {
        boolean includes(Topic topic) {
            return topic.kind() == Topic.Kind.RESPONSE && System.nanoTime() - untilNanos < 0
                    && segments.entity(topic.receiver()).filter(responder::equals).isPresent()
                    && ids.stream().anyMatch(id -> segments.entity(topic.originator(), Optional.of(id)).filter(id::equals)
                            .isPresent());
        }
    }

    ClientView(ConnectedClient client, boolean own) {
        this.client = client;
        this.own = own;
    }

    ConnectedClient client() {
        return client;
    }

    /** Whether it is this CSE's own client; decided once, since its socket may be closed before the server notices. */
    boolean isOwn() {
        return own;
    }

    /** How many of its publications were refused before. */
    int anotherMistake() {
        return mistakes.incrementAndGet();
    }

    /** The snapshot if it still holds; else null. */
    Snapshot current(CseIdentity me, Registrations registrations, AccessRules rules) {
        Snapshot now = snapshot;
        return now != null && now.basis.isStill(me, registrations, rules) ? now : null;
    }

    /** Takes over other rights. */
    Snapshot renewed(Basis basis, TopicRights rights, Segments segments) {
        Snapshot before = snapshot;
        if (before != null && before.rights instanceof VerifiedRights had && rights instanceof VerifiedRights has) {
            List<String> gone = had.entities().stream().filter(id -> !has.entities().contains(id)).toList();
            if (!gone.isEmpty()) {
                farewell = new Farewell(gone, basis.me().cseId(), segments, System.nanoTime() + FAREWELL_NANOS);
            }
        }
        Snapshot now = new Snapshot(basis, rights);
        snapshot = now;
        return now;
    }

    /** Whether a publication on this topic is allowed. */
    Answer mayPublish(Snapshot now, String name) {
        int slot = name.hashCode() & KEPT - 1;
        Answer answer = now.published[slot];
        if (answer == null || !answer.name().equals(name)) {
            answer = publication(now.rights, name);
            now.published[slot] = answer;
        }
        if (answer.allowed() && answer.isOf(Topic.Kind.REQUEST)) {
            owed.incrementAndGet();
        }
        return answer;
    }

    private static Answer publication(TopicRights rights, String name) {
        Optional<Topic> topic = FilterTopics.oneM2mTopic(name);
        boolean allowed = topic.map(rights::mayPublish).orElseGet(() -> !name.startsWith("$") && mayWrite(rights, name));
        return new Answer(name, allowed, topic);
    }

    private static boolean mayWrite(TopicRights rights, String name) {
        return rights.mayUseOtherTopics() || !FilterTopics.isBelowRoot(name) && rights.mayWrite(name);
    }

    /** Whether a message on this topic may be delivered. */
    boolean mayReceive(Snapshot now, String name) {
        int slot = name.hashCode() & KEPT - 1;
        Answer answer = now.delivered[slot];
        if (answer == null || !answer.name().equals(name)) {
            answer = delivery(now.rights, name);
            now.delivered[slot] = answer;
        }
        if (answer.isOf(Topic.Kind.RESPONSE)) {
            boolean wasOwed = owed.getAndUpdate(count -> count > 0 ? count - 1 : 0) > 0;
            Farewell ended = farewell;
            return answer.allowed() || wasOwed && ended != null && ended.includes(answer.topic().get());
        }
        return answer.allowed();
    }

    private static Answer delivery(TopicRights rights, String name) {
        Optional<Topic> topic = FilterTopics.oneM2mTopic(name);
        boolean allowed = topic.map(rights::mayReceive).orElseGet(() -> rights.mayUseOtherTopics()
                || !FilterTopics.isBelowRoot(name) && rights.mayRead(name));
        return new Answer(name, allowed, topic);
    }

    /** Whether the filter is granted. */
    static boolean maySubscribe(TopicRights rights, String text) {
        TopicFilter filter = TopicFilter.of(text);
        if (FilterTopics.matchSome(filter, rights::mayReceive)) {
            return true;
        }
        if (FilterTopics.isBelowRoot(text)) {
            return rights.mayUseOtherTopics() && Topic.parse(text).isEmpty();
        }
        return rights.mayReadSome(filter);
    }
}
