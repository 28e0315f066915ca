// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.lang.annotation.Annotation;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host between a real Mosquitto, where the devices are, and a CSE. */
class AdapterHostTest {
    private static final Path MOSQUITTO = Path.of("/usr/sbin/mosquitto");

    @TempDir
    Path directory;
    private Process mosquitto;
    private String server;
    private MqttClient device;
    private AdapterHost host;
    private final TreeCse cse = new TreeCse();

    @BeforeEach
    void aServerAndADevice() throws Exception {
        assertThat(MOSQUITTO).as("this test needs Debian's package mosquitto").exists();
        int port;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
        Path configuration = Files.writeString(directory.resolve("mosquitto.conf"),
                "listener " + port + " 127.0.0.1\nallow_anonymous true\n");
        mosquitto = new ProcessBuilder(MOSQUITTO.toString(), "-c", configuration.toString()).redirectErrorStream(true)
                .redirectOutput(directory.resolve("mosquitto.log").toFile()).start();
        await("Mosquitto listens", () -> {
            try (Socket probe = new Socket()) {
                probe.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
                return true;
            } catch (java.io.IOException e) {
                return false;
            }
        });
        server = "mqtt://127.0.0.1:" + port;
        device = new MqttClient("tcp://127.0.0.1:" + port, "device", new MemoryPersistence());
        device.connect();
        host = host(cse);
    }

    @AfterEach
    void end() throws Exception {
        host.deactivate();
        device.disconnectForcibly(0, 100);
        device.close();
        mosquitto.destroy();
        mosquitto.waitFor(5, TimeUnit.SECONDS);
    }

    private AdapterHost host(Cse cse) throws InterruptedException {
        AdapterHost made = new AdapterHost(configuration(server), "test", new OwnServer(false, 0, Path.of("")));
        made.addAdapter(new TasmotaAdapter());
        made.setCse(cse);
        await("the host is connected", made::isOpen);
        return made;
    }

    private void say(String topic, String payload) throws Exception {
        device.publish(topic, payload.getBytes(StandardCharsets.UTF_8), 1, false);
    }

