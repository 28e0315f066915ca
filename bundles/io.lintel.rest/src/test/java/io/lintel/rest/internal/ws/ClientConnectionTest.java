// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.mapping.HttpClients;
import io.lintel.rest.internal.mapping.Settings;
import io.lintel.tls.NodeTls;

/** A connection that is given up while it is made. */
class ClientConnectionTest {
    private static final int CLOSE_FRAME = 0x88;

    private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
    private final Counterparties counterparties = new Counterparties();
    private final ClientConnection connection = new ClientConnection(Optional.of("/in-cse"), new ClientConnection.Dialling(
            new HttpClients(new NodeTls(Path.of("target/no-home")).client(Optional.empty(), true, Optional.empty(),
                    Optional.empty()), Optional.empty(), Duration.ofSeconds(10), Duration.ZERO, executor), Duration.ofSeconds(10),
            Duration.ofMillis(50), Duration.ofMillis(100)), new Conversation.Surroundings(Limits.of(Settings.of(
                    WebSocketSettings.class, Map.of())), executor, new CseView(executor, Duration.ZERO, Duration.ofSeconds(10)),
            counterparties, Clock.systemUTC()));

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @Test
    void whatIsMadeAfterTheEndIsClosedAgain() throws Exception {
        CompletableFuture<Void> gate = new CompletableFuture<>();
        try (ScriptedServer server = new ScriptedServer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                + "Connection: Upgrade\r\nSec-WebSocket-Protocol: oneM2M.json\r\nSec-WebSocket-Accept: {accept}\r\n\r\n", gate)) {
            CompletableFuture<ResponsePrimitive> result = new CompletableFuture<>();
            connection.send(new OutboundRequest(TestNode.retrieve("/mn-cse", "/in-cse", "1"), URI.create(server.uri()),
                    Optional.of("/in-cse"), Optional.empty(), Clock.systemUTC().instant().plusSeconds(10)), result);
            server.head();
            connection.close("another connection takes its place");
            assertThat(result).isCompletedExceptionally();
            gate.complete(null);
            assertThat(server.next()).isEqualTo(CLOSE_FRAME);
            TestNode.await("nobody is reached by it", () -> counterparties.of("/in-cse").isEmpty());
        }
    }
}
