// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.StoredMessage;
import io.lintel.mqtt.server.internal.Publication.Target;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings a message to the sessions whose subscriptions match. What concerns durable sessions and retained messages is on
 * disk before it is acknowledged, or, at QoS 1, acknowledged by all its receivers; a message that concerns neither needs
 * no disk. Belongs to the event loop.
 */
final class Router {
    private static final long RESERVE = 16_384;

    private final SubscriptionTrie trie;
    private final RetainedStore retained;
    private final Journal journal;
    private final Holds holds;
    private long lastMessageId;
    /** Up to here numbers may be used for messages that are not written. */
    private long reservedUpTo;
    private boolean reserving;
    private long matches;

    Router(SubscriptionTrie trie, RetainedStore retained, Journal journal, Holds holds, long lastMessageId) {
        this.trie = trie;
        this.retained = retained;
        this.journal = journal;
        this.holds = holds;
        this.lastMessageId = lastMessageId;
    }

    /** Finds the receivers: each session once, with the highest QoS of its matching subscriptions [MQTT-3.3.5-1]. */
    Publication plan(String topic, byte[] payload, int qos, boolean retain) {
        Publication publication = new Publication(topic, payload, qos, retain);
        List<Target> targets = publication.targets();
        long number = ++matches;
        trie.match(topic, (session, granted) -> {
            int effective = Math.min(qos, granted);
            if (session.matchNumber() == number) {
                targets.get(session.matchIndex()).raiseQos(effective);
            } else if (!session.isInTransition() && (session.isDurable() || session.outbound() != null)) {
                session.matched(number, targets.size());
                targets.add(new Target(session, effective));
            }
        });
        return publication;
    }

    /** Whether a retained message may be kept; if not, its publisher is told so by closing its connection. */
    boolean mayRetain(Publication publication) {
        return !publication.retain() || retained.hasRoomFor(publication.topic(), publication.payload());
    }

    /** Why the message cannot be taken now. */
    Obstacle obstacle(Publication publication) {
        if (journal.isFull()) {
            return new Obstacle(journal.room(), null);
        }
        for (Target target : publication.targets()) {
            if (target.qos() > 0 && !target.session().hasRoomFor(publication.payload().length)) {
                return new Obstacle(target.session().room(), target.session());
            }
        }
        return null;
    }

    /**
     * A full queue.
     *
     * @param room    where to wait
     * @param session whose queue it is; null for the journal
     */
    record Obstacle(Room room, Session session) {
    }

    /**
     * Reserves its place in the queues and journals what has to be; {@link #takeEffect} or {@link #withdraw} follows.
     * {@code done} runs at once if nothing has to.
     *
     * @param besides goes into the same unit, such as the publisher's QoS 2 packet identifier; or null
     */
    void commit(Publication publication, SessionChange besides, Journal.Done done) {
        StoredMessage message = number(publication);
        publication.targets().forEach(target -> enqueue(target, message, false));
        List<SessionChange> changes = new ArrayList<>(4);
        boolean kept = publication.retain() && message.payload().length > 0;
        if (kept) {
            changes.add(new SessionChange.MessageStored(message));
            changes.add(new SessionChange.RetainedSet(message.topic(), message.id()));
        } else if (publication.retain()) {
            changes.add(new SessionChange.RetainedCleared(message.topic()));
        }
        if (publication.retain()) {
            retained.changes(message.topic());
        }
        addQueued(publication.targets(), message, kept, changes);
        if (besides != null) {
            changes.add(besides);
        }
        write(changes, message, done);
    }

    /**
     * Reserves its place in the queues and hands it to all clients that can take it, before it is on disk: right for
     * QoS 0 and 1, where a message that dies with the process is sent again because it was not acknowledged.
     * {@link #takeEffect} or {@link #withdraw} follows for the others.
     *
     * @param alone whether its publisher has nothing else on the way
     * @param done  when it may be acknowledged: all receivers acknowledged it, or it is on disk
     */
    void deliverNow(Publication publication, boolean alone, Journal.Done done) {
        StoredMessage message = number(publication);
        int durable = 0;
        boolean mayBeHeld = message.id() <= reservedUpTo && holds.isOn();
        for (Target target : publication.targets()) {
            enqueue(target, message, true);
            if (isStored(target)) {
                durable++;
                mayBeHeld &= target.packetId() != 0 && target.session().isPrompt();
            }
        }
        if (durable > 0 && mayBeHeld) {
            holds.hold(publication, durable, alone, done);
            handOverWhatCanBe(publication);
            return;
        }
        List<SessionChange> changes = new ArrayList<>(1 + durable);
        addQueued(publication.targets(), message, false, changes);
        if (changes.isEmpty()) {
            handOverWhatCanBe(publication);
            done.done(null);
        } else {
            journal.write(changes, message.payload().length, done);
            handOverWhatCanBe(publication);
        }
    }

