// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.internal;

import io.lintel.demo.parts.CoapApp;
import io.lintel.demo.parts.HttpApp;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Clients that are not of our making, and input that no client should send. */
final class StrangerChecks {
    private static final int OVERSIZE = 3 << 19;

    private final House house;
    private final RelayChecks relay;

    StrangerChecks(House house, RelayChecks relay) {
        this.house = house;
        this.relay = relay;
    }

    void all(Check check) {
        check.step("stock mosquitto_pub and mosquitto_sub register an AE and create a container at the gateway's own server",
                this::stockClients);
        check.step("malformed requests over MQTT are refused with what was wrong, and the connection lives on",
                this::malformedMqtt);
        check.step("malformed requests over HTTP are refused with what was wrong", this::malformedHttp);
        check.step("malformed requests over CoAP are refused with what was wrong", this::malformedCoap);
    }

    private String stockClients() throws Exception {
        int port = house.gateway().mqttPort();
        try (Programs.Subscriber subscriber = new Programs.Subscriber(port, "A::Cstock", "/oneM2M/resp/Cstock/#")) {
            subscriber.line("SUBACK");
            String topic = "/oneM2M/req/Cstock/mn-cse/json";
            Programs.publish(port, "stock-pub", topic,
                    "{\"op\":1,\"to\":\"mn-name\",\"fr\":\"Cstock\",\"rqi\":\"s1\",\"rvi\":\"2a\",\"ty\":2,"
                            + "\"pc\":{\"m2m:ae\":{\"rn\":\"stock\",\"api\":\"Nstock\",\"rr\":true}}}");
            Check.that(subscriber.line("\"s1\"").contains("2001"), "the registration was refused");
            Programs.publish(port, "stock-pub", topic,
                    "{\"op\":1,\"to\":\"mn-name/stock\",\"fr\":\"Cstock\",\"rqi\":\"s2\",\"rvi\":\"2a\",\"ty\":3,"
                            + "\"pc\":{\"m2m:cnt\":{\"rn\":\"data\"}}}");
            Check.that(subscriber.line("\"s2\"").contains("2001"), "the container was refused");
            return "Cstock";
        }
    }

