// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.internal.Publication.Target;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * QoS 1 messages that were delivered to all their receivers and not written: while a receiver with a durable session
 * has not acknowledged, the publisher's PUBACK is withheld, so that a message which dies with the process is sent again.
 * When all receivers acknowledge soon, nobody needs it any more and the disk never hears of it; otherwise, or when a
 * receiver's connection ends, it is journaled, and the PUBACK follows the sync as for any other.
 *
 * <p>How long "soon" is follows from how long the journal takes: a publisher that waits for each PUBACK should not wait
 * much longer than for the disk. A session whose client was late is not waited for during its next messages. Belongs to
 * the event loop.
 */
final class Holds {
    private static final long SHORTEST_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final int TIMES_THE_DISK = 4;

    private final EventLoop loop;
    private final Journal journal;
    private final long longestNanos;
    private final Line patient = new Line();
    private final Line brief = new Line();

    /** @param longestMillis how long a message may be held; 0 holds none */
    Holds(EventLoop loop, Journal journal, int longestMillis) {
        this.loop = loop;
        this.journal = journal;
        this.longestNanos = TimeUnit.MILLISECONDS.toNanos(longestMillis);
    }

    boolean isOn() {
        return longestNanos > 0;
    }

    /**
     * Waits for the acknowledgements of the publication's durable targets, which all have packet identifiers.
     *
     * @param awaited how many targets these are
     * @param alone   whether its publisher has nothing else on the way and so may be waiting for this one
     * @param done    when all acknowledged, or when it was journaled
     */
    void hold(Publication publication, int awaited, boolean alone, Journal.Done done) {
        long most = alone ? Math.min(longestNanos, Math.max(SHORTEST_NANOS, TIMES_THE_DISK * journal.usualNanos()))
                : longestNanos;
        Held held = new Held(publication, awaited, done, System.nanoTime() + most);
        for (Target target : publication.targets()) {
            if (target.qos() > 0 && target.session().isDurable()) {
                target.held(held);
            }
        }
        journal.occupy(publication.payload().length);
        (alone ? brief : patient).add(held);
    }

    /** A message that waits for its receivers. */
    final class Held {
        private final Publication publication;
        private final Journal.Done done;
        private final long deadline;
        private int awaited;
        private boolean over;

        private Held(Publication publication, int awaited, Journal.Done done, long deadline) {
            this.publication = publication;
            this.awaited = awaited;
            this.done = done;
            this.deadline = deadline;
        }

        /** One of the receivers has it. */
        void acknowledged() {
            awaited--;
            if (awaited == 0 && !over) {
                over = true;
                done.done(null);
                journal.vacate(publication.payload().length);
            }
        }

        /** Journals it for those that have not acknowledged. */
        void settle() {
            if (over || publication.targets().stream().noneMatch(target -> target.held() == this)) {
                return;   // or all have it, and what they took before is about to be forgotten
            }
            over = true;
            List<SessionChange> changes = new ArrayList<>(1 + awaited);
            changes.add(new SessionChange.MessageStored(publication.message()));
            for (Target target : publication.targets()) {
                if (target.held() == this) {
                    target.held(null);
                    changes.add(new SessionChange.MessageQueued(target.session().clientId(), publication.message().id(),
                            target.qos(), target.packetId()));
                }
            }
            journal.write(changes, publication.payload().length, done);
            journal.vacate(publication.payload().length);
        }

        private void late() {
            for (Target target : publication.targets()) {
                if (target.held() == this) {
                    target.session().wasLate();
                }
            }
            settle();
        }
    }

    /** Messages with about the same time limit, the oldest first. */
    private final class Line {
        private final Deque<Held> line = new ArrayDeque<>();
        private boolean watched;

        void add(Held held) {
            line.add(held);
            if (!watched) {
                watch(held);
            }
        }

        private void watch(Held oldest) {
            watched = true;
            loop.schedule(this::look, Math.max(0, oldest.deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        }

        private void look() {
            long now = System.nanoTime();
            while (!line.isEmpty() && (line.peek().over || line.peek().deadline - now <= 0)) {
                Held held = line.poll();
                if (!held.over) {
                    held.late();
                }
            }
            watched = false;
            if (!line.isEmpty()) {
                watch(line.peek());
            }
        }
    }
}
