// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.internal;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Clients that are not of our making, and input that no client should send. */
final class StrangerChecks {
    private final House house;
    private final RelayChecks relay;

    StrangerChecks(House house, RelayChecks relay) {
        this.house = house;
        this.relay = relay;
    }

    void all(Check check) {
        check.step("stock mosquitto_pub and mosquitto_sub register an AE and create a container at the gateway's own server", this::stockClients);
        check.step("malformed requests over MQTT are refused with what was wrong, and the connection lives on", this::malformedMqtt);
        check.step("malformed requests over HTTP are refused with what was wrong", this::malformedHttp);
        check.step("malformed requests over CoAP are refused with what was wrong", this::malformedCoap);
    }

    private String stockClients() throws Exception {
        int port = house.gateway().mqttPort();
        try (Programs.Subscriber subscriber = new Programs.Subscriber(port, "A::Cstock", "/oneM2M/resp/Cstock/#")) {
            subscriber.line("SUBACK");
            String topic = "/oneM2M/req/Cstock/mn-cse/json";
            Programs.publish(port, "stock-pub", topic, "{\"op\":1,\"to\":\"mn-name\",\"fr\":\"Cstock\",\"rqi\":\"s1\",\"rvi\":\"2a\",\"ty\":2,"
                    + "\"pc\":{\"m2m:ae\":{\"rn\":\"stock\",\"api\":\"Nstock\",\"rr\":true}}}");
            Check.that(subscriber.line("\"s1\"").contains("2001"), "the registration was refused");
            Programs.publish(port, "stock-pub", topic, "{\"op\":1,\"to\":\"mn-name/stock\",\"fr\":\"Cstock\",\"rqi\":\"s2\",\"rvi\":\"2a\",\"ty\":3,"
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
        for (Map.Entry<String, String> request : bad.entrySet()) {
            ResponsePrimitive response = ae.publish(request.getKey(), ae.stem(), request.getValue().getBytes(StandardCharsets.UTF_8), 1)
                    .get(15, TimeUnit.SECONDS);
            Check.equal(4000, response.statusCode(), request.getKey());
            Check.that(response.content().isPresent(), request.getKey() + " was refused without a reason");
        }
        ResponsePrimitive wrongParent = ae.ask(ae.create("mn-name/ae-json", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Words.instance("x")));
        Check.equal(4108, wrongParent.statusCode(), "contentInstance below an AE");
        for (Serialization serialization : new Serialization[] {Serialization.XML, Serialization.CBOR}) {
            MqttAe other = relay.ae(serialization);
            Check.equal(2000, other.ask(io.lintel.primitive.RequestPrimitive.builder(io.lintel.primitive.Operation.RETRIEVE,
                    "mn-name/ae-" + serialization.suffix())).statusCode(), "retrieve");
        }
        ae.done(ae.create("mn-name/ae-json/data", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Words.instance("alive")));
        return "4000 ×3, 4108, then 2001 on the same connection";
    }

    private String malformedHttp() throws Exception {
        HttpApp app = relay.app();
        String container = "/mn-cse/mn-name/ae-json/data";
        refused(app.send("POST", container, "", "application/json;ty=4", "{\"m2m:cin\":{\"con\"".getBytes(StandardCharsets.UTF_8)), 4000);
        refused(app.send("POST", container, "", "application/xml;ty=4", "<m2m:cin".getBytes(StandardCharsets.UTF_8)), 4000);
        refused(app.send("POST", container, "", "application/cbor;ty=4", new byte[] {(byte) 0xbf, 0x61}), 4000);
        refused(app.send("POST", container, "", "text/html;ty=4", "<p>".getBytes(StandardCharsets.UTF_8)), 4015);
        refused(app.create(container, ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Attributes.of("colour", "red")), 4000);
        refused(app.create("in-name/app", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Words.instance("x")), 4108);
        refused(app.get("in-name/nobody", ""), 4004);
        HttpApp.Answer oversize = app.send("POST", container, "", "application/json;ty=4", oversize());
        Check.that(oversize.http() == 413 || oversize.status() == 4000, "oversize was answered " + oversize.http() + "/" + oversize.status());
        app.get("in-name", "").expect(2000);
        return "4000 ×5, 4015, 4108, 4004";
    }

    private static byte[] oversize() {
        byte[] body = new byte[3 << 20];
        java.util.Arrays.fill(body, (byte) 'x');
        return body;
    }

    private static void refused(HttpApp.Answer answer, int status) {
        answer.expect(status);
        Check.that(answer.body().length > 0, status + " came without a reason");
    }

    private String malformedCoap() throws Exception {
        try (CoapApp coap = new CoapApp(house.gateway().coap(), "Cae-json")) {
            coap.create("mn-name/ae-json/data", ResourceTypes.CONTENT_INSTANCE, "{\"m2m:cin\":".getBytes(StandardCharsets.UTF_8)).expect(4000);
            coap.create("mn-name/ae-json/data", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Attributes.of("colour", "red")).expect(4000);
            coap.create("mn-name/ae-json", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Words.instance("x")).expect(4108);
            coap.get("mn-name/nobody").expect(4004);
            coap.get("mn-name/ae-json").expect(2000);
            return "4000 ×2, 4108, 4004";
        }
    }
}
