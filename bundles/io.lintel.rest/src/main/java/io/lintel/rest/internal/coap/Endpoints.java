// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.InMemoryMessageExchangeStore;
import org.eclipse.californium.core.network.RandomTokenGenerator;
import org.eclipse.californium.core.network.serialization.UdpDataSerializer;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.RawDataChannel;
import org.eclipse.californium.elements.UDPConnector;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.SystemConfig;
import org.eclipse.californium.elements.config.UdpConfig;

/** Californium endpoints with few threads, bounded memory and our options. */
final class Endpoints {
    /** Exchanges remembered to answer a retransmission with the same response: of one peer, of all. */
    private static final int REMEMBERED_PER_PEER = 256;
    private static final int REMEMBERED = 3_000;
    private static final int MAX_PEERS = 4_000;
    /** Steps that wait for a thread. What arrives beyond that is dropped, as the network would; the peer sends it again. */
    private static final int MAX_STEPS = 4_096;
    private static final int LARGEST_DATAGRAM = 65_535;

    private Endpoints() {
    }

    /** What server and client have in common. */
    private static Configuration configuration(int blockSize) {
        CoapConfig.register();
        UdpConfig.register();
        SystemConfig.register();
        return Configuration.createStandardWithoutFile()
                .set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, 1)
                .set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1)
                .set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1)
                .set(UdpConfig.UDP_CONNECTOR_OUT_CAPACITY, MAX_STEPS)
                .set(CoapConfig.PREFERRED_BLOCK_SIZE, blockSize)
                .set(CoapConfig.MAX_MESSAGE_SIZE, blockSize)
                .set(CoapConfig.MAX_ACTIVE_PEERS, MAX_PEERS)
                .set(CoapConfig.ACK_TIMEOUT, 2, TimeUnit.SECONDS)
                .set(CoapConfig.ACK_TIMEOUT_SCALE, 2f)
                .set(CoapConfig.MAX_RETRANSMIT, 4);
    }

    /** For {@link #server}: blocks come and go singly, {@link Uploads} and {@link Downloads} put them together. */
    static Configuration serverConfiguration(int blockSize) {
        return configuration(blockSize).set(CoapConfig.MAX_RESOURCE_BODY_SIZE, 0)
                .set(UdpConfig.UDP_DATAGRAM_SIZE, LARGEST_DATAGRAM);
    }

    /** For {@link #client}: block-wise transfers are put together by Californium. */
    static Configuration clientConfiguration(int maxBodyBytes, int blockSize) {
        return configuration(blockSize).set(CoapConfig.MAX_RESOURCE_BODY_SIZE, maxBodyBytes)
                .set(CoapConfig.DEDUPLICATOR, CoapConfig.DEDUPLICATOR_PEERS_MARK_AND_SWEEP)
                .set(CoapConfig.PEERS_MARK_AND_SWEEP_MESSAGES, REMEMBERED_PER_PEER);
    }

    static CoapEndpoint server(Connector connector, Configuration configuration, EndpointThreads threads) {
        InMemoryMessageExchangeStore exchanges =
                new InMemoryMessageExchangeStore("", configuration, new RandomTokenGenerator(configuration));
        exchanges.setDeduplicator(new RecentMessages(REMEMBERED, REMEMBERED_PER_PEER, System::nanoTime));
        CoapEndpoint endpoint = CoapEndpoint.builder().setConfiguration(configuration).setConnector(connector)
                .setMessageExchangeStore(exchanges)
                .setDataSerializerAndParser(new UdpDataSerializer(), new MessageParser()).build();
        endpoint.setExecutors(threads, threads);
        return endpoint;
    }

    static CoapEndpoint client(Connector connector, Configuration configuration, EndpointThreads threads) {
        CoapEndpoint endpoint = CoapEndpoint.builder().setConfiguration(configuration).setConnector(connector)
                .setDataSerializerAndParser(new UdpDataSerializer(), new MessageParser()).build();
        endpoint.setExecutors(threads, threads);
        return endpoint;
    }

    /** A plain socket whose input is bounded. */
    static Connector plain(InetSocketAddress address, Configuration configuration, EndpointThreads threads) {
        return new UDPConnector(address, configuration) {
            @Override
            public void setRawDataReceiver(RawDataChannel receiver) {
                super.setRawDataReceiver(bounded(receiver, threads));
            }
        };
    }

    /** Drops what comes in while the threads have too much to do. */
    static RawDataChannel bounded(RawDataChannel receiver, EndpointThreads threads) {
        return raw -> {
            if (threads.waiting() < MAX_STEPS) {
                receiver.receiveData(raw);
            }
        };
    }

    /** Runs Californium's protocol steps, none of which waits. */
    static EndpointThreads threads(String name, int count) {
        return new EndpointThreads(name, count);
    }
}
