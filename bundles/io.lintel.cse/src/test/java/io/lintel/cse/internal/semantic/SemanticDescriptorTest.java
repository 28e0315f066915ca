// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.semantic;

import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.CseDriver.Body;
import io.lintel.primitive.Attributes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Semantic descriptors, below instances, too, with which they go (TS-0004 7.4.34). */
class SemanticDescriptorTest {
    private static final int SMD = 24;
    private static final String RDF = "PHJkZjpSREYvPg==";
    private static final String DATA = "mn-name/cae1/data";

    private final CseDriver cse = CseDriver.mn();
    private CseDriver.Peer ae;

    @BeforeEach
    void anAeWithData() {
        ae = cse.ae("CAE1");
        ae.create("mn-name/cae1", CNT, cnt().named("data")).expect(2001);
    }

    @AfterEach
    void close() {
        cse.close();
    }

    private static Body smd() {
        return Body.of("m2m:smd").with("dsp", RDF).with("dcrp", 4);
    }

    private void instance(String name) {
        ae.create(DATA, CIN, cin("1").named(name)).expect(2001);
    }

    private void described(String instance) {
        ae.create(DATA + "/" + instance, SMD, smd().named("meaning")).expect(2001);
    }

    @Test
    void aDescriptorIsKeptAsItIs() {
        Attributes made = ae.create(DATA, SMD, smd().named("meaning").with("or", "http://example.org/onto").with("rels",
                List.of(DATA)).with("vlde", false).with("cr", Attributes.NULL)).expect(2001).content();
        assertThat(made.names()).containsExactlyInAnyOrder("rn", "ty", "ri", "pi", "ct", "lt", "et", "cr", "dsp", "dcrp", "or",
                "rels", "vlde");
        assertThat(made.number("ty")).contains(24L);
        assertThat(made.text("cr")).contains("CAE1");
        assertThat(ae.retrieve(DATA + "/meaning").expect(2000).content()).isEqualTo(made);
        Attributes changed = ae.update(DATA + "/meaning", Body.of("m2m:smd").with("dsp", "eA==").with("dcrp", 5)
                .with("rels", Attributes.NULL)).expect(2004).content();
        assertThat(changed.text("dsp")).contains("eA==");
        assertThat(changed.has("rels")).isFalse();
        ae.delete(DATA + "/meaning").expect(2002);
    }

    @ParameterizedTest
    @CsvSource({"dsp, no base64!, 4000", "dsp, ' ', 4000", "soe, DELETE, 4000", "svd, true, 4000"})
    void whatIsNoDescriptorIsRefused(String attribute, String value, int status) {
        ae.create(DATA, SMD, smd().with(attribute, value)).expect(status).saying(attribute);
    }

    @Test
    void whatNeedsAnEngineIsRefused() {
        ae.create(DATA, SMD, Body.of("m2m:smd").with("dsp", RDF)).expect(4000).saying("dcrp");
        ae.create(DATA, SMD, smd().with("dcrp", 0)).expect(4000).saying("dcrp");
        ae.create(DATA, SMD, smd().with("dcrp", 8)).expect(4000).saying("dcrp");
        ae.create(DATA, SMD, smd().with("vlde", true)).expect(5001).saying("vlde");
        ae.create(DATA, SMD, smd().with("dsp", "eHh4".repeat(3000))).expect(5207).saying("dsp");
        ae.create(DATA, SMD, smd().named("meaning")).expect(2001);
        ae.update(DATA + "/meaning", Body.of("m2m:smd").with("soe", "INSERT DATA {}")).expect(5001).saying("SPARQL");
        ae.update(DATA + "/meaning", Body.of("m2m:smd").with("vlde", true)).expect(5001).saying("vlde");
    }

