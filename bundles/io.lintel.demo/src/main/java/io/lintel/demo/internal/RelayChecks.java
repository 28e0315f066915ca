// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.internal;

import io.lintel.demo.parts.CoapApp;
import io.lintel.demo.parts.HttpApp;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** The relay paths between devices, gateway, infrastructure node and applications, in whichever scenario. */
final class RelayChecks implements AutoCloseable {
    static final String GUESTS = "/in-cse/*";

    private final Check check;
    private final House house;
    private final String server;
    private final String inServer;
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<Serialization, MqttAe> aes = new EnumMap<>(Serialization.class);
    private static final String LAMP = "/mn-cse/mn-name/tasmota-lamp1";

    private HttpApp app;
    private Lamp lamp;

    /**
     * @param server   the MQTT server of the devices behind the gateway
     * @param inServer the MQTT server of the infrastructure node
     */
    RelayChecks(Check check, House house, String server, String inServer) {
        this.check = check;
        this.house = house;
        this.server = server;
        this.inServer = inServer;
    }

    HttpApp app() {
        return app;
    }

    Lamp lamp() {
        return lamp;
    }

    /** Everything; {@code label} tells the scenarios apart. */
    void all(String label) {
        check.step(label + "the gateway registers at the IN by itself", () -> {
            HttpApp administrator = keep(new HttpApp(house.in().http(), "CAdmin"));
            List<Attributes> seen = new ArrayList<>();
            Check.await("the IN lists the gateway", () -> {
                seen.clear();
                seen.addAll(remoteCses(administrator));
                return seen.stream().anyMatch(csr -> csr.text("csi").orElse("").equals("/mn-cse"));
            });
            return "remoteCSE " + seen.get(0).text("ri").orElse("?");
        });
        for (Serialization serialization : Serialization.values()) {
            check.step(label + "an AE registers at the gateway over MQTT in " + serialization
                    + " and creates a container and contentInstances", () -> moveIn(serialization));
        }
        check.step(label + "an HTTP application registers at the IN", () -> {
            app = keep(new HttpApp(house.in().http(), "C"));
            Attributes ae = app.create("in-name", ResourceTypes.AE, "m2m:ae", Words.ae("app", app.address()))
                    .expect(2001).attributes();
            app.originator(ae.text("aei").orElseThrow());
            return app.originator();
        });
        check.step(label + "an HTTP application at the IN retrieves /~/mn-cse/… and gets the same content", () -> {
            for (Serialization serialization : Serialization.values()) {
                Attributes latest = app.get("/mn-cse/mn-name/" + name(serialization) + "/data/la", "").expect(2000).attributes();
                Check.equal("value 3 in " + serialization, Words.content(latest), "content");
            }
            return "3 containers";
        });
        check.step(label + "a CoAP client retrieves and creates at the gateway", () -> {
            CoapApp coap = keep(new CoapApp(house.gateway().coap(), "Cae-json"));
            Check.equal("value 3 in JSON", Words.content(coap.get("mn-name/ae-json/data/la").expect(2000).attributes()),
                    "content");
            coap.create("mn-name/ae-json/data", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Words.instance("by CoAP"))
                    .expect(2001);
            Check.equal("by CoAP", Words.content(app.get("/mn-cse/mn-name/ae-json/data/la", "").expect(2000).attributes()),
                    "content");
            return "";
        });
        check.step(label + "an application at the IN subscribes to a container on the gateway and is notified",
                this::subscribeAcross);
        check.step(label + "an AE behind the gateway creates a contentInstance on the IN", this::createAcross);
        check.step(label + "a device without oneM2M appears as an AE, and its reading reaches the IN", () -> {
            lamp = keep(new Lamp(server, "lamp1"));
            lamp.say("{\"Temperature\":21.5}");
            awaitLatest("sensor", "{\"Temperature\":21.5}");
            return "/mn-cse/mn-name/tasmota-lamp1";
        });
        check.step(label + "an application at the IN switches the device behind the gateway", () -> {
            app.create("/mn-cse/mn-name/tasmota-lamp1/command", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Words.instance("ON"))
                    .expect(2001);
            Check.equal("POWER ON", lamp.command(), "command");
            awaitLatest("power", "ON");
            return "cmnd/lamp1/POWER ON, and its new state came back";
        });
        check.step(label + "the device's parts are flexContainers; an application at the IN switches it by an UPDATE", () -> {
            awaitModule("tempe", "curT0", 21.5);
            awaitModule("binSh", "state", true);
            app.update(LAMP + "/binSh", "cod:binSh", Attributes.of("state", false)).expect(2004);
            Check.equal("POWER OFF", lamp.command(), "command");
            awaitLatest("power", "OFF");
            awaitModule("binSh", "state", false);
            return "binSh and tempe, and cmnd/lamp1/POWER OFF";
        });
    }

