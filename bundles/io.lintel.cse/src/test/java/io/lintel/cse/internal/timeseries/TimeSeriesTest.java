// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.timeseries;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.CseDriver.Body;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.Timestamps;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Time series and their instances, and which of them are missing (TS-0004 7.4.38, 7.4.39). */
class TimeSeriesTest {
    private static final int TS = 29;
    private static final int TSI = 30;
    private static final String DATA = "mn-name/cae1/data";

    private final CseDriver cse = CseDriver.mn();
    private CseDriver.Peer ae;

    @BeforeEach
    void anAe() {
        ae = cse.ae("CAE1");
    }

    @AfterEach
    void close() {
        cse.close();
    }

    private static Body ts() {
        return Body.of("m2m:ts");
    }

    private static Body tsi(String dgt, Object content) {
        return Body.of("m2m:tsi").with("dgt", dgt).with("con", content);
    }

    private Attributes series(Body body) {
        return ae.create("mn-name/cae1", TS, body.named("data")).expect(2001).content();
    }

    /** A point every ten seconds, at most a second off, missing five seconds later. */
    private static Body watched() {
        return ts().with("pei", 10_000).with("peid", 1000).with("mdt", 5000).with("mdd", true);
    }

    private Attributes put(String dgt, Object content) {
        return ae.create(DATA, TSI, tsi(dgt, content)).expect(2001).content();
    }

    private Attributes series() {
        return ae.retrieve(DATA).expect(2000).content();
    }

    private List<String> missing() {
        return series().texts("mdlt");
    }

    /** The time so many seconds after the test began. */
    private String second(int second) {
        return Timestamps.format(java.time.Instant.parse("2026-01-02T03:04:05Z").plusSeconds(second));
    }

    private void pass(int seconds) {
        cse.clock.pass(Duration.ofSeconds(seconds));
        judge();
    }

    private void judge() {
        cse.core().watchContent();
        cse.store.writeNow(writer -> true);
    }

    @Test
    void aSeriesCountsItsInstances() {
        Attributes made = series(ts().with("mni", 3).with("cnf", "text/plain:0").with("cr", Attributes.NULL));
        assertThat(made.names()).containsExactlyInAnyOrder("rn", "ty", "ri", "pi", "ct", "lt", "et", "st", "cr", "mni", "cni",
                "cbs", "cnf");
        Attributes one = put("20260102T030405", "22.0");
        assertThat(one.names()).containsExactlyInAnyOrder("rn", "ty", "ri", "pi", "ct", "lt", "et", "dgt", "con", "cs");
        assertThat(one.text("dgt")).contains("20260102T030405");
        assertThat(one.number("cs")).contains(4L);
        assertThat(ae.create(DATA, TSI, tsi("20260102T030406", 23L).with("snr", 7)).expect(2001).content().number("snr"))
                .contains(7L);
        assertThat(series().number("cni")).contains(2L);
        assertThat(series().number("cbs")).contains(6L);
        assertThat(series().number("st")).contains(2L);
    }

    @Test
    void theNewestAndTheOldestAreThoseThatCameLastAndFirst() {
        series(ts());
        ae.retrieve(DATA + "/la").expect(4004);
        put("20260102T030405", "later");
        put("20260101T000000", "earlier");
        assertThat(ae.retrieve(DATA + "/la").expect(2000).content().text("con")).contains("earlier");
        assertThat(ae.retrieve(DATA + "/ol").expect(2000).content().text("con")).contains("later");
        ae.update(DATA + "/la", Body.of("m2m:tsi").with("lbl", List.of("x"))).expect(4005);
        ae.delete(DATA + "/ol").expect(2002);
        ae.delete(DATA + "/la").expect(2002);
        assertThat(series().number("cni")).contains(0L);
        assertThat(series().number("cbs")).contains(0L);
    }

    @Test
    void theOldestGiveWayAndSilently() {
        series(ts().with("mni", 2).with("mbs", 9));
        put(second(0), "1");
        put(second(1), "2");
        cse.events.clear();
        put(second(2), "3");
        put(second(3), "123456789");
        assertThat(series().number("cni")).contains(1L);
        assertThat(cse.events).extracting(ResourceEvent::kind).containsOnly(ResourceEvent.Kind.CHILD_CREATED);
        ae.create(DATA, TSI, tsi(second(4), "1234567890")).expect(5207).saying("mbs");
        ae.update(DATA, ts().with("mni", 0)).expect(2004);
        assertThat(series().number("cni")).contains(0L);
        ae.create(DATA, TSI, tsi(second(4), "x")).expect(5207).saying("mni");
    }

    @Test
    void anInstanceGrowsNoOlderThanItsSeriesAllows() {
        series(ts().with("mia", 60));
        assertThat(put(second(0), "1").text("et")).contains(cse.clock.in(Duration.ofSeconds(60)));
        cse.clock.pass(Duration.ofSeconds(60));
        ae.retrieve(DATA + "/la").expect(4004);
        put(second(0), "the one of the same time has expired");
        assertThat(series().number("cni")).contains(1L);
    }

