// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.eclipse.californium.core.coap.CoAP;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.option.IntegerOptionDefinition;
import org.eclipse.californium.core.coap.option.MapBasedOptionRegistry;
import org.eclipse.californium.core.coap.option.OptionDefinition;
import org.eclipse.californium.core.coap.option.StandardOptionRegistry;
import org.eclipse.californium.core.coap.option.StringOptionDefinition;
import org.eclipse.californium.core.config.CoapConfig;
import org.eclipse.californium.core.network.CoapEndpoint;
import org.eclipse.californium.core.network.Exchange;
import org.eclipse.californium.core.server.MessageDeliverer;
import org.eclipse.californium.elements.config.Configuration;
import org.eclipse.californium.elements.config.UdpConfig;

/** The CoAP binding (TS-0008) with Californium as client, and as server for notifications. */
final class CoapDoor implements Door {
    private static final int ENDPOINTS = 6;
    private static final int CREATED = 2001;
    /** With a {@code <request>} they are 2.01, without 2.04. */
    private static final int ACCEPTED = 1000;
    private static final int ACCEPTED_ASYNCHRONOUS = 1002;
    private static final Map<String, OptionDefinition> NEW = new LinkedHashMap<>();
    private static final Map<String, OptionDefinition> OLD = new LinkedHashMap<>();

    static {
        CoapConfig.register();
        UdpConfig.register();
        String[] rows = {"fr 279 256", "rqi 283 257", "ot 259 259", "rqet 291 260", "rset 295 261", "oet 299 262",
            "rtu 263 263", "ec 303 264 n", "rsc 307 265 n", "gid 311 266", "ty 267 267 n", "cnot 319 268 n", "cnst 323 269 n",
            "rvi 271 271", "vsi 331 272"};
        for (String row : rows) {
            String[] words = row.split(" ");
            NEW.put(words[0], option(words[0], Integer.parseInt(words[1]), words.length > 3));
            OLD.put(words[0], words[1].equals(words[2]) ? NEW.get(words[0])
                    : option(words[0] + "-old", Integer.parseInt(words[2]), words.length > 3));
        }
    }

    private static final MapBasedOptionRegistry OPTIONS = new MapBasedOptionRegistry(
            StandardOptionRegistry.getDefaultOptionRegistry(), definitions());

    private static OptionDefinition option(String name, int number, boolean integer) {
        return integer ? new IntegerOptionDefinition(number, name, true, 0, 8)
                : new StringOptionDefinition(number, name, true, 0, 1024);
    }

    private static OptionDefinition[] definitions() {
        List<OptionDefinition> all = new ArrayList<>(NEW.values());
        OLD.values().stream().filter(one -> !all.contains(one)).forEach(all::add);
        return all.toArray(OptionDefinition[]::new);
    }

    private final List<CoapEndpoint> endpoints = new ArrayList<>();
    private final AtomicInteger count = new AtomicInteger();
    private final String cse;
    private final CoapEndpoint server;
    private final Map<String, Listener> listeners = new ConcurrentHashMap<>();

    CoapDoor(int port) throws IOException {
        cse = "coap://127.0.0.1:" + port;
        for (int i = 0; i < ENDPOINTS; i++) {
            CoapEndpoint endpoint = endpoint();
            endpoint.start();
            endpoints.add(endpoint);
        }
        server = endpoint();
        server.setMessageDeliverer(new MessageDeliverer() {
            @Override
            public void deliverRequest(Exchange exchange) {
                notified(exchange);
            }

            @Override
            public void deliverResponse(Exchange exchange, org.eclipse.californium.core.coap.Response response) {
                // sends no requests
            }
        });
        server.start();
    }

