// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.io.IOException;

/** The limit of a request/response over an MQTT server: a client that answers every request at once, whatever it asks. */
final class Echo implements AutoCloseable {
    private static final String REQUESTS = "bench/requests";
    private static final String RESPONSES = "bench/responses";

    private final MqttPeer answering;
    private final MqttPeer asking;

    /** @param response what it answers, with the identifier of the request */
    Echo(int port, Template response) throws IOException, InterruptedException {
        answering = new MqttPeer(port, "bench-answering", REQUESTS);
        asking = new MqttPeer(port, "bench-asking", RESPONSES);
        answering.loop().execute(() -> answering.receiver(payload -> answering.publish(RESPONSES,
                response.with(Template.identifier(payload)))));
    }

    RequestLoad load(Template request) {
        return new RequestLoad(asking, REQUESTS, request);
    }

    @Override
    public void close() {
        asking.close();
        answering.close();
    }
}
