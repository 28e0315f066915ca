// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.Connector;
import org.eclipse.californium.elements.EndpointContext;
import org.eclipse.californium.elements.config.Configuration;

import io.lintel.rest.internal.mapping.CseLink;

/**
 * What a CoAP listener consists of, plain or with DTLS: Californium's endpoint on a connector, and everything that serves what
 * comes in. The doors open and close it.
 */
final class ServerSide {
    private static final int BODIES = 64;
    private static final int ANSWERS = 256;
    /** Memory for all block-wise transfers in one direction, in bodies of the largest size. */
    private static final long BODIES_OF_LARGEST_SIZE = 8;
    /** RFC 7252 4.8.2, MAX_TRANSMIT_WAIT: a peer that has not sent its next block by then has given up. */
    private static final Duration TRANSFER_IDLE = Duration.ofSeconds(93);
    private static final long SWEEP_SECONDS = 15;

    private final CoapEndpoint endpoint;
    private final Observations observations;
    private final Uploads uploads;
    private final Downloads downloads;

    /**
     * @param blockSize     the largest block to send
     * @param maxBodyBytes  of a request
     * @param maxRequests   served at once
     * @param maxObservers  of all containers
     * @param defaultNumbers of options, for answers to requests that do not show their edition
     */
    record Bounds(int blockSize, int maxBodyBytes, int maxRequests, int maxObservers, OneM2mOption.NumberSet defaultNumbers) {
        static Bounds of(CoapSettings config) {
            return new Bounds(config.blockSize(), config.maxBodyBytes(), config.maxRequests(), config.maxObservers(),
                    CoapDoor.numbers(config.options()));
        }
    }

    /** @param identities who sent a message */
    ServerSide(Connector connector, Configuration configuration, Bounds bounds, CseLink cse, CoapPeers peers,
            Function<EndpointContext, Peer> identities, EndpointThreads threads, LongSupplier nanoClock) {
        int szx = BlockSizes.szx(bounds.blockSize);
        long memory = BODIES_OF_LARGEST_SIZE * bounds.maxBodyBytes;
        uploads = new Uploads(BODIES, memory, bounds.maxBodyBytes, szx, TRANSFER_IDLE, nanoClock);
        downloads = new Downloads(ANSWERS, 2 * memory, szx, TRANSFER_IDLE, nanoClock);
        endpoint = Endpoints.server(connector, configuration, threads);
        ReturnRoute route = new ReturnRoute(endpoint::sendRequest, threads, nanoClock);
        CoapResponses responses = new CoapResponses(bounds.defaultNumbers);
        observations = new Observations(cse, responses, downloads, configuration, threads, bounds.maxObservers, nanoClock);
        endpoint.setMessageDeliverer(new OneM2mDeliverer(new OneM2mDeliverer.Parts(cse, peers, identities, uploads, downloads,
                new Answers(downloads, route, threads), observations, responses, bounds.maxRequests)));
        threads.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    }

    /** Looks after what has rested for too long. Called every quarter of a minute. */
    void sweep() {
        observations.sweep();
        uploads.sweep();
        downloads.sweep();
    }

    CoapEndpoint endpoint() {
        return endpoint;
    }

    Observations observations() {
        return observations;
    }
}
