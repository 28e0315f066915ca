// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.Registrations.Registration;
import io.lintel.cse.internal.WholeCse;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A gateway whose registrar's server knows its credential, but not its CSE-ID (TS-0010 6.4.4, 7.4 class 4). */
class CseRegistrationByCredentialTest {
    private static final String CREDENTIAL = "12-hall";

    private final OutboundNetwork network = new OutboundNetwork();
    private WholeCse infrastructure;
    private WholeCse gateway;

    @BeforeEach
    void infrastructure() {
        infrastructure = WholeCse.infrastructure(network);
        infrastructure.listenBehindServer("in", "/mn-cse", CREDENTIAL, "/mn-*");
    }

    @AfterEach
    void close() {
        infrastructure.crash();
        if (gateway != null) {
            gateway.crash();
        }
    }

    private static RegistrarSettings settings(String credential) {
        return RegistrarSettings.of("mqtt://in", "/in-cse", "in-name", List.of("mqtt://mn"), "json", Duration.ofHours(1),
                Duration.ofMillis(50), Duration.ofMillis(5), Duration.ofMillis(50)).withCredential(credential);
    }

    private void gateway(String credential) {
        gateway = WholeCse.gateway(network, "mn", settings(credential));
    }

    private List<OutboundRequest> withCredential() {
        return network.sentTo("in").stream().filter(request -> request.credential().isPresent()).toList();
    }

    @Test
    @Tag("MQ-33")
    void itRegistersWithTheCredentialAndSpeaksForItselfAfterwards() {
        gateway(CREDENTIAL);
        gateway.awaitRegistered();
        OutboundRequest first = network.sentTo("in").get(0);
        assertThat(first.credential()).contains(CREDENTIAL);
        assertThat(first.request().operation()).isEqualTo(Operation.CREATE);
        assertThat(first.request().from()).contains("/mn-cse");
        assertThat(withCredential()).hasSize(1);
        assertThat(infrastructure.core.registrations().cse("/mn-cse").map(Registration::credential)).contains(CREDENTIAL);
        assertThat(infrastructure.core.registrations().withCredential(CREDENTIAL)).hasSize(1);
        assertThat(gateway.ask(Operation.RETRIEVE, "/in-cse", "CAdmin", Optional.empty(), null).statusCode()).isLessThan(5000);
    }

    @Test
    void aRegistrationThatStandsIsNotMadeAgainAfterARestart() {
        gateway(CREDENTIAL);
        gateway.awaitRegistered();
        gateway.crash();
        infrastructure.crash();
        infrastructure.boot();
        gateway.boot();
        gateway.awaitRegistered();
        assertThat(withCredential()).hasSize(1);
        assertThat(infrastructure.core.registrations().cse("/mn-cse").map(Registration::credential)).contains(CREDENTIAL);
    }

    @Test
    @Tag("MQ-60")
    void whenTheRegistrarHasLostTheRegistrationItRegistersWithTheCredentialAgain() {
        gateway(CREDENTIAL);
        gateway.awaitRegistered();
        assertThat(infrastructure.ask(Operation.DELETE, "in-name/mn-cse", "CAdmin", Optional.empty(), null).statusCode())
                .isEqualTo(2002);
        assertThat(infrastructure.core.registrations().withCredential(CREDENTIAL)).isEmpty();
        network.await(() -> withCredential().size() == 2, "it registers anew");
        network.await(() -> infrastructure.core.registrations().cse("/mn-cse").isPresent(), "and is registered");
    }

    /** A MQTT server drops what comes from who is not registered any more; others' requests notice it first. */
    @Test
    void silenceOfTheRegistrarMakesItLookAtItsRegistration() {
        gateway = WholeCse.gateway(network, "mn", RegistrarSettings.of("mqtt://in", "/in-cse", "in-name", List.of("mqtt://mn"),
                "json", Duration.ofHours(1), Duration.ofHours(1), Duration.ofMillis(5), Duration.ofMillis(50))
                .withCredential(CREDENTIAL));
        gateway.awaitRegistered();
        network.await(() -> network.sentTo("in").size() > 2, "it has looked at the registrar's base");
        assertThat(infrastructure.ask(Operation.DELETE, "in-name/mn-cse", "CAdmin", Optional.empty(), null).statusCode())
                .isEqualTo(2002);
        network.peer("in", request -> request.credential().isPresent() ? registering(request)
                : OutboundNetwork.unreachable(true));
        network.await(() -> {
            gateway.ask(Operation.RETRIEVE, "/in-cse", "CAdmin", Optional.empty(), null);
            return withCredential().size() > 1;
        }, "it registers anew long before its next look");
    }

    private static CompletionStage<ResponsePrimitive> registering(OutboundRequest request) {
        return CompletableFuture.completedFuture(ResponsePrimitive.builder(ResponseStatusCode.CREATED,
                request.request().requestIdentifier()).build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/other-cse", "C*", "/mn-"})
    @Tag("MQ-60")
    void aCredentialThatStandsForAnotherIsRefusedAndSaysSo(String permitted) {
        infrastructure.listenBehindServer("in", "/mn-cse", CREDENTIAL, permitted);
        gateway(CREDENTIAL);
        network.await(() -> gateway.outbound.registrarDoor().orElseThrow().detail().contains("4106"), "the refusal is shown");
        assertThat(gateway.outbound.registrarDoor().orElseThrow().detail()).contains(
                "fr is /mn-cse, which Credential-ID 12-hall does not stand for");
        assertThat(infrastructure.core.registrations().cse("/mn-cse")).isEmpty();
    }

    /** A credential that leaves the CSE-ID open stands for one CSE all the same. */
    @Test
    @Tag("MQ-60")
    void aSecondCseWithTheSameCredentialIsRefused() {
        gateway(CREDENTIAL);
        gateway.awaitRegistered();
        WholeCse second = WholeCse.gateway(network, "mn-2", settings(CREDENTIAL));
        try {
            network.await(() -> second.outbound.registrarDoor().orElseThrow().detail().contains("4106"), "it is refused");
            assertThat(second.outbound.registrarDoor().orElseThrow().detail()).contains(
                    "/mn-cse is registered with Credential-ID 12-hall");
        } finally {
            second.crash();
        }
    }

    @Test
    void anExpiredRegistrationIsInNobodysWay() {
        gateway(CREDENTIAL);
        gateway.awaitRegistered();
        gateway.crash();
        String id = infrastructure.core.registrations().cse("/mn-cse").orElseThrow().resourceId();
        infrastructure.store.write(writer -> {
            writer.update(writer.byId(id).orElseThrow().with(writer.byId(id).orElseThrow().attributes(), 1));
            return true;
        }).toCompletableFuture().join();
        gateway.boot();
        gateway.awaitRegistered();
        assertThat(withCredential()).as("the old one is not found, so a new one is made").hasSize(2);
        assertThat(infrastructure.core.registrations().cse("/mn-cse").orElseThrow().resourceId()).isNotEqualTo(id);
        assertThat(infrastructure.store.byId(id)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"12 hall", "12-#", "+", "12-\u00e4"})
    void aWrongCredentialStopsTheStart(String credential) {
        assertThatThrownBy(() -> settings(credential)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("registrar.credentialId");
    }
}