    private String malformedMqtt() throws Exception {
        MqttAe ae = relay.ae(Serialization.JSON);
        String head = "{\"op\":1,\"to\":\"mn-name/ae-json/data\",\"fr\":\"Cae-json\",\"rvi\":\"2a\",";
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put("bad1", head + "\"rqi\":\"bad1\",\"ty\":4,\"pc\":{\"m2m:cin\":{\"con\":\"x\"");
        bad.put("bad2", head + "\"rqi\":\"bad2\",\"ty\":4,\"pc\":{\"m2m:cin\":{\"con\":\"x\",\"colour\":\"red\"}}}");
        bad.put("bad3", head + "\"rqi\":\"bad3\",\"pc\":{\"m2m:cin\":{\"con\":\"x\"}}}");
        bad.put("bad4", head + "\"rqi\":\"bad4\",\"ty\":4,\"pc\":{\"m2m:cin\":{\"con\":\"" + "x".repeat(OVERSIZE) + "\"}}}");
        for (Map.Entry<String, String> request : bad.entrySet()) {
            refused(4000, request.getKey(),
                    ae.publish(request.getKey(), ae.stem(), request.getValue().getBytes(StandardCharsets.UTF_8), 1));
        }
        refused(4000, "JSON on an XML topic", ae.publish("bad5", ae.stem(), "xml",
                (head + "\"rqi\":\"bad5\",\"ty\":4}").getBytes(StandardCharsets.UTF_8), 1));
        refused(4015, "an unknown suffix", ae.publish("bad8", ae.stem(), "yaml",
                (head + "\"rqi\":\"bad8\",\"ty\":4}").getBytes(StandardCharsets.UTF_8), 1));
        MqttAe xml = relay.ae(Serialization.XML);
        refused(4000, "broken XML", xml.publish("bad6", xml.stem(),
                "<m2m:rqp xmlns:m2m=\"http://www.onem2m.org/xml/protocols\"><op>2</op><rqi>bad6</rqi><to>"
                        .getBytes(StandardCharsets.UTF_8), 1));
        MqttAe cbor = relay.ae(Serialization.CBOR);
        byte[] whole = cbor.encode(RequestPrimitive.builder(Operation.RETRIEVE, "mn-name").from(cbor.stem())
                .requestIdentifier("bad7").set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").build());
        refused(4000, "broken CBOR", cbor.publish("bad7", cbor.stem(), Arrays.copyOf(whole, whole.length - 1), 1));
        refused(4108, "contentInstance below an AE",
                ae.send(ae.create("mn-name/ae-json", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Words.instance("x"))));
        for (MqttAe alive : List.of(ae, xml, cbor)) {
            alive.done(RequestPrimitive.builder(Operation.RETRIEVE, "mn-name/ae-" + alive.stem().substring("Cae-".length())));
        }
        return "4000 ×7, 4015, 4108, then 2000 on the same connections";
    }

    private static void refused(int status, String what, CompletableFuture<ResponsePrimitive> answer) throws Exception {
        ResponsePrimitive response = MqttAe.await(answer, what);
        Check.equal(status, response.statusCode(), what);
        Check.that(response.content().isPresent(), what + " was refused without a reason");
    }

    private String malformedHttp() throws Exception {
        HttpApp app = relay.app();
        String container = "/mn-cse/mn-name/ae-json/data";
        refused(app.send("POST", container, "", "application/json;ty=4",
                "{\"m2m:cin\":{\"con\"".getBytes(StandardCharsets.UTF_8)), 4000);
        refused(app.send("POST", container, "", "application/xml;ty=4", "<m2m:cin".getBytes(StandardCharsets.UTF_8)), 4000);
        refused(app.send("POST", container, "", "application/cbor;ty=4", new byte[] {(byte) 0xbf, 0x61}), 4000);
        refused(app.send("POST", container, "", "text/html;ty=4", "<p>".getBytes(StandardCharsets.UTF_8)), 4015);
        refused(app.create(container, ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Attributes.of("colour", "red")), 4000);
        refused(app.create("in-name/app", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Words.instance("x")), 4108);
        refused(app.get("in-name/nobody", ""), 4004);
        HttpApp.Answer oversize = app.send("POST", container, "", "application/json;ty=4", oversize());
        Check.that(oversize.http() == 413 || oversize.status() == 4000,
                "oversize was answered " + oversize.http() + "/" + oversize.status());
        app.get("in-name", "").expect(2000);
        return "4000 ×5, 4015, 4108, 4004";
    }

    private static byte[] oversize() {
        byte[] body = new byte[OVERSIZE];
        Arrays.fill(body, (byte) 'x');
        return body;
    }

    private static void refused(HttpApp.Answer answer, int status) {
        answer.expect(status);
        Check.that(answer.body().length > 0, status + " came without a reason");
    }

    private String malformedCoap() throws Exception {
        try (CoapApp coap = new CoapApp(house.gateway().coap(), "Cae-json")) {
            coap.create("mn-name/ae-json/data", ResourceTypes.CONTENT_INSTANCE, "{\"m2m:cin\":".getBytes(StandardCharsets.UTF_8))
                    .expect(4000);
            coap.create("mn-name/ae-json/data", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Attributes.of("colour", "red"))
                    .expect(4000);
            coap.create("mn-name/ae-json", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Words.instance("x")).expect(4108);
            coap.get("mn-name/nobody").expect(4004);
            CoapApp.Answer oversize = coap.create("mn-name/ae-json/data", ResourceTypes.CONTENT_INSTANCE, oversize());
            Check.that(oversize.status() == 4000 || oversize.tooLarge(), "oversize was answered " + oversize.status());
            coap.get("mn-name/ae-json").expect(2000);
            return "4000 ×2, 4108, 4004, oversize, then 2000";
        }
    }
}
