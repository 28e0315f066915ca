// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.StoredMessage;
import io.lintel.mqtt.server.internal.Publication.Target;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings a message to the sessions whose subscriptions match. Durable sessions and retained messages are journaled
 * first; a message that concerns neither needs no disk. Belongs to the event loop.
 */
final class Router {
    private final SubscriptionTrie trie;
    private final RetainedStore retained;
    private final Journal journal;
    private long lastMessageId;
    private long matches;

    Router(SubscriptionTrie trie, RetainedStore retained, Journal journal, long lastMessageId) {
        this.trie = trie;
        this.retained = retained;
        this.journal = journal;
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
     * Reserves its place in the queues and journals what has to be. {@code done} runs at once if nothing has to.
     *
     * @param besides goes into the same unit, such as the publisher's QoS 2 packet identifier; or null
     */
    void commit(Publication publication, SessionChange besides, Journal.Done done) {
        long bytes = publication.payload().length;
        StoredMessage message = new StoredMessage(++lastMessageId, publication.topic(), publication.qos(), false,
                publication.payload());
        publication.message(message);
        List<SessionChange> changes = new ArrayList<>(4);
        boolean kept = publication.retain() && bytes > 0;
        if (kept) {
            changes.add(new SessionChange.MessageStored(message));
            changes.add(new SessionChange.RetainedSet(message.topic(), message.id()));
        } else if (publication.retain()) {
            changes.add(new SessionChange.RetainedCleared(message.topic()));
        }
        boolean stored = kept;
        for (Target target : publication.targets()) {
            Session session = target.session();
            if (target.qos() == 0) {
                target.through(session.outbound(), 0);
                continue;
            }
            if (session.isDurable() && !stored) {
                changes.add(new SessionChange.MessageStored(message));
                stored = true;
            }
            enqueue(target, message, changes);
        }
        if (besides != null) {
            changes.add(besides);
        }
        if (changes.isEmpty()) {
            done.done(null);
        } else {
            journal.write(changes, bytes, done);
        }
    }

    private void enqueue(Target target, StoredMessage message, List<SessionChange> changes) {
        Session session = target.session();
        long bytes = message.payload().length;
        session.queued(bytes);
        Outbound outbound = session.outbound();
        int packetId = outbound == null ? 0 : outbound.reserve(message.id(), target.qos(), bytes);
        target.through(outbound, packetId);
        if (session.isDurable()) {
            changes.add(new SessionChange.MessageQueued(session.clientId(), message.id(), target.qos()));
            if (packetId != 0) {
                changes.add(new SessionChange.PacketIdAssigned(session.clientId(), message.id(), packetId));
            }
        }
    }

    /** It is on disk as far as it has to be: keeps what is retained and delivers. */
    void takeEffect(Publication publication) {
        StoredMessage message = publication.message();
        if (publication.retain()) {
            retained.set(message);
        }
        for (Target target : publication.targets()) {
            handOver(target, message);
        }
    }

    private static void handOver(Target target, StoredMessage message) {
        Outbound outbound = target.outbound();
        if (outbound == null) {
            return;
        }
        if (target.qos() == 0) {
            outbound.sendQos0(message);
        } else {
            outbound.arrived(new Delivery(message, target.qos(), target.packetId(), false));
        }
    }

    /** It could not be stored: gives back what was reserved. */
    void withdraw(Publication publication) {
        for (Target target : publication.targets()) {
            withdraw(target, publication.payload().length);
        }
    }

    private static void withdraw(Target target, long bytes) {
        if (target.qos() == 0) {
            return;
        }
        if (target.outbound() != null) {
            target.outbound().cancelled(target.packetId(), bytes);
        }
        target.session().unqueued(bytes);
        target.session().room().open();
    }

    /** Sends the retained messages that match a new subscription [MQTT-3.3.1-6]. */
    void sendRetained(Session session, String filter, int granted) {
        List<SessionChange> changes = new ArrayList<>();
        List<Target> targets = new ArrayList<>();
        List<StoredMessage> messages = new ArrayList<>();
        retained.forEachMatching(filter, kept -> {
            int qos = Math.min(kept.qos(), granted);
            if (qos == 0) {
                session.outbound().sendRetained(kept);
                return;
            }
            StoredMessage copy = new StoredMessage(++lastMessageId, kept.topic(), kept.qos(), true, kept.payload());
            Target target = new Target(session, qos);
            if (session.isDurable()) {
                changes.add(new SessionChange.MessageStored(copy));
            }
            enqueue(target, copy, changes);
            messages.add(copy);
            targets.add(target);
        });
        Journal.Done done = failure -> {
            for (int i = 0; i < targets.size(); i++) {
                if (failure == null) {
                    handOver(targets.get(i), messages.get(i));
                } else {
                    withdraw(targets.get(i), messages.get(i).payload().length);
                }
            }
            if (failure != null && session.connection() != null) {
                session.connection().fail("the journal failed");
            }
        };
        if (changes.isEmpty()) {
            done.done(null);
        } else {
            journal.write(changes, 0, done);
        }
    }
}
