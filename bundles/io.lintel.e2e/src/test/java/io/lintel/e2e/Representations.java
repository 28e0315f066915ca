// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import io.lintel.primitive.Attributes;
import java.util.List;

/** The representations that the tests send, in one place. */
final class Representations {
    private static final long EVERYTHING = 63;

    private Representations() {
    }

    static Attributes ae(String name, String pointOfAccess) {
        Attributes.Builder ae = Attributes.builder().set("rn", name).set("api", "Nio.lintel.e2e").set("rr", true)
                .set("srv", List.of("2a"));
        if (!pointOfAccess.isEmpty()) {
            ae.set("poa", List.of(pointOfAccess));
        }
        return ae.build();
    }

    /** Everybody may do everything with what it is for; its owner changes it. */
    static Attributes openPolicy(String owner) {
        return Attributes.builder().set("rn", "open").set("pv", Attributes.of("acr", List.of(rule("all"))))
                .set("pvs", Attributes.of("acr", List.of(rule(owner)))).build();
    }

    private static Attributes rule(String originator) {
        return Attributes.builder().set("acor", List.of(originator)).set("acop", EVERYTHING).build();
    }

    static Attributes container(String name, String policy) {
        return Attributes.builder().set("rn", name).set("acpi", List.of(policy)).build();
    }

    static Attributes instance(String content) {
        return Attributes.builder().set("cnf", "text/plain:0").set("con", content).build();
    }

    static Attributes subscription(String name, String target) {
        return Attributes.builder().set("rn", name).set("nu", List.of(target)).set("nct", 1L)
                .set("enc", Attributes.of("net", List.of(3L))).build();
    }

    static String content(Attributes instance) {
        return instance.get("con").map(Object::toString).orElse("");
    }

    /** The content of the contentInstance that a notification tells of. */
    static String notified(Attributes notification) {
        return notification.object("nev").flatMap(event -> event.object("rep")).flatMap(rep -> rep.object("m2m:cin"))
                .map(Representations::content)
                .orElseThrow(() -> new AssertionError("no contentInstance in " + notification));
    }
}
