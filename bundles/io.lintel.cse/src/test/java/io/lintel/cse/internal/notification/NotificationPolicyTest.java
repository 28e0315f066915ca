// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.InMemoryResourceStore;
import io.lintel.cse.internal.MovableClock;
import io.lintel.cse.internal.WholeCse;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches, rates, schedules and what else a subscription says about how it is notified (TS-0001 9.6.8, TS-0004 7.4.8.3). */
class NotificationPolicyTest {
    private static final String HOOK = "http://hook/x";
    private static final String DATA = "in-name/data";

    private final OutboundNetwork network = new OutboundNetwork();
    private final MovableClock clock = new MovableClock();
    private final WholeCse cse = WholeCse.infrastructure(network, new InMemoryResourceStore(10_000), clock);

    @BeforeEach
    void aContainerAndAListener() {
        cse.create("in-name", "CAdmin", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.of("rn", "data"));
        network.answer("hook", ResponseStatusCode.OK);
    }

    @AfterEach
    void end() {
        cse.crash();
    }

    private static Attributes.Builder sub() {
        return Attributes.builder().set("rn", "sub").set("nu", List.of(HOOK)).set("enc", Attributes.of("net", List.of(3)));
    }

    private void subscribed(Attributes.Builder subscription) {
        cse.create(DATA, "CAdmin", ResourceTypes.SUBSCRIPTION, "m2m:sub", subscription.build());
    }

    private void scheduled(String entry) {
        cse.create(DATA + "/sub", "CAdmin", ResourceTypes.SCHEDULE, "m2m:sch", Attributes.builder().set("rn",
                "notificationSchedule").set("se", Attributes.of("sce", List.of(entry))).build());
    }

    private String inHours(int hours) {
        return "* * " + clock.instant().atZone(ZoneOffset.UTC).plusHours(hours).getHour() + " * * * *";
    }

    private void passToTheHourIn(int hours) {
        clock.pass(Duration.between(clock.instant(), clock.instant().truncatedTo(ChronoUnit.HOURS).plus(Duration.ofHours(hours))
                .plusSeconds(5)));
    }

    private void instances(String... contents) {
        for (String content : contents) {
            cse.create(DATA, "CAdmin", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Attributes.of("con", content));
        }
    }

    private Attributes found() {
        return cse.ask(Operation.RETRIEVE, DATA + "/sub", "CAdmin", Optional.empty(), null).content().orElseThrow().attributes();
    }

    private static List<String> contents(RequestPrimitive notify) {
        Content content = notify.content().orElseThrow();
        List<Attributes> all = content.name().equals("m2m:agn") ? content.attributes().objects("m2m:sgn")
                : List.of(content.attributes());
        return all.stream().map(sgn -> sgn.object("nev").flatMap(nev -> nev.object("rep")).flatMap(rep -> rep.object("m2m:cin"))
                .flatMap(cin -> cin.text("con")).orElse("?")).toList();
    }

    private List<List<String>> sent() {
        return network.requestsTo("hook").stream().map(NotificationPolicyTest::contents).toList();
    }

    private void awaitSent(int count) {
        network.awaitRequests("hook", count);
    }

    private int waiting() {
        return cse.store.outboundTargets().stream().mapToInt(target -> cse.store.outbound(target, 0, 1000).size()).sum();
    }

    private void awaitWaiting(int count) {
        network.await(() -> waiting() == count, count + " wait");
    }

    private static Attributes bn(int number, String duration) {
        return Attributes.builder().set("num", number).set("dur", duration).build();
    }

    private static Attributes rl(int most, String window) {
        return Attributes.builder().set("mnn", most).set("tww", window).build();
    }

    @Test
    void whatWasBeforeTheSubscriptionIsToldFirst() {
        instances("a", "b", "c", "d");
        subscribed(sub().set("psn", 3));
        instances("e");
        awaitSent(4);
        assertThat(sent()).containsExactly(List.of("b"), List.of("c"), List.of("d"), List.of("e"));
    }

