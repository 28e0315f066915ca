// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.internal;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.californium.core.CoapClient;
import org.eclipse.californium.core.CoapResponse;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.elements.exception.ConnectorException;

/** A constrained client that speaks CoAP with the option numbers of Release 2. */
final class CoapApp implements AutoCloseable {
    static {
        CoapConfig.register();
        UdpConfig.register();
    }

    private static final int FROM = 256;
    private static final int REQUEST_IDENTIFIER = 257;
    private static final int STATUS = 265;
    private static final int TYPE = 267;
    private static final int APPLICATION_JSON = 50;
    private static final PrimitiveCodec JSON = PrimitiveCodec.of(Serialization.JSON);

    /** @param status the oneM2M-RSC option, 0 if there was none */
    record Answer(int status, byte[] body) {
        Attributes attributes() {
            return JSON.decodeContent(body).attributes();
        }

        Answer expect(int wanted) {
            if (status != wanted) {
                throw new IllegalStateException("expected " + wanted + ", the CSE answered " + status + " "
                        + new String(body, java.nio.charset.StandardCharsets.UTF_8));
            }
            return this;
        }
    }

    private final CoapEndpoint endpoint;
    private final CoapClient client = new CoapClient();
    private final AtomicLong count = new AtomicLong();
    private final String cse;
    private final String originator;

    CoapApp(String cse, String originator) {
        this.cse = cse;
        this.originator = originator;
        endpoint = new CoapEndpoint.Builder().setConfiguration(Configuration.createStandardWithoutFile()).setPort(0).build();
        client.setEndpoint(endpoint);
        client.setTimeout(15_000L);
    }

    Answer get(String to) throws ConnectorException, IOException {
        return send(new Request(CoAP.Code.GET), to);
    }

    Answer create(String to, int type, String member, Attributes attributes) throws ConnectorException, IOException {
        return create(to, type, JSON.encodeContent(new Content(member, attributes)));
    }

    Answer create(String to, int type, byte[] body) throws ConnectorException, IOException {
        Request request = new Request(CoAP.Code.POST);
        request.getOptions().setContentFormat(APPLICATION_JSON);
        request.getOptions().addOption(new Option(TYPE, type));
        request.setPayload(body);
        return send(request, to);
    }

    private Answer send(Request request, String to) throws ConnectorException, IOException {
        request.setURI(cse + (to.startsWith("/") ? "/~" + to : "/" + to));
        request.getOptions().setAccept(APPLICATION_JSON);
        request.getOptions().addOption(new Option(FROM, originator));
        request.getOptions().addOption(new Option(REQUEST_IDENTIFIER, "coap-" + count.incrementAndGet()));
        CoapResponse response = client.advanced(request);
        if (response == null) {
            throw new IOException("no answer over CoAP from " + cse);
        }
        int status = response.getOptions().getOthers(STATUS).stream().findFirst().map(Option::getIntegerValue).orElse(0);
        return new Answer(status, response.getPayload());
    }

    @Override
    public void close() {
        client.shutdown();
        endpoint.destroy();
    }
}
