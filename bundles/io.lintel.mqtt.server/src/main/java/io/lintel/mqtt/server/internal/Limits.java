// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

/**
 * Everything that is bounded, as configured ({@link MqttServer.Config} says what each is).
 *
 * @param windowMessages how many queued messages a connected session keeps in memory; the rest stays in the store
 * @param patienceMillis how long a publisher waits for a full queue of a durable session
 * @param holdMillis     how long a QoS 1 message may be unwritten while its receivers have not acknowledged it
 * @param slowMillis     how long a publisher waits for a full queue of a connected client whose session is in memory
 */
record Limits(int connectTimeoutMillis, int maxPacketBytes, int maxConnections, int maxSessions, int maxInFlight,
        int maxUnacknowledged, int maxSubscriptions, int sessionQueueMessages, long sessionQueueBytes,
        int memoryQueueMessages, long memoryQueueBytes, int windowMessages, long windowBytes, int outboundBufferBytes,
        long patienceMillis, long slowMillis, int maxRetainedMessages, long maxRetainedBytes, int policyTimeoutMillis,
        long journalBytes, int holdMillis) {
    Limits {
        require(connectTimeoutMillis > 0, "connectTimeoutMillis");
        require(maxPacketBytes >= 128, "maxPacketBytes");
        require(maxConnections > 0, "maxConnections");
        require(maxSessions > 0, "maxSessions");
        require(maxInFlight > 0 && maxInFlight <= 65_535, "maxInFlight");
        require(maxUnacknowledged > 0 && maxUnacknowledged <= 65_535, "maxUnacknowledged");
        require(maxSubscriptions > 0, "maxSubscriptions");
        require(sessionQueueMessages > 0, "sessionQueueMessages");
        require(sessionQueueBytes > 0, "sessionQueueBytes");
        require(memoryQueueMessages > 0, "memoryQueueMessages");
        require(memoryQueueBytes > 0, "memoryQueueBytes");
        require(windowMessages > 0, "windowMessages");
        require(windowBytes > 0, "windowBytes");
        require(outboundBufferBytes > 0, "outboundBufferBytes");
        require(patienceMillis >= 0, "queueFullWaitMillis");
        require(slowMillis >= 0, "slowConsumerMillis");
        require(maxRetainedMessages >= 0, "maxRetainedMessages");
        require(maxRetainedBytes >= 0, "maxRetainedBytes");
        require(policyTimeoutMillis > 0, "policyTimeoutMillis");
        require(journalBytes > 0, "journalBytes");
        require(holdMillis >= 0, "holdMillis");
    }

    private static void require(boolean holds, String key) {
        if (!holds) {
            throw new IllegalArgumentException("mqttserver." + key + " is out of its range");
        }
    }
}
