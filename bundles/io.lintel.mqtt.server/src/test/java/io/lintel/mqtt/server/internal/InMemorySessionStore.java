// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.SessionStore;
import io.lintel.mqtt.server.StoredMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A session store in memory that behaves as one on disk: units are taken on a writer's thread, several with one
 * "sync", and completed in order after it. It holds the server to the contract: a change that names what does not
 * exist fails its unit. Tests can stop its disk, make it fail, and take what would be left after a kill.
 */
public final class InMemorySessionStore implements SessionStore, AutoCloseable {
    private final LinkedBlockingQueue<Unit> units = new LinkedBlockingQueue<>();
    private final Thread writer = new Thread(this::run, "test-store-writer");
    private final Object diskGate = new Object();
    private State disk = new State();
    private boolean stopped;
    private int letThrough;
    private boolean failing;
    private int unitsWritten;
    private int unitsAsked;
    private int pagesRead;

    private record Unit(List<SessionChange> changes, CompletableFuture<Void> future) {
    }

    public InMemorySessionStore() {
        this(false);
    }

    private InMemorySessionStore(boolean byHand) {
        if (!byHand) {
            writer.setDaemon(true);
            writer.start();
        }
    }

    /** One without a thread: units are written by {@link #writeAll}. */
    static InMemorySessionStore byHand() {
        return new InMemorySessionStore(true);
    }

    /** Writes what was asked for so far, on the calling thread; returns how many units that were. */
    int writeAll() throws InterruptedException {
        List<Unit> group = new ArrayList<>();
        units.drainTo(group);
        writeGroup(group);
        return group.size();
    }

    /** Those asked for and not written are forgotten, as by a kill. */
    void forgetWaiting() {
        units.clear();
    }

    // ---- what tests do to it ----------------------------------------------------------------------------------------

    /** From now on nothing is written until {@link #resumeDisk}. */
    public void stopDisk() {
        synchronized (diskGate) {
            stopped = true;
        }
    }

    public void resumeDisk() {
        synchronized (diskGate) {
            stopped = false;
            diskGate.notifyAll();
        }
    }

    /** The stopped disk writes the one unit that waits at it, and stands still again. */
    public void writeOne() {
        int before = unitsWritten();
        synchronized (diskGate) {
            letThrough++;
            diskGate.notifyAll();
        }
        TestServer.eventually("the unit is written", () -> unitsWritten() > before);
    }

    /** As a full disk: every unit fails. */
    public void failing(boolean now) {
        synchronized (diskGate) {
            failing = now;
        }
    }

    /** Another store with what is on disk at this moment: what a process that is killed now leaves behind. */
    public InMemorySessionStore afterKill() {
        InMemorySessionStore left = new InMemorySessionStore();
        synchronized (diskGate) {
            left.disk = disk.copy();
        }
        return left;
    }

    public int unitsWritten() {
        synchronized (diskGate) {
            return unitsWritten;
        }
    }

    public int unitsAsked() {
        synchronized (diskGate) {
            return unitsAsked;
        }
    }

    public int pagesRead() {
        synchronized (diskGate) {
            return pagesRead;
        }
    }

    /** How many messages are kept, for whomever. */
    public int messages() {
        synchronized (diskGate) {
            return disk.messages.size();
        }
    }

    public int queued(String clientId) {
        synchronized (diskGate) {
            SessionState session = disk.sessions.get(clientId);
            return session == null ? 0 : session.queue.size();
        }
    }

    public boolean hasSession(String clientId) {
        synchronized (diskGate) {
            return disk.sessions.containsKey(clientId);
        }
    }

    @Override
    public void close() {
        writer.interrupt();
    }

    // ---- the contract -----------------------------------------------------------------------------------------------

