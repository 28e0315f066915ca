// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Instant;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.rest.internal.mapping.RecordingCse;
import io.lintel.rest.internal.mapping.Samples;
import io.lintel.rest.internal.mapping.Settings;
import io.lintel.tls.NodeTls;

/** Sender and door back to back: what goes in on one side comes out on the other, parameter by parameter. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpRoundTripTest {
    private final RecordingCse cse = new RecordingCse();
    private HttpDoor door;
    private HttpSender sender;

    @BeforeAll
    void open() throws Exception {
        door = new HttpDoor(Settings.of(HttpSettings.class, Map.of("port", 0, "pathPrefix", "/onem2m")));
        door.bindCse(cse);
        sender = new HttpSender(Settings.of(HttpSettings.class, Map.of()),
            new NodeTls(Path.of("target", "no-home")));
    }

    @AfterAll
    void close() throws Exception {
        sender.close();
        door.close();
    }

    static Stream<RequestPrimitive> requests() {
        return Samples.requests();
    }

    static Stream<ResponsePrimitive> responses() {
        return Samples.responses();
    }

    private ResponsePrimitive send(RequestPrimitive request, Serialization serialization) throws Exception {
        OutboundRequest outbound = new OutboundRequest(request, URI.create(door.pointsOfAccess().get(0)), Optional.of("/mn-cse"),
                Optional.of(serialization), Instant.now().plusSeconds(10));
        return sender.send(outbound).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void aRequestArrivesAsItWasSent(RequestPrimitive request) throws Exception {
        cse.answers(received -> RecordingCse.ok(received).build());
        ResponsePrimitive response = send(request, Serialization.JSON);
        assertThat(cse.request()).isEqualTo(request);
        assertThat(response).isEqualTo(RecordingCse.ok(request).build());
    }

    @ParameterizedTest
    @MethodSource("responses")
    void aResponseComesBackAsItWasGiven(ResponsePrimitive given) throws Exception {
        cse.answers(received -> given);
        assertThat(send(Samples.of(Operation.RETRIEVE, "mn-name/ae1").build(), Serialization.JSON)).isEqualTo(given);
        cse.request();
    }

    @ParameterizedTest
    @EnumSource(ResponseStatusCode.class)
    void everyStatusCodeComesBack(ResponseStatusCode status) throws Exception {
        cse.answers(received -> ResponsePrimitive.builder(status, "r-17").build());
        assertThat(send(Samples.of(Operation.RETRIEVE, "mn-name/ae1").build(), Serialization.JSON).statusCode())
                .isEqualTo(status.code());
        cse.request();
    }

    @ParameterizedTest
    @EnumSource(Serialization.class)
    void contentTravelsInEverySerialization(Serialization serialization) throws Exception {
        Content content = new Content("m2m:cnt", Attributes.builder().set("rn", "data").set("mni", 10).build());
        cse.answers(received -> ResponsePrimitive.builder(2001, "r-17").content(content).build());
        RequestPrimitive request = Samples.of(Operation.CREATE, "mn-name/ae1").resourceType(3).content(content).build();
        ResponsePrimitive response = send(request, serialization);
        assertThat(cse.request()).isEqualTo(request);
        assertThat(response.content()).contains(content);
    }

    @Test
    void oneAttributeOfAResourceIsAskedForByItsList() throws Exception {
        cse.answers(received -> RecordingCse.ok(received).build());
        send(Samples.of(Operation.RETRIEVE, "mn-name/ae1#lbl").build(), Serialization.JSON);
        RequestPrimitive received = cse.request();
        assertThat(received.to()).isEqualTo("mn-name/ae1");
        assertThat(received.content()).contains(new Content("m2m:atrl", java.util.List.of("lbl")));
    }

    @Test
    void aLabelMayContainThePlusSign() throws Exception {
        cse.answers(received -> RecordingCse.ok(received).build());
        RequestPrimitive request = Samples.of(Operation.RETRIEVE, "mn-name")
                .set(io.lintel.primitive.RequestParameter.FILTER_CRITERIA, Attributes.of("lbl", java.util.List.of("a+b", "c d")))
                        .build();
        send(request, Serialization.JSON);
        assertThat(cse.request()).isEqualTo(request);
    }
}