    @Test
    void itsCriteriaAndItsBatchesCountForWhatWasBefore() {
        instances("a", "long enough", "b", "long enough, too");
        subscribed(sub().set("psn", 4).set("enc", Attributes.builder().set("net", List.of(3)).set("sza", 5).build())
                .set("bn", bn(2, "PT1H")));
        awaitSent(1);
        assertThat(sent()).containsExactly(List.of("long enough", "long enough, too"));
    }

    @Test
    void ofMoreInstancesThanAreWorthLookingForTheLastIsTold() {
        for (int i = 0; i < 501; i++) {
            instances("n" + i);
        }
        subscribed(sub().set("psn", 5));
        awaitSent(1);
        instances("next");
        awaitSent(2);
        assertThat(sent()).containsExactly(List.of("n500"), List.of("next"));
    }

    @Test
    void whoDoesNotAskForCreationsIsToldNothingOfThem() {
        instances("a");
        subscribed(sub().set("psn", 5).set("enc", Attributes.of("net", List.of(1, 4))));
        cse.ask(Operation.DELETE, DATA + "/la", "CAdmin", Optional.empty(), null);
        awaitSent(1);
        assertThat(network.requestsTo("hook").get(0).content().orElseThrow().attributes().object("nev").flatMap(nev ->
                nev.number("net"))).contains(4L);
    }

    @Test
    void aBatchIsSentWhenItIsFull() {
        subscribed(sub().set("bn", bn(3, "PT1H")));
        instances("a", "b");
        awaitWaiting(2);
        assertThat(sent()).isEmpty();
        instances("c", "d");
        awaitSent(1);
        RequestPrimitive request = network.requestsTo("hook").get(0);
        assertThat(request.content().orElseThrow().name()).isEqualTo("m2m:agn");
        assertThat(request.content().orElseThrow().attributes().names()).containsExactly("m2m:sgn");
        assertThat(request.content().orElseThrow().attributes().objects("m2m:sgn").get(0).names())
                .containsExactlyInAnyOrder("nev", "sur", "cr");
        awaitWaiting(1);
        assertThat(sent()).containsExactly(List.of("a", "b", "c"));
    }

    @Test
    void orWhenItsTimeIsUpAlsoAcrossARestart() {
        subscribed(sub().set("bn", bn(10, "PT10M")));
        instances("a", "b");
        awaitWaiting(2);
        clock.pass(Duration.ofMinutes(6));
        instances("c");
        awaitWaiting(3);
        cse.crashAndBoot(WholeCse.NUMBERS);
        clock.pass(Duration.ofMinutes(3));
        assertThat(sent()).isEmpty();
        clock.pass(Duration.ofMinutes(2));
        awaitSent(1);
        awaitWaiting(0);
        assertThat(sent()).containsExactly(List.of("a", "b", "c"));
        instances("d");
        awaitWaiting(1);
        clock.pass(Duration.ofMinutes(9));
        instances("e");
        clock.pass(Duration.ofMinutes(2));
        awaitSent(2);
        assertThat(sent().get(1)).as("the time begins with the next event").containsExactly("d", "e");
    }

    @Test
    void aBatchThatSaysNothingLastsAsLongAsIsUsualHere() {
        subscribed(sub().set("bn", Attributes.empty()));
        instances("a", "b");
        awaitWaiting(2);
        clock.pass(Duration.ofSeconds(61));
        awaitSent(1);
        assertThat(sent()).containsExactly(List.of("a", "b"));
    }

    @Test
    void ofABatchOnlyTheLatestWhenThatIsWanted() {
        subscribed(sub().set("bn", bn(3, "PT1H")).set("ln", true));
        instances("a", "b", "c");
        awaitSent(1);
        RequestPrimitive request = network.requestsTo("hook").get(0);
        assertThat(request.content().orElseThrow().name()).isEqualTo("m2m:sgn");
        assertThat(request.parameters().number("ec")).contains(4L);
        assertThat(contents(request)).containsExactly("c");
        awaitWaiting(0);
    }

    @Test
    void eachTargetHasABatchOfItsOwn() {
        network.answer("other", ResponseStatusCode.OK);
        subscribed(sub().set("nu", List.of(HOOK, "http://other/y")).set("bn", bn(2, "PT1H")));
        instances("a", "b");
        awaitSent(1);
        network.awaitRequests("other", 1);
        assertThat(network.requestsTo("other").get(0).requestIdentifier()).isNotEqualTo(network.requestsTo("hook").get(0)
                .requestIdentifier());
    }

