// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;

import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.AddressEndpointContext;

import io.lintel.rest.internal.coap.OneM2mOption.NumberSet;
import io.lintel.rest.internal.mapping.RecordingCse;
import io.lintel.rest.internal.mapping.Settings;

/** A plain door on a free port, before a CSE that answers what the test says, and Californium as its client. */
final class DoorFixture implements AutoCloseable {
    final RecordingCse cse = new RecordingCse();
    final CoapDoor door;
    final CoapEndpoint client;
    private final EndpointThreads threads = Endpoints.threads("test-coap", 1);

    DoorFixture(Map<String, Object> settings) throws Exception {
        Map<String, Object> all = new HashMap<>(Map.of("port", 0, "cseAbsenceMillis", 200));
        all.putAll(settings);
        door = new CoapDoor(Settings.of(CoapSettings.class, all), new CoapPeers());
        door.bindCse(cse);
        client = TestEndpoints.make(512, threads);
        client.start();
    }

    Request request(Code code, String path) {
        Request request = new Request(code);
        request.getOptions().setUriPath(path);
        request.setDestinationContext(new AddressEndpointContext(new InetSocketAddress(InetAddress.getLoopbackAddress(),
                door.port())));
        return request;
    }

    /** With an identifier and an originator. */
    Request request(Code code, String path, String rqi) {
        Request request = request(code, path);
        request.getOptions().addOption(OneM2mOption.RQI.create(NumberSet.NEW, rqi))
                .addOption(OneM2mOption.FR.create(NumberSet.NEW, "C1"));
        return request;
    }

    Response send(Request request) throws InterruptedException {
        client.sendRequest(request);
        Response response = request.waitForResponse(20_000);
        assertThat(response).as("a response to %s", request).isNotNull();
        return response;
    }

    static int rsc(Response response) {
        return CoapRequestReader.option(response.getOptions(), OneM2mOption.RSC).map(Option::getIntegerValue).orElse(0);
    }

    @Override
    public void close() {
        client.destroy();
        door.close();
        threads.shutdownNow();
    }
}
