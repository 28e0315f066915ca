// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.eclipse.californium.core.coap.CoAP.Code;
import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.CoAP.Type;
import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.observe.NotificationListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.rest.internal.mapping.RecordingCse;

/** The latest instance of a container, observed (RFC 7641). */
class ObserveTest {
    private final BlockingQueue<Response> notifications = new LinkedBlockingQueue<>();
    private volatile String content = "first";
    private DoorFixture fixture;
    private CoapDoor door;

    @BeforeEach
    void open() throws Exception {
        fixture = new DoorFixture(Map.of("maxObservers", 8, "blockSize", 64));
        door = fixture.door;
        fixture.cse.answers(this::latest);
        fixture.client.addNotificationListener(listener());
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private NotificationListener listener() {
        return (request, response) -> notifications.add(response);
    }

    private ResponsePrimitive latest(RequestPrimitive request) {
        if (content.isEmpty()) {
            return ResponsePrimitive.refusal(request, new PrimitiveException(ResponseStatusCode.NOT_FOUND, "no instance"));
        }
        return RecordingCse.ok(request).content(new Content("m2m:cin", Attributes.builder().set("ri", "cin-1")
                .set("pi", "cnt-1").set("con", content).build())).build();
    }

    private Request observe(String path) {
        Request request = fixture.request(Code.GET, path, "r1");
        request.setObserve();
        return request;
    }

    private void becomes(String newContent) {
        content = newContent;
        if (door.watches("cnt-1")) {
            door.changed("cnt-1");
        }
    }

    private Response notification() throws InterruptedException {
        Response response = notifications.poll(10, TimeUnit.SECONDS);
        assertThat(response).as("a notification").isNotNull();
        return response;
    }

    private void untilNobodyWatches() {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (door.watches("cnt-1") && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(door.watches("cnt-1")).isFalse();
    }

    private Request begin() throws InterruptedException {
        Request request = observe("mn-name/c/la");
        Response first = fixture.send(request);
        assertThat(first.getCode()).isEqualTo(ResponseCode.CONTENT);
        assertThat(first.getOptions().hasObserve()).isTrue();
        assertThat(first.getOptions().getMaxAge()).isEqualTo(Observation.MAX_AGE_SECONDS);
        assertThat(first.getPayloadString()).contains("first");
        assertThat(door.watches("cnt-1")).isTrue();
        notifications.clear();
        return request;
    }

    @Test
    void whatIsNewIsTold() throws Exception {
        begin();
        int sequence = 0;
        for (String next : List.of("second", "third")) {
            becomes(next);
            Response told = notification();
            assertThat(told.getPayloadString()).contains(next);
            assertThat(told.getOptions().getObserve()).isGreaterThan(sequence);
            assertThat(DoorFixture.rsc(told)).isEqualTo(2000);
            assertThat(told.getType()).as("so soon after the one before only confirmably").isEqualTo(Type.CON);
            sequence = told.getOptions().getObserve();
        }
    }

    @Test
    void aChangeThatChangesNothingForTheClientIsNotTold() throws Exception {
        begin();
        becomes("first");
        becomes("second");
        assertThat(notification().getPayloadString()).contains("second");
        assertThat(notifications).isEmpty();
    }

    @Test
    void theClientsOwnRightsCountEachTime() throws Exception {
        begin();
        RequestPrimitive first = fixture.cse.request();
        while (fixture.cse.waiting() > 0) {
            fixture.cse.request();
        }
        becomes("second");
        notification();
        assertThat(fixture.cse.request()).as("the very request of the client").isEqualTo(first);
    }

    @Test
    void theEndOfWhatIsObservedIsTheLastThingTold() throws Exception {
        begin();
        becomes("");
        Response last = notification();
        assertThat(last.getCode()).isEqualTo(ResponseCode.NOT_FOUND);
        assertThat(last.getOptions().hasObserve()).isFalse();
        assertThat(DoorFixture.rsc(last)).isEqualTo(4004);
        untilNobodyWatches();
    }

    @Test
    void aClientEndsItByAskingOrByAReset() throws Exception {
        Request first = begin();
        Request cancel = fixture.request(Code.GET, "mn-name/c/la", "r2");
        cancel.setObserveCancel();
        cancel.setToken(first.getToken());
        assertThat(fixture.send(cancel).getOptions().hasObserve()).isFalse();
        untilNobodyWatches();
        Request second = begin();
        second.cancel();
        becomes("second");
        untilNobodyWatches();
    }

    @Test
    void longInstancesComeInBlocks() throws Exception {
        begin();
        becomes("x".repeat(300));
        assertThat(notification().getPayloadString()).contains("x".repeat(300));
    }

    @Test
    void nothingElseCanBeObserved() throws Exception {
        for (String path : List.of("mn-name/c", "mn-name/c/ol")) {
            assertThat(fixture.send(observe(path)).getOptions().hasObserve()).as(path).isFalse();
        }
        content = "";
        Response missing = fixture.send(observe("mn-name/c/la"));
        assertThat(missing.getCode()).isEqualTo(ResponseCode.NOT_FOUND);
        assertThat(missing.getOptions().hasObserve()).isFalse();
        assertThat(door.watches("cnt-1")).isFalse();
    }

    @Test
    void observersAreBoundedAndOneClientLeavesRoomForOthers() throws Exception {
        List<Boolean> observing = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            observing.add(fixture.send(observe("mn-name/c/la")).getOptions().hasObserve());
        }
        assertThat(observing).as("a quarter of eight").containsExactly(true, true, false, false);
    }

    @Test
    void whoShowsNoReturnRouteObservesNothing() throws Exception {
        try (Datagrams socket = new Datagrams(door.port()).mute()) {
            byte[] observe = {0x41, 1, 0, 1, 5, 0x60, 0x51, 'x', 0x02, 'l', 'a', (byte) 0xd2, (byte) (257 - 11 - 13), 'r', '1'};
            Datagrams.Datagram acknowledgement = socket.exchange(observe);
            assertThat(acknowledgement.code()).as("empty, while the peer is asked whether it is there").isZero();
            Datagrams.Datagram answer = socket.receive();
            assertThat(answer.code()).isEqualTo(0x45);
        }
        assertThat(door.watches("cnt-1")).isFalse();
    }
}
