// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.CseDriver;
import io.lintel.cse.internal.CseDriver.Body;
import io.lintel.cse.internal.CseDriver.Peer;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Subscriptions through a group, whose notifications come back by the group's host (TS-0004 7.4.14.3). */
class GroupNotificationsTest {
    private final CseDriver cse = CseDriver.mn();
    private Peer app;
    private Peer neighbour;

    @BeforeEach
    void aGroupOfMembersHereAndElsewhere() {
        app = cse.ae("CApp");
        neighbour = cse.registree("/cse2");
        app.create("mn-name/capp", CseDriver.CNT, CseDriver.cnt().named("c1")).expect(2001);
        app.create("mn-name/capp", 9, Body.of("m2m:grp").with("rn", "g").with("mnm", 9).with("mid",
                List.of("mn-name/capp/c1", "/cse2/c")).with("nar", Attributes.builder().set("num", 2).set("dur", "PT3S").build()))
                .expect(2001);
        answerAll(2000);
    }

    private void answerAll(int status) {
        cse.elsewhere = request -> CompletableFuture.completedFuture(ResponsePrimitive.builder(
                request.operation() == Operation.CREATE ? 2001 : status, request.requestIdentifier()).build());
    }

    @AfterEach
    void close() {
        cse.close();
    }

    private static Body sub(String target) {
        return Body.of("m2m:sub").with("rn", "s").with("nu", List.of("CApp")).with("nfu", target);
    }

    private static Body event(String value) {
        return Body.of("m2m:sgn").with("sur", "/cse2/c/s").with("nfu", "/mn-cse/CApp").with("nev",
                Attributes.of("rep", Attributes.of("m2m:cin", Attributes.of("con", value))));
    }

    private CompletableFuture<ResponsePrimitive> notified(Peer sender, Body body) {
        RequestPrimitive request = sender.builder(Operation.NOTIFY, "mn-name/capp/g").content(new Content(body.name(),
                body.attributes())).build();
        return cse.core().dispatcher().handle(request, sender.hop()).toCompletableFuture();
    }

    @Test
    void theMembersNotifyTheGroup() {
        app.create("mn-name/capp/g/fopt", CseDriver.SUB, sub("CApp")).expect(2000);
        Attributes here = app.retrieve("mn-name/capp/c1/s").expect(2000).content();
        assertThat(here.texts("nu")).containsExactly("/mn-cse/mn-name/capp/g");
        assertThat(here.text("nfu")).contains("/mn-cse/CApp");
        Attributes there = cse.left.get(0).content().orElseThrow().attributes();
        assertThat(there.texts("nu")).containsExactly("/mn-cse/mn-name/capp/g");
        assertThat(there.text("nfu")).contains("/mn-cse/CApp");
    }

    @Test
    void withoutAForwardingAddressTheMembersNotifyTheTargetItself() {
        app.create("mn-name/capp/g/fopt", CseDriver.SUB, Body.of("m2m:sub").with("rn", "s").with("nu", List.of("CApp")))
                .expect(2000);
        assertThat(app.retrieve("mn-name/capp/c1/s").content().texts("nu")).containsExactly("CApp");
    }

    @Test
    void aTargetThatDoesNotWantItIsNotForwardedTo() {
        answerAll(4103);
        app.create("mn-name/capp/g/fopt", CseDriver.SUB, sub("/cse2/COther")).expect(5204);
        app.retrieve("mn-name/capp/c1/s").expect(4004);
    }

    @Test
    void whatIsKeptForTheTargetIsAcknowledgedAtOnce() {
        var first = notified(neighbour, event("1"));
        assertThat(first.join().statusCode()).isEqualTo(2000);
        RequestPrimitive kept = cse.gathered.get(0);
        assertThat(cse.gathered).hasSize(1);
        assertThat(cse.left).isEmpty();
        assertThat(kept.operation()).isEqualTo(Operation.NOTIFY);
        assertThat(kept.to()).isEqualTo("/mn-cse/CApp");
        assertThat(kept.from()).contains("/mn-cse");
        Attributes notification = kept.content().orElseThrow().attributes();
        assertThat(notification.text("sur")).contains("/cse2/c/s");
        assertThat(notification.has("nfu")).isFalse();
        assertThat(notification.toString()).contains("con=1");
    }

    @Test
    void aTargetThatCanNotBeIsRefused() {
        assertThat(notified(neighbour, event("1").with("nfu", "http://bad host/x")).join().statusCode()).isEqualTo(4000);
        assertThat(cse.gathered).isEmpty();
    }

    @Test
    void onlyHostsOfMembersAreHeard() {
        Peer stranger = cse.registree("/cse3");
        assertThat(notified(stranger, event("1")).join().statusCode()).isEqualTo(4103);
        assertThat(notified(app, event("1")).join().statusCode()).isEqualTo(4103);
        assertThat(notified(stranger, Body.of("m2m:sgn").with("vrq", true).with("sur", "/cse3/s")).join().statusCode())
                .isEqualTo(4103);
        assertThat(notified(neighbour, Body.of("m2m:sgn").with("vrq", true).with("sur", "/cse2/c/s")).join().statusCode())
                .isEqualTo(2000);
    }

    @Test
    void aNotificationThatNamesNoTargetIsRefused() {
        Body event = Body.of("m2m:sgn").with("sur", "/cse2/c/s").with("nev", Attributes.empty());
        assertThat(notified(neighbour, event).join().statusCode()).isEqualTo(4000);
        assertThat(notified(neighbour, Body.of("m2m:cin").with("con", "x")).join().statusCode()).isEqualTo(4000);
    }
}
