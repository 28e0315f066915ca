// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.tls.PeerIdentity;

/** What the CSE is told of a sender whose credential was verified. */
class CredentialHopsTest {
    private static final PeerIdentity ONE_AE = new PeerIdentity("33-Cmeter", List.of("Cmeter"));
    private static final PeerIdentity ONE_CSE = new PeerIdentity("32-attic", List.of("/attic"));
    private static final PeerIdentity ANY_AE = new PeerIdentity("12-hall@field.example", List.of("C*", "S*"));

    private final FakeRegistrations registrations = new FakeRegistrations();

    private Hop hop(PeerIdentity identity, RequestPrimitive request) {
        Hop hop = CredentialHops.of(Binding.COAP, "peer", identity, request, Optional.of(registrations), Optional.of("key"));
        assertThat(hop.secured()).isTrue();
        assertThat(hop.loopback()).isFalse();
        assertThat(hop.binding()).isEqualTo(Binding.COAP);
        assertThat(hop.deliveryKey()).contains("key");
        assertThat(hop.originator()).isEmpty();
        return hop;
    }

    private static RequestPrimitive retrieval(String from) {
        return Samples.of(Operation.RETRIEVE, "x").from(from).build();
    }

    private static RequestPrimitive registration(int type) {
        return Samples.of(Operation.CREATE, "mn-name").from("").resourceType(type).build();
    }

    @Test
    void aCredentialOfOneEntityIsThatEntityWhateverItSays() {
        assertThat(hop(ONE_AE, retrieval("Cother")).verified()).contains("Cmeter");
        assertThat(hop(ONE_CSE, retrieval("/attic/C1")).verified()).contains("/attic");
        assertThat(hop(ONE_AE, retrieval("Cmeter")).credential()).isEmpty();
    }

    @Test
    void aRegistrationSaysWhatTheCredentialMayBe() {
        Hop ae = hop(ANY_AE, registration(2));
        assertThat(ae.verified()).isEmpty();
        assertThat(ae.credential()).contains("12-hall@field.example");
        assertThat(ae.permitted()).contains(List.of("C*", "S*"));
        Hop cse = hop(ONE_CSE, registration(16));
        assertThat(cse.verified()).contains("/attic");
        assertThat(cse.permitted()).contains(List.of("/attic"));
        assertThat(hop(ANY_AE, registration(3)).credential()).as("no registration, and nobody it could come from").isPresent();
    }

    @Test
    void whoRegisteredWithACredentialIsItsSender() {
        registrations.add("C1", "12-hall@field.example");
        registrations.add("S2", "12-hall@field.example");
        registrations.add("C3", "12-other@field.example");
        assertThat(hop(ANY_AE, retrieval("C1")).verified()).contains("C1");
        assertThat(hop(ANY_AE, retrieval("/mn-cse/C1")).verified()).contains("C1");
        assertThat(hop(ANY_AE, retrieval("/S2")).verified()).contains("S2");
        Hop stranger = hop(ANY_AE, retrieval("C3"));
        assertThat(stranger.verified()).as("of several nobody is the one").isEmpty();
        assertThat(stranger.credential()).as("so that the CSE refuses it").isPresent();
    }

    @Test
    void theOnlyOneWhoRegisteredIsTheSenderAlsoIfItSaysOtherwise() {
        registrations.add("C1", "12-hall@field.example");
        assertThat(hop(ANY_AE, retrieval("C9")).verified()).contains("C1");
        PeerIdentity anyCse = new PeerIdentity("31-box", List.of("/*"));
        registrations.add("/attic", "31-box");
        assertThat(hop(anyCse, retrieval("/attic/C5")).verified()).contains("/attic");
    }

    @Test
    void ofSeveralCsesWithOneCredentialTheOneInFrontOfTheOriginatorIsTheSender() {
        PeerIdentity boxes = new PeerIdentity("31-boxes", List.of("/box*"));
        registrations.add("/box1", "31-boxes");
        registrations.add("/box2", "31-boxes");
        assertThat(hop(boxes, retrieval("/box2/C5")).verified()).contains("/box2");
        assertThat(hop(boxes, retrieval("/box1")).verified()).contains("/box1");
    }

    @Test
    void whoTheCredentialNoLongerStandsForIsNobody() {
        registrations.add("C1", "12-hall@field.example");
        PeerIdentity changed = new PeerIdentity("12-hall@field.example", List.of("Chall*"));
        assertThat(hop(changed, retrieval("C1")).verified()).isEmpty();
    }
}