    private static CoapEndpoint endpoint() {
        Configuration configuration = Configuration.createStandardWithoutFile();
        configuration.set(CoapConfig.MAX_ACTIVE_PEERS, 1000);
        configuration.set(CoapConfig.PROTOCOL_STAGE_THREAD_COUNT, 1);
        configuration.set(UdpConfig.UDP_RECEIVER_THREAD_COUNT, 1);
        configuration.set(UdpConfig.UDP_SENDER_THREAD_COUNT, 1);
        return new CoapEndpoint.Builder().setConfiguration(configuration)
                .setInetSocketAddress(new InetSocketAddress("127.0.0.1", 0)).setOptionRegistry(OPTIONS).build();
    }

    @Override
    public String name() {
        return "coap";
    }

    @Override
    public Response send(Request request, Format format) throws Exception {
        boolean blocking = !request.parameters().has("rt")
                || request.parameters().getAsJsonObject("rt").get("rtv").getAsInt() == 3;
        CoAP.Code code = blocking ? List.of(CoAP.Code.POST, CoAP.Code.POST, CoAP.Code.GET, CoAP.Code.PUT, CoAP.Code.DELETE,
                CoAP.Code.POST).get(request.operation()) : CoAP.Code.POST;
        org.eclipse.californium.core.coap.Request coap = new org.eclipse.californium.core.coap.Request(code);
        coap.setURI(cse);
        for (String segment : HttpDoor.path(request.to()).substring(1).split("/")) {
            coap.getOptions().addUriPath(segment);
        }
        Query.of(request).forEach(field -> coap.getOptions().addUriQuery(field.name() + "=" + field.value()));
        if (!blocking) {
            coap.getOptions().addUriQuery("op=" + request.operation());
        }
        if (request.from() != null) {
            coap.getOptions().addOption(text(NEW.get("fr"), request.from()));
        }
        coap.getOptions().addOption(text(NEW.get("rqi"), request.identifier()));
        if (request.release() != null) {
            coap.getOptions().addOption(text(NEW.get("rvi"), request.release()));
        }
        for (String name : List.of("ot", "rqet", "rset", "oet", "gid", "vsi")) {
            if (request.parameters().has(name)) {
                coap.getOptions().addOption(text(NEW.get(name), request.text(name)));
            }
        }
        for (String name : List.of("ec", "ty")) {
            if (request.parameters().has(name)) {
                coap.getOptions().addOption(((IntegerOptionDefinition) NEW.get(name)).create(
                        request.parameters().get(name).getAsLong()));
            }
        }
        if (request.parameters().has("rt") && request.parameters().getAsJsonObject("rt").has("nu")) {
            coap.getOptions().addOption(text(NEW.get("rtu"), request.parameters().getAsJsonObject("rt").getAsJsonArray("nu")
                    .asList().stream().map(JsonElement::getAsString).collect(Collectors.joining("&"))));
        }
        byte[] body = request.raw() != null ? request.raw()
                : request.content() == null || request.operation() == Request.RETRIEVE ? null : format.content(request.content());
        if (body != null) {
            coap.getOptions().setContentFormat(contentFormat(format));
            coap.setPayload(body);
        }
        coap.getOptions().setAccept(contentFormat(format));
        coap.send(endpoints.get(Math.floorMod(count.getAndIncrement(), endpoints.size())));
        org.eclipse.californium.core.coap.Response response = coap.waitForResponse(TimeUnit.SECONDS.toMillis(60));
        if (response == null) {
            throw new ContractFault("no response over CoAP: " + coap.getSendError());
        }
        return response(response, request, format);
    }

    private static Option text(OptionDefinition definition, String value) {
        return ((StringOptionDefinition) definition).create(value);
    }

    private static int contentFormat(Format format) {
        return switch (format.name()) {
            case "json" -> 50;
            case "xml" -> 41;
            default -> 60;
        };
    }

    private static JsonObject parameters(org.eclipse.californium.core.coap.OptionSet options) {
        JsonObject parameters = new JsonObject();
        for (Map<String, OptionDefinition> set : List.of(OLD, NEW)) {
            set.forEach((name, definition) -> {
                Option option = options.getOtherOption(definition);
                if (option != null && definition instanceof IntegerOptionDefinition) {
                    parameters.addProperty(name, option.getIntegerValue());
                } else if (option != null) {
                    parameters.addProperty(name, option.getStringValue());
                }
            });
        }
        return parameters;
    }

