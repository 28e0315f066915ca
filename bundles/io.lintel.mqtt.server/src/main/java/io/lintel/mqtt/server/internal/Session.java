// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The state of one client identifier that MQTT 3.1.1 calls Session (3.1.2.4): subscriptions, what waits for it, and
 * the inbound QoS 2 packet identifiers. A durable one (clean session 0) outlives its connection and the process: its
 * queue is in the store, and only its size is known here while the client is away. Belongs to the event loop.
 */
final class Session {
    private final String clientId;
    private String principal;
    private final boolean durable;
    private final Limits limits;
    private final Map<String, Integer> subscriptions = new LinkedHashMap<>();
    private final BitSet inboundIds = new BitSet();
    private final Room room = new Room();
    private int queuedMessages;
    private long queuedBytes;
    private Connection connection;
    private Outbound outbound;
    private boolean inTransition;
    private int lastPacketId;
    private long seenMillis;

    /** Marks of the match under way, so that overlapping subscriptions make one copy at the highest QoS. */
    private long matchNumber;
    private int matchIndex;

    Session(String clientId, String principal, boolean durable, Limits limits) {
        this.clientId = clientId;
        this.principal = principal;
        this.durable = durable;
        this.limits = limits;
    }

    String clientId() {
        return clientId;
    }

    /** Who its clients were verified to be; empty text for anonymous ones. */
    String principal() {
        return principal;
    }

    void principal(String now) {
        principal = now;
    }

    Optional<String> knownPrincipal() {
        return principal.isEmpty() ? Optional.empty() : Optional.of(principal);
    }

    boolean isDurable() {
        return durable;
    }

    Map<String, Integer> subscriptions() {
        return subscriptions;
    }

    /** Inbound QoS 2 identifiers that were taken and not released. */
    BitSet inboundIds() {
        return inboundIds;
    }

    /** The client's connection, null while it is away. */
    Connection connection() {
        return connection;
    }

    /** What sends to the client, null while it is away. */
    Outbound outbound() {
        return outbound;
    }

    void attach(Connection now, Outbound toIt) {
        connection = now;
        outbound = toIt;
    }

    void detach() {
        connection = null;
        outbound = null;
    }

    /** Whether its beginning or its end is on the way to disk; nobody may connect to it or be routed to it then. */
    boolean isInTransition() {
        return inTransition;
    }

    void inTransition(boolean now) {
        inTransition = now;
    }

    int lastPacketId() {
        return lastPacketId;
    }

    void lastPacketId(int id) {
        lastPacketId = id;
    }

    long seenMillis() {
        return seenMillis;
    }

    void seenMillis(long now) {
        seenMillis = now;
    }

    // ---- the size of its queue --------------------------------------------------------------------------------------

    int queuedMessages() {
        return queuedMessages;
    }

    long queuedBytes() {
        return queuedBytes;
    }

    void queueSize(int messages, long bytes) {
        queuedMessages = messages;
        queuedBytes = bytes;
    }

    boolean hasRoomFor(long bytes) {
        int mostMessages = durable ? limits.sessionQueueMessages() : limits.memoryQueueMessages();
        long mostBytes = durable ? limits.sessionQueueBytes() : limits.memoryQueueBytes();
        return queuedMessages == 0 || queuedMessages < mostMessages && queuedBytes + bytes <= mostBytes;
    }

    void queued(long bytes) {
        queuedMessages++;
        queuedBytes += bytes;
    }

    /** A message left the queue; whoever calls opens the {@link #room} when it is done with its own affairs. */
    void unqueued(long bytes) {
        queuedMessages--;
        queuedBytes -= bytes;
    }

    Room room() {
        return room;
    }

    // ---- marks of a match -------------------------------------------------------------------------------------------

    long matchNumber() {
        return matchNumber;
    }

    int matchIndex() {
        return matchIndex;
    }

    void matched(long number, int index) {
        matchNumber = number;
        matchIndex = index;
    }
}