    /** A flexContainer of the lamp shows this. */
    private void awaitModule(String module, String attribute, Object value) throws InterruptedException {
        Check.await(attribute + " of " + module + " of the lamp is " + value, () -> {
            try {
                HttpApp.Answer answer = app.get(LAMP + "/" + module, "");
                return answer.status() == 2000 && answer.attributes().get(attribute).filter(value::equals).isPresent();
            } catch (java.io.IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        });
    }

    private void awaitLatest(String container, String content) throws InterruptedException {
        Check.await(container + " of the lamp is " + content, () -> {
            try {
                HttpApp.Answer answer = app.get("/mn-cse/mn-name/tasmota-lamp1/" + container + "/la", "");
                return answer.status() == 2000 && Words.content(answer.attributes()).equals(content);
            } catch (java.io.IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        });
    }

    /** The remoteCSE resources at the IN. */
    static List<Attributes> remoteCses(HttpApp administrator) {
        try {
            HttpApp.Answer found = administrator.get("in-name", "fu=1&ty=16&drt=2");
            if (found.status() != 2000) {
                return List.of();
            }
            List<Attributes> resources = new ArrayList<>();
            for (Object id : (List<?>) found.content().value()) {
                resources.add(administrator.get(id.toString(), "").expect(2000).attributes());
            }
            return resources;
        } catch (java.io.IOException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    private static String name(Serialization serialization) {
        return "ae-" + serialization.name().toLowerCase(Locale.ROOT);
    }

    private String moveIn(Serialization serialization) throws Exception {
        String name = name(serialization);
        MqttAe ae = keep(new MqttAe(server, "C" + name, "mn-cse", serialization));
        aes.put(serialization, ae);
        Words.move(ae, "mn-name", name, server, GUESTS);
        for (int i : IntStream.rangeClosed(1, 3).toArray()) {
            ae.done(ae.create("mn-name/" + name + "/data", ResourceTypes.CONTENT_INSTANCE, "m2m:cin",
                    Words.instance("value " + i + " in " + serialization)));
        }
        ResponsePrimitive latest = ae.done(RequestPrimitive.builder(Operation.RETRIEVE, "mn-name/" + name + "/data/la"));
        Check.equal("value 3 in " + serialization, Words.content(latest.content().map(Content::attributes).orElseThrow()),
                "content");
        return ae.stem();
    }

    private String subscribeAcross() throws Exception {
        app.create("/mn-cse/mn-name/ae-cbor/data", ResourceTypes.SUBSCRIPTION, "m2m:sub",
                Words.subscription("watch", "/in-cse/" + app.originator())).expect(2001);
        MqttAe ae = ae(Serialization.CBOR);
        ae.done(ae.create("mn-name/ae-cbor/data", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Words.instance("news")));
        Check.equal("news", Words.notified(app.notification()), "notified content");
        return "AE, MQTT, MN, MQTT, IN, HTTP, application";
    }

    private String createAcross() throws Exception {
        app.create("in-name/app", ResourceTypes.ACCESS_CONTROL_POLICY, "m2m:acp",
                Words.policy("guests", app.originator(), "/mn-cse/*")).expect(2001);
        String policy = app.get("in-name/app/guests", "").expect(2000).attributes().text("ri").orElseThrow();
        app.create("in-name/app", ResourceTypes.CONTAINER, "m2m:cnt", Words.container("inbox", policy)).expect(2001);
        MqttAe ae = ae(Serialization.XML);
        ae.done(ae.create("/in-cse/in-name/app/inbox", ResourceTypes.CONTENT_INSTANCE, "m2m:cin",
                Words.instance("from behind the gateway")));
        Check.equal("from behind the gateway", Words.content(app.get("in-name/app/inbox/la", "").expect(2000).attributes()),
                "content");
        return "by " + inServer;
    }

    MqttAe ae(Serialization serialization) {
        MqttAe ae = aes.get(serialization);
        if (ae == null) {
            throw new IllegalStateException("the AE that speaks " + serialization + " could not register");
        }
        return ae;
    }

    <T extends AutoCloseable> T keep(T closeable) {
        opened.add(closeable);
        return closeable;
    }

    @Override
    public void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }
}
