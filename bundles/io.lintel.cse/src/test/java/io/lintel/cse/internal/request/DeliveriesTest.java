// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import static io.lintel.cse.internal.CseDriver.CIN;
import static io.lintel.cse.internal.CseDriver.CNT;
import static io.lintel.cse.internal.CseDriver.cin;
import static io.lintel.cse.internal.CseDriver.cnt;
import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Hop;
import io.lintel.cse.internal.CseDriver;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same message delivered twice is one request. */
class DeliveriesTest {
    private final CseDriver cse = CseDriver.mn();
    private CseDriver.Peer ae;

    @BeforeEach
    void aContainer() {
        ae = cse.ae("CAE1");
        ae.create("mn-name/cae1", CNT, cnt().named("data")).expect(2001);
    }

    @AfterEach
    void close() {
        cse.close();
    }

    private RequestPrimitive instance(String identifier) {
        return RequestPrimitive.builder(Operation.CREATE, "mn-name/cae1/data").from("CAE1").requestIdentifier(identifier)
                .resourceType(CIN)
                .content(new Content("m2m:cin", cin("x").attributes())).build();
    }

    private Hop delivery(String key) {
        return ae.delivery(key).hop();
    }

    private static Hop device(boolean first) {
        return Hop.local("io.lintel.adapter", "session/7/digest", first);
    }

    private long instances() {
        return ae.retrieve("mn-name/cae1/data").content().number("cni").orElseThrow();
    }

    @Test
    void aKeyThatIsUsedAgainForAnotherMessageDoesNotHideIt() {
        assertThat(cse.send(instance("r1"), device(true)).statusCode()).isEqualTo(2001);
        ResponsePrimitive second = cse.send(instance("r2"), device(true));
        assertThat(second.statusCode()).isEqualTo(2001);
        assertThat(instances()).isEqualTo(2);
        assertThat(cse.send(instance("r3"), device(false))).isEqualTo(second);
        assertThat(instances()).isEqualTo(2);
    }

    @Test
    @Tag("MQ-02")
    void aRepetitionGetsTheFirstResponse() {
        ResponsePrimitive first = cse.send(instance("r"), delivery("k1"));
        assertThat(first.statusCode()).isEqualTo(2001);
        assertThat(cse.send(instance("r"), delivery("k1"))).isEqualTo(first);
        assertThat(instances()).isEqualTo(1);
        assertThat(cse.send(instance("r"), delivery("k2"))).isNotEqualTo(first);
        assertThat(instances()).isEqualTo(2);
    }

    @Test
    @Tag("MQ-02")
    void alsoAfterARestart() {
        ResponsePrimitive first = cse.send(instance("r"), delivery("k1"));
        cse.restart();
        assertThat(cse.send(instance("r"), delivery("k1"))).isEqualTo(first);
        assertThat(instances()).isEqualTo(1);
    }

    @Test
    void aRepetitionThatOvertakesSharesTheResponse() {
        CompletableFuture<ResponsePrimitive> first = cse.core().dispatcher().handle(instance("r"), delivery("k1"))
                .toCompletableFuture();
        CompletableFuture<ResponsePrimitive> second = cse.core().dispatcher().handle(instance("r"), delivery("k1"))
                .toCompletableFuture();
        assertThat(CseDriver.await(second)).isEqualTo(CseDriver.await(first));
        assertThat(instances()).isEqualTo(1);
    }

    @Test
    void whatCannotTellDeliveriesApartExecutesEach() {
        cse.send(instance("r"), ae.hop());
        cse.send(instance("r"), ae.hop());
        assertThat(instances()).isEqualTo(2);
    }

