// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import static io.lintel.cse.internal.CseDriver.ACP;
import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.CseDriver;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RETRIEVE, its result contents, and discovery (TS-0004 7.2.2.2, 7.3.3.14, 7.3.3.17). */
class RetrievalTest {
    private final CseDriver cse = CseDriver.mn();
    private CseDriver.Peer ae;
    private String start;

    /** {@code cae1/{a/{a1, x, y}, b}}; a day later {@code late}. */
    @BeforeEach
    void aTree() {
        ae = cse.ae("CAE1");
        start = cse.clock.in(Duration.ZERO);
        ae.create("mn-name/cae1", CNT, cnt().named("a").with("lbl", List.of("room", "kitchen"))).expect(2001);
        ae.create("mn-name/cae1/a", CNT, cnt().named("a1").with("lbl", List.of("deep")).with("mni", 7)).expect(2001);
        ae.create("mn-name/cae1/a", CIN, cin("12").named("x").with("cnf", "text/plain:0")).expect(2001);
        ae.create("mn-name/cae1/a", CIN, cin("123456").named("y").with("cnf", "application/json:1").with("lbl", List.of("room")))
                .expect(2001);
        ae.create("mn-name/cae1", CNT, cnt().named("b").with("lbl", List.of("bath"))).expect(2001);
        cse.clock.pass(Duration.ofDays(1));
        ae.create("mn-name/cae1", CNT, cnt().named("late").with("et", cse.clock.in(Duration.ofDays(2)))).expect(2001);
    }

    @AfterEach
    void close() {
        cse.close();
    }

    @Test
    void attributesOnlyByDefault() {
        Attributes content = ae.retrieve("mn-name/cae1/a").expect(2000).content();
        assertThat(content.text("rn")).contains("a");
        assertThat(content.names()).noneMatch(name -> name.startsWith("m2m:") || name.equals("ch"));
    }

    @Test
    void aPart() {
        assertThat(ae.retrieve("mn-name/cae1/a", "rn", "lbl", "mbs").expect(2000).content().names()).containsExactly("rn", "lbl");
        ae.retrieve("mn-name/cae1/a", "rn", "api").expect(4000).saying("api");
        ae.send(ae.builder(Operation.RETRIEVE, "mn-name/cae1/a").content(new Content("m2m:cnt", Attributes.empty())))
                .expect(4000);
        ae.send(ae.builder(Operation.RETRIEVE, "mn-name/cae1/a").content(new Content("m2m:atrl", List.of()))).expect(4000);
        ae.rcn(4).retrieve("mn-name/cae1/a", "rn").expect(4000);
    }

    @Test
    void childrenNested() {
        Attributes content = ae.rcn(4).retrieve("mn-name/cae1").expect(2000).content();
        assertThat(content.text("aei")).contains("CAE1");
        List<Attributes> containers = content.objects("m2m:cnt");
        assertThat(containers).extracting(c -> c.text("rn").orElse("")).containsExactly("a", "b", "late");
        assertThat(containers.get(0).objects("m2m:cin")).extracting(c -> c.text("rn").orElse("")).containsExactly("x", "y");
        assertThat(containers.get(0).objects("m2m:cnt")).extracting(c -> c.text("rn").orElse("")).containsExactly("a1");
        Attributes alone = ae.rcn(8).retrieve("mn-name/cae1").expect(2000).content();
        assertThat(alone.names()).containsExactly("m2m:cnt");
    }

    @Test
    void childrenAsReferences() {
        Attributes content = ae.rcn(5).retrieve("mn-name/cae1/a").expect(2000).content();
        assertThat(content.text("rn")).contains("a");
        assertThat(content.objects("ch")).extracting(c -> c.text("val").orElse(""))
                .containsExactly("mn-name/cae1/a/a1", "mn-name/cae1/a/x", "mn-name/cae1/a/y");
        assertThat(content.objects("ch").get(1)).isEqualTo(
                Attributes.builder().set("nm", "x").set("typ", 4).set("val", "mn-name/cae1/a/x").build());
        CseDriver.Result references = ae.rcn(6).retrieve("mn-name/cae1/a").expect(2000);
        assertThat(references.response().content().orElseThrow().name()).isEqualTo("m2m:rrl");
        assertThat(references.content().objects("rrf")).hasSize(3);
        CseDriver.Result unstructured = ae.rcn(6).with(RequestParameter.DESIRED_IDENTIFIER_RESULT_TYPE, 2)
                .retrieve("mn-name/cae1/a");
        assertThat(unstructured.content().objects("rrf")).extracting(c -> c.text("val").orElse(""))
                .noneMatch(v -> v.contains("/"));
    }

