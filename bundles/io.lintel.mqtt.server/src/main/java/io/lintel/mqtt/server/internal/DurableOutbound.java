// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.SessionChange;
import io.lintel.mqtt.server.SessionStore.QueuedMessage;
import io.lintel.mqtt.server.StoredMessage;
import io.lintel.mqtt.server.internal.Publication.Target;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Sends to a client with clean session 0, whose queue is the store. Memory holds a window of it: messages arrive
 * directly while the client keeps up; when the window is full they stay in the store alone, and pages of them are read
 * when there is room again. At the beginning of a connection everything is read, so that a reconnect and a restart of
 * the server are the same case.
 *
 * <p>The packet identifier of a stored message is on disk before it is used. A message that finds a free slot has its
 * own from the beginning, whether it is stored or not; one that had to wait gets it later. So those that have one are
 * always the oldest.
 */
final class DurableOutbound extends Outbound {
    private static final int MOST_PAGE = 200;

    private final Broker broker;
    private final Journal journal;
    private final StoreReader reader;
    private final Deque<Delivery> ready = new ArrayDeque<>();
    private final Deque<Delivery> window = new ArrayDeque<>();
    private final List<Long> forgotten = new ArrayList<>();
    private final List<Runnable> whenForgotten = new ArrayList<>();
    /** Units on their way to disk, or about to be, that forget messages. */
    private int forgetting;

    /** Payload bytes in memory: reserved, ready and in the window. */
    private long heldBytes;

    /** Whether the store holds messages that are not in memory; nothing is taken directly then. */
    private boolean behind = true;
    /** Whether deliveries of an earlier connection may still come from the store; no identifier is given before. */
    private boolean resuming = true;
    private boolean reading;
    /** Number of the last message that is or was in memory. */
    private long loadedUpTo;
    /** Number of the last message that was left in the store, as far as it is known to be there. */
    private long leftUpTo;
    /** Messages without identifier that are being journaled. */
    private int underWay;
    /** Messages with an identifier that are being journaled: what is sent without being journaled must not overtake them. */
    private int announced;

    DurableOutbound(Session session, Connection connection, Broker broker) {
        super(session, connection, broker);
        this.broker = broker;
        this.journal = broker.journal();
        this.reader = broker.reader();
    }

    /** Begins with what the store has, once everything decided before is in it. */
    void start() {
        journal.barrier(() -> {
            if (!isOpen()) {
                return;
            }
            if (session.queuedMessages() == 0) {
                behind = false;
                resuming = false;
            } else {
                read();
            }
        });
    }

    @Override
    int reserve(Target target, StoredMessage message, boolean now) {
        long bytes = message.payload().length;
        boolean mayNotWait = !behind && window.isEmpty() && underWay == 0 && (!now || announced == 0);
        if (mayNotWait && hasSlot() && hasRoomInMemory(bytes)) {
            announced++;
            held(bytes);
            return takePacketId(message.id(), target.qos(), bytes, target);
        }
        underWay++;
        return 0;
    }

    @Override
    void cancelled(int packetId, long bytes) {
        if (!isOpen()) {
            return;
        }
        if (packetId == 0) {
            underWay--;
        } else {
            announced--;
            held(-bytes);
            giveBack(packetId);
        }
    }

    @Override
    void arrived(Delivery delivery) {
        if (!isOpen()) {
            return;   // it is in the store, for the next connection
        }
        long id = delivery.message().id();
        if (delivery.packetId() != 0) {
            announced--;
            loadedUpTo = Math.max(loadedUpTo, id);   // one that was journaled first may come behind one that was not
            ready.add(delivery);
        } else {
            underWay--;
            if (behind) {
                leftUpTo = id;
            } else if (id > loadedUpTo) {
                if (hasRoomInMemory(delivery.bytes())) {
                    loadedUpTo = id;
                    held(delivery.bytes());
                    window.add(delivery);
                } else {
                    behind = true;
                    leftUpTo = id;
                }
            }
        }
        pump();
    }

    private boolean hasRoomInMemory(long bytes) {
        int messages = window.size() + ready.size();
        return messages == 0 && heldBytes == 0 || messages < limits.windowMessages() && heldBytes + bytes <= limits.windowBytes()
                && broker.windowBytes() + bytes <= limits.sending().windowBytesInAll();
    }

    private void held(long moreBytes) {
        heldBytes += moreBytes;
        broker.windowBytes(moreBytes);
    }