    @Override
    public Snapshot load() {
        synchronized (diskGate) {
            if (failing) {
                throw new IllegalStateException("the disk is away");
            }
            List<StoredSession> sessions = new ArrayList<>();
            disk.sessions.forEach((clientId, s) -> {
                List<StoredSubscription> subscriptions = new ArrayList<>();
                s.subscriptions.forEach((filter, qos) -> subscriptions.add(new StoredSubscription(filter, qos)));
                long bytes = s.queue.values().stream().mapToLong(q -> q.message().payload().length).sum();
                sessions.add(new StoredSession(clientId, s.principal, s.seenMillis, subscriptions,
                        new ArrayList<>(s.inboundIds), s.queue.size(), bytes));
            });
            List<StoredMessage> retained = new ArrayList<>();
            disk.retained.values().forEach(id -> retained.add(disk.messages.get(id)));
            return new Snapshot(disk.lastMessageId, sessions, retained, new ArrayList<>(disk.wills.values()));
        }
    }

    @Override
    public List<QueuedMessage> queue(String clientId, long afterMessageId, int limit) {
        synchronized (diskGate) {
            pagesRead++;
            SessionState session = disk.sessions.get(clientId);
            return session == null ? List.of()
                    : session.queue.tailMap(afterMessageId, false).values().stream().limit(limit).toList();
        }
    }

    @Override
    public Optional<StoredMessage> message(long messageId) {
        synchronized (diskGate) {
            return Optional.ofNullable(disk.messages.get(messageId));
        }
    }

    @Override
    public CompletionStage<Void> write(List<SessionChange> changes) {
        synchronized (diskGate) {
            unitsAsked++;
        }
        Unit unit = new Unit(List.copyOf(changes), new CompletableFuture<>());
        units.add(unit);
        return unit.future;
    }

