// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetSocketAddress;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;

import io.lintel.rest.internal.mapping.Listening;

/** Californium endpoints with few threads, bounded memory and our options. */
final class Endpoints {
    /** Exchanges remembered per peer, to answer a retransmission with the same response. */
    private static final int REMEMBERED_PER_PEER = 256;
    private static final int MAX_PEERS = 4_000;

    private Endpoints() {
    }

    /**
     * @param maxBodyBytes of a block-wise transfer, in either direction
     * @param blockSize    16 to 1024, a power of two
     */
    static CoapEndpoint make(InetSocketAddress address, int maxBodyBytes, int blockSize, ScheduledExecutorService threads) {
        CoapConfig.register();
        UdpConfig.register();
        SystemConfig.register();
        Configuration configuration = Configuration.createStandardWithoutFile()
                .set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, 1)
                .set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1)
                .set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1)
                .set(CoapConfig.MAX_RESOURCE_BODY_SIZE, maxBodyBytes)
                .set(CoapConfig.PREFERRED_BLOCK_SIZE, blockSize)
                .set(CoapConfig.MAX_MESSAGE_SIZE, blockSize)
                .set(CoapConfig.MAX_ACTIVE_PEERS, MAX_PEERS)
                .set(CoapConfig.DEDUPLICATOR, CoapConfig.DEDUPLICATOR_PEERS_MARK_AND_SWEEP)
                .set(CoapConfig.PEERS_MARK_AND_SWEEP_MESSAGES, REMEMBERED_PER_PEER)
                .set(CoapConfig.ACK_TIMEOUT, 2, TimeUnit.SECONDS)
                .set(CoapConfig.MAX_RETRANSMIT, 4);
        CoapEndpoint endpoint = CoapEndpoint.builder().setConfiguration(configuration).setInetSocketAddress(address)
                .setOptionRegistry(OneM2mOption.registry()).build();
        endpoint.setExecutors(threads, threads);
        return endpoint;
    }

    /** Runs Californium's protocol steps, none of which waits. */
    static ScheduledThreadPoolExecutor threads(String name, int count) {
        ScheduledThreadPoolExecutor threads = new ScheduledThreadPoolExecutor(count, Listening.threads(name));
        threads.setRemoveOnCancelPolicy(true);
        threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return threads;
    }
}
