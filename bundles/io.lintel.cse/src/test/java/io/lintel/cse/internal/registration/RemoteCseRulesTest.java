// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.cse.internal.outbound.OutboundNode;
import io.lintel.primitive.Attributes;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Registration of CSEs here: TS-0004 7.4.4. */
class RemoteCseRulesTest {
    private final OutboundNetwork network = new OutboundNetwork();
    private OutboundNode node;

    @AfterEach
    void close() {
        node.close();
    }

    private void given(CseType type) {
        node = new OutboundNode("/in-cse", type, network, OutboundNode.settings(), Optional.empty(), Clock.systemUTC());
        node.side.start();
    }

    private int register(String from, Attributes.Builder more) {
        return node.create("in-cse-name", from, 16, more.set("cb", from + "/base").set("rr", true).build()).statusCode();
    }

    private static Attributes.Builder named(String name) {
        return Attributes.builder().set("rn", name);
    }

    @Test
    void theCseIdIsTheOriginators() {
        given(CseType.IN);
        assertThat(register("/mn1", named("a"))).isEqualTo(2001);
        assertThat(register("/mn2", named("b").set("csi", "/mn2"))).isEqualTo(2001);
        assertThat(register("/mn3", named("c").set("csi", "/mn4"))).as("for somebody else").isEqualTo(4000);
        assertThat(node.store.child("base", "a").orElseThrow().text("csi")).contains("/mn1");
    }

    @Test
    void whoIsRegisteredCanNotRegisterAgain() {
        given(CseType.IN);
        assertThat(register("/mn1", named("a"))).isEqualTo(2001);
        assertThat(register("/mn1", named("b"))).isEqualTo(4117);
        assertThat(node.delete("in-cse-name/a", "/mn1").statusCode()).isEqualTo(2002);
        assertThat(register("/mn1", named("b"))).isEqualTo(2001);
    }

    @Test
    void anAeIsNoCse() {
        given(CseType.IN);
        node.ae("C1");
        assertThat(register("C1", named("a"))).isEqualTo(4005);
        assertThat(register("/mn1/C5", named("a"))).isEqualTo(4005);
    }

    @Test
    void anAsnAcceptsNobody() {
        given(CseType.ASN);
        assertThat(register("/mn1", named("a"))).isEqualTo(4005);
    }

    @Test
    void registrationsMustNotLoop() {
        given(CseType.MN);
        assertThat(register("/mn1", named("a").set("dcse", List.of("/in-cse")))).isEqualTo(4000);
        assertThat(register("/mn1", named("a"))).isEqualTo(2001);
        assertThat(node.update("in-cse-name/a", "/mn1", 16, Attributes.of("dcse", List.of("/in-cse"))).statusCode())
                .isEqualTo(4000);
    }

    @Test
    void anAeCanNotChangeOrEndIt() {
        given(CseType.IN);
        node.ae("C1");
        assertThat(register("/mn1", named("a"))).isEqualTo(2001);
        assertThat(node.update("in-cse-name/a", "C1", 16, Attributes.of("rr", false)).statusCode()).isEqualTo(4005);
        assertThat(node.delete("in-cse-name/a", "C1").statusCode()).isEqualTo(4005);
        assertThat(node.delete("in-cse-name/a", "CAdmin").statusCode()).isEqualTo(2002);
    }

    @Test
    void aWayIsKnownAsSoonAsItIsRegisteredAndNoLongerThanThat() {
        given(CseType.IN);
        RemoteCseIndex index = new RemoteCseIndex(node.store);
        assertThat(index.towards("/mn1")).isEmpty();
        assertThat(register("/mn1", named("a").set("dcse", List.of("/asn1")))).isEqualTo(2001);
        assertThat(index.towards("/mn1")).hasSize(1);
        assertThat(index.towards("/asn1")).hasSize(1);
        node.update("in-cse-name/a", "/mn1", 16, Attributes.of("dcse", List.of("/asn2")));
        assertThat(index.towards("/asn1")).isEmpty();
        assertThat(index.towards("/asn2")).hasSize(1);
        node.store.failNextCommits(1);
        assertThat(node.delete("in-cse-name/a", "/mn1").isSuccess()).isFalse();
        assertThat(index.towards("/mn1")).as("the deletion did not happen").hasSize(1);
        node.delete("in-cse-name/a", "/mn1");
        assertThat(index.towards("/mn1")).isEmpty();
    }
}
