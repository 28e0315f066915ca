// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What leaves, what is dropped, and when there is something to do again: the order of TS-0004 7.4.8.3. */
class ReleaseTest {
    private static final Instant T = Instant.parse("2026-03-01T10:00:00Z");
    private static final Schedule LATER = new Schedule(List.of("0 0 12 * * * *"));
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

    /** One item a second, the first at {@link #T}. */
    private static List<OutboundItem> items(int count) {
        return IntStream.range(0, count).mapToObj(i -> new OutboundItem(i + 1, "(x) y", RequestPrimitive.builder(Operation.NOTIFY,
                "http://h").from("/a").requestIdentifier("r" + i).build(), "sub", Long.MAX_VALUE, OutboundItem.Kind.NOTIFICATION,
                3, "", T.plusSeconds(i).toEpochMilli(), 0)).toList();
    }

    private static SubscriptionPolicy policy(Attributes.Builder subscription) {
        return SubscriptionPolicy.of(subscription.build(), Duration.ofMinutes(1));
    }

    private static Attributes.Builder bn(int number) {
        return Attributes.builder().set("bn", Attributes.builder().set("num", number).set("dur", "PT30S").build());
    }

    private static Attributes.Builder rl(int most) {
        return Attributes.builder().set("rl", Attributes.builder().set("mnn", most).set("tww", "PT10S").build());
    }

    private static Release of(Attributes.Builder subscription, int items, Schedule schedule, int atSecond) {
        return Release.of(policy(subscription), items(items), schedule, T, Optional.empty(), T.plusSeconds(atSecond));
    }

    private static List<List<Long>> numbers(List<List<OutboundItem>> units) {
        return units.stream().map(unit -> unit.stream().map(OutboundItem::sequence).toList()).toList();
    }

    private static List<Long> dropped(Release release) {
        return release.dropped().stream().map(OutboundItem::sequence).toList();
    }

    @Test
    void fullBatchesAndWhatIsLeftOver() {
        Release release = of(bn(2), 5, Schedule.ALWAYS, 5);
        assertThat(numbers(release.sent())).containsExactly(List.of(1L, 2L), List.of(3L, 4L));
        assertThat(release.next()).as("after the first of the next batch").contains(T.plusSeconds(34));
        assertThat(numbers(of(bn(2), 5, Schedule.ALWAYS, 34).sent())).hasSize(3);
        assertThat(numbers(of(bn(0), 5, Schedule.ALWAYS, 29).sent())).as("without a number only the time counts").isEmpty();
        assertThat(numbers(of(bn(0), 5, Schedule.ALWAYS, 30).sent())).containsExactly(List.of(1L, 2L, 3L, 4L, 5L));
    }

    @Test
    void ofSeveralBatchesOnlyTheLatest() {
        Release release = of(bn(2).set("ln", true), 5, Schedule.ALWAYS, 5);
        assertThat(numbers(release.sent())).containsExactly(List.of(4L));
        assertThat(dropped(release)).containsExactlyInAnyOrder(1L, 2L, 3L);
    }

    @Test
    void theWindowsOfTheRateFollowEachOther() {
        Release first = Release.of(policy(rl(2)), items(5), Schedule.ALWAYS, T, Optional.empty(), T.plusSeconds(7));
        assertThat(numbers(first.sent())).containsExactly(List.of(1L), List.of(2L));
        assertThat(first.next()).contains(T.plusSeconds(10));
        Release used = Release.of(policy(rl(2)), items(5), Schedule.ALWAYS, T, Optional.of(new Release.Window(T, 1)),
                T.plusSeconds(7));
        assertThat(numbers(used.sent())).containsExactly(List.of(1L));
        Release next = Release.of(policy(rl(2)), items(5), Schedule.ALWAYS, T, Optional.of(new Release.Window(T, 2)),
                T.plusSeconds(10));
        assertThat(next.sent()).hasSize(2);
        assertThat(next.next()).contains(T.plusSeconds(20));
    }

    @Test
    void aClosedScheduleKeepsOrDrops() {
        Release none = of(Attributes.builder(), 3, LATER, 5);
        assertThat(none.sent()).isEmpty();
        assertThat(dropped(none)).containsExactly(1L, 2L, 3L);
        Release latest = of(Attributes.builder().set("pn", 1), 3, LATER, 5);
        assertThat(latest.sent()).isEmpty();
        assertThat(dropped(latest)).containsExactly(1L, 2L);
        Release all = of(Attributes.builder().set("pn", 2), 3, LATER, 5);
        assertThat(all.sent()).isEmpty();
        assertThat(all.dropped()).isEmpty();
        assertThat(all.next()).contains(NOON);
        assertThat(of(Attributes.builder().set("nec", 2), 3, LATER, 5).sent()).as("immediate").hasSize(3);
    }

    @Test
    void aBatchThatIsNotCompleteIsNotTouchedByTheSchedule() {
        Release release = of(bn(2), 3, LATER, 5);
        assertThat(dropped(release)).containsExactly(1L, 2L);
        assertThat(release.next()).contains(T.plusSeconds(32));
    }
}
