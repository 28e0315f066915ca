// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.CseDriver;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResponseParameter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Criteria on labels, relatives and content, how they are joined, and pages (TS-0004 7.3.3.17). */
class FilterCriteriaTest {
    private final CseDriver cse = CseDriver.mn();
    private CseDriver.Peer ae;

    /** {@code cae1/{hall/{lamp, t1, t2}, bath/{cold}, empty}}. */
    @BeforeEach
    void aTree() {
        ae = cse.ae("CAE1");
        make("mn-name/cae1", "hall", cnt().with("lbl", List.of("room:hall", "warm")).with("mni", 10));
        make("mn-name/cae1/hall", "lamp", cnt().with("lbl", List.of("device:lamp")).with("mbs", 500));
        value("hall", "t1", "{\"t\": 19, \"unit\": \"C\"}");
        value("hall", "t2", "{\"t\": 23, \"unit\": \"C\"}");
        make("mn-name/cae1", "bath", cnt().with("lbl", List.of("room:bath")).with("mni", 20));
        value("bath", "cold", "12");
        make("mn-name/cae1", "empty", cnt());
    }

    @AfterEach
    void close() {
        cse.close();
    }

    private void make(String parent, String name, CseDriver.Body body) {
        ae.create(parent, CNT, body.named(name)).expect(2001);
    }

    private void value(String parent, String name, String content) {
        ae.create("mn-name/cae1/" + parent, CIN, cin(content).named(name)).expect(2001);
    }

    private static Attributes pair(String name, Object value) {
        return Attributes.builder().set("nm", name).set("val", value).build();
    }

    private List<String> found(CseDriver.Peer peer) {
        return names(peer.fc("fu", 1).retrieve("mn-name/cae1").expect(2000).list());
    }

