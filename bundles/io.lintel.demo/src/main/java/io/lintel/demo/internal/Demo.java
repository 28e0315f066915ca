// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.internal;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The main job, seen working: an IN and a gateway on loopback, devices behind the gateway, applications on the IN. With
 * {@code --check} every relay path is run once; without, it goes on until it is stopped. Started by
 * {@code run-configs/demo}; the devices and applications here use stock client libraries and real sockets only.
 */
public final class Demo {
    private static final int CHECK_OFFSET = 20_000;

    private Demo() {
    }

    /** {@code Demo RUN-CONFIGS [--check]}; exit status 0 only if nothing failed. */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        List<String> options = List.of(arguments).subList(1, arguments.length);
        Path runConfigs = Path.of(arguments[0]).toAbsolutePath();
        Path homes = House.temporaryHomes();
        boolean good;
        if (options.equals(List.of("--check"))) {
            good = check(out, runConfigs, homes);
            if (good) {
                House.delete(homes);
            } else {
                out.println("The nodes' logs are in " + homes);
            }
        } else {
            good = narrate(out, runConfigs, homes);
        }
        out.flush();
        System.exit(good ? 0 : 1);
    }

    private static boolean narrate(PrintStream out, Path runConfigs, Path homes) throws Exception {
        int offset = House.freeOffset(0, 1_000);
        out.println("Starting an Infrastructure Node and a gateway …");
        House house = House.withOwnServers(runConfigs, homes, offset);
        AtomicBoolean ending = new AtomicBoolean();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            ending.set(true);
            house.close();
            try {
                House.delete(homes);
            } catch (IOException e) {
                out.println("Left behind: " + homes);
            }
        }, "demo-end"));
        out.println("Gateway:              MQTT " + house.gateway().mqtt() + "   HTTP " + house.gateway().http()
                + "   CoAP " + house.gateway().coap());
        out.println("Infrastructure Node:  MQTT " + house.in().mqtt() + "   HTTP " + house.in().http()
                + "   CoAP " + house.in().coap());
        out.println("The gateway's console: " + house.gateway().console() + "   " + house.gateway().consoleLogin());
        out.println("The node's console:    " + house.in().console() + "   " + house.in().consoleLogin());
        out.println();
        try {
            new Narration(out, house).run();
        } catch (Exception e) {
            if (!ending.get()) {
                throw e;
            }
        }
        return true;
    }

    private static boolean check(PrintStream out, Path runConfigs, Path homes) throws IOException {
        Check check = new Check(out);
        int offset = House.freeOffset(CHECK_OFFSET, 500);
        check.step("an IN and a gateway start, each with its own MQTT server", () -> {
            House house = House.withOwnServers(runConfigs, homes, offset);
            Runtime.getRuntime().addShutdownHook(new Thread(house::close, "demo-end"));
            try (house; RelayChecks relay = new RelayChecks(check, house, house.gateway().mqtt(), house.in().mqtt())) {
                relay.all("");
                new StrangerChecks(house, relay).all(check);
                new PromiseChecks(house, relay).all(check);
            }
            return "and end";
        });
        check.step("the whole relay with a stock Mosquitto as independent MQTT server", () -> {
            Path second = homes.resolve("independent");
            int port = 1883 + offset + 5_000;
            try (Programs.Mosquitto mosquitto = Programs.Mosquitto.start(second, port);
                    House house = House.withIndependentServer(runConfigs, second, offset, mosquitto.uri());
                    RelayChecks relay = new RelayChecks(check, house, mosquitto.uri(), mosquitto.uri())) {
                Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                    house.close();
                    mosquitto.close();
                }, "demo-end"));
                relay.all("independent server: ");
            }
            return "all of it";
        });
        return check.close();
    }
}