    @Test
    void oneTimeHasOneInstance() {
        series(ts());
        put("20260102T030405", "1");
        ae.create(DATA, TSI, tsi("20260102T030405", "2")).expect(4105).saying("dgt");
        ae.create(DATA, TSI, tsi("20260102T030405,0", "2")).expect(4105).saying("dgt");
        put("20260102T030405,000001", "3");
        assertThat(series().number("cni")).contains(2L);
        ae.delete(DATA + "/ol").expect(2002);
        put("20260102T030405", "again");
        ae.create("mn-name/cae1", TS, ts().named("other")).expect(2001);
        ae.create("mn-name/cae1/other", TSI, tsi("20260102T030405", "1")).expect(2001);
    }

    @Test
    void aRelativeTimeIsWrittenOut() {
        series(ts());
        CseDriver.Result made = ae.with(RequestParameter.ORIGINATING_TIMESTAMP, "20260102T030400").create(DATA, TSI,
                tsi("-1500", "1")).expect(2001);
        assertThat(made.content().text("dgt")).contains("20260102T030358,500000");
        ae.create(DATA, TSI, tsi("20260102T030358,5", "2")).expect(4105);
        assertThat(ae.create(DATA, TSI, tsi("0", "3")).expect(2001).content().text("dgt")).contains("20260102T030405,000000");
        ae.create(DATA, TSI, Body.of("m2m:tsi").with("con", "1").with("dgt", "yesterday")).expect(4000).saying("dgt");
        ae.create(DATA, TSI, Body.of("m2m:tsi").with("con", "1")).expect(4000).saying("dgt");
    }

    @Test
    void whereTheyMayBeAndWhatTheyMayNot() {
        series(ts());
        ae.create("mn-name/cae1", TSI, tsi(second(0), "1")).expect(4108);
        ae.create(DATA, CseDriver.CIN, CseDriver.cin("1")).expect(4108);
        ae.create(DATA, TSI, tsi(second(0), "1").with("cs", 1)).expect(4000).saying("cs");
        ae.create(DATA, TSI, tsi(second(0), "1").with("acpi", List.of("base"))).expect(4000).saying("acpi");
        ae.create(DATA, TSI, tsi(second(0), "1").named("one")).expect(2001);
        ae.update(DATA + "/one", Body.of("m2m:tsi").with("lbl", List.of("x"))).expect(4005);
        ae.create("mn-name/cae1", TS, ts().with("mdlt", List.of(second(0)))).expect(4000).saying("mdlt");
        cse.ae("CAE2").retrieve(DATA + "/one").expect(4103);
        assertThat(ae.rcn(4).retrieve(DATA).expect(2000).names("m2m:tsi")).containsExactly("one");
        assertThat(ae.fc("fu", 1).fc("ty", List.of(30)).retrieve("mn-name").expect(2000).list()).hasSize(1);
        ae.delete(DATA).expect(2002);
        ae.retrieve(DATA + "/one").expect(4004);
    }

    @ParameterizedTest
    @CsvSource({"10000, 5001, 9000, true, peid", "10000, 1000, 1000, true, mdt", "10000, 1000, , true, mdt",
        ", 1000, 5000, true, pei", "0, 0, 5000, true, pei", "10000, 5001, 9000, false, peid", "10000, 3000, 3000, false, mdt"})
    void whatIsSaidOfMissingDataFitsTogether(Long interval, Long tolerance, Long detection, boolean on, String named) {
        Body body = ts().with("mdd", on);
        body = interval == null ? body : body.with("pei", interval);
        body = tolerance == null ? body : body.with("peid", tolerance);
        body = detection == null ? body : body.with("mdt", detection);
        ae.create("mn-name/cae1", TS, body).expect(4000).saying(named);
    }

    @Test
    void theToleranceIsHalfAnIntervalUnlessItIsSaid() {
        Attributes made = series(ts().with("pei", 10_000).with("mdt", 20_000).with("mdd", true));
        assertThat(made.number("peid")).contains(5000L);
        assertThat(made.number("mdc")).contains(0L);
        assertThat(made.has("mdlt")).isFalse();
        ae.update(DATA, ts().with("peid", 6000)).expect(4000).saying("peid");
        ae.update(DATA, ts().with("mdt", Attributes.NULL)).expect(4000).saying("mdt");
    }

