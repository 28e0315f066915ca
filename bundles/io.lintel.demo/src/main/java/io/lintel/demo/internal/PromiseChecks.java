// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.internal;

import io.lintel.demo.parts.HttpApp;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/** What Lintel promises when things go wrong: twice delivered, killed, forged, replaced while in use. */
final class PromiseChecks {
    private static final int BEFORE_KILL = 400;
    private static final int OUTSTANDING = 16;

    private final House house;
    private final RelayChecks relay;

    PromiseChecks(House house, RelayChecks relay) {
        this.house = house;
        this.relay = relay;
    }

    void all(Check check) {
        check.step("the same PUBLISH delivered twice makes one contentInstance", this::twice);
        check.step("a request with a forged originator is refused", this::forged);
        check.step("the gateway is killed with kill -9 under load: what was acknowledged is there, the registration stands",
                this::killed);
        check.step("a new build of the adapter bundle takes over while readings flow, and none is lost", this::replaced);
    }

    private String twice() throws Exception {
        MqttAe ae = relay.ae(Serialization.JSON);
        int before = instances("/mn-cse/mn-name/ae-json/data").size();
        RequestPrimitive create = ae.complete(
                ae.create("mn-name/ae-json/data", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Words.instance("only once")));
        ResponsePrimitive response = ae.publish(create.requestIdentifier(), ae.stem(), ae.encode(create), 2).get();
        Check.equal(2001, response.statusCode(), "status");
        Check.await("both deliveries are answered", () -> ae.responses(create.requestIdentifier()) == 2);
        Check.equal(before + 1, instances("/mn-cse/mn-name/ae-json/data").size(), "contentInstances");
        return "two answers, one instance";
    }

    private String forged() throws Exception {
        MqttAe ae = relay.ae(Serialization.JSON);
        RequestPrimitive forged = ae.complete(RequestPrimitive.builder(Operation.CREATE, "mn-name/ae-xml/data")
                .from("Cae-xml").resourceType(ResourceTypes.CONTENT_INSTANCE)
                .content(new Content("m2m:cin", Words.instance("forged"))));
        ResponsePrimitive response = ae.publish(forged.requestIdentifier(), ae.stem(), ae.encode(forged), 1).get();
        Check.equal(4106, response.statusCode(), "status");
        Attributes latest = relay.app().get("/mn-cse/mn-name/ae-xml/data/la", "").expect(2000).attributes();
        Check.that(!Words.content(latest).equals("forged"), "the forged instance was stored");
        return MqttAe.describe(response);
    }

    private String killed() throws Exception {
        MqttAe ae = relay.ae(Serialization.JSON);
        ae.done(ae.create("mn-name/ae-json", ResourceTypes.CONTAINER, "m2m:cnt",
                Words.container("load", policyOf("/mn-cse/mn-name/ae-json/data"))));
        String registration = registration();
        Set<String> acknowledged = ConcurrentHashMap.newKeySet();
        AtomicBoolean stop = new AtomicBoolean();
        Semaphore outstanding = new Semaphore(OUTSTANDING);
        CompletableFuture<Integer> load = CompletableFuture.supplyAsync(() -> load(ae, acknowledged, outstanding, stop));
        Check.await(BEFORE_KILL + " creates are acknowledged", () -> acknowledged.size() >= BEFORE_KILL);
        house.gateway().kill();
        stop.set(true);
        int asked = load.get(20, TimeUnit.SECONDS);
        Set<String> promised = Set.copyOf(acknowledged);
        house.gateway().awaitReady(house.gateway().start());
        Check.await("the IN reaches the gateway again", () -> reaches("/mn-cse/mn-name/ae-json/load"));
        Check.equal(registration, registration(), "registration at the IN");
        List<String> stored = instances("/mn-cse/mn-name/ae-json/load");
        Map<String, Integer> counted = new HashMap<>();
        stored.forEach(content -> counted.merge(content, 1, Integer::sum));
        List<String> missing = promised.stream().filter(content -> !counted.containsKey(content)).toList();
        Check.that(missing.isEmpty(), missing.size() + " acknowledged contentInstances are missing, such as "
                + missing.stream().findFirst());
        List<String> doubled = counted.entrySet().stream().filter(entry -> entry.getValue() > 1).map(Map.Entry::getKey).toList();
        Check.that(doubled.isEmpty(), doubled.size() + " contentInstances are there twice, such as "
                + doubled.stream().findFirst());
        return promised.size() + " acknowledged of " + asked + " sent, all there, none twice";
    }

