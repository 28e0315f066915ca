// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.access.AccessSettings;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.RequestParameter;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is too much is refused with 5207 and a sentence, and what Release 2A does not know in its strict mode. */
class TreeLimitsTest {
    private CseDriver cse;
    private CseDriver.Peer ae;

    @AfterEach
    void close() {
        cse.close();
    }

    private void with(Limits limits) {
        cse = CseDriver.with(CseDriver.settings(CseIdentity.CseType.MN, true).with(AccessSettings.defaults(), limits));
        ae = cse.ae("CAE1");
    }

    @Test
    void theTreeHasADepth() {
        with(new Limits(3, 0, 0, 0, 0, 0, 0, false));
        ae.create("mn-name/cae1", CNT, cnt().named("two")).expect(2001);
        ae.create("mn-name/cae1/two", CNT, cnt().named("three")).expect(2001);
        ae.create("mn-name/cae1/two/three", CNT, cnt()).expect(5207).saying("3 levels");
        ae.create("mn-name/cae1/two/three", CIN, cin("x")).expect(5207);
        ae.create("mn-name/cae1/two", CIN, cin("x")).expect(2001);
    }

    @Test
    void aResourceHasSomeChildren() {
        with(new Limits(0, 2, 0, 0, 0, 0, 0, false));
        ae.create("mn-name/cae1", CNT, cnt().named("a")).expect(2001);
        ae.create("mn-name/cae1", CNT, cnt().named("b")).expect(2001);
        ae.create("mn-name/cae1", CNT, cnt().named("c")).expect(5207).saying("2 children");
        ae.delete("mn-name/cae1/a").expect(2002);
        ae.create("mn-name/cae1", CNT, cnt().named("c")).expect(2001);
        ae.create("mn-name/cae1", CNT, cnt().named("d")).expect(5207);
        for (int i = 0; i < 5; i++) {
            ae.create("mn-name/cae1/b", CIN, cin("x")).expect(2001);
        }
        cse.restart();
        ae.create("mn-name/cae1", CNT, cnt().named("d")).expect(5207);
    }

    @Test
    void theTreeHasASize() {
        with(new Limits(0, 0, 4, 0, 0, 0, 0, false));
        ae.create("mn-name/cae1", CNT, cnt().named("a")).expect(2001);
        ae.create("mn-name/cae1", CNT, cnt().named("b")).expect(5207).saying("4 resources");
        ae.delete("mn-name/cae1/a").expect(2002);
        ae.create("mn-name/cae1", CNT, cnt().named("b")).expect(2001);
    }

    @Test
    void aRequestBringsSomeAttributes() {
        with(new Limits(0, 0, 0, 4, 3, 2, 10, false));
        ae.create("mn-name/cae1", CNT, cnt().named("a").with("mni", 1).with("mbs", 1).with("mia", 1).with("or", "x"))
                .expect(5207).saying("4 attributes");
        ae.create("mn-name/cae1", CNT, cnt().named("a").with("lbl", List.of("1", "2", "3"))).expect(5207).saying("2 labels");
        ae.create("mn-name/cae1", CNT, cnt().named("a").with("at", Collections.nCopies(4, "/x"))).expect(5207).saying("'at'");
        ae.create("mn-name/cae1", CNT, cnt().named("a").with("or", "x".repeat(11))).expect(5207).saying("'or'");
        ae.create("mn-name/cae1", CNT, cnt().named("a").with("lbl", List.of("1", "2"))).expect(2001);
        ae.update("mn-name/cae1/a", cnt().with("lbl", List.of("1", "2", "3"))).expect(5207).saying("2 labels");
        ae.create("mn-name/cae1/a", CIN, cin("x".repeat(1000))).expect(2001);
    }

    @Test
    void theStrictModeKnowsReleaseTwoOnly() {
        with(new Limits(0, 0, 0, 0, 0, 0, 0, true));
        ae.create("mn-name/cae1", CNT, cnt().named("a").with("cstn", "CAE1")).expect(4000).saying("cstn");
        ae.create("mn-name/cae1", CNT, cnt().named("a").with("daci", List.of())).expect(2001);
        ae.update("mn-name/cae1/a", cnt().with("loc", Attributes.builder().set("typ", 1).set("crd", List.of(1, 2)).build()))
                .expect(4000).saying("loc");
        ae.with(RequestParameter.RELEASE_VERSION_INDICATOR, "4").update("mn-name/cae1/a", cnt().with("cstn", "CAE1"))
                .expect(4000);
    }

    @Test
    void otherwiseALaterReleasesAttributesAreKept() {
        with(Limits.none());
        ae.with(RequestParameter.RELEASE_VERSION_INDICATOR, "1").create("mn-name/cae1", CNT, cnt().named("a")
                .with("cstn", "CAE1")).expect(2001);
        assertThat(ae.retrieve("mn-name/cae1/a").expect(2000).content().text("cstn"))
                .contains("CAE1");
    }
}
