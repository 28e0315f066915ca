// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;

/** Californium as the peer of a test, on a free port of loopback. */
final class TestEndpoints {
    private static final int LARGEST_BODY = 100_000;

    private TestEndpoints() {
    }

    static CoapEndpoint make(int blockSize, EndpointThreads threads) {
        Configuration configuration = Endpoints.clientConfiguration(LARGEST_BODY, blockSize);
        return Endpoints.client(Endpoints.plain(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), configuration,
                threads), configuration, threads);
    }
}