    /** Publishes until the first instance shows that the host has subscribed. */
    private void deviceIsSeen() throws Exception {
        say("tele/lamp/LWT", "Online");
        await("the device is registered", () -> {
            try {
                if (!cse.has("Ctasmota-lamp/availability/la")) {
                    say("tele/lamp/LWT", "Online");
                }
                return cse.has("Ctasmota-lamp/availability/la");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    void aListInAFileIsOneTextWithCommas() {
        assertThat(AdapterHost.list(new String[] {"/in-cse/*, CApp", ""})).containsExactly("/in-cse/*", "CApp");
    }

    @Test
    void aDeviceAppearsAsAnAeWithContainersAndASubscription() throws Exception {
        deviceIsSeen();
        assertThat(cse.resource("Ctasmota-lamp").texts("poa")).containsExactly("adapter://tasmota/lamp");
        assertThat(cse.has("Ctasmota-lamp/command/toDevice")).isTrue();
        assertThat(cse.resource("Ctasmota-lamp/access").object("pv").orElseThrow().objects("acr"))
                .anySatisfy(rule -> assertThat(rule.texts("acor")).containsExactly("/in-cse/*"));
    }

    @Test
    void measurementsAreStoredEachAndStatesOnlyWhenTheyChange() throws Exception {
        deviceIsSeen();
        say("tele/lamp/SENSOR", "{\"T\":1}");
        say("tele/lamp/SENSOR", "{\"T\":1}");
        say("stat/lamp/POWER", "ON");
        say("stat/lamp/POWER", "ON");
        say("stat/lamp/POWER", "OFF");
        await("all is stored", () -> cse.instances().contains("Ctasmota-lamp/power OFF"));
        assertThat(cse.instances()).containsSubsequence("Ctasmota-lamp/sensor {\"T\":1}", "Ctasmota-lamp/sensor {\"T\":1}",
                "Ctasmota-lamp/power ON", "Ctasmota-lamp/power OFF");
        assertThat(cse.instances()).filteredOn("Ctasmota-lamp/power ON"::equals).hasSize(1);
    }

    @Test
    void whatIsSaidWhileTheCseIsAwayIsStoredInOrderWhenItIsBack() throws Exception {
        deviceIsSeen();
        host.unsetCse(cse);
        for (int i = 0; i < 10; i++) {
            say("tele/lamp/SENSOR", "{\"n\":" + i + "}");
        }
        cse.busy(2);
        host.setCse(cse);
        await("all is stored", () -> cse.instances().contains("Ctasmota-lamp/sensor {\"n\":9}"));
        assertThat(cse.instances().stream().filter(instance -> instance.contains("\"n\"")).toList())
                .containsExactlyElementsOf(java.util.stream.IntStream.range(0, 10)
                        .mapToObj(n -> "Ctasmota-lamp/sensor {\"n\":" + n + "}").toList());
    }

    @Test
    void whatIsSaidWhileTheBundleIsReplacedIsNotLost() throws Exception {
        deviceIsSeen();
        host.deactivate();
        say("tele/lamp/SENSOR", "{\"n\":1}");
        say("tele/lamp/SENSOR", "{\"n\":2}");
        host = host(cse);
        await("all is stored", () -> cse.instances().contains("Ctasmota-lamp/sensor {\"n\":2}"));
        assertThat(cse.instances()).containsOnlyOnce("Ctasmota-lamp/sensor {\"n\":1}", "Ctasmota-lamp/sensor {\"n\":2}");
    }

    @Test
    void whatWasStoredAndNotAcknowledgedIsNotStoredAgain() throws Exception {
        deviceIsSeen();
        say("tele/lamp/SENSOR", "{\"n\":0}");
        await("the first reading is stored", () -> cse.instances().contains("Ctasmota-lamp/sensor {\"n\":0}"));
        cse.silent(true);
        say("tele/lamp/SENSOR", "{\"n\":1}");
        say("tele/lamp/SENSOR", "{\"n\":2}");
        await("the second reading is stored", () -> cse.instances().contains("Ctasmota-lamp/sensor {\"n\":1}"));
        host.deactivate();
        cse.silent(false);
        host = host(cse);
        await("the third reading is stored", () -> cse.instances().contains("Ctasmota-lamp/sensor {\"n\":2}"));
        say("tele/lamp/SENSOR", "{\"n\":2}");
        say("tele/lamp/SENSOR", "{\"n\":3}");
        await("the last reading is stored", () -> cse.instances().contains("Ctasmota-lamp/sensor {\"n\":3}"));
        assertThat(cse.instances().stream().filter(instance -> instance.contains("\"n\""))
                .map(instance -> instance.replaceAll("\\D", "")))
                .containsExactly("0", "1", "2", "2", "3");
    }

    @Test
    void aDeviceThatWasRemovedFromTheCseIsRegisteredAgain() throws Exception {
        deviceIsSeen();
        cse.forgetEverything();
        say("tele/lamp/SENSOR", "{\"n\":3}");
        await("the reading is stored", () -> cse.instances().contains("Ctasmota-lamp/sensor {\"n\":3}"));
        assertThat(cse.has("Ctasmota-lamp/command/toDevice")).isTrue();
    }

    @Test
    void aDeviceThatTheCseRefusesHoldsNoOtherUp() throws Exception {
        deviceIsSeen();
        say("tele/stranger/LWT", "Online");
        await("the device is refused", () -> cse.refusals() > 0);
        say("tele/lamp/SENSOR", "{\"n\":1}");
        await("the other's reading is stored", () -> cse.instances().contains("Ctasmota-lamp/sensor {\"n\":1}"));
        host.deactivate();
        host = host(cse);
        say("tele/lamp/SENSOR", "{\"n\":2}");
        await("the next reading is stored", () -> cse.instances().contains("Ctasmota-lamp/sensor {\"n\":2}"));
        assertThat(cse.refusals()).as("the refused message is dealt with, and does not come again").isEqualTo(1);
    }

    @Test
    void whatADeviceSaysShowsInFlexContainers() throws Exception {
        deviceIsSeen();
        say("tele/lamp/STATE", "{\"POWER\":\"ON\",\"Dimmer\":40}");
        say("tele/lamp/SENSOR", "{\"Temperature\":21.5,\"TempUnit\":\"C\",\"AM2301\":{\"Humidity\":40}}");
        await("all is there", () -> cse.has("Ctasmota-lamp/relHy-AM2301"));
        Attributes relay = cse.resource("Ctasmota-lamp/binSh");
        assertThat(relay.text("cnd")).contains("org.onem2m.common.moduleclass.binarySwitch");
        assertThat(relay.flag("state")).contains(true);
        assertThat(cse.resource("Ctasmota-lamp/brigs").number("brigs")).contains(40L);
        assertThat(cse.resource("Ctasmota-lamp/tempe").get("curT0")).contains(21.5);
        assertThat(cse.resource("Ctasmota-lamp/tempe").number("unit")).contains(1L);
        assertThat(cse.resource("Ctasmota-lamp/relHy-AM2301").get("relHy")).contains(40.0);
        assertThat(cse.resource("Ctasmota-lamp/binSh/toDevice").texts("nu")).containsExactly("Ctasmota-lamp");
        assertThat(cse.has("Ctasmota-lamp/tempe/toDevice")).as("nobody sets a measurement").isFalse();
        say("stat/lamp/POWER", "OFF");
        await("it follows", () -> cse.resource("Ctasmota-lamp/binSh").flag("state").equals(Optional.of(false)));
        long changes = cse.resource("Ctasmota-lamp/binSh").number("st").orElse(0L);
        say("stat/lamp/POWER", "OFF");
        say("tele/lamp/SENSOR", "{\"n\":7}");
        await("that was read", () -> cse.instances().contains("Ctasmota-lamp/sensor {\"n\":7}"));
        assertThat(cse.resource("Ctasmota-lamp/binSh").number("st")).as("nothing new").contains(changes);
    }

    @Test
    void aChangeOfAFlexContainerReachesTheDeviceAndItsOwnWordDoesNotComeBackToIt() throws Exception {
        BlockingQueue<String> commands = new LinkedBlockingQueue<>();
        device.subscribe("cmnd/lamp/#", 1, (topic, message) ->
                commands.add(topic + " " + new String(message.getPayload(), StandardCharsets.UTF_8)));
        deviceIsSeen();
        say("stat/lamp/POWER", "OFF");
        await("the relay is there", () -> cse.has("Ctasmota-lamp/binSh"));
        say("stat/lamp/POWER", "ON");
        await("it is on", () -> cse.resource("Ctasmota-lamp/binSh").flag("state").equals(Optional.of(true)));
        Attributes own = cse.resource("Ctasmota-lamp/binSh");
        assertThat(changed("cod:binSh", own).statusCode()).isEqualTo(2000);
        Attributes byAnApplication = own.toBuilder().set("state", false).set("st", own.number("st").orElse(0L) + 1).build();
        assertThat(changed("cod:binSh", byAnApplication).statusCode()).isEqualTo(2000);
        assertThat(commands.poll(10, TimeUnit.SECONDS)).isEqualTo("cmnd/lamp/POWER OFF");
        assertThat(commands).as("and nothing else").isEmpty();
        say("stat/lamp/POWER", "ON");
        await("what the device says after a command is written, though it is what it said before it", () ->
                cse.resource("Ctasmota-lamp/binSh").number("st").orElse(0L) > own.number("st").orElse(0L));
        assertThat(changed("cod:brigs", Attributes.builder().set("rn", "brigs").set("cnd", "x").set("brigs", 30).set("st", 9L)
                .build()).statusCode()).isEqualTo(2000);
        assertThat(commands.poll(10, TimeUnit.SECONDS)).isEqualTo("cmnd/lamp/Dimmer 30");
    }

    @Test
    void aChangeThatTheDeviceCanNotFollowIsRefusedAndTakenBack() throws Exception {
        deviceIsSeen();
        say("tele/lamp/STATE", "{\"Dimmer\":40}");
        await("the dimmer is there", () -> cse.has("Ctasmota-lamp/brigs"));
        ResponsePrimitive refused = changed("cod:brigs", Attributes.builder().set("rn", "brigs").set("cnd", "x").set("brigs", 400)
                .set("st", 9L).build());
        assertThat(refused.statusCode()).isEqualTo(4000);
        await("the refusal is stored", () -> cse.instances().stream()
                .anyMatch(instance -> instance.startsWith("Ctasmota-lamp/refused")));
        await("the dimmer shows what it was", () -> cse.resource("Ctasmota-lamp/brigs").number("st").equals(Optional.of(1L)));
        assertThat(cse.resource("Ctasmota-lamp/brigs").number("brigs")).contains(40L);
    }

    private ResponsePrimitive changed(String element, Attributes representation) throws Exception {
        Attributes notification = Attributes.builder().set("sur", "/mn-cse/x").set("nev", Attributes.builder().set("net", 1)
                .set("rep", Attributes.of(element, representation)).build()).build();
        RequestPrimitive notify = RequestPrimitive.builder(Operation.NOTIFY, "Ctasmota-lamp").from("/mn-cse")
                .requestIdentifier("n2").content(new Content("m2m:sgn", notification)).build();
        return host.send(new OutboundRequest(notify, URI.create("adapter://tasmota/lamp"), Optional.of("/mn-cse/Ctasmota-lamp"),
                Optional.empty(), Instant.now().plusSeconds(10))).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void aCommandReachesTheDevice() throws Exception {
        BlockingQueue<String> commands = new LinkedBlockingQueue<>();
        device.subscribe("cmnd/lamp/#", 1, (topic, message) ->
                commands.add(topic + " " + new String(message.getPayload(), StandardCharsets.UTF_8)));
        assertThat(send("ON").statusCode()).isEqualTo(2000);
        assertThat(commands.poll(10, TimeUnit.SECONDS)).isEqualTo("cmnd/lamp/POWER ON");
    }

    @Test
    void aCommandThatTheDeviceDoesNotKnowIsRefusedAndKeptAsSuch() throws Exception {
        deviceIsSeen();
        ResponsePrimitive response = send("dance");
        assertThat(response.statusCode()).isEqualTo(4000);
        await("the refusal is stored", () -> cse.instances().stream()
                .anyMatch(instance -> instance.startsWith("Ctasmota-lamp/refused")));
    }

    private ResponsePrimitive send(String command) throws Exception {
        Attributes notification =
                Attributes.of("nev", Attributes.of("rep", Attributes.of("m2m:cin", Attributes.of("con", command))));
        RequestPrimitive notify = RequestPrimitive.builder(Operation.NOTIFY, "Ctasmota-lamp").from("/mn-cse")
                .requestIdentifier("n1").content(new Content("m2m:sgn", notification)).build();
        return host.send(new OutboundRequest(notify, URI.create("adapter://tasmota/lamp"), Optional.of("/mn-cse/Ctasmota-lamp"),
                Optional.empty(), Instant.now().plusSeconds(10))).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waited in vain until " + what).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static AdapterHost.Config configuration(String server) {
        return new AdapterHost.Config() {
            @Override
            public Class<? extends Annotation> annotationType() {
                return AdapterHost.Config.class;
            }

            @Override
            public boolean enabled() {
                return true;
            }

            @Override
            public String server() {
                return server;
            }

            @Override
            public String clientId() {
                return "";
            }

            @Override
            public String user() {
                return "";
            }

            @Override
            public String password() {
                return "";
            }

            @Override
            public String[] readers() {
                return new String[] {"/in-cse/*"};
            }

            @Override
            public String[] operators() {
                return new String[0];
            }

            @Override
            public int maxNrOfInstances() {
                return 100;
            }
        };
    }
}
