// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.InMemoryResourceStore;
import io.lintel.cse.internal.MovableClock;
import io.lintel.cse.internal.WholeCse;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Schedule;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code <schedule>}: what it must be, and whom it makes reachable when (TS-0001 9.6.9, TS-0004 7.4.9). */
class ScheduleTest {
    private static final String ALWAYS = "* * * * * * *";

    private final OutboundNetwork network = new OutboundNetwork();
    private final MovableClock clock = new MovableClock();
    private final WholeCse cse = WholeCse.infrastructure(network, new InMemoryResourceStore(10_000), clock);

    @AfterEach
    void end() {
        cse.crash();
    }

    private ResponsePrimitive create(String to, String from, Attributes schedule) {
        return cse.ask(Operation.CREATE, to, from, Optional.of(ResourceTypes.SCHEDULE), new Content("m2m:sch", schedule));
    }

    private static Attributes sch(String name, String... entries) {
        return Attributes.builder().set("rn", name).set("se", Attributes.of("sce", List.of(entries))).build();
    }

    private void created(String to, String from, Attributes schedule) {
        ResponsePrimitive response = create(to, from, schedule);
        assertThat(response.statusCode()).as(response.toString()).isEqualTo(2001);
    }

    /** Open during an hour that begins after so many. */
    private String inHours(int hours) {
        return "* * " + clock.instant().atZone(ZoneOffset.UTC).plusHours(hours).getHour() + " * * * *";
    }

    private void passToTheHourIn(int hours) {
        clock.pass(Duration.between(clock.instant(), clock.instant().truncatedTo(ChronoUnit.HOURS)
                .plus(Duration.ofHours(hours)).plusSeconds(5)));
    }

    private void update(String to, String from, String member, Attributes changes) {
        ResponsePrimitive response = cse.ask(Operation.UPDATE, to, from, Optional.empty(), new Content(member, changes));
        assertThat(response.statusCode()).as(response.toString()).isEqualTo(2004);
    }

    private void delete(String to, String from) {
        assertThat(cse.ask(Operation.DELETE, to, from, Optional.empty(), null).statusCode()).isEqualTo(2002);
    }

    @Test
    void itsWholeRepresentation() {
        created("in-name", "CAdmin", sch("sleep", "* 0-14 8-18 * * 1-5 *", "0 0 0 1 1 *"));
        Attributes found = cse.ask(Operation.RETRIEVE, "in-name/sleep", "CAdmin", Optional.empty(), null).content().orElseThrow()
                .attributes();
        assertThat(found.names()).containsExactlyInAnyOrder("rn", "ty", "ri", "pi", "ct", "lt", "et", "se");
        assertThat(found.number("ty")).contains(18L);
        assertThat(found.text("pi")).contains("base");
        assertThat(found.object("se")).contains(Attributes.of("sce", List.of("* 0-14 8-18 * * 1-5 *", "0 0 0 1 1 *")));
    }

    @Test
    void whatIsNoScheduleIsRefused() {
        assertThat(create("in-name", "CAdmin", Attributes.of("rn", "x")).statusCode()).as("se is mandatory").isEqualTo(4000);
        assertThat(create("in-name", "CAdmin", Attributes.of("se", Attributes.empty())).statusCode()).isEqualTo(4000);
        assertThat(create("in-name", "CAdmin", sch("x")).statusCode()).as("no entry").isEqualTo(4000);
        for (String entry : List.of("* * * * *", "60 * * * * * *", "* * 8-25 * * * *", "* * * * * * * *", "x * * * * * *")) {
            assertThat(create("in-name", "CAdmin", sch("x", entry)).statusCode()).as(entry).isEqualTo(4000);
        }
        assertThat(create("in-name", "CAdmin", sch("x", ALWAYS).toBuilder().set("acpi", List.of("a")).build()).statusCode())
                .as("a schedule has no acpi").isEqualTo(4000);
        created("in-name", "CAdmin", sch("sleep", ALWAYS));
        assertThat(cse.ask(Operation.UPDATE, "in-name/sleep", "CAdmin", Optional.empty(), new Content("m2m:sch",
                Attributes.of("se", Attributes.NULL))).statusCode()).isEqualTo(4000);
        assertThat(cse.ask(Operation.UPDATE, "in-name/sleep", "CAdmin", Optional.empty(), new Content("m2m:sch",
                Attributes.of("se", Attributes.of("sce", List.of("* * 24 * * * *"))))).statusCode()).isEqualTo(4000);
        assertThat(cse.ask(Operation.UPDATE, "in-name/sleep", "CAdmin", Optional.empty(), new Content("m2m:sch",
                Attributes.of("nco", true))).statusCode()).as("nco is for a node").isEqualTo(4102);
    }

    @Test
    void whereItMayBe() {
        cse.ae("C1");
        String ae = "in-name/C1";
        created(ae, "C1", sch("sleep", ALWAYS));
        assertThat(create(ae, "C1", sch("other", ALWAYS).toBuilder().set("nco", true).build()).statusCode())
                .as("nco is for a node").isEqualTo(4102);
        cse.create(ae, "C1", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.of("rn", "data"));
        assertThat(create(ae + "/data", "C1", sch("sleep", ALWAYS)).statusCode()).isEqualTo(4108);
        cse.ae("C2");
        assertThat(create(ae, "C2", sch("x", ALWAYS)).statusCode()).as("the rights are the parent's").isEqualTo(4103);
        assertThat(cse.ask(Operation.RETRIEVE, ae + "/sleep", "C2", Optional.empty(), null).statusCode()).isEqualTo(4103);
        cse.create(ae + "/sleep", "C1", ResourceTypes.SUBSCRIPTION, "m2m:sub", Attributes.builder().set("rn", "sub")
                .set("nu", List.of("http://hook")).build());
    }

