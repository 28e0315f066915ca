// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.mapping.RecordingCse;

/** libcoap's client at the door: what another implementation makes of the same standards. */
class LibcoapTest {
    private static final String CONTAINER = "{\"m2m:cnt\":{\"rn\":\"c\"}}";

    private DoorFixture fixture;

    @BeforeEach
    void open() throws Exception {
        fixture = new DoorFixture(Map.of("blockSize", 256));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private String uri(String path) {
        return "coap://127.0.0.1:" + fixture.door.port() + path;
    }

    @Test
    void aResourceIsCreatedAndRetrieved() throws Exception {
        String uri = "coap://127.0.0.1:" + fixture.door.port() + "/~/mn-cse/mn-name";
        fixture.cse.answers(received -> ResponsePrimitive.builder(2001, received.requestIdentifier())
                .content(received.content().orElseThrow()).build());
        String created = CoapClientTool.run("-m", "post", "-t", "50", "-O", "256,CApp", "-O", "257,r77", "-O", "267,0x03", "-e",
                CONTAINER, uri);
        assertThat(created).contains("c:2.01", "265:\\x07\\xD1", ":: '" + CONTAINER + "'");
        RequestPrimitive create = fixture.cse.request();
        assertThat(create.operation()).isEqualTo(Operation.CREATE);
        assertThat(create.resourceType()).contains(3);
        assertThat(create.to()).isEqualTo("/mn-cse/mn-name");
        assertThat(create.from()).contains("CApp");
        assertThat(create.requestIdentifier()).isEqualTo("r77");

        fixture.cse.answers(received -> RecordingCse.ok(received)
                .content(new Content("m2m:cnt", Attributes.of("lbl", "z".repeat(3000))))
                .build());
        String retrieved = CoapClientTool.run("-m", "get", "-O", "279,CApp", "-O", "283,r78", uri + "?fu=1&lbl=a+b");
        RequestPrimitive retrieve = fixture.cse.request();
        assertThat(retrieve.filterCriteria().orElseThrow().texts("lbl")).containsExactly("a", "b");
        assertThat(retrieve.requestIdentifier()).isEqualTo("r78");
        assertThat(retrieved).contains("c:2.05", "Block2:0/M/256", "307:\\x07\\xD0");

        assertThat(CoapClientTool.run("-m", "get", uri)).as("a client that speaks no oneM2M can read why")
                .contains("c:4.00", "oneM2M-RQI is missing")
                .doesNotContain("unknown critical option");
    }

    @Test
    void aLongBodyComesInBlocksAndIsServedOnce(@TempDir Path folder) throws Exception {
        String instance = "{\"m2m:cin\":{\"con\":\"" + "y".repeat(3_000) + "\"}}";
        Path file = Files.writeString(folder.resolve("instance.json"), instance);
        fixture.cse.answers(received -> ResponsePrimitive.builder(2001, received.requestIdentifier()).build());
        String sent = CoapClientTool.run("-m", "post", "-t", "50", "-b", "128", "-f", file.toString(), "-O", "279,CApp", "-O",
                "283,r80", "-O", "267,0x04", uri("/mn-name/c"));
        assertThat(sent).contains("c:2.31", "Block1:0/M/128", "Block1:23/_/128", "c:2.01", "307:\\x07\\xD1");
        RequestPrimitive create = fixture.cse.request();
        assertThat(create.operation()).isEqualTo(Operation.CREATE);
        assertThat(create.requestIdentifier()).isEqualTo("r80");
        assertThat(create.content()).contains(new Content("m2m:cin", Attributes.of("con", "y".repeat(3_000))));
        assertThat(fixture.cse.waiting()).isZero();
    }

    @Test
    void lostDatagramsMakeNothingHappenTwice(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("instance.json"), "{\"m2m:cin\":{\"con\":\"" + "y".repeat(300) + "\"}}");
        fixture.cse.answers(received -> ResponsePrimitive.builder(2001, received.requestIdentifier()).build());
        Process client = CoapClientTool.start(8, "-m", "post", "-t", "50", "-b", "128", "-l", "2", "-f", file.toString(), "-O",
                "279,CApp", "-O", "283,r81", "-O", "267,0x04", uri("/mn-name/c"));
        assertThat(CoapClientTool.finish(client)).contains("c:2.01");
        assertThat(fixture.cse.request().requestIdentifier()).isEqualTo("r81");
        assertThat(fixture.cse.waiting()).isZero();
    }

    @Test
    void theEntryPointsComeInBlocks(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("links");
        String received = CoapClientTool.run("-m", "get", "-b", "16", "-o", file.toString(), uri("/.well-known/core"));
        assertThat(received).contains("Block2:0/M/16", "Block2:9/M/16");
        assertThat(Files.readString(file)).startsWith("</mn-name>;rt=\"oneM2M.CSEBase oneM2M.MN-CSE\"")
                .contains(",</~/mn-cse/mn-name>;").endsWith("10010\"");
        assertThat(CoapClientTool.run("-m", "get", uri("/.well-known/core?href=/~/*"))).contains(":: '</~/mn-cse/mn-name>")
                .doesNotContain("</mn-name>");
    }

    @Test
    void aSingleBlockCanBeAskedFor() throws Exception {
        fixture.cse.answers(received -> RecordingCse.ok(received)
                .content(new Content("m2m:cnt", Attributes.of("lbl", "0123456789".repeat(60)))).build());
        String received = CoapClientTool.run("-m", "get", "-b", "3,64", "-O", "279,CApp", "-O", "283,r82", uri("/mn-name/c"));
        assertThat(received).contains("Block2:3/M/64", "ETag:");
    }

    @Test
    void nonConfirmableRequestsAreServed() throws Exception {
        String received = CoapClientTool.run("-m", "get", "-N", "-O", "279,CApp", "-O", "283,r83", uri("/mn-name"));
        assertThat(received).contains("t:NON c:2.05");
        assertThat(fixture.cse.request().requestIdentifier()).isEqualTo("r83");
    }

    /** It knows no oneM2M option, so that it resets the first confirmable notification; that ends the observation. */
    @Test
    void theLatestInstanceIsObservedUntilTheClientResetsANotification() throws Exception {
        String[] content = {"first"};
        fixture.cse.answers(received -> RecordingCse.ok(received).content(new Content("m2m:cin",
                Attributes.builder().set("pi", "cnt-1").set("con", content[0]).build())).build());
        Process client = CoapClientTool.start(4, "-m", "get", "-s", "3", "-O", "279,CApp", "-O", "283,r84", uri("/mn-name/c/la"));
        until(() -> fixture.door.watches("cnt-1"));
        content[0] = "second";
        fixture.door.changed("cnt-1");
        until(() -> !fixture.door.watches("cnt-1"));
        String seen = CoapClientTool.finish(client);
        assertThat(seen).contains("Observe:0", "first", "Observe:1", "second", "t:RST");
    }

    private static void until(java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
            Thread.onSpinWait();
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