    @Test
    void theCriteriaRestrictTheChildrenShown() {
        assertThat(ae.rcn(4).fc("lvl", 1).retrieve("mn-name/cae1").content().objects("m2m:cnt").get(0).has("m2m:cin")).isFalse();
        assertThat(ae.rcn(8).fc("ty", List.of(4)).retrieve("mn-name/cae1").names("m2m:cin")).containsExactly("x", "y");
        assertThat(ae.rcn(6).fc("lim", 2).retrieve("mn-name/cae1").content().objects("rrf")).hasSize(2);
    }

    @Test
    void aLongListIsCutAndSaysWhereToGoOn() {
        CseDriver.Result first = ae.rcn(6).fc("lim", 4).retrieve("mn-name/cae1").expect(2000);
        assertThat(first.response().parameters().number("cnst")).contains(1L);
        assertThat(first.response().parameters().number("cnot")).contains(5L);
        CseDriver.Result rest = ae.rcn(6).fc("lim", 4).fc("ofst", 5).retrieve("mn-name/cae1").expect(2000);
        assertThat(rest.response().parameters().has("cnst")).isFalse();
        assertThat(Stream.concat(first.content().objects("rrf").stream(), rest.content().objects("rrf").stream())
                .map(c -> c.text("nm").orElse(""))).containsExactly("a", "a1", "x", "y", "b", "late");
    }