    @Test
    void belowTheCseBaseItIsThatOfThisCse() {
        assertThat(cse.outbound.ownSchedule()).isEqualTo(Schedule.ALWAYS);
        created("in-name", "CAdmin", sch("a", "* * 3 * * * *"));
        assertThat(cse.outbound.ownSchedule().entries()).containsExactly("* * 3 * * * *");
        created("in-name", "CAdmin", sch("b", "* * 4 * * * *"));
        update("in-name/a", "CAdmin", "m2m:sch", Attributes.of("se", Attributes.of("sce", List.of("* * 5 * * * *"))));
        assertThat(cse.outbound.ownSchedule().entries()).containsExactlyInAnyOrder("* * 5 * * * *", "* * 4 * * * *");
        cse.crashAndBoot(WholeCse.NUMBERS);
        assertThat(cse.outbound.ownSchedule().entries()).as("after a restart").hasSize(2);
        delete("in-name/a", "CAdmin");
        delete("in-name/b", "CAdmin");
        assertThat(cse.outbound.ownSchedule()).isEqualTo(Schedule.ALWAYS);
    }

    private void subscribedAe() {
        cse.ae("C1", "http://one");
        network.answer("one", ResponseStatusCode.OK);
        cse.create("in-name/C1", "C1", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.of("rn", "data"));
        cse.create("in-name/C1/data", "C1", ResourceTypes.SUBSCRIPTION, "m2m:sub", Attributes.builder().set("rn", "sub")
                .set("nu", List.of("/in-cse/C1")).set("enc", Attributes.of("net", List.of(3))).build());
    }

    private void instance(String content) {
        cse.create("in-name/C1/data", "C1", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Attributes.of("con", content));
    }

    @Test
    void notificationsWaitWhileTheirReceiverIsAsleep() {
        subscribedAe();
        created("in-name/C1", "C1", sch("sleep", inHours(2)));
        instance("v0");
        instance("v1");
        network.await(() -> cse.outbound.administration().targets().stream()
                .anyMatch(target -> target.trouble().contains("says its schedule")), "it is asleep");
        assertThat(network.sentTo("one")).isEmpty();
        cse.crashAndBoot(WholeCse.NUMBERS);
        network.await(() -> cse.outbound.administration().targets().stream()
                .anyMatch(target -> target.trouble().contains("says its schedule")), "it is asleep after a restart, too");
        passToTheHourIn(2);
        assertThat(network.awaitRequests("one", 2).toString()).contains("v0", "v1");
        network.await(() -> cse.store.outboundTargets().isEmpty(), "the queue is empty");
        assertThat(network.sentTo("one")).hasSize(2);
    }

    @Test
    void aChangeOfTheScheduleCountsAtOnce() {
        subscribedAe();
        created("in-name/C1", "C1", sch("sleep", inHours(2)));
        instance("v0");
        update("in-name/C1/sleep", "C1", "m2m:sch", Attributes.of("se", Attributes.of("sce", List.of(inHours(3)))));
        instance("v1");
        assertThat(network.sentTo("one")).isEmpty();
        delete("in-name/C1/sleep", "C1");
        network.awaitRequests("one", 2);
    }

    @Test
    void whoWaitsForTheAnswerIsToldAtOnceThatTheReceiverIsAsleep() {
        subscribedAe();
        created("in-name/C1", "C1", sch("sleep", inHours(2)));
        ResponsePrimitive refused = cse.ask(Operation.NOTIFY, "in-name/C1", "CAdmin", Optional.empty(),
                new Content("m2m:sgn", Attributes.of("sur", "x")));
        assertThat(refused.statusCode()).isEqualTo(5103);
        assertThat(refused.toString()).contains("says its schedule");
        assertThat(network.sentTo("one")).isEmpty();
    }

    @Test
    void whatIsImmediateIsTriedNevertheless() {
        subscribedAe();
        cse.create("in-name/C1/data", "C1", ResourceTypes.SUBSCRIPTION, "m2m:sub", Attributes.builder().set("rn", "now")
                .set("nu", List.of("/in-cse/C1")).set("nec", 2).set("enc", Attributes.of("net", List.of(3))).build());
        network.awaitRequests("one", 1);
        created("in-name/C1", "C1", sch("sleep", inHours(2)));
        instance("v0");
        network.awaitRequests("one", 2);
        assertThat(network.requestsTo("one").get(1).toString()).contains("v0", "now");
    }

    @Test
    void requestsToAnotherCseWaitOrAreRefusedWhileItIsAsleep() {
        WholeCse mn = WholeCse.gateway(network, "mn", "in", new InMemoryResourceStore(10_000), clock, WholeCse.NUMBERS);
        try {
            mn.awaitRegistered();
            created("in-name/mn-cse", "CAdmin", sch("sleep", inHours(2)));
            ResponsePrimitive refused = cse.ask(Operation.RETRIEVE, "/mn-cse/mn-name", "CAdmin", Optional.empty(), null);
            assertThat(refused.statusCode()).as(refused.toString()).isEqualTo(5103);
            delete("in-name/mn-cse/sleep", "CAdmin");
            assertThat(cse.ask(Operation.RETRIEVE, "/mn-cse/mn-name", "CAdmin", Optional.empty(), null).statusCode())
                    .as("it reaches the CSE").isNotEqualTo(5103);
        } finally {
            mn.crash();
        }
    }
}