    @Test
    void aBatchCountsAsOneNotification() {
        subscribed(sub().set("bn", bn(2, "PT1H")).set("exc", 2));
        instances("a", "b", "c", "d", "e", "f");
        awaitSent(2);
        network.await(() -> cse.store.child(cse.store.child("base", "data").orElseThrow().id(), "sub").isEmpty(), "it has ended");
        awaitWaiting(0);
        assertThat(sent()).hasSize(2);
    }

    @Test
    void noMoreThanTheRateAllowsInEachWindow() {
        subscribed(sub().set("rl", rl(2, "PT1H")));
        instances("a", "b", "c", "d", "e");
        awaitSent(2);
        awaitWaiting(3);
        cse.crashAndBoot(WholeCse.NUMBERS);
        instances("f");
        awaitWaiting(4);
        assertThat(sent()).as("the window goes on after a restart").containsExactly(List.of("a"), List.of("b"));
        clock.pass(Duration.ofHours(1));
        awaitSent(4);
        awaitWaiting(2);
        clock.pass(Duration.ofHours(1));
        awaitSent(6);
        awaitWaiting(0);
        assertThat(sent()).containsExactly(List.of("a"), List.of("b"), List.of("c"), List.of("d"), List.of("e"), List.of("f"));
    }

    @Test
    void ofWhatTheRateHoldsBackOnlyTheLatestWhenThatIsWanted() {
        subscribed(sub().set("rl", rl(1, "PT1H")).set("ln", true));
        instances("a");
        awaitSent(1);
        instances("b", "c", "d");
        awaitWaiting(1);
        clock.pass(Duration.ofHours(1));
        awaitSent(2);
        awaitWaiting(0);
        assertThat(sent()).containsExactly(List.of("a"), List.of("d"));
    }

    @Test
    void theRateCountsBatches() {
        subscribed(sub().set("rl", rl(1, "PT1H")).set("bn", bn(2, "PT5M")));
        instances("a", "b", "c", "d");
        awaitSent(1);
        awaitWaiting(2);
        clock.pass(Duration.ofHours(1));
        awaitSent(2);
        assertThat(sent()).containsExactly(List.of("a", "b"), List.of("c", "d"));
    }

    @Test
    void outsideItsScheduleASubscriptionSaysNothingAndForgets() {
        subscribed(sub());
        scheduled(inHours(2));
        instances("a", "b");
        passToTheHourIn(2);
        instances("c");
        awaitSent(1);
        assertThat(sent()).containsExactly(List.of("c"));
        assertThat(cse.outbound.counters()).containsEntry("notifications.discarded", 2L);
    }

    @Test
    void orKeepsAllForLaterAlsoAcrossARestart() {
        subscribed(sub().set("pn", 2));
        scheduled(inHours(2));
        instances("a", "b");
        awaitWaiting(2);
        assertThat(cse.outbound.administration().targets()).hasSize(1).allMatch(target -> target.state().name()
                .equals("SCHEDULED"));
        cse.crashAndBoot(WholeCse.NUMBERS);
        instances("c");
        awaitWaiting(3);
        passToTheHourIn(2);
        instances("d");
        awaitSent(4);
        awaitWaiting(0);
        assertThat(sent()).as("first what waited").containsExactly(List.of("a"), List.of("b"), List.of("c"), List.of("d"));
    }

    @Test
    void orOnlyTheLatest() {
        subscribed(sub().set("pn", 1));
        scheduled(inHours(2));
        instances("a", "b", "c");
        awaitWaiting(1);
        passToTheHourIn(2);
        awaitSent(1);
        awaitWaiting(0);
        assertThat(sent()).containsExactly(List.of("c"));
        assertThat(network.requestsTo("hook").get(0).parameters().number("ec")).contains(4L);
    }

    @Test
    void whatIsImmediateKnowsNoSchedule() {
        subscribed(sub().set("nec", 2));
        scheduled(inHours(2));
        instances("a");
        awaitSent(1);
    }

