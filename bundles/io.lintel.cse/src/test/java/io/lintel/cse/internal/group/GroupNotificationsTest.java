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
import java.time.Duration;
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
    void notificationsAreGatheredAndTheTargetsAnswerIsThatOfEach() {
        var first = notified(neighbour, event("1"));
        assertThat(first).isNotDone();
        var second = notified(neighbour, event("2"));
        assertThat(first.join().statusCode()).isEqualTo(2000);
        assertThat(second.join().statusCode()).isEqualTo(2000);
        assertThat(first.join().requestIdentifier()).isNotEqualTo(second.join().requestIdentifier());
        assertThat(cse.left).hasSize(1);
        RequestPrimitive forwarded = cse.left.get(0);
        assertThat(forwarded.operation()).isEqualTo(Operation.NOTIFY);
        assertThat(forwarded.to()).isEqualTo("/mn-cse/CApp");
        assertThat(forwarded.from()).contains("/mn-cse");
        assertThat(forwarded.content().orElseThrow().name()).isEqualTo("m2m:agn");
        List<Attributes> notifications = forwarded.content().orElseThrow().attributes().objects("m2m:sgn");
        assertThat(notifications).hasSize(2);
        assertThat(notifications.get(0).text("sur")).contains("/cse2/c/s");
        assertThat(notifications.get(0).has("nfu")).isFalse();
        assertThat(notifications.get(1).toString()).contains("con=2");
    }

    @Test
    void theTargetsRefusalIsPassedBackToo() {
        answerAll(4004);
        var first = notified(neighbour, event("1"));
        notified(neighbour, event("2"));
        assertThat(first.join().statusCode()).isEqualTo(4004);
    }

    @Test
    void whatIsAloneLeavesWhenTheTimeIsOver() {
        var first = notified(neighbour, event("1"));
        cse.clock.pass(Duration.ofSeconds(2));
        cse.core().executeDelayed();
        assertThat(first).isNotDone();
        cse.clock.pass(Duration.ofSeconds(2));
        cse.core().executeDelayed();
        assertThat(first.join().statusCode()).isEqualTo(2000);
        assertThat(cse.left.get(0).content().orElseThrow().attributes().objects("m2m:sgn")).hasSize(1);
    }

    @Test
    void aTargetThatIsAnAddressGetsItFromTheQueue() {
        Body event = event("1").with("nfu", "http://127.0.0.1/here");
        notified(neighbour, event);
        assertThat(notified(neighbour, event).join().statusCode()).isEqualTo(2000);
        assertThat(cse.queued).hasSize(1);
        assertThat(cse.queued.get(0).target()).isEqualTo("http://127.0.0.1/here");
        assertThat(cse.queued.get(0).request().content().orElseThrow().name()).isEqualTo("m2m:agn");
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