    private void run() {
        try {
            while (true) {
                List<Unit> group = new ArrayList<>();
                group.add(units.take());
                units.drainTo(group);
                writeGroup(group);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeGroup(List<Unit> group) throws InterruptedException {
        Map<Unit, RuntimeException> failures = new HashMap<>();
        synchronized (diskGate) {
            while (stopped && letThrough == 0) {
                diskGate.wait();
            }
            letThrough = Math.max(0, letThrough - 1);
            for (Unit unit : group) {
                State next = disk.copy();
                try {
                    if (failing) {
                        throw new IllegalStateException("the disk is full");
                    }
                    unit.changes.forEach(next::apply);
                    disk = next;
                    unitsWritten++;
                } catch (RuntimeException e) {
                    failures.put(unit, e);
                }
            }
        }
        for (Unit unit : group) {
            if (failures.containsKey(unit)) {
                unit.future.completeExceptionally(failures.get(unit));
            } else {
                unit.future.complete(null);
            }
        }
    }

    /** What is on disk. */
    private static final class State {
        private long lastMessageId;
        private final Map<Long, StoredMessage> messages = new HashMap<>();
        private final Map<String, SessionState> sessions = new LinkedHashMap<>();
        private final Map<String, Long> retained = new TreeMap<>();
        private final Map<Long, StoredWill> wills = new TreeMap<>();

        State copy() {
            State copy = new State();
            copy.lastMessageId = lastMessageId;
            copy.messages.putAll(messages);
            sessions.forEach((id, session) -> copy.sessions.put(id, session.copy()));
            copy.retained.putAll(retained);
            copy.wills.putAll(wills);
            return copy;
        }

        private SessionState session(String clientId) {
            SessionState session = sessions.get(clientId);
            if (session == null) {
                throw new IllegalStateException("no session " + clientId);
            }
            return session;
        }

        void apply(SessionChange change) {
            if (change instanceof SessionChange.SessionOpened c) {
                SessionState there = sessions.putIfAbsent(c.clientId(), new SessionState(c.principal(), c.atMillis()));
                if (there != null && there.principal.equals(c.principal())) {
                    throw new IllegalStateException("session " + c.clientId() + " opened twice");
                } else if (there != null) {
                    there.principal = c.principal();
                }
            } else if (change instanceof SessionChange.SessionSeen c) {
                if (sessions.containsKey(c.clientId())) {
                    session(c.clientId()).seenMillis = c.atMillis();
                }
            } else if (change instanceof SessionChange.SessionRemoved c) {
                sessions.remove(c.clientId());
                dropUnreferenced();
            } else if (change instanceof SessionChange.Subscribed c) {
                session(c.clientId()).subscriptions.put(c.topicFilter(), c.qos());
            } else if (change instanceof SessionChange.Unsubscribed c) {
                session(c.clientId()).subscriptions.remove(c.topicFilter());
            } else if (change instanceof SessionChange.WillSet c) {
                lastMessageId = Math.max(lastMessageId, c.will().number());
                wills.put(c.will().number(), c.will());
            } else if (change instanceof SessionChange.WillCleared c) {
                wills.remove(c.number());
            } else if (change instanceof SessionChange.NumbersReserved c) {
                lastMessageId = Math.max(lastMessageId, c.upTo());
            } else if (change instanceof SessionChange.MessageStored c) {
                if (messages.containsKey(c.message().id())) {
                    throw new IllegalStateException("message number " + c.message().id() + " is stored twice");
                }
                lastMessageId = Math.max(lastMessageId, c.message().id());
                messages.put(c.message().id(), c.message());
            } else if (change instanceof SessionChange.MessageQueued c) {
                StoredMessage message = messages.get(c.messageId());
                if (message == null) {
                    throw new IllegalStateException("message " + c.messageId() + " was not stored");
                }
                session(c.clientId()).queue.put(c.messageId(), new QueuedMessage(message, c.qos(), c.packetId(), false));
            } else if (change instanceof SessionChange.PacketIdAssigned c) {
                QueuedMessage old = queued(c.clientId(), c.messageId());
                session(c.clientId()).queue.put(c.messageId(),
                        new QueuedMessage(old.message(), old.qos(), c.packetId(), old.released()));
            } else if (change instanceof SessionChange.MessageReleased c) {
                QueuedMessage old = queued(c.clientId(), c.messageId());
                session(c.clientId()).queue.put(c.messageId(),
                        new QueuedMessage(old.message(), old.qos(), old.packetId(), true));
            } else if (change instanceof SessionChange.MessagesDone c) {
                if (sessions.containsKey(c.clientId())) {
                    c.messageIds().forEach(session(c.clientId()).queue::remove);
                    dropUnreferenced();
                }
            } else if (change instanceof SessionChange.InboundIdTaken c) {
                session(c.clientId()).inboundIds.add(c.packetId());
            } else if (change instanceof SessionChange.InboundIdReleased c) {
                session(c.clientId()).inboundIds.remove(c.packetId());
            } else if (change instanceof SessionChange.RetainedSet c) {
                retained.put(c.topic(), c.messageId());
                dropUnreferenced();
            } else if (change instanceof SessionChange.RetainedCleared c) {
                retained.remove(c.topic());
                dropUnreferenced();
            } else {
                throw new IllegalStateException("unknown change " + change);
            }
        }

        private QueuedMessage queued(String clientId, long messageId) {
            QueuedMessage queued = session(clientId).queue.get(messageId);
            if (queued == null) {
                throw new IllegalStateException("message " + messageId + " is not queued for " + clientId);
            }
            return queued;
        }

        private void dropUnreferenced() {
            messages.keySet().removeIf(id -> !retained.containsValue(id)
                    && sessions.values().stream().noneMatch(s -> s.queue.containsKey(id)));
        }
    }

    private static final class SessionState {
        private String principal;
        private long seenMillis;
        private final Map<String, Integer> subscriptions = new LinkedHashMap<>();
        private final TreeSet<Integer> inboundIds = new TreeSet<>();
        private final TreeMap<Long, QueuedMessage> queue = new TreeMap<>();

        SessionState(String principal, long seenMillis) {
            this.principal = principal;
            this.seenMillis = seenMillis;
        }

        SessionState copy() {
            SessionState copy = new SessionState(principal, seenMillis);
            copy.subscriptions.putAll(subscriptions);
            copy.inboundIds.addAll(inboundIds);
            copy.queue.putAll(queue);
            return copy;
        }
    }
}