    @Test
    void batchesWaitForTheScheduleToo() {
        subscribed(sub().set("bn", bn(2, "PT10M")).set("pn", 2));
        scheduled(inHours(2));
        instances("a", "b", "c", "d");
        awaitWaiting(4);
        passToTheHourIn(2);
        awaitSent(2);
        assertThat(sent()).containsExactly(List.of("a", "b"), List.of("c", "d"));
    }

    @Test
    void withTheScheduleGoneWhatWaitsGoesAtOnce() {
        subscribed(sub().set("pn", 2));
        scheduled(inHours(2));
        instances("a");
        awaitWaiting(1);
        assertThat(cse.ask(Operation.DELETE, DATA + "/sub/notificationSchedule", "CAdmin", Optional.empty(), null).statusCode())
                .isEqualTo(2002);
        awaitSent(1);
    }

    @Test
    void anotherPendingNotificationForgetsWhatWaits() {
        subscribed(sub().set("pn", 2));
        scheduled(inHours(2));
        instances("a", "b");
        awaitWaiting(2);
        assertThat(cse.ask(Operation.UPDATE, DATA + "/sub", "CAdmin", Optional.empty(), new Content("m2m:sub",
                Attributes.of("pn", Attributes.NULL))).statusCode()).isEqualTo(2004);
        awaitWaiting(0);
        passToTheHourIn(2);
        instances("c");
        awaitSent(1);
        assertThat(sent()).containsExactly(List.of("c"));
    }

    @Test
    void whatWaitsGoesWithItsSubscription() {
        subscribed(sub().set("bn", bn(5, "PT1H")).set("su", "http://owner/z"));
        network.answer("owner", ResponseStatusCode.OK);
        instances("a", "b");
        awaitWaiting(2);
        assertThat(cse.ask(Operation.DELETE, DATA + "/sub", "CAdmin", Optional.empty(), null).statusCode()).isEqualTo(2002);
        network.awaitRequests("owner", 1);
        awaitWaiting(0);
        assertThat(sent()).isEmpty();
    }

    @Test
    void whatIsTooOldIsNotSent() {
        subscribed(sub().set("bn", bn(5, "PT1H")).set("ma", "PT10M"));
        instances("a");
        clock.pass(Duration.ofMinutes(20));
        instances("b");
        awaitWaiting(1);
        clock.pass(Duration.ofMinutes(45));
        network.await(() -> waiting() == 0, "nothing waits");
        assertThat(sent()).isEmpty();
    }

    @Test
    void theForwardingAddressOfAGroupIsInEachNotification() {
        subscribed(sub().set("nfu", "http://owner/real").set("gpi", "in-name/group"));
        instances("a");
        awaitSent(1);
        assertThat(network.requestsTo("hook").get(0).content().orElseThrow().attributes().text("nfu"))
                .contains("http://owner/real");
        assertThat(found().text("gpi")).contains("in-name/group");
    }

    @Test
    void statisticsAreKeptWhileTheyAreSwitchedOn() {
        subscribed(sub().set("nse", true));
        assertThat(found().objects("nsi")).containsExactly(Attributes.builder().set("tg", HOOK).set("rqs", 0).set("rsr", 0)
                .set("noec", 0).build());
        instances("a", "b");
        awaitSent(2);
        Attributes two = Attributes.builder().set("tg", HOOK).set("rqs", 2).set("rsr", 2).set("noec", 2).build();
        network.await(() -> found().objects("nsi").equals(List.of(two)), "two of each");
        assertThat(cse.ask(Operation.UPDATE, DATA + "/sub", "CAdmin", Optional.empty(), new Content("m2m:sub",
                Attributes.of("nse", false))).statusCode()).isEqualTo(2004);
        instances("c");
        awaitSent(3);
        awaitWaiting(0);
        assertThat(found().objects("nsi")).containsExactly(two);
        ResponsePrimitive again = cse.ask(Operation.UPDATE, DATA + "/sub", "CAdmin", Optional.empty(), new Content("m2m:sub",
                Attributes.of("nse", true)));
        assertThat(again.content().orElseThrow().attributes().objects("nsi").get(0).number("rqs")).contains(0L);
    }

