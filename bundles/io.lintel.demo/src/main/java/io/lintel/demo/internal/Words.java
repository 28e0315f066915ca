// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.internal;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import java.util.List;

/** The representations that the demonstration's entities send, in one place. */
final class Words {
    static final int EVERYTHING = 63;
    static final int READ_WRITE = Operation.CREATE.accessControlBit() | Operation.RETRIEVE.accessControlBit() | 32;

    private Words() {
    }

    static Attributes ae(String name, String pointOfAccess) {
        Attributes.Builder ae = Attributes.builder().set("rn", name).set("api", "Nio.lintel.demo").set("rr", true);
        if (!pointOfAccess.isEmpty()) {
            ae.set("poa", List.of(pointOfAccess));
        }
        return ae.build();
    }

    static Attributes policy(String name, String owner, String guests) {
        return Attributes.builder().set("rn", name)
                .set("pv", Attributes.of("acr", List.of(rule(owner, EVERYTHING), rule(guests, READ_WRITE))))
                .set("pvs", Attributes.of("acr", List.of(rule(owner, EVERYTHING)))).build();
    }

    private static Attributes rule(String originator, long operations) {
        return Attributes.builder().set("acor", List.of(originator)).set("acop", operations).build();
    }

    static Attributes container(String name, String policy) {
        Attributes.Builder container = Attributes.builder().set("rn", name);
        if (!policy.isEmpty()) {
            container.set("acpi", List.of(policy));
        }
        return container.build();
    }

    static Attributes instance(String content) {
        return Attributes.builder().set("cnf", "text/plain:0").set("con", content).build();
    }

    static Attributes subscription(String name, String target) {
        return Attributes.builder().set("rn", name).set("nu", List.of(target)).set("nct", 1L)
                .set("enc", Attributes.of("net", List.of(3L))).build();
    }

    /** Registers an AE that lets the applications at the IN read, write and subscribe, with a container. */
    static void move(MqttAe ae, String base, String name, String server, String guests) throws Exception {
        ae.done(ae.create(base, ResourceTypes.AE, "m2m:ae", ae(name, server)));
        ResponsePrimitive policy = ae.done(ae.create(base + "/" + name, ResourceTypes.ACCESS_CONTROL_POLICY, "m2m:acp",
                policy("guests", ae.stem(), guests)));
        String id = policy.content().map(Content::attributes).flatMap(attributes -> attributes.text("ri")).orElseThrow();
        ae.done(ae.create(base + "/" + name, ResourceTypes.CONTAINER, "m2m:cnt", container("data", id)));
    }

    static String content(Attributes instance) {
        return instance.get("con").map(Object::toString).orElse("");
    }

    /** The content of the contentInstance that a notification tells of. */
    static String notified(Attributes notification) {
        return notification.object("nev").flatMap(event -> event.object("rep")).flatMap(rep -> rep.object("m2m:cin"))
                .map(Words::content).orElseThrow(() -> new IllegalStateException("no contentInstance in " + notification));
    }
}