    @Test
    void whatDoesNotComeIsMissing() {
        series(watched());
        pass(100);
        assertThat(missing()).as("nothing is expected before the first").isEmpty();
        put(second(100), "1");
        pass(10);
        put(second(111), "2, a second late");
        pass(14);
        assertThat(missing()).as("its detection time has not passed").isEmpty();
        pass(1);
        assertThat(missing()).containsExactly(second(120));
        assertThat(series().number("mdc")).contains(1L);
        pass(5);
        put(second(132), "too far from 130");
        pass(5);
        assertThat(missing()).containsExactly(second(120), second(130));
        put(second(130), "too late, but kept");
        assertThat(missing()).containsExactly(second(120), second(130));
        put(second(140), "expected from the first on, not from the last");
        pass(15);
        assertThat(missing()).hasSize(2);
        assertThat(cse.events).filteredOn(event -> event.kind() == ResourceEvent.Kind.MISSING_DATA)
                .extracting(event -> event.modified().texts("mdlt")).containsExactly(List.of(second(120)), List.of(second(130)));
        String modified = series().text("lt").orElseThrow();
        assertThat(modified).as("not an UPDATE").isEqualTo(series().text("ct").orElseThrow());
    }

    @Test
    void aPointThatComesBeforeAnotherOneIsNotMissingLater() {
        series(ts().with("pei", 10_000).with("mdt", 60_000).with("mdd", true));
        put(second(0), "0");
        for (int point : new int[] {3, 1, 5, 4}) {
            put(second(point * 10), "" + point);
        }
        pass(150);
        assertThat(missing()).containsExactly(second(20), second(60), second(70), second(80), second(90));
    }

    @Test
    void theListHasAnEnd() {
        series(watched().with("mdn", 2));
        put(second(0), "0");
        pass(35);
        assertThat(missing()).containsExactly(second(20), second(30));
        assertThat(series().number("mdc")).contains(2L);
        ae.update(DATA, ts().with("mdn", Attributes.NULL)).expect(2004);
        assertThat(series().number("mdc")).contains(0L);
        put(second(40), "a first one again");
        pass(1_000_000);
        assertThat(missing()).hasSize(Series.LONGEST_LIST).last().isEqualTo(second(1_000_030));
        assertThat(cse.core().watchedTimeSeries()).isEqualTo(1);
    }

    @Test
    void detectionStopsAndBeginsAnew() {
        series(watched());
        put(second(0), "0");
        pass(15);
        assertThat(missing()).containsExactly(second(10));
        ae.update(DATA, ts().with("mdd", false)).expect(2004);
        pass(100);
        assertThat(missing()).as("the list stays").containsExactly(second(10));
        assertThat(series().number("mdc")).contains(1L);
        assertThat(ae.update(DATA, ts().with("mdd", true)).expect(2004).content().number("mdc")).contains(0L);
        assertThat(series().has("mdlt")).isFalse();
        pass(100);
        assertThat(missing()).as("it waits for a first one").isEmpty();
        put(second(215), "a first one");
        pass(15);
        assertThat(missing()).containsExactly(second(225));
    }

    @Test
    void anotherIntervalClearsWhatWasMissing() {
        series(watched());
        put(second(0), "0");
        pass(15);
        ae.update(DATA, ts().with("mdd", true).with("pei", 20_000)).expect(4000).saying("mdd");
        ae.update(DATA, ts().with("mdd", false).with("mdn", 1)).expect(4000).saying("mdd");
        assertThat(missing()).hasSize(1);
        Attributes changed = ae.update(DATA, ts().with("pei", 20_000)).expect(2004).content();
        assertThat(changed.number("pei")).contains(20_000L);
        assertThat(changed.number("mdc")).contains(0L);
        assertThat(changed.has("mdlt")).isFalse();
        ae.update(DATA, ts().with("lbl", List.of("nothing to do with it"))).expect(2004);
        put(second(15), "a first one");
        pass(24);
        assertThat(missing()).isEmpty();
        pass(1);
        assertThat(missing()).containsExactly(second(35));
    }

    @Test
    void whatWasMissedWhileTheCseWasAwayIsSeenWhenItIsBack() {
        series(watched());
        put(second(0), "0");
        pass(3);
        cse.restart();
        cse.clock.pass(Duration.ofSeconds(22));
        judge();
        assertThat(missing()).containsExactly(second(10), second(20));
        put(second(30), "3");
        cse.restart();
        pass(10);
        assertThat(missing()).hasSize(2);
        assertThat(cse.core().watchedTimeSeries()).isEqualTo(1);
    }

    @Test
    void aSeriesThatIsGoneIsNotWatched() {
        series(watched());
        put(second(0), "0");
        long resources = cse.store.resourceCount();
        ae.delete(DATA).expect(2002);
        assertThat(cse.store.resourceCount()).as("series, instance and what the CSE knew of it").isEqualTo(resources - 3);
        pass(100);
        assertThat(cse.core().watchedTimeSeries()).isZero();
    }

    @Test
    void nobodyReachesWhatTheCseKnowsOfASeries() {
        series(watched());
        put(second(0), "0");
        String id = cse.store.child("", "missingData." + series().text("ri").orElseThrow()).orElseThrow().id();
        cse.admin().retrieve(id).expect(4004);
        cse.admin().delete(id).expect(4004);
    }
}
