// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.internal.outbound.OutboundSettings;
import io.lintel.mqtt.internal.MqttParts;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponseStatusCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The IN's MQTT server (Mosquitto) is away for days of a moved clock and under load, and the gateway crashes meanwhile:
 * afterwards every request and every notification that was accepted is there, once, in order, and every result; what
 * expired was not executed, and its originator knows.
 */
class OutageTest {
    private static final String CLOUD = "/in-cse/in-name/cloud";
    private static final int ASYNCH = 2;
    private static final int NO_RESPONSE = 5;

    @TempDir
    private Path broker;
    @TempDir
    private Path gatewaysDisk;
    @TempDir
    private Path infrastructuresDisk;
    private final MovableClock clock = new MovableClock();
    private MqttParts.Server server;
    private ConnectedCse infrastructure;
    private ConnectedCse gateway;
    private final List<String> accepted = new ArrayList<>();
    private final List<String> promised = new ArrayList<>();
    private final List<String> notified = new ArrayList<>();
    private int requests;

    @BeforeEach
    void aGatewayThatIsRegistered() {
        OutboundSettings numbers = WholeCse.NUMBERS.withNotificationLife(Duration.ofDays(7));
        server = new MqttParts.Server(broker);
        infrastructure = new ConnectedCse(infrastructuresDisk, server, made -> WholeCse.infrastructure(made.network,
                made.store(), clock));
        gateway = new ConnectedCse(gatewaysDisk, server, made -> WholeCse.gateway(made.network, "mn", server.authority(),
                server.authority(), made.store(), clock, numbers));
        gateway.cse.awaitRegistered();
        gateway.network.answer("meter", ResponseStatusCode.OK);
        infrastructure.network.answer("app", ResponseStatusCode.OK);
        gateway.cse.ae("Cmeter", "http://meter");
        infrastructure.cse.ae("Capp", "http://app");
        open(infrastructure.cse, "in-name");
        open(gateway.cse, "mn-name");
        infrastructure.cse.create("in-name", "CAdmin", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.builder()
                .set("rn", "cloud").set("acpi", List.of("in-name/open")).build());
        gateway.cse.create("mn-name", "CAdmin", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.builder().set("rn", "data")
                .set("acpi", List.of("mn-name/open")).build());
        Attributes created = Attributes.of("net", List.of(3));
        RequestPrimitive watch = RequestPrimitive.builder(Operation.CREATE, "/mn-cse/mn-name/data").from("Capp")
                .requestIdentifier("watch").set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a")
                .resourceType(ResourceTypes.SUBSCRIPTION).content(new Content("m2m:sub", Attributes.builder().set("rn", "watch")
                        .set("nu", List.of("/in-cse/Capp")).set("enc", created).build())).build();
        assertThat(infrastructure.handle(watch, Hop.plain(Binding.HTTP, "127.0.0.1", true)).toCompletableFuture().join()
                .statusCode()).isEqualTo(2001);
    }

