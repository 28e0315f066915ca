// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * What can be set of the server, with its defaults; a key is {@code mqttserver.<name>}. {@link Limits} says which values
 * are allowed. Read once, when the server starts.
 */
@ObjectClassDefinition(pid = "io.lintel.mqttserver", name = "Lintel MQTT server",
        description = "The co-located MQTT 3.1.1 server")
@interface MqttServerConfig {
    @AttributeDefinition(description = "Whether there is a server at all: false where an independent one does its work")
    boolean enabled() default true;

    @AttributeDefinition(description = "Loopback address of the plain listener, named tcp")
    String host() default "127.0.0.1";

    @AttributeDefinition(description = "TCP port of the plain listener; 0 takes any free one")
    int port() default 1883;

    @AttributeDefinition(description = "Seconds between two publications of the counters under $SYS; 0 for none")
    int sysSeconds() default 30;

    @AttributeDefinition(description =
            "File of users and their password hashes, in the format of mosquitto_passwd, relative to the home")
    String usersFile() default "etc/mqtt-users";

    // ---- connections ------------------------------------------------------------------------------------------------

    @AttributeDefinition(description = "Milliseconds from the TCP connection to a complete CONNECT, a TLS handshake included")
    int connectTimeoutMillis() default 10_000;

    @AttributeDefinition(description = "Most connections at a time")
    int maxConnections() default 1_000;

    @AttributeDefinition(description = "Most connections at a time from one address; 0 for no such limit")
    int maxConnectionsPerAddress() default 200;

    @AttributeDefinition(description = "Most connections at a time of one verified user or certificate; 0 for no such limit")
    int maxConnectionsPerPrincipal() default 200;

    @AttributeDefinition(description = "New connections a second, of all clients; more are closed at once; 0 for no such limit")
    int connectionsPerSecond() default 0;

    @AttributeDefinition(description = "New connections a second from one address; more are closed at once; 0 for no such limit")
    int connectionsPerSecondPerAddress() default 20;

    @AttributeDefinition(description = "Whether the limits per address hold for this machine's own clients too, which share one")
    boolean limitLoopbackAddresses() default false;

    @AttributeDefinition(description = "Largest packet a client may send, in bytes")
    int maxPacketBytes() default 2_097_152;

    // ---- sessions ---------------------------------------------------------------------------------------------------

    @AttributeDefinition(description = "Most durable sessions")
    int maxSessions() default 10_000;

    @AttributeDefinition(description = "Most durable sessions of one verified user or certificate; 0 for no such limit")
    int maxSessionsPerPrincipal() default 1_000;

    @AttributeDefinition(description = "Most subscriptions of one session")
    int maxSubscriptions() default 1_000;

    @AttributeDefinition(description = "Most subscriptions of all sessions")
    int maxSubscriptionsInAll() default 100_000;

    @AttributeDefinition(description = "Most QoS 1 and 2 messages sent to one client and not acknowledged by it")
    int maxInFlight() default 100;

    // ---- what clients send ------------------------------------------------------------------------------------------

    @AttributeDefinition(description = "Most messages taken from one client and not acknowledged to it")
    int maxUnacknowledged() default 100;

    @AttributeDefinition(description = "Messages a second taken from one client, which is read more slowly then; 0 for no limit")
    int messagesPerSecond() default 0;

    @AttributeDefinition(description = "Bytes a second taken from one client, which is read more slowly then; 0 for no limit")
    int bytesPerSecond() default 0;

    @AttributeDefinition(description =
            "Messages a second taken from all clients, which are read more slowly then; 0 for no limit")
    int messagesPerSecondInAll() default 0;

    @AttributeDefinition(description = "Bytes a second taken from all clients, which are read more slowly then; 0 for no limit")
    int bytesPerSecondInAll() default 0;

    @AttributeDefinition(description =
            "Payload bytes of all clients that wait in memory for their turn before these are not read")
    long waitingBytesInAll() default 8_388_608;

    @AttributeDefinition(description = "Payload bytes on their way to disk before publishers wait")
    long journalBytes() default 4_194_304;

    @AttributeDefinition(description = "Milliseconds a topic policy may take for an answer")
    int policyTimeoutMillis() default 10_000;

    // ---- queues -----------------------------------------------------------------------------------------------------

    @AttributeDefinition(description = "Most messages in the queue of a durable session, on disk")
    int sessionQueueMessages() default 100_000;

    @AttributeDefinition(description = "Most payload bytes in the queue of a durable session, on disk")
    long sessionQueueBytes() default 67_108_864;

    @AttributeDefinition(description = "Most messages in the queues of all durable sessions, on disk")
    int sessionQueueMessagesInAll() default 1_000_000;

    @AttributeDefinition(description = "Most payload bytes in the queues of all durable sessions, on disk")
    long sessionQueueBytesInAll() default 536_870_912;

    @AttributeDefinition(description = "Most messages waiting for one client with clean session 1, in memory")
    int memoryQueueMessages() default 2_000;

    @AttributeDefinition(description = "Most payload bytes waiting for one client with clean session 1, in memory")
    long memoryQueueBytes() default 1_048_576;

    @AttributeDefinition(description = "Most messages waiting for all clients with clean session 1, in memory")
    int memoryQueueMessagesInAll() default 50_000;

    @AttributeDefinition(description = "Most payload bytes waiting for all clients with clean session 1, in memory")
    long memoryQueueBytesInAll() default 16_777_216;

    @AttributeDefinition(description = "Milliseconds a publisher waits for a full queue before its connection is closed; "
            + "0 for as long as it takes")
    long queueFullWaitMillis() default 0;

    @AttributeDefinition(description = "Milliseconds publishers wait for a client with clean session 1 before it is closed")
    long slowConsumerMillis() default 5_000;

    @AttributeDefinition(description = "Messages of a connected durable session's queue that are kept in memory")
    int windowMessages() default 200;

    @AttributeDefinition(description = "Payload bytes of a connected durable session's queue that are kept in memory")
    long windowBytes() default 262_144;

    @AttributeDefinition(description = "Payload bytes of all connected durable sessions' queues that are kept in memory")
    long windowBytesInAll() default 16_777_216;

    @AttributeDefinition(description = "Bytes written to a client that may wait in the server for the network")
    int outboundBufferBytes() default 131_072;

    @AttributeDefinition(description = "Most milliseconds that the acknowledgement of a QoS 1 message may wait for those of all "
            + "its receivers, instead of for the disk; 0 writes every message for a durable session")
    int holdMillis() default 50;

    // ---- retained messages ------------------------------------------------------------------------------------------

    @AttributeDefinition(description = "Most retained messages")
    int maxRetainedMessages() default 10_000;

    @AttributeDefinition(description = "Most payload bytes of retained messages, which are in memory")
    long maxRetainedBytes() default 4_194_304;
}
