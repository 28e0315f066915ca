// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Which rule of MQTT 3.1.1 a test shows, and where the two servers differ in it. The table in
 * {@code docs/mqtt-server-conformance.md} is made of these ({@link ConformanceTableTest}), so it cannot say what is not
 * tested.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface Checks {

    /** The rule in a few words. */
    String value();

    /** Its normative statements without "MQTT-" in front, or sections of the standard. */
    String[] statements() default {};

    /** What Lintel does where the standard leaves a choice; empty if there is none. */
    String lintel() default "";

    /** How Mosquitto 2.0.11 differs and why; the test asserts just that. Empty if it behaves as Lintel does. */
    String mosquitto() default "";
}