    private StoredMessage number(Publication publication) {
        reserveNumbers();
        StoredMessage message = new StoredMessage(++lastMessageId, publication.topic(), publication.qos(), false,
                publication.payload());
        publication.message(message);
        return message;
    }

    /** A number for something else that the journal keeps. */
    long nextNumber() {
        reserveNumbers();
        return ++lastMessageId;
    }

    /** Keeps enough numbers ready for messages that are never written. */
    void reserveNumbers() {
        if (!reserving && lastMessageId + RESERVE / 2 > reservedUpTo) {
            reserving = true;
            long upTo = lastMessageId + RESERVE;
            journal.eventually(List.of(new SessionChange.NumbersReserved(upTo)), () -> {
                reserving = false;
                reservedUpTo = upTo;
            });
        }
    }

    private void write(List<SessionChange> changes, StoredMessage message, Journal.Done done) {
        if (changes.isEmpty()) {
            done.done(null);
        } else {
            journal.write(changes, message.payload().length, done);
        }
    }

    /** Whether the message has to be on disk for this target, or acknowledged by it. */
    private static boolean isStored(Target target) {
        return target.qos() > 0 && target.session().isDurable();
    }

    private static void addQueued(List<Target> targets, StoredMessage message, boolean alreadyStored,
            List<SessionChange> changes) {
        boolean stored = alreadyStored;
        for (Target target : targets) {
            if (isStored(target)) {
                if (!stored) {
                    changes.add(new SessionChange.MessageStored(message));
                    stored = true;
                }
                changes.add(new SessionChange.MessageQueued(target.session().clientId(), message.id(), target.qos(),
                        target.packetId()));
            }
        }
    }

    private static void enqueue(Target target, StoredMessage message, boolean now) {
        Session session = target.session();
        Outbound outbound = session.outbound();
        if (target.qos() == 0) {
            target.through(outbound, 0);
            return;
        }
        session.queued(message.payload().length);
        target.through(outbound, outbound == null ? 0 : outbound.reserve(target, message, now));
    }

    /** It is on disk as far as it has to be: keeps what is retained and delivers. */
    void takeEffect(Publication publication) {
        StoredMessage message = publication.message();
        if (publication.retain()) {
            retained.set(message);
            retained.changed(message.topic());
        }
        for (Target target : publication.targets()) {
            handOver(target, message);
        }
    }

    /** To clients that need nothing from the disk for it: all but those that could not get a packet identifier yet. */
    private static void handOverWhatCanBe(Publication publication) {
        for (Target target : publication.targets()) {
            if (target.packetId() != 0 || !isStored(target)) {
                handOver(target, publication.message());
            }
        }
    }

    private static void handOver(Target target, StoredMessage message) {
        Outbound outbound = target.outbound();
        if (outbound == null || target.isHandedOver()) {
            return;
        }
        target.handedOver();
        if (target.qos() == 0) {
            outbound.sendQos0(message);
        } else {
            outbound.arrived(new Delivery(message, target.qos(), target.packetId(), false));
        }
    }

    /** It could not be stored: gives back what was reserved. Who has it already, has it. */
    void withdraw(Publication publication) {
        if (publication.retain()) {
            retained.changed(publication.topic());
        }
        for (Target target : publication.targets()) {
            withdraw(target, publication.payload().length);
        }
    }

    private static void withdraw(Target target, long bytes) {
        if (target.qos() == 0 || target.isAcknowledged()) {
            return;
        }
        if (target.isHandedOver()) {
            if (isStored(target)) {
                target.outbound().notStored(target.packetId(), bytes);
            }
            return;
        }
        if (target.outbound() != null) {
            target.outbound().cancelled(target.packetId(), bytes);
        }
        target.session().unqueued(bytes);
        target.session().room().open();
    }

    /** Queues a retained message for a new subscription, at an effective QoS above 0. */
    void sendRetained(Session session, StoredMessage kept, int qos) {
        StoredMessage copy = new StoredMessage(++lastMessageId, kept.topic(), kept.qos(), true, kept.payload());
        Target target = new Target(session, qos);
        enqueue(target, copy, false);
        List<SessionChange> changes = new ArrayList<>(2);
        addQueued(List.of(target), copy, false, changes);
        if (changes.isEmpty()) {
            handOver(target, copy);
            return;
        }
        journal.write(changes, 0, failure -> {
            if (failure == null) {
                handOver(target, copy);
                return;
            }
            withdraw(target, copy.payload().length);
            if (session.connection() != null) {
                session.connection().fail("the journal failed");
            }
        });
        if (target.packetId() != 0) {
            handOver(target, copy);   // before any newer message of its topic
        }
    }
}