    @Override
    Delivery next() {
        Delivery delivery = ready.poll();
        if (delivery != null) {
            held(-delivery.bytes());
        }
        return delivery;
    }

    @Override
    void refill() {
        assignPacketIds();
        if (behind && !reading && window.size() + ready.size() <= limits.windowMessages() / 4
                && heldBytes <= limits.windowBytes() / 2
                && (heldBytes == 0 || broker.windowBytes() < limits.sending().windowBytesInAll())) {
            read();
        }
    }

    /** Gives identifiers to as many of the window as there are slots; they are sent when that is on disk. */
    private void assignPacketIds() {
        if (resuming || window.isEmpty() || !hasSlot()) {
            return;
        }
        List<Delivery> now = new ArrayList<>();
        List<SessionChange> changes = new ArrayList<>();
        while (!window.isEmpty() && hasSlot()) {
            Delivery waiting = window.poll();
            long id = waiting.message().id();
            Delivery delivery = waiting.withPacketId(takePacketId(id, waiting.qos(), waiting.bytes(), null));
            now.add(delivery);
            changes.add(new SessionChange.PacketIdAssigned(session.clientId(), id, delivery.packetId()));
        }
        announced += now.size();
        journal.write(changes, 0, failure -> {
            if (!isOpen()) {
                return;
            }
            if (failure != null) {
                connection.fail("the journal failed");
                return;
            }
            announced -= now.size();
            ready.addAll(now);
            pump();
        });
    }

    private void read() {
        reading = true;
        long leftBefore = leftUpTo;
        int most = pageSize();
        reader.read(session.clientId(), loadedUpTo, most, (page, failure) -> {
            if (!isOpen()) {
                return;
            }
            if (failure != null) {
                connection.fail("its queue could not be read");
                return;
            }
            reading = false;
            page.forEach(this::take);
            if (page.size() < most) {
                resuming = false;
                // complete up to what was known to be in the store when it was asked, or further
                behind = leftUpTo > Math.max(leftBefore, loadedUpTo);
            }
            pump();
        });
    }

    private void take(QueuedMessage queued) {
        long id = queued.message().id();
        long bytes = queued.message().payload().length;
        loadedUpTo = id;
        if (queued.isDamaged()) {
            session.unqueued(queued.damaged());
            forget(id);
            return;
        }
        int packetId = queued.packetId();
        if (packetId != 0 && resume(packetId, id, queued.qos(), bytes, queued.released())) {
            if (!queued.released()) {
                held(bytes);
                ready.add(new Delivery(queued.message(), queued.qos(), packetId, true));
            }
        } else {
            resuming = false;
            held(bytes);
            window.add(new Delivery(queued.message(), queued.qos(), 0, false));
        }
    }

    /** So many that the window holds them, going by the average size of what waits. */
    private int pageSize() {
        long average = session.queuedMessages() == 0 ? 0 : session.queuedBytes() / session.queuedMessages();
        long room = Math.min(limits.windowBytes(), limits.sending().windowBytesInAll() - broker.windowBytes());
        long fit = average == 0 ? MOST_PAGE : room / average;
        return (int) Math.max(1, Math.min(fit, Math.min(MOST_PAGE, limits.windowMessages())));
    }

    @Override
    void forget(long messageId) {
        if (forgotten.isEmpty()) {
            forgetting++;
            journal.beforeNextUnit(() -> {
                SessionChange done = new SessionChange.MessagesDone(session.clientId(), List.copyOf(forgotten));
                forgotten.clear();
                journal.eventually(List.of(done), this::isForgotten);
            });
        }
        forgotten.add(messageId);
    }

    private void isForgotten() {
        forgetting--;
        if (forgetting == 0) {
            List<Runnable> now = List.copyOf(whenForgotten);
            whenForgotten.clear();
            now.forEach(Runnable::run);
        }
    }

    /** Else an old message could come again after a newer one that never was on disk, and have the last word. */
    @Override
    void whenForgotten(Runnable then) {
        if (forgetting == 0) {
            then.run();
        } else {
            whenForgotten.add(then);
            journal.hurry();
        }
    }

    @Override
    void release(int packetId, long messageId) {
        journal.write(List.of(new SessionChange.MessageReleased(session.clientId(), messageId)), 0, failure -> {
            if (failure == null) {
                released(packetId);
            } else if (isOpen()) {
                connection.fail("the journal failed");
            }
        });
    }

    @Override
    void close() {
        super.close();
        ready.clear();
        window.clear();
        held(-heldBytes);
    }
}