    private void groupOfTwo(Attributes.Builder group) {
        cse.create("in-name", "CAdmin", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.of("rn", "other"));
        cse.create("in-name", "CAdmin", ResourceTypes.GROUP, "m2m:grp", group.set("rn", "g").set("mnm", 5)
                .set("mid", List.of(DATA, "in-name/other")).build());
        cse.ask(Operation.CREATE, "in-name/g/fopt", "CAdmin", Optional.of(ResourceTypes.SUBSCRIPTION),
                new Content("m2m:sub", sub().set("nfu", HOOK).build()));
    }

    @Test
    void whatEndsByItselfTellsItsSubscriptionsThatEndWithIt() {
        String end = Timestamps.format(clock.instant().plusSeconds(60));
        for (String name : List.of("a", "b", "c")) {
            cse.create("in-name", "CAdmin", ResourceTypes.CONTAINER, "m2m:cnt", Attributes.builder().set("rn", name)
                    .set("et", end).build());
            cse.create("in-name/" + name, "CAdmin", ResourceTypes.SUBSCRIPTION, "m2m:sub", sub().set("enc",
                    Attributes.of("net", List.of(2))).build());
        }
        cse.create("in-name/a", "CAdmin", ResourceTypes.SUBSCRIPTION, "m2m:sub", sub().set("rn", "earlier").set("et",
                Timestamps.format(clock.instant().plusSeconds(30))).set("enc", Attributes.of("net", List.of(2))).build());
        clock.pass(Duration.ofSeconds(65));
        awaitSent(3);
        network.await(() -> cse.store.ofType(ResourceTypes.SUBSCRIPTION, "", 10).isEmpty(), "all subscriptions are gone");
        assertThat(network.requestsTo("hook")).hasSize(3).extracting(notify -> notify.content().orElseThrow().attributes()
                .text("sur").orElseThrow()).containsExactlyInAnyOrder("/in-cse/in-name/a/sub", "/in-cse/in-name/b/sub",
                        "/in-cse/in-name/c/sub");
    }

    private String groupId() {
        return cse.ask(Operation.RETRIEVE, "in-name/g", "CAdmin", Optional.empty(), null).content().orElseThrow().attributes()
                .text("ri").orElseThrow();
    }

    @Test
    void whatMembersOfAGroupHaveToSayGoesTogether() {
        groupOfTwo(Attributes.builder());
        instances("1");
        cse.create("in-name/other", "CAdmin", ResourceTypes.CONTENT_INSTANCE, "m2m:cin", Attributes.of("con", "2"));
        awaitSent(1);
        assertThat(sent()).containsExactly(List.of("1", "2"));
    }

    @Test
    void whatAGroupHasGatheredGoesOnWhenTheGroupIsDeleted() {
        groupOfTwo(Attributes.builder().set("nar", Attributes.of("num", 3)));
        String group = groupId();
        instances("1", "2");
        network.await(() -> cse.store.outboundTargets().stream().anyMatch(target -> target.endsWith(") " + group + " " + HOOK)
                && cse.store.outbound(target, 0, 9).size() == 2), "both are gathered");
        cse.ask(Operation.DELETE, "in-name/g", "CAdmin", Optional.empty(), null);
        clock.pass(Duration.ofSeconds(6));
        awaitSent(1);
        assertThat(sent()).containsExactly(List.of("1", "2"));
    }

    @Test
    void oneMemberThatSpeaksOftenDoesNotWaitForTheOthers() {
        groupOfTwo(Attributes.builder().set("nar", Attributes.of("num", 3)));
        instances("1", "2", "3", "4");
        awaitSent(1);
        assertThat(sent()).containsExactly(List.of("1", "2", "3"));
        network.await(() -> cse.store.outboundTargets().stream().anyMatch(target -> target.endsWith(") " + groupId() + " "
                + HOOK) && cse.store.outbound(target, 0, 9).size() == 1), "the last is gathered");
        clock.pass(Duration.ofSeconds(6));
        awaitSent(2);
        assertThat(sent().get(1)).containsExactly("4");
    }
}
