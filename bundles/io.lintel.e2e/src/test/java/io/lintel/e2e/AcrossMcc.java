// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.demo.parts.HttpApp;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Serialization;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Mcc: what applications at a CSE and at its registrar do with each other, in every configuration with two CSEs. Which
 * binding the applications and the CSEs speak is the configuration's affair.
 */
interface AcrossMcc {
    /** The CSE that registers, an ASN or MN. */
    Registrar lower();

    /** Its registrar. */
    Registrar upper();

    /** A new application at the lower CSE; it speaks this serialisation if it speaks MQTT. */
    Application below(Serialization serialization) throws Exception;

    /** A new application at the registrar. */
    Application above() throws Exception;

    @Test
    @Tag("MQ-08")
    default void theLowerCseIsRegisteredAtTheUpper() throws Exception {
        assertThat(upper().remoteCses()).anySatisfy(csr -> {
            assertThat(csr.text("csi")).contains("/" + lower().cse());
            assertThat(csr.text("cb").orElse("")).endsWith("/" + lower().cse() + "/" + lower().base());
        });
        assertThat(lower().remoteCses()).anySatisfy(csr -> assertThat(csr.text("csi")).contains("/" + upper().cse()));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Serialization.class)
    @Tag("MQ-08")
    @Tag("MQ-25")
    default void requestsGoUpAndTheirResponsesComeBack(Serialization serialization) throws Exception {
        try (Application below = below(serialization); Application above = above()) {
            below.say(above.data(), "from below in " + serialization);
            assertThat(above.latest(above.data())).isEqualTo("from below in " + serialization);
            assertThat(below.latest(above.data())).isEqualTo("from below in " + serialization);
            below.retrieve("/" + upper().cse() + "/" + upper().base() + "/nothing").expect(4004);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Serialization.class)
    @Tag("MQ-08")
    default void requestsGoDownAndTheirResponsesComeBack(Serialization serialization) throws Exception {
        try (Application below = below(serialization); Application above = above()) {
            above.say(below.data(), "from above");
            assertThat(below.latest(below.path() + "/data")).isEqualTo("from above");
            below.say(below.path() + "/data", "measured in " + serialization);
            assertThat(above.latest(below.data())).isEqualTo("measured in " + serialization);
            above.retrieve("/" + lower().cse() + "/" + lower().base() + "/nothing").expect(4004);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(Serialization.class)
    @Tag("MQ-08")
    default void notificationsCrossInBothDirections(Serialization serialization) throws Exception {
        try (Application below = below(serialization); Application above = above()) {
            above.watch(below.data(), "from-above");
            below.watch(above.data(), "from-below");
            for (int i = 0; i < 3; i++) {
                below.say(below.path() + "/data", "upwards " + i);
                above.say(above.path() + "/data", "downwards " + i);
                assertThat(above.notified()).isEqualTo("upwards " + i);
                assertThat(below.notified()).isEqualTo("downwards " + i);
            }
        }
    }

    @Test
    @Tag("MQ-08")
    default void whatIsAnnouncedFollowsItsOriginalInBothDirections() throws Exception {
        for (Registrar home : List.of(lower(), upper())) {
            Registrar other = home == lower() ? upper() : lower();
            try (HttpApp here = new HttpApp(home.node().http(), "CAdmin");
                    HttpApp there = new HttpApp(other.node().http(), "CAdmin")) {
                String original = home.base() + "/announced";
                Attributes made = here.create(home.base(), ResourceTypes.CONTAINER, "m2m:cnt", Attributes.builder()
                        .set("rn", "announced").set("lbl", List.of("first")).set("mni", 5).set("mbs", 1000)
                        .set("at", List.of("/" + other.cse())).set("aa", List.of("mni")).build()).expect(2001).attributes();
                String announced = made.texts("at").get(0);
                assertThat(announced).startsWith("/" + other.cse() + "/");
                Attributes found = there.get(announced, "").expect(2000).attributes();
                assertThat(found.names()).contains("lnk", "lbl", "mni").doesNotContain("mbs", "cni", "at", "aa");
                assertThat(found.text("lnk")).contains("/" + home.cse() + "/" + made.text("ri").orElseThrow());
                here.update(original, "m2m:cnt", Attributes.builder().set("lbl", List.of("second")).set("mni", Attributes.NULL)
                        .build()).expect(2004);
                Waiting.until("the announced resource is changed like its original", () -> {
                    Attributes now = there.get(announced, "").expect(2000).attributes();
                    return now.texts("lbl").equals(List.of("second")) && !now.has("mni");
                });
                here.delete(original).expect(2002);
                Waiting.until("the announced resource goes with its original", () -> there.get(announced, "").status() == 4004);
            }
        }
    }
}