    private static Response response(org.eclipse.californium.core.coap.Response response, Request request, Format format) {
        List<String> complaints = new ArrayList<>();
        JsonObject parameters = parameters(response.getOptions());
        if (!parameters.has("rsc")) {
            throw new ContractFault("CoAP " + response.getCode() + " without oneM2M-RSC: " + response.getPayloadString());
        }
        int status = parameters.remove("rsc").getAsInt();
        String code = response.getCode().codeClass + ".0" + response.getCode().codeDetail;
        code = response.getCode().codeDetail > 9 ? code.replace(".0", ".") : code;
        if (!code.equals(StatusCodes.coap(status, request.operation()))
                && !((status == ACCEPTED_ASYNCHRONOUS || status == ACCEPTED) && code.equals("2.01"))) {
            complaints.add("CoAP " + code + " for " + status);
        }
        JsonObject content = null;
        if (response.getPayloadSize() > 0) {
            if (response.getOptions().getContentFormat() != contentFormat(format)) {
                complaints.add("Content-Format " + response.getOptions().getContentFormat());
            }
            content = format.readContent(response.getPayload());
        }
        if (status == CREATED && content != null && "3".equals(request.text("rcn"))) {
            content = addressed(content, response.getOptions().getLocationPath());
        } else if (status == CREATED && content != null && content.has("m2m:uri")
                && response.getOptions().getLocationPath().isEmpty()) {
            complaints.add("no Location-Path");
        }
        return new Response(status, parameters, content, response.getPayload(), complaints);
    }

    /** The address is in Location-Path, the payload has the representation alone (TS-0008 6.3). */
    private static JsonObject addressed(JsonObject representation, List<String> locationPath) {
        JsonObject both = new JsonObject();
        both.addProperty("uri", String.join("/", locationPath));
        representation.entrySet().forEach(member -> both.add(member.getKey(), member.getValue()));
        JsonObject content = new JsonObject();
        content.add("m2m:rce", both);
        return content;
    }

    private void notified(Exchange exchange) {
        org.eclipse.californium.core.coap.Request request = exchange.getRequest();
        Listener listener = listeners.get(request.getOptions().getUriPathString());
        org.eclipse.californium.core.coap.Response response;
        if (listener == null) {
            response = new org.eclipse.californium.core.coap.Response(CoAP.ResponseCode.NOT_FOUND);
        } else {
            int type = request.getOptions().getContentFormat();
            Format format = Door.format(List.of(41, 10002).contains(type) ? "xml"
                    : List.of(60, 10011).contains(type) ? "cbor" : "json");
            JsonObject parameters = parameters(request.getOptions());
            int status = listener.notified(new Notification(parameters, format.readContent(request.getPayload()), format.name()));
            response = new org.eclipse.californium.core.coap.Response(code(StatusCodes.coap(status, Request.NOTIFY)));
            response.getOptions().addOption(((IntegerOptionDefinition) OLD.get("rsc")).create(status));
            if (parameters.has("rqi")) {
                response.getOptions().addOption(text(OLD.get("rqi"), parameters.get("rqi").getAsString()));
            }
        }
        exchange.sendResponse(response);
    }

    private static CoAP.ResponseCode code(String dotted) {
        String[] parts = dotted.split("\\.");
        return CoAP.ResponseCode.valueOf(Integer.parseInt(parts[0]) << 5 | Integer.parseInt(parts[1]));
    }

    @Override
    public String listen(String name, Listener listener) {
        listeners.put(name, listener);
        return address(name);
    }

    @Override
    public String address(String name) {
        return "coap://127.0.0.1:" + server.getAddress().getPort() + "/" + name;
    }

    @Override
    public void forget(String name) {
        listeners.remove(name);
    }

    @Override
    public void close() {
        endpoints.forEach(CoapEndpoint::destroy);
        server.destroy();
    }
}
