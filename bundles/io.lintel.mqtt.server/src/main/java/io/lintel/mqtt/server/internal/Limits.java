// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

/**
 * Everything that is bounded, by what it bounds; {@link MqttServerConfig} says what each value means. 0 stands for "no
 * limit" where that is said there. Read on the event loop, never changed.
 */
record Limits(Connections connections, Sessions sessions, Publishing publishing, Queues queues, Sending sending,
        Retained retained) {

    /** Who may connect, and how often. */
    record Connections(int connectTimeoutMillis, int most, int mostPerAddress, int mostPerPrincipal, int perSecond,
            int perSecondPerAddress, boolean loopbackToo, int maxPacketBytes) {
    }

    /** What sessions may hold besides messages. */
    record Sessions(int mostDurable, int mostDurablePerPrincipal, int subscriptions, int subscriptionsInAll) {
    }

    /** How much is taken from those who publish before they are read more slowly. */
    record Publishing(int unacknowledged, int messagesPerSecond, int bytesPerSecond, int messagesPerSecondInAll,
            int bytesPerSecondInAll, long waitingBytes, long journalBytes, int policyTimeoutMillis) {

        boolean hasRates() {
            return (messagesPerSecond | bytesPerSecond | messagesPerSecondInAll | bytesPerSecondInAll) != 0;
        }
    }

    /**
     * What may wait for those who subscribe.
     *
     * @param patienceMillis how long a publisher waits for a full queue of a durable session; 0 for as long as it takes
     * @param slowMillis     how long a publisher waits for a full queue of a connected client whose session is in memory
     */
    record Queues(Queue durable, Queue durableInAll, Queue memory, Queue memoryInAll, long patienceMillis, long slowMillis) {
    }

    /** The size of one queue, or of many together. */
    record Queue(int messages, long bytes) {
    }

    /**
     * What a connected client costs in memory while it is sent to.
     *
     * @param holdMillis how long a QoS 1 message may be unwritten while its receivers have not acknowledged it
     */
    record Sending(int inFlight, int windowMessages, long windowBytes, long windowBytesInAll, int bufferBytes, int holdMillis) {
    }

    record Retained(int messages, long bytes) {
    }

    int maxInFlight() {
        return sending.inFlight();
    }

    int windowMessages() {
        return sending.windowMessages();
    }

    long windowBytes() {
        return sending.windowBytes();
    }

    static Limits of(MqttServerConfig config, ValueCheck check) {
        return new Limits(connections(config, check), sessions(config, check), publishing(config, check),
                queues(config, check), sending(config, check),
                new Retained(check.in("maxRetainedMessages", config::maxRetainedMessages, 0, 10_000_000),
                        check.inLong("maxRetainedBytes", config::maxRetainedBytes, 0, Long.MAX_VALUE)));
    }

    private static Connections connections(MqttServerConfig config, ValueCheck check) {
        return new Connections(check.in("connectTimeoutMillis", config::connectTimeoutMillis, 1, Integer.MAX_VALUE),
                check.in("maxConnections", config::maxConnections, 1, 1_000_000),
                check.in("maxConnectionsPerAddress", config::maxConnectionsPerAddress, 0, 1_000_000),
                check.in("maxConnectionsPerPrincipal", config::maxConnectionsPerPrincipal, 0, 1_000_000),
                check.in("connectionsPerSecond", config::connectionsPerSecond, 0, 1_000_000),
                check.in("connectionsPerSecondPerAddress", config::connectionsPerSecondPerAddress, 0, 1_000_000),
                config.limitLoopbackAddresses(),
                check.in("maxPacketBytes", config::maxPacketBytes, 128, 268_435_460));   // the largest there is, 2.2.3
    }

    private static Sessions sessions(MqttServerConfig config, ValueCheck check) {
        return new Sessions(check.in("maxSessions", config::maxSessions, 1, 10_000_000),
                check.in("maxSessionsPerPrincipal", config::maxSessionsPerPrincipal, 0, 10_000_000),
                check.in("maxSubscriptions", config::maxSubscriptions, 1, 10_000_000),
                check.in("maxSubscriptionsInAll", config::maxSubscriptionsInAll, 1, 100_000_000));
    }

    private static Publishing publishing(MqttServerConfig config, ValueCheck check) {
        return new Publishing(check.in("maxUnacknowledged", config::maxUnacknowledged, 1, 65_535),
                check.in("messagesPerSecond", config::messagesPerSecond, 0, 1_000_000_000),
                check.in("bytesPerSecond", config::bytesPerSecond, 0, Integer.MAX_VALUE),
                check.in("messagesPerSecondInAll", config::messagesPerSecondInAll, 0, 1_000_000_000),
                check.in("bytesPerSecondInAll", config::bytesPerSecondInAll, 0, Integer.MAX_VALUE),
                check.inLong("waitingBytesInAll", config::waitingBytesInAll, 1, Long.MAX_VALUE),
                check.inLong("journalBytes", config::journalBytes, 1, Long.MAX_VALUE),
                check.in("policyTimeoutMillis", config::policyTimeoutMillis, 1, Integer.MAX_VALUE));
    }

    private static Queues queues(MqttServerConfig config, ValueCheck check) {
        return new Queues(
                new Queue(check.in("sessionQueueMessages", config::sessionQueueMessages, 1, Integer.MAX_VALUE),
                        check.inLong("sessionQueueBytes", config::sessionQueueBytes, 1, Long.MAX_VALUE)),
                new Queue(check.in("sessionQueueMessagesInAll", config::sessionQueueMessagesInAll, 1, Integer.MAX_VALUE),
                        check.inLong("sessionQueueBytesInAll", config::sessionQueueBytesInAll, 1, Long.MAX_VALUE)),
                new Queue(check.in("memoryQueueMessages", config::memoryQueueMessages, 1, Integer.MAX_VALUE),
                        check.inLong("memoryQueueBytes", config::memoryQueueBytes, 1, Long.MAX_VALUE)),
                new Queue(check.in("memoryQueueMessagesInAll", config::memoryQueueMessagesInAll, 1, Integer.MAX_VALUE),
                        check.inLong("memoryQueueBytesInAll", config::memoryQueueBytesInAll, 1, Long.MAX_VALUE)),
                check.inLong("queueFullWaitMillis", config::queueFullWaitMillis, 0, Integer.MAX_VALUE),
                check.inLong("slowConsumerMillis", config::slowConsumerMillis, 0, Integer.MAX_VALUE));
    }

    private static Sending sending(MqttServerConfig config, ValueCheck check) {
        return new Sending(check.in("maxInFlight", config::maxInFlight, 1, 65_535),
                check.in("windowMessages", config::windowMessages, 1, 1_000_000),
                check.inLong("windowBytes", config::windowBytes, 1, Long.MAX_VALUE),
                check.inLong("windowBytesInAll", config::windowBytesInAll, 1, Long.MAX_VALUE),
                check.in("outboundBufferBytes", config::outboundBufferBytes, 1, Integer.MAX_VALUE),
                check.in("holdMillis", config::holdMillis, 0, 10_000));
    }
}