    @Test
    @Tag("MQ-02")
    void anIdentifierIsNotUsedTwiceAtATime() {
        CompletableFuture<ResponsePrimitive> answer = new CompletableFuture<>();
        cse.elsewhere = request -> answer;
        RequestPrimitive request = instance("r").toBuilder().to("/in-cse/x").build();
        CompletableFuture<ResponsePrimitive> first = cse.core().dispatcher().handle(request,
                delivery("k1")).toCompletableFuture();
        assertThat(cse.send(instance("r"), delivery("k2")).statusCode()).as("another request").isEqualTo(4000);
        assertThat(cse.send(instance("r"), ae.hop()).statusCode()).as("by another door").isEqualTo(4000);
        assertThat(cse.send(instance("r2"), delivery("k3")).statusCode()).isEqualTo(2001);
        CompletableFuture<ResponsePrimitive> same = cse.core().dispatcher().handle(request, delivery("k1")).toCompletableFuture();
        cse.ae("CAE2");
        RequestPrimitive other = RequestPrimitive.builder(Operation.DELETE, "mn-name/cae2").from("CAE2").requestIdentifier("r")
                .build();
        assertThat(cse.send(other, delivery("k4")).statusCode()).as("somebody else's identifier").isEqualTo(2002);
        answer.complete(ResponsePrimitive.builder(2001, "r").build());
        assertThat(CseDriver.await(first).statusCode()).isEqualTo(2001);
        assertThat(CseDriver.await(same)).isEqualTo(CseDriver.await(first));
        assertThat(cse.send(instance("r"), delivery("k5")).statusCode()).as("answered, so it counts as new").isEqualTo(2001);
    }

    @Test
    void aRefusalFreesItsIdentifier() {
        RequestPrimitive refused = RequestPrimitive.builder(Operation.DELETE, "mn-name/none").from("CAE1").requestIdentifier("r")
                .build();
        assertThat(cse.send(refused, ae.hop()).statusCode()).isEqualTo(4004);
        assertThat(cse.send(instance("r"), ae.hop()).statusCode()).isEqualTo(2001);
    }

    @Test
    void aRefusalIsRepeatedToo() {
        RequestPrimitive request = RequestPrimitive.builder(Operation.DELETE, "mn-name/cae1/later").from("CAE1")
                .requestIdentifier("d").build();
        assertThat(cse.send(request, delivery("k1")).statusCode()).isEqualTo(4004);
        ae.create("mn-name/cae1", CNT, cnt().named("later")).expect(2001);
        assertThat(cse.send(request, delivery("k1")).statusCode()).isEqualTo(4004);
        ae.retrieve("mn-name/cae1/later").expect(2000);
        cse.clock.pass(Duration.ofSeconds(6));
        assertThat(cse.send(request, delivery("k1")).statusCode()).isEqualTo(2002);
    }

    @Test
    void whoRegistersAfterARefusalIsServed() {
        RequestPrimitive request = RequestPrimitive.builder(Operation.DELETE, "mn-name/x").from("CAE2").requestIdentifier("d")
                .build();
        assertThat(cse.send(request, delivery("k1")).statusCode()).isEqualTo(4106);
        cse.ae("CAE2");
        assertThat(cse.send(request, delivery("k1")).statusCode()).isEqualTo(4004);
    }

    @Test
    void aForwardedRequestLeavesOnce() {
        cse.elsewhere = request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(2001,
                request.requestIdentifier()).build());
        RequestPrimitive request = instance("r").toBuilder().to("/in-cse/x").build();
        ResponsePrimitive first = cse.send(request, delivery("k1"));
        assertThat(first.statusCode()).isEqualTo(2001);
        assertThat(cse.send(request, delivery("k1"))).isEqualTo(first);
        cse.restart();
        assertThat(cse.send(request, delivery("k1"))).isEqualTo(first);
        assertThat(cse.left).hasSize(1);
    }

    @Test
    void aRetrievalIsAnsweredAnew() {
        RequestPrimitive request = RequestPrimitive.builder(Operation.RETRIEVE, "mn-name/cae1/data").from("CAE1")
                .requestIdentifier("g").build();
        assertThat(cse.send(request, delivery("k1")).content().orElseThrow().attributes().number("cni")).contains(0L);
        cse.send(instance("r"), delivery("k2"));
        assertThat(cse.send(request, delivery("k1")).content().orElseThrow().attributes().number("cni")).contains(1L);
    }
}