    @Test
    void whereItMayBe() {
        ae.create("mn-name/cae1", SMD, smd()).expect(2001);
        cse.admin().create("mn-name", SMD, smd()).expect(4108);
        ae.create("mn-name/cae1", 29, Body.of("m2m:ts").named("ts")).expect(2001);
        ae.create("mn-name/cae1/ts", SMD, smd()).expect(2001);
        ae.create("mn-name/cae1/ts", 30, Body.of("m2m:tsi").with("dgt", "20260101T000000").with("con", "1").named("i"))
                .expect(2001);
        ae.create("mn-name/cae1/ts/i", SMD, smd()).expect(4108);
        cse.ae("CAE2").create(DATA, SMD, smd()).expect(4103);
    }

    @Test
    void itIsFoundBelowAnInstance() {
        instance("one");
        instance("two");
        long tag = ae.retrieve(DATA + "/one").expect(2000).content().number("st").orElseThrow();
        described("one");
        assertThat(ae.retrieve(DATA + "/one").expect(2000).content().number("st")).as("an instance never changes").contains(tag);
        assertThat(ae.retrieve(DATA + "/one/meaning").expect(2000).content().text("dsp")).contains(RDF);
        assertThat(ae.retrieve(DATA + "/ol/meaning").response().statusCode()).isEqualTo(4004);
        assertThat(ae.fc("fu", 1).fc("ty", List.of(SMD)).retrieve("mn-name").expect(2000).list())
                .isEqualTo(List.of("mn-name/cae1/data/one/meaning"));
        assertThat(ae.fc("fu", 1).fc("chty", List.of(SMD)).retrieve("mn-name").expect(2000).list())
                .isEqualTo(List.of("mn-name/cae1/data/one"));
        Attributes shown = ae.rcn(4).retrieve(DATA).expect(2000).content();
        assertThat(shown.objects("m2m:cin").get(0).objects("m2m:smd")).hasSize(1);
        cse.restart();
        assertThat(ae.fc("fu", 1).fc("ty", List.of(SMD)).retrieve("mn-name").expect(2000).list()).hasSize(1);
        ae.delete(DATA + "/one").expect(2002);
        ae.retrieve(DATA + "/one/meaning").expect(4004);
        assertThat(ae.retrieve(DATA).content().number("cni")).contains(1L);
    }

    @Test
    void itGoesWithAnInstanceThatGivesWay() {
        ae.update(DATA, cnt().with("mni", 2)).expect(2004);
        instance("one");
        described("one");
        ae.create(DATA + "/one/meaning", CseDriver.SUB, Body.of("m2m:sub").with("nu", List.of("CAE1"))).expect(2001);
        long resources = cse.store.resourceCount();
        cse.restart();
        instance("two");
        instance("three");
        assertThat(cse.store.resourceCount()).as("two came, three went").isEqualTo(resources - 1);
        described("three");
        ae.update(DATA, cnt().with("mni", 0)).expect(2004);
        assertThat(ae.retrieve(DATA).content().number("cni")).contains(0L);
    }

    @Test
    void itGoesWithItsContainerAndWithItsTime() {
        instance("one");
        described("one");
        String end = ae.retrieve(DATA + "/one").content().text("et").orElseThrow();
        assertThat(ae.retrieve(DATA + "/one/meaning").content().text("et").orElseThrow()).isLessThanOrEqualTo(end);
        ae.create(DATA, CIN, cin("1").named("short").with("et", cse.clock.in(Duration.ofSeconds(9)))).expect(2001);
        described("short");
        assertThat(ae.retrieve(DATA + "/short/meaning").content().text("et")).contains(cse.clock.in(Duration.ofSeconds(9)));
        cse.clock.pass(Duration.ofSeconds(9));
        cse.core().sweepExpired();
        cse.store.writeNow(writer -> true);
        ae.retrieve(DATA + "/short/meaning").expect(4004);
        long before = cse.store.resourceCount();
        ae.delete(DATA).expect(2002);
        assertThat(cse.store.resourceCount()).isLessThanOrEqualTo(before - 3);
    }
}