    private static int load(MqttAe ae, Set<String> acknowledged, Semaphore outstanding, AtomicBoolean stop) {
        int sent = 0;
        try {
            while (!stop.get()) {
                if (!outstanding.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                    continue;
                }
                String content = "load " + sent++;
                ae.send(ae.create("mn-name/ae-json/load", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Words.instance(content)))
                        .whenComplete((response, failure) -> {
                            outstanding.release();
                            if (failure == null && response.statusCode() == 2001) {
                                acknowledged.add(content);
                            }
                        });
            }
        } catch (org.eclipse.paho.client.mqttv3.MqttException e) {
            return sent;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return sent;
    }

    private String registration() throws Exception {
        try (HttpApp administrator = new HttpApp(house.in().http(), "CAdmin")) {
            return RelayChecks.remoteCses(administrator).stream().filter(csr -> csr.text("csi").orElse("").equals("/mn-cse"))
                    .map(csr -> csr.text("ri").orElseThrow() + " of " + csr.text("ct").orElseThrow())
                    .collect(Collectors.joining(", "));
        }
    }

    private boolean reaches(String address) {
        try {
            return relay.app().get(address, "").status() == 2000;
        } catch (java.io.IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private String policyOf(String container) throws Exception {
        return relay.app().get(container, "").expect(2000).attributes().texts("acpi").get(0);
    }

    /** The contents of all contentInstances, oldest first. */
    private List<String> instances(String container) throws Exception {
        List<String> contents = new ArrayList<>();
        for (int offset = 1;;) {
            HttpApp.Answer page = relay.app().get(container, "rcn=8&ty=4&lvl=1&lim=200&ofst=" + offset).expect(2000);
            List<Attributes> found = page.attributes().objects("m2m:cin");
            found.forEach(instance -> contents.add(Words.content(instance)));
            if (found.size() < 200) {
                return contents;
            }
            offset += found.size();
        }
    }

    private String replaced() throws Exception {
        NewBuild build = NewBuild.of("io.lintel.adapter", house.gateway().home());
        Lamp lamp = relay.lamp();
        Check.await("the lamp is connected", lamp::isConnected);
        String sensor = "/mn-cse/mn-name/tasmota-lamp1/sensor";
        int before = instances(sensor).size();
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Integer> said = CompletableFuture.supplyAsync(() -> talk(lamp, stop));
        Check.await("readings flow", () -> count(sensor) >= before + 20);
        build.deploy();
        Check.await("the new build is active", () -> build.isActive(house.gateway()));
        int atSwitch = count(sensor);
        Check.await("readings flow again", () -> count(sensor) >= atSwitch + 20);
        stop.set(true);
        int total = said.get(20, TimeUnit.SECONDS);
        Check.await("all readings are stored", () -> count(sensor) >= before + total);
        List<String> stored = instances(sensor).subList(before, before + total);
        for (int i = 0; i < total; i++) {
            Check.equal(measurement(i), stored.get(i), "reading " + i + " of " + total);
        }
        Check.equal(before + total, count(sensor), "readings");
        return total + " readings, all stored once and in order";
    }

    private static int talk(Lamp lamp, AtomicBoolean stop) {
        int said = 0;
        try {
            while (!stop.get()) {
                lamp.say(measurement(said));
                said++;
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } catch (org.eclipse.paho.client.mqttv3.MqttException e) {
            throw new IllegalStateException("the lamp lost its server", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return said;
    }

    private static String measurement(int number) {
        return "{\"Energy\":" + number + "}";
    }

    private int count(String container) {
        try {
            HttpApp.Answer answer = relay.app().get(container, "");
            return answer.status() == 2000 ? answer.attributes().number("cni").orElse(0L).intValue() : -1;
        } catch (java.io.IOException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }
}
