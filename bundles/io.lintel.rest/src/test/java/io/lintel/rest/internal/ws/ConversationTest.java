// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.rest.internal.mapping.Settings;

/** What is said of a request whose connection ends: whether the other end may have it. */
class ConversationTest {
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
    private final HeldLink link = new HeldLink();
    private final Conversation conversation = new Conversation(link, new Subprotocol("", Serialization.JSON),
            request -> Hop.plain(Binding.WEBSOCKET, "test", true), Optional.of("/in-cse"), false,
            new Conversation.Surroundings(Limits.of(Settings.of(WebSocketSettings.class, Map.of())), executor,
                    new CseView(executor, Duration.ZERO, Duration.ofSeconds(10)), new Counterparties(), Clock.systemUTC()),
            ended -> { });

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    private CompletableFuture<ResponsePrimitive> send(String requestIdentifier) {
        CompletableFuture<ResponsePrimitive> result = new CompletableFuture<>();
        conversation.send(new OutboundRequest(TestNode.retrieve("/mn-cse", "/in-cse", requestIdentifier),
                URI.create("ws://127.0.0.1"), Optional.of("/in-cse"), Optional.empty(), Clock.systemUTC().instant()
                        .plusSeconds(10)), result);
        return result;
    }

    private static boolean mayHaveArrived(CompletableFuture<ResponsePrimitive> result) {
        assertThat(result).isCompletedExceptionally();
        return ((UnreachableException) catchThrowableOfType(CompletionException.class, result::join).getCause())
                .mayHaveArrived();
    }

    @Test
    void whatTheLinkHasMayHaveArrivedThoughItHasNotSaidSo() {
        var handedOver = send("1");
        var waiting = send("2");
        conversation.end("the test ends it");
        assertThat(link.held).hasSize(1);
        assertThat(mayHaveArrived(handedOver)).isTrue();
        assertThat(mayHaveArrived(waiting)).isFalse();
    }

    @Test
    void whatCouldNotBeSentHasNotArrived() {
        var first = send("1");
        link.held.get(0).accept(null);
        var second = send("2");
        link.held.get(1).accept(new IOException("broken pipe"));
        assertThat(mayHaveArrived(first)).isTrue();
        assertThat(mayHaveArrived(second)).isFalse();
    }

    /** Takes messages, and says what became of them when the test does. */
    private static final class HeldLink implements Link {
        private final List<Consumer<Throwable>> held = new ArrayList<>();

        @Override
        public void send(byte[] message, boolean text, Consumer<Throwable> gone) {
            held.add(gone);
        }

        @Override
        public void ping() {
            throw new AssertionError("nobody has been silent");
        }

        @Override
        public void more() {
            throw new AssertionError("nothing has come");
        }

        @Override
        public void close(int code, String reason) {
            throw new AssertionError(reason);
        }

        @Override
        public void abort() {
            // there is nothing below it
        }
    }
}