    private static List<String> names(List<?> addresses) {
        return addresses.stream().map(Object::toString).map(address -> address.substring(address.lastIndexOf('/') + 1)).toList();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"room | hall bath", "NT room | lamp t1 t2 cold empty", "room EQ bath | bath",
        "room:hall | hall", "room IN (hall, cellar) | hall", "room NI (hall) | bath", "device NE lamp | ''"})
    void byAnExpressionOnLabels(String expression, String expected) {
        assertThat(String.join(" ", found(ae.fc("lbq", expression)))).isEqualTo(expected);
    }

    @Test
    void byTheLabelsOfChildrenAndOfTheParent() {
        assertThat(found(ae.fc("clbl", List.of("device:lamp")))).containsExactly("hall");
        assertThat(found(ae.fc("palb", List.of("room:hall", "room:bath")))).containsExactly("lamp", "t1", "t2", "cold");
        assertThat(found(ae.fc("palb", List.of("room:hall")).fc("ty", List.of(CNT)))).containsExactly("lamp");
    }

    @Test
    void byTheTypesOfChildrenAndOfTheParent() {
        assertThat(found(ae.fc("chty", List.of(CIN)))).containsExactly("hall", "bath");
        assertThat(found(ae.fc("chty", List.of(CNT)))).containsExactly("hall");
        assertThat(found(ae.fc("chty", List.of(23)))).isEmpty();
        assertThat(found(ae.fc("pty", List.of(2)))).containsExactly("hall", "bath", "empty");
        assertThat(found(ae.fc("pty", List.of(2)).fc("chty", List.of(CIN, CNT)))).containsExactly("hall", "bath");
    }

    @Test
    void byTheAttributesOfChildrenAndOfTheParent() {
        assertThat(found(ae.fc("catr", List.of(pair("mbs", 500))))).containsExactly("hall");
        assertThat(found(ae.fc("catr", List.of(pair("con", "*23*"), pair("con", "12"))))).containsExactly("hall", "bath");
        assertThat(found(ae.fc("patr", List.of(pair("mni", 10))))).containsExactly("lamp", "t1", "t2");
        ae.fc("patr", List.of(pair("lbl", "x"))).fc("fu", 1).retrieve("mn-name").expect(4000).saying("patr");
        ae.fc("catr", List.of(Attributes.of("nm", "x"))).fc("fu", 1).retrieve("mn-name").expect(4000).saying("catr");
    }

    @Test
    void whatIsNotSeenIsNotThereForItsRelativesEither() {
        CseDriver.Peer other = cse.ae("CAE2");
        ae.create("mn-name/cae1", 1, CseDriver.Body.of("m2m:acp").named("open").with("pv",
                Attributes.of("acr", List.of(rule("CAE2", 32), rule("CAE1", 63)))).with("pvs",
                Attributes.of("acr", List.of(rule("CAE1", 63))))).expect(2001);
        ae.create("mn-name/cae1", CNT, cnt().named("seen").with("acpi", List.of("mn-name/cae1/open"))).expect(2001);
        ae.create("mn-name/cae1/seen", CNT, cnt().named("hidden").with("lbl", List.of("secret"))).expect(2001);
        assertThat(found(other.fc("ty", List.of(CNT)))).containsExactly("seen");
        assertThat(found(other.fc("clbl", List.of("secret")))).isEmpty();
        assertThat(found(other.fc("chty", List.of(CNT)))).isEmpty();
        assertThat(found(ae.fc("clbl", List.of("secret")))).containsExactly("seen");
    }

    private static Attributes rule(String originator, int operations) {
        return Attributes.builder().set("acor", List.of(originator)).set("acop", operations).build();
    }

    @Test
    void anExpiredChildDoesNotCount() {
        ae.create("mn-name/cae1/empty", CNT, cnt().named("short").with("et", cse.clock.in(Duration.ofSeconds(5)))).expect(2001);
        assertThat(found(ae.fc("chty", List.of(CNT)))).containsExactly("hall", "empty");
        cse.clock.pass(Duration.ofSeconds(5));
        assertThat(found(ae.fc("chty", List.of(CNT)))).containsExactly("hall");
    }

    @Test
    void byTheContent() {
        assertThat(found(ae.fc("cfs", 1).fc("cfq", "$.t"))).containsExactly("t1", "t2");
        assertThat(found(ae.fc("cfs", 1).fc("cfq", "$[?@ > 20]"))).containsExactly("t2");
        assertThat(found(ae.fc("cfs", 1).fc("cfq", "$"))).containsExactly("t1", "t2", "cold");
        ae.fc("cfq", "$").fc("fu", 1).retrieve("mn-name").expect(4000).saying("cfs");
        ae.fc("cfs", 1).fc("fu", 1).retrieve("mn-name").expect(4000).saying("cfq");
        ae.fc("cfs", 2).fc("cfq", "$").fc("fu", 1).retrieve("mn-name").expect(4000).saying("cfs");
        ae.fc("cfs", 1).fc("cfq", "t").fc("fu", 1).retrieve("mn-name").expect(4000).saying("cfq");
    }

    @Test
    void exactlyOneOfThem() {
        CseDriver.Peer both = ae.fc("lbl", List.of("warm")).fc("ty", List.of(CNT));
        assertThat(found(both)).containsExactly("hall");
        assertThat(found(both.fc("fo", 2))).containsExactly("hall", "lamp", "bath", "empty");
        assertThat(found(both.fc("fo", 3))).containsExactly("lamp", "bath", "empty");
        assertThat(found(both.fc("fo", 3).fc("atr", List.of(pair("mni", 10))))).as("three of them")
                .containsExactly("lamp", "bath",
                "empty");
        both.fc("fo", 4).fc("fu", 1).retrieve("mn-name").expect(4000).saying("fo");
    }

    @Test
    void aConditionalOperationAsksAllOfThem() {
        ae.fc("clbl", List.of("device:lamp")).retrieve("mn-name/cae1/hall").expect(2000);
        ae.fc("clbl", List.of("device:lamp")).retrieve("mn-name/cae1/bath").expect(4004);
        ae.fc("pty", List.of(2)).update("mn-name/cae1/hall", cnt().with("mni", 9)).expect(2004);
        ae.fc("pty", List.of(3)).update("mn-name/cae1/hall", cnt().with("mni", 8)).expect(4004);
        ae.fc("patr", List.of(pair("mni", 9))).delete("mn-name/cae1/hall/t1").expect(2002);
        ae.fc("cfs", 1).fc("cfq", "$.x").delete("mn-name/cae1/hall/t2").expect(4004);
        ae.fc("cfs", 1).fc("cfq", "$.t").delete("mn-name/cae1/hall/la").expect(2002);
        ae.fc("lbq", "NT room").delete("mn-name/cae1/hall").expect(4004);
        ae.fc("lbq", "room").delete("mn-name/cae1/hall").expect(2002);
    }

    @Test
    void theNewestAndOldestOfEachMatch() {
        assertThat(found(ae.fc("ty", List.of(CNT)).fc("arp", "la"))).containsExactly("t2", "cold");
        assertThat(found(ae.fc("ty", List.of(CNT)).fc("arp", "ol"))).containsExactly("t1", "cold");
        assertThat(found(ae.fc("ty", List.of(CNT)).fc("arp", "t1"))).containsExactly("t1");
        assertThat(found(ae.fc("ty", List.of(CNT)).fc("arp", "la/x"))).isEmpty();
        assertThat(found(ae.fc("ty", List.of(CNT)).fc("arp", "fopt"))).isEmpty();
    }

    @Test
    void pageByPage() {
        List<String> all = new ArrayList<>();
        long offset = 1;
        for (int page = 0; page < 4; page++) {
            CseDriver.Result result = ae.fc("fu", 1).fc("lim", 2).fc("ofst", offset).retrieve("mn-name/cae1").expect(2000);
            all.addAll(names(result.list()));
            assertThat(result.response().parameters().number("cnst").isPresent()).isEqualTo(page < 3);
            offset = result.response().parameters().number("cnot").orElse(0L);
        }
        assertThat(all).containsExactly("hall", "lamp", "t1", "t2", "bath", "cold", "empty");
        assertThat(offset).isZero();
        CseDriver.Result direct = ae.fc("fu", 1).fc("lvl", 1).fc("lim", 2).fc("ofst", 2).retrieve("mn-name/cae1").expect(2000);
        assertThat(names(direct.list())).containsExactly("bath", "empty");
        assertThat(direct.response().parameters().has(ResponseParameter.CONTENT_STATUS.shortName())).isFalse();
    }

    @Test
    void theServerHasALimitOfItsOwn() {
        for (int i = 0; i < 120; i++) {
            value("bath", "v" + i, "" + i);
        }
        CseDriver.Result result = ae.fc("fu", 1).fc("ty", List.of(CIN)).fc("lim", 1000).retrieve("mn-name/cae1/bath")
                .expect(2000);
        assertThat(result.list()).hasSize(20);
        ae.update("mn-name/cae1/bath", cnt().with("mni", 1000)).expect(2004);
        for (int i = 0; i < 120; i++) {
            value("bath", "w" + i, "" + i);
        }
        CseDriver.Result cut = ae.fc("fu", 1).fc("ty", List.of(CIN)).fc("lim", 1000).retrieve("mn-name/cae1/bath").expect(2000);
        assertThat(cut.list()).hasSize(100);
        assertThat(cut.response().parameters().number("cnst")).contains(1L);
        assertThat(cut.response().parameters().number("cnot")).contains(101L);
    }

    @Test
    void childrenAreShownByTheCriteria() {
        assertThat(ae.rcn(4).fc("lbq", "device").retrieve("mn-name/cae1/hall").expect(2000).names("m2m:cnt"))
                .containsExactly("lamp");
        assertThat(ae.rcn(8).fc("cfs", 1).fc("cfq", "$[?@ > 20]").retrieve("mn-name/cae1/hall").expect(2000).names("m2m:cin"))
                .containsExactly("t2");
        assertThat(ae.rcn(5).fc("pty", List.of(3)).fc("lim", 1).retrieve("mn-name/cae1/hall").expect(2000)
                .content().objects("ch"))
                .extracting(child -> child.text("nm").orElse("")).containsExactly("lamp");
        assertThat(ae.rcn(6).fc("chty", List.of(CNT, CIN)).retrieve("mn-name/cae1").expect(2000).content().objects("rrf"))
                .extracting(child -> child.text("nm").orElse("")).containsExactly("hall", "bath");
    }

    @Test
    void whatIsNotServedIsNamed() {
        ae.fc("smf", List.of("SELECT ?x")).fc("fu", 1).retrieve("mn-name").expect(5001).saying("SPARQL");
        ae.rcn(12).retrieve("mn-name/cae1").expect(5001).saying("12");
        ae.fc("lbq", "a b").fc("fu", 1).retrieve("mn-name").expect(4000).saying("lbq");
        ae.fc("chty", List.of("container")).fc("fu", 1).retrieve("mn-name").expect(4000).saying("chty");
    }
}
