// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.parts;

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
import org.eclipse.californium.core.coap.option.IntegerOptionDefinition;
import org.eclipse.californium.core.coap.option.MapBasedOptionRegistry;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;
import org.eclipse.californium.core.coap.option.StringOptionDefinition;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;
import org.eclipse.californium.elements.exception.ConnectorException;

/** A constrained client that speaks CoAP with the option numbers of Release 2. */
public final class CoapApp implements AutoCloseable {
    static {
        CoapConfig.register();
        UdpConfig.register();
    }

    private static final StringOptionDefinition FROM = new StringOptionDefinition(256, "oneM2M-FR", true, 0, 255);
    private static final StringOptionDefinition REQUEST_IDENTIFIER = new StringOptionDefinition(257, "oneM2M-RQI", true, 0, 255);
    private static final IntegerOptionDefinition STATUS = new IntegerOptionDefinition(265, "oneM2M-RSC", true, 0, 2);
    private static final IntegerOptionDefinition TYPE = new IntegerOptionDefinition(267, "oneM2M-TY", true, 0, 2);
    private static final StringOptionDefinition RELEASE = new StringOptionDefinition(271, "oneM2M-RVI", true, 0, 8);
    /** An answer with a critical option that its receiver does not know is dropped, so a client has to know these. */
    private static final MapBasedOptionRegistry OPTIONS = new MapBasedOptionRegistry(
            StandardOptionRegistry.getDefaultOptionRegistry(), FROM, REQUEST_IDENTIFIER, STATUS, TYPE, RELEASE);
    private static final int APPLICATION_JSON = 50;
    private static final PrimitiveCodec JSON = PrimitiveCodec.of(Serialization.JSON);

    /** @param status the oneM2M-RSC option, 0 if there was none */
    public record Answer(int status, boolean tooLarge, byte[] body) {
        public Attributes attributes() {
            return JSON.decodeContent(body).attributes();
        }

        public Answer expect(int wanted) {
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

    public CoapApp(String cse, String originator) {
        this.cse = cse;
        this.originator = originator;
        endpoint = new CoapEndpoint.Builder().setConfiguration(Configuration.createStandardWithoutFile()).setPort(0)
                .setOptionRegistry(OPTIONS).build();
        client.setEndpoint(endpoint);
        client.setTimeout(15_000L);
    }

    public Answer get(String to) throws ConnectorException, IOException {
        return send(new Request(CoAP.Code.GET), to);
    }

    public Answer create(String to, int type, String member, Attributes attributes) throws ConnectorException, IOException {
        return create(to, type, JSON.encodeContent(new Content(member, attributes)));
    }

    public Answer create(String to, int type, byte[] body) throws ConnectorException, IOException {
        Request request = new Request(CoAP.Code.POST);
        request.getOptions().setContentFormat(APPLICATION_JSON);
        request.getOptions().addOption(TYPE.create(type));
        request.setPayload(body);
        return send(request, to);
    }

    private Answer send(Request request, String to) throws ConnectorException, IOException {
        request.setURI(cse + (to.startsWith("/") ? "/~" + to : "/" + to));
        request.getOptions().setAccept(APPLICATION_JSON);
        request.getOptions().addOption(FROM.create(originator));
        request.getOptions().addOption(REQUEST_IDENTIFIER.create("coap-" + count.incrementAndGet()));
        CoapResponse response = client.advanced(request);
        if (response == null) {
            throw new IOException("no answer over CoAP from " + cse);
        }
        Option status = response.getOptions().getOtherOption(STATUS);
        return new Answer(status == null ? 0 : status.getIntegerValue(),
                response.getCode() == CoAP.ResponseCode.REQUEST_ENTITY_TOO_LARGE, response.getPayload());
    }

    @Override
    public void close() {
        client.shutdown();
        endpoint.destroy();
    }
}