    @Test
    void childrenOneMayNotRetrieveAreLeftOut() {
        CseDriver.Peer other = cse.ae("CAE2");
        ae.create("mn-name/cae1", ACP, CseDriver.Body.of("m2m:acp").named("policy")
                .with("pv", Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of("CAE2")).set("acop", 2)
                .build())))
                .with("pvs", Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of("CAE1")).set("acop", 63)
                .build()))))
                .expect(2001);
        ae.update("mn-name/cae1", CseDriver.Body.of("m2m:ae").with("acpi", List.of("mn-name/cae1/policy"))).expect(2004);
        cse.admin().update("mn-name/cae1/a/a1", cnt().with("acpi", List.of("mn-name/cae1/policy"))).expect(2004);
        assertThat(other.rcn(6).retrieve("mn-name/cae1").expect(2000).content().objects("rrf"))
                .extracting(c -> c.text("nm").orElse("")).containsExactly("a1");
        assertThat(other.fc("fu", 1).retrieve("mn-name/cae1").expect(2000).list()).isEmpty();
    }

    @Nested
    class Discovering {
        private List<?> found(CseDriver.Peer peer) {
            CseDriver.Result result = peer.fc("fu", 1).retrieve("mn-name/cae1").expect(2000);
            assertThat(result.response().content().orElseThrow().name()).isEqualTo("m2m:uril");
            return result.list().stream().map(id -> id.toString().substring(id.toString().lastIndexOf('/') + 1)).toList();
        }

        @Test
        void everythingBelow() {
            assertThat(ae.fc("fu", 1).retrieve("mn-name").expect(2000).list().stream().map(Object::toString)).containsExactly(
                    "mn-name/cae1", "mn-name/cae1/a", "mn-name/cae1/a/a1", "mn-name/cae1/a/x", "mn-name/cae1/a/y",
                    "mn-name/cae1/b",
                    "mn-name/cae1/late");
        }

        @ParameterizedTest
        @CsvSource(delimiter = ';', value = {
            "lbl; room; a y", "lbl; room,bath; a y b", "lbl; none; ''", "ty; 4; x y", "ty; 3; a a1 b late",
                    "ty; 3,4; a a1 x y b late",
            "ty; 23; ''", "cty; text/plain; x", "cty; text/plain,application/json; x y"})
        void byLists(String tag, String values, String names) {
            List<?> wanted = tag.equals("ty") ? Stream.of(values.split(",")).map(Long::valueOf).toList()
                    : List.of(values.split(","));
            assertThat(String.join(" ", found(ae.fc(tag, wanted)).stream().map(Object::toString).toList())).isEqualTo(names);
        }

        @ParameterizedTest
        @CsvSource({"sza, 6, y", "sza, 7, ''", "szb, 6, x", "sts, 3, x a1 b late", "stb, 3, a y"})
        void byNumbers(String tag, long limit, String names) {
            assertThat(found(ae.fc(tag, limit)).stream().map(Object::toString)).containsExactlyInAnyOrder(
                    names.isEmpty() ? new String[0] : names.split(" "));
        }

        @Test
        void byTimes() {
            String now = cse.clock.in(Duration.ZERO);
            assertThat(found(ae.fc("cra", now)).toString()).isEqualTo("[late]");
            assertThat(found(ae.fc("crb", now))).hasSize(5);
            assertThat(found(ae.fc("crb", start))).isEmpty();
            assertThat(found(ae.fc("ms", now)).toString()).isEqualTo("[late]");
            assertThat(found(ae.fc("us", now))).hasSize(5);
            assertThat(found(ae.fc("exb", cse.clock.in(Duration.ofDays(3)))).toString()).isEqualTo("[late]");
            assertThat(found(ae.fc("exa", cse.clock.in(Duration.ofDays(3))))).hasSize(5);
        }

        @Test
        void differentTagsTogetherOrApart() {
            CseDriver.Peer both = ae.fc("lbl", List.of("room")).fc("ty", List.of(4));
            assertThat(found(both).toString()).isEqualTo("[y]");
            assertThat(found(both.fc("fo", 1)).toString()).isEqualTo("[y]");
            assertThat(found(both.fc("fo", 2)).toString()).isEqualTo("[a, x, y]");
            both.fc("fo", 4).fc("fu", 1).retrieve("mn-name").expect(4000);
            both.fc("fo", 4).fc("fu", 1).retrieve("mn-name").expect(4000);
        }

        @Test
        void byAttributes() {
            assertThat(found(ae.fc("atr", List.of(attribute("rn", "x")))).toString()).isEqualTo("[x]");
            assertThat(found(ae.fc("atr", List.of(attribute("rn", "a*")))).toString()).isEqualTo("[a, a1]");
            assertThat(found(ae.fc("atr", List.of(attribute("mni", 7L)))).toString()).isEqualTo("[a1]");
            assertThat(found(ae.fc("atr", attribute("rn", "*a*e"))).toString()).isEqualTo("[late]");
            ae.fc("fu", 1).fc("atr", List.of(attribute("lbl", "room"))).retrieve("mn-name").expect(4000).saying("lbl");
            ae.fc("fu", 1).fc("atr", List.of(Attributes.of("nm", "x"))).retrieve("mn-name").expect(4000);
        }

        private Attributes attribute(String name, Object value) {
            return Attributes.builder().set("nm", name).set("val", value).build();
        }

        @Test
        void levelLimitAndOffset() {
            assertThat(found(ae.fc("lvl", 1)).toString()).isEqualTo("[a, b, late]");
            assertThat(found(ae.fc("lvl", 0))).isEmpty();
            assertThat(found(ae.fc("lim", 2)).toString()).isEqualTo("[a, a1]");
            assertThat(found(ae.fc("lim", 2).fc("ofst", 3)).toString()).isEqualTo("[x, y]");
            assertThat(found(ae.fc("ofst", 1)).toString()).isEqualTo(found(ae.fc("ofst", 0)).toString());
            assertThat(found(ae.fc("ofst", 99))).isEmpty();
        }

        @Test
        void aPathFromEachMatch() {
            assertThat(ae.fc("fu", 1).fc("arp", "a1").retrieve("mn-name").expect(2000).list().toString())
                    .isEqualTo("[mn-name/cae1/a/a1]");
        }

        @Test
        void aPathToTheNewestAndTheOldestInstance() {
            assertThat(ae.fc("fu", 1).fc("ty", List.of(3)).fc("arp", "la").retrieve("mn-name").expect(2000).list().toString())
                    .isEqualTo("[mn-name/cae1/a/y]");
            assertThat(ae.fc("fu", 1).fc("ty", List.of(3)).fc("arp", "ol").retrieve("mn-name").expect(2000).list().toString())
                    .isEqualTo("[mn-name/cae1/a/x]");
        }

        @Test
        void aPathDoesNotLeadToWhatTheOriginatorMayNotDiscover() {
            CseDriver.Peer other = cse.ae("CAE2");
            String policy = ae.create("mn-name/cae1", CseDriver.ACP, CseDriver.Body.of("m2m:acp").with("pv", rules("CAE2", 32))
                    .with("pvs", rules("CAE1", 63))).expect(2001).content().text("ri").orElseThrow();
            ae.update("mn-name/cae1/a", cnt().with("acpi", List.of(policy))).expect(2004);
            assertThat(other.fc("fu", 1).retrieve("mn-name").expect(2000).list().toString()).contains("mn-name/cae1/a,");
            assertThat(other.fc("fu", 1).fc("arp", "a1").retrieve("mn-name").expect(2000).list()).isEmpty();
            assertThat(other.fc("fu", 1).fc("lbl", List.of("kitchen")).fc("arp", "x").retrieve("mn-name").expect(2000).list()
                    .toString()).isEqualTo("[mn-name/cae1/a/x]");
        }

        private Attributes rules(String originator, int operations) {
            return Attributes.of("acr", List.of(Attributes.builder().set("acor", List.of(originator)).set("acop", operations)
                    .build()));
        }

        @Test
        void theFormsOfTheResult() {
            CseDriver.Peer discovery = ae.fc("fu", 1).fc("ty", List.of(4));
            assertThat(discovery.rcn(6).retrieve("mn-name").expect(2000).content().objects("rrf")).hasSize(2);
            assertThat(discovery.rcn(11).retrieve("mn-name").expect(2000).list()).hasSize(2);
            assertThat(discovery.rcn(5).retrieve("mn-name").expect(2000).content().objects("ch")).hasSize(2);
            discovery.rcn(4).retrieve("mn-name").expect(4000);
            assertThat(discovery.with(RequestParameter.DESIRED_IDENTIFIER_RESULT_TYPE, 2).retrieve("mn-name").list().toString())
                    .doesNotContain("/");
        }

        @Test
        void theHostCapsTheAnswer() {
            for (int i = 0; i < 120; i++) {
                ae.create("mn-name/cae1/b", CIN, cin("" + i)).expect(2001);
            }
            CseDriver.Result capped = ae.fc("fu", 1).fc("lim", 5000).retrieve("mn-name/cae1/b").expect(2000);
            assertThat(capped.list()).hasSize(100);
            assertThat(capped.response().parameters().number("cnot")).contains(101L);
            assertThat(ae.fc("fu", 1).fc("ofst", 101).retrieve("mn-name/cae1/b").list()).hasSize(20);
        }

        @Test
        void nothingFoundIsNoFailure() {
            CseDriver.Result nothing = ae.fc("fu", 1).fc("lbl", List.of("none")).retrieve("mn-name").expect(2000);
            assertThat(nothing.list()).isEmpty();
        }

        @Test
        void whoMayNotDiscoverFindsNothing() {
            assertThat(cse.ae("CAE2").fc("fu", 1).fc("ty", List.of(3)).retrieve("mn-name").expect(2000).list()).isEmpty();
        }

        @ParameterizedTest
        @CsvSource({"gsf, 5001", "smf, 5001", "foo, 4000"})
        void criteriaThatAreNotServed(String tag, int status) {
            ae.fc("fu", 1).fc(tag, "x").retrieve("mn-name").expect(status).saying(tag);
        }

        @ParameterizedTest
        @CsvSource({"fu, 3, 5001", "fu, 9, 4000", "lim, -1, 4000", "lvl, -1, 4000", "sza, -1, 4000"})
        void valuesThatAreNone(String tag, long value, int status) {
            ae.fc(tag, value).retrieve("mn-name").expect(status).saying(tag);
        }

        @Test
        void malformedCriteria() {
            ae.fc("crb", "yesterday").retrieve("mn-name").expect(4000).saying("crb");
            ae.fc("ty", "three").retrieve("mn-name").expect(4000).saying("ty");
            ae.fc("lbl", List.of()).retrieve("mn-name").expect(4000).saying("lbl");
            ae.fc("atr", "x").retrieve("mn-name").expect(4000).saying("atr");
        }
    }

    @Test
    void aRetrievalMayBeConditional() {
        ae.fc("lbl", List.of("room")).retrieve("mn-name/cae1/a").expect(2000);
        ae.fc("lbl", List.of("none")).retrieve("mn-name/cae1/a").expect(4004);
        ae.fc("fu", 2).fc("ms", cse.clock.in(Duration.ZERO)).retrieve("mn-name/cae1/a").expect(4004);
        ae.fc("lim", 3).retrieve("mn-name/cae1/a").expect(2000);
    }
}
