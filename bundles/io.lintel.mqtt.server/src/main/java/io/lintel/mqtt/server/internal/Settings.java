// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import java.nio.file.Path;

/**
 * The configuration of one server.
 *
 * @param home           the node's home, which file names are relative to
 * @param enabled        false where an independent server does its work
 * @param usersFile      names and password hashes, relative to the home
 * @param port           0 for any
 * @param loopbackIsOpen whether loopback clients may do everything while no policy is there
 * @param sysSeconds     how often the counters under $SYS are published; 0 for never
 */
record Settings(Path home, String usersFile, boolean enabled, String host, int port, boolean loopbackIsOpen, int sysSeconds, Limits limits) {

    static Settings of(Path home, MqttServer.Config config, LoopbackSecurity security) {
        Limits limits = new Limits(config.connectTimeoutMillis(), config.maxPacketBytes(), config.maxConnections(),
                config.maxSessions(), config.maxInFlight(), config.maxUnacknowledged(), config.maxSubscriptions(),
                config.sessionQueueMessages(), config.sessionQueueBytes(), config.memoryQueueMessages(),
                config.memoryQueueBytes(), config.windowMessages(), config.windowBytes(), config.outboundBufferBytes(),
                config.queueFullWaitMillis(), config.slowConsumerMillis(), config.maxRetainedMessages(),
                config.maxRetainedBytes(), config.policyTimeoutMillis(), config.journalBytes());
        return new Settings(home, config.usersFile(), config.enabled(), config.host(), config.port(), security.isOpen(), config.sysSeconds(),
                limits);
    }
}