    private static void open(WholeCse cse, String base) {
        Attributes rules = Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of("all")).set("acop", 63)
                .build()));
        cse.create(base, "CAdmin", ResourceTypes.ACCESS_CONTROL_POLICY, "m2m:acp", Attributes.builder().set("rn", "open")
                .set("pv", rules).set("pvs", rules).build());
    }

    @AfterEach
    void end() {
        gateway.close();
        infrastructure.close();
        server.close();
    }

    private RequestPrimitive.Builder reading(String to, int responseType) {
        String identifier = "m" + ++requests;
        return RequestPrimitive.builder(Operation.CREATE, to).from("Cmeter").requestIdentifier(identifier)
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").resourceType(ResourceTypes.CONTENT_INSTANCE)
                .set(RequestParameter.RESPONSE_TYPE, Attributes.of("rtv", responseType))
                .content(new Content("m2m:cin", Attributes.of("con", identifier)));
    }

    private int send(RequestPrimitive request) {
        return gateway.handle(request, Hop.plain(Binding.HTTP, "127.0.0.1", true)).toCompletableFuture().join().statusCode();
    }

    /** So many requests for the IN, every other one without a response, and as many events that an AE there wants to know. */
    private void load(int count) {
        for (int i = 0; i < count; i++) {
            RequestPrimitive request = reading(CLOUD, i % 2 == 0 ? ASYNCH : NO_RESPONSE).build();
            assertThat(send(request)).isEqualTo(i % 2 == 0 ? 1002 : 1000);
            accepted.add(request.requestIdentifier());
            if (i % 2 == 0) {
                promised.add(request.requestIdentifier() + " 2001");
            }
            RequestPrimitive event = reading("mn-name/data", 3).build();
            assertThat(send(event)).isEqualTo(2001);
            notified.add(event.requestIdentifier());
        }
    }

    private List<String> cloud() {
        String container = infrastructure.store().child("base", "cloud").orElseThrow().id();
        return infrastructure.store().children(container, ResourceTypes.CONTENT_INSTANCE, "", 10_000).stream()
                .map(instance -> instance.text("con").orElse("?")).toList();
    }

    /** What an AE was sent, without repetitions of one request. */
    private static List<Attributes> got(ConnectedCse registrar, String ae) {
        return new LinkedHashSet<>(registrar.network.requestsTo(ae)).stream().map(notify -> notify.content().orElseThrow()
                .attributes()).toList();
    }

    private List<String> results() {
        return got(gateway, "meter").stream().map(rsp -> rsp.text("rqi").orElse("?") + " " + rsp.number("rsc").orElse(0L))
                .toList();
    }

    private List<String> events() {
        return got(infrastructure, "app").stream().flatMap(sgn -> sgn.object("nev").stream()).map(nev -> nev.object("rep")
                .flatMap(rep -> rep.object("m2m:cin")).flatMap(cin -> cin.text("con")).orElse("?")).toList();
    }

    private void await(BooleanSupplier condition, String what) {
        gateway.network.await(condition, () -> what + "; of " + accepted.size() + " requests " + cloud().size() + ", of "
                + promised.size() + " results " + results().size() + ", of " + notified.size() + " events " + events().size()
                + "; " + gateway.cse.outbound.registrarDoor().orElseThrow().detail() + "; "
                + gateway.cse.outbound.administration().targets() + gateway.cse.outbound.counters()
                + infrastructure.cse.outbound.administration().targets(), 60);
    }

    @Test
    @Tag("MQ-01") @Tag("MQ-02") @Tag("MQ-08") @Tag("MQ-29")
    void everythingIsThereOnceAndInOrderAfterDays() {
        load(20);
        server.stop();
        load(20);
        clock.pass(Duration.ofDays(1));
        gateway.crash();
        gateway.boot();
        RequestPrimitive late = reading(CLOUD, ASYNCH).set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, "3600000").build();
        assertThat(send(late)).isEqualTo(1002);
        assertThat(send(reading(CLOUD, 3).build())).as("a blocking request is told").isIn(5103, 4008);
        load(20);
        clock.pass(Duration.ofDays(2));
        await(() -> results().contains(late.requestIdentifier() + " 4008"), "its originator knows at once");
        load(10);
        server.start();
        load(10);
        await(() -> cloud().size() >= accepted.size(), "all of the requests are in the cloud");
        await(() -> results().size() > promised.size(), "all results are there");
        await(() -> events().size() >= notified.size(), "all events are there");
        await(() -> gateway.store().outboundTargets().isEmpty(), "nothing waits any more");
        assertThat(cloud()).isEqualTo(accepted);
        assertThat(results()).containsExactlyInAnyOrderElementsOf(and(promised, late.requestIdentifier() + " 4008"));
        assertThat(results().stream().filter(result -> result.endsWith(" 2001")).toList()).isEqualTo(promised);
        assertThat(events()).isEqualTo(notified);
    }

    private static List<String> and(List<String> some, String more) {
        List<String> all = new ArrayList<>(some);
        all.add(more);
        return all;
    }
}
