// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.internal;

import io.lintel.demo.parts.HttpApp;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Serialization;
import java.io.PrintStream;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The main job to watch: a lamp and a meter behind the gateway, an application at the IN, and what passes between them. */
final class Narration {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    private static final long BEAT_SECONDS = 3;

    private final PrintStream out;
    private final House house;

    Narration(PrintStream out, House house) {
        this.out = out;
        this.house = house;
    }

    /** Goes on until it is interrupted. */
    void run() throws Exception {
        Check.await("the gateway is registered at the IN", this::registered);
        try (HttpApp app = new HttpApp(house.in().http(), "C");
                Lamp lamp = new Lamp(house.gateway().mqtt(), "lamp1");
                MqttAe meter = new MqttAe(house.gateway().mqtt(), "Cmeter", "mn-cse", Serialization.JSON)) {
            Attributes ae = app.create("in-name", ResourceTypes.AE, "m2m:ae", Words.ae("app", app.address()))
                    .expect(2001).attributes();
            app.originator(ae.text("aei").orElseThrow());
            Words.move(meter, "mn-name", "meter", house.gateway().mqtt(), RelayChecks.GUESTS);
            app.create("/mn-cse/mn-name/meter/data", ResourceTypes.SUBSCRIPTION, "m2m:sub",
                    Words.subscription("watch", "/in-cse/" + app.originator())).expect(2001);
            Check.await("the lamp has an AE", () -> exists(app, "/mn-cse/mn-name/tasmota-lamp1/command"));
            say("The meter is an AE behind the gateway and speaks oneM2M over MQTT; "
                    + "the lamp speaks Tasmota's topics and no oneM2M.");
            say("The application " + app.originator() + " is registered at the IN and speaks HTTP. Ctrl-C ends everything.");
            for (int beat = 0; !Thread.currentThread().isInterrupted(); beat++) {
                measure(app, meter, beat);
                command(app, lamp, beat % 2 == 0 ? "ON" : "OFF");
                TimeUnit.SECONDS.sleep(BEAT_SECONDS);
            }
        }
    }

    private void measure(HttpApp app, MqttAe meter, int beat) throws Exception {
        String value = String.format(Locale.ROOT, "%.1f", 21 + Math.sin(beat / 5.0));
        long start = System.nanoTime();
        meter.done(meter.create("mn-name/meter/data", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Words.instance(value)));
        say("meter ─MQTT→ gateway: " + value + " °C, acknowledged in " + millis(start));
        Attributes notification = app.notification();
        say("gateway ─MQTT→ IN ─HTTP→ application: " + Words.notified(notification) + " °C, " + millis(start)
                + " after it was sent");
    }

    private void command(HttpApp app, Lamp lamp, String wanted) throws Exception {
        long start = System.nanoTime();
        app.create("/mn-cse/mn-name/tasmota-lamp1/command", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Words.instance(wanted))
                .expect(2001);
        String command = lamp.command();
        say("application ─HTTP→ IN ─MQTT→ gateway ─MQTT→ lamp: " + command + " in " + millis(start));
    }

    private boolean registered() {
        try (HttpApp administrator = new HttpApp(house.in().http(), "CAdmin")) {
            return RelayChecks.remoteCses(administrator).stream().anyMatch(csr -> csr.text("csi").orElse("").equals("/mn-cse"));
        } catch (java.io.IOException e) {
            return false;
        }
    }

    private static boolean exists(HttpApp app, String address) {
        try {
            return app.get(address, "").status() == 2000;
        } catch (java.io.IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void say(String what) {
        out.println(LocalTime.now().format(TIME) + "  " + what);
    }

    private static String millis(long start) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + " ms";
    }
}
