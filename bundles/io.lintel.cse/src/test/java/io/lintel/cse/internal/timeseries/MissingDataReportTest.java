// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.timeseries;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.InMemoryResourceStore;
import io.lintel.cse.internal.WholeCse;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is told of missing data, when, and of which (TS-0001 9.6.8, event 8). */
class MissingDataReportTest {
    private static final String DATA = "in-name/data";
    private static final String FROM = "CAdmin";

    private final OutboundNetwork network = new OutboundNetwork();
    private final CseDriver.TestClock clock = new CseDriver.TestClock();
    private final InMemoryResourceStore store = new InMemoryResourceStore(10_000);
    private final WholeCse cse = WholeCse.infrastructure(network, store, clock);

    @BeforeEach
    void aWatchedSeriesAndAListener() {
        network.answer("hook", ResponseStatusCode.OK);
        cse.create("in-name", FROM, 29, "m2m:ts", Attributes.builder().set("rn", "data").set("pei", 10_000).set("peid", 1000)
                .set("mdt", 5000).set("mdd", true).build());
    }

    @AfterEach
    void close() {
        cse.crash();
        store.close();
    }

    private static Attributes missingData(int number, Object duration) {
        return Attributes.of("md", Attributes.builder().set("num", number).set("dur", duration).build());
    }

    private ResponsePrimitive subscribe(String to, Attributes.Builder subscription) {
        return cse.ask(Operation.CREATE, to, FROM, Optional.of(23), new Content("m2m:sub",
                subscription.set("rn", "sub").set("nu", List.of("http://hook/in")).build()));
    }

    private void subscribed(int number, Object duration) {
        ResponsePrimitive made = subscribe(DATA, Attributes.builder().set("enc",
                missingData(number, duration).toBuilder().set("net", List.of(8)).build()));
        assertThat(made.statusCode()).as(made.toString()).isEqualTo(2001);
        assertThat(made.content().orElseThrow().attributes().number("nct")).contains(5L);
    }

    private void refused(int status, String to, Attributes.Builder subscription) {
        assertThat(subscribe(to, subscription).statusCode()).isEqualTo(status);
    }

    private String second(int second) {
        return Timestamps.format(Instant.parse("2026-01-02T03:04:05Z").plusSeconds(second));
    }

    private void put(int second) {
        cse.create(DATA, FROM, 30, "m2m:tsi", Attributes.builder().set("dgt", second(second)).set("con", "1").build());
    }

    private void pass(int seconds) {
        clock.pass(Duration.ofSeconds(seconds));
        cse.core.watchContent();
        store.writeNow(writer -> true);
    }

    private List<Attributes> told(int count) {
        return network.awaitRequests("hook", count).stream().map(request -> request.content().orElseThrow().attributes())
                .toList();
    }

    private static Attributes points(Attributes notification) {
        return notification.object("nev").orElseThrow().object("rep").orElseThrow().object("m2m:tsn").orElseThrow();
    }

    @Test
    void fromTheFirstOnIfOneIsEnough() {
        subscribed(1, "PT1H");
        put(0);
        pass(15);
        Attributes first = told(1).get(0);
        assertThat(first.text("sur")).contains("/in-cse/in-name/data/sub");
        assertThat(first.object("nev").orElseThrow().number("net")).contains(8L);
        assertThat(points(first)).isEqualTo(Attributes.builder().set("mdlt", List.of(second(10))).set("mdc", 1).build());
        pass(10);
        assertThat(points(told(2).get(1)).texts("mdlt")).containsExactly(second(10), second(20));
    }

    @Test
    void notBeforeThereAreEnoughInTheWindow() {
        subscribed(3, "PT100S");
        put(0);
        pass(15);
        pass(10);
        assertThat(network.sentTo("hook")).isEmpty();
        pass(10);
        assertThat(points(told(1).get(0)).texts("mdlt")).containsExactly(second(10), second(20), second(30));
        pass(10);
        assertThat(points(told(2).get(1)).number("mdc")).contains(4L);
    }

    @Test
    void anotherWindowCountsAnew() {
        subscribed(2, "PT15S");
        put(0);
        pass(15);
        put(20);
        put(30);
        pass(30);
        assertThat(network.sentTo("hook")).as("40 is in another window than 10").isEmpty();
        pass(10);
        assertThat(points(told(1).get(0)).texts("mdlt")).containsExactly(second(40), second(50));
    }

    @Test
    void theWindowOutlivesARestart() {
        subscribed(2, "PT100S");
        put(0);
        pass(15);
        cse.crash();
        cse.boot();
        pass(10);
        assertThat(points(told(1).get(0)).texts("mdlt")).containsExactly(second(10), second(20));
    }

    @Test
    void whatIsSeenInOneStepIsToldAtOnce() {
        subscribed(1, 100);
        put(0);
        pass(45);
        assertThat(points(told(1).get(0)).texts("mdlt")).hasSize(4);
        assertThat(network.sentTo("hook")).hasSize(1);
    }

    @Test
    void oneThatIsGoneIsForgotten() {
        subscribed(5, "PT100S");
        put(0);
        pass(15);
        long resources = store.resourceCount();
        assertThat(cse.ask(Operation.DELETE, DATA + "/sub", FROM, Optional.empty(), null).statusCode()).isEqualTo(2002);
        assertThat(store.resourceCount()).as("the subscription and its window").isEqualTo(resources - 2);
    }

    @Test
    void whatCannotBeReportedIsRefused() {
        cse.create("in-name", FROM, 3, "m2m:cnt", Attributes.of("rn", "cnt"));
        Attributes net = Attributes.of("net", List.of(8));
        refused(4000, "in-name/cnt", Attributes.builder().set("enc", missingData(1, "PT1S")));
        refused(4000, DATA, Attributes.builder().set("enc", net));
        refused(4000, DATA, Attributes.builder().set("enc", missingData(0, "PT1S")));
        refused(4000, DATA, Attributes.builder().set("enc", missingData(1, "PT0S")));
        refused(4000, DATA, Attributes.builder().set("enc", missingData(1, "PT1S")).set("nct", 1));
        refused(4000, DATA, Attributes.builder().set("enc", Attributes.of("net", List.of(1))).set("nct", 5));
        assertThat(subscribe(DATA, Attributes.builder().set("enc", missingData(1, "P1DT1S"))).statusCode()).isEqualTo(2001);
    }
}
