// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is for an AE that can be reached by its own connection only, while that comes and goes. */
class OutboundConnectionTest {
    private final OutboundNetwork network = new OutboundNetwork();
    private final Connections connections = new Connections();
    private OutboundNode node;

    private static final class Connections implements PrimitiveSender {
        private final Set<String> open = ConcurrentHashMap.newKeySet();
        private final List<OutboundRequest> sent = new CopyOnWriteArrayList<>();

        @Override
        public CompletionStage<ResponsePrimitive> send(OutboundRequest outbound) {
            if (!open.contains(outbound.receiver().orElseThrow())) {
                return OutboundNetwork.unreachable(false);
            }
            sent.add(outbound);
            return CompletableFuture.completedFuture(ResponsePrimitive.builder(ResponseStatusCode.OK,
                    outbound.request().requestIdentifier()).build());
        }

        @Override
        public Optional<URI> connection(String entity) {
            return open.contains(entity) ? Optional.of(URI.create("connection:" + entity)) : Optional.empty();
        }
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    @Tag("WS-09")
    void itWaitsUntilTheConnectionIsThereAndGoesAtOnceThen() {
        network.real(PrimitiveSender.CONNECTION, connections);
        Duration never = Duration.ofHours(10);
        node = new OutboundNode("/mn-cse", CseType.MN, network, OutboundNode.settings().withRetries(never, never),
                Optional.empty(), Clock.systemUTC());
        node.side.start();
        node.container("data");
        node.ae("C1");
        node.ae("C2");
        connections.open.add("/mn-cse/C1");
        connections.open.add("/mn-cse/C2");
        for (String ae : List.of("C1", "C2")) {
            assertThat(node.subscribe("data", "sub" + ae, "CAdmin", Attributes.builder().set("nu", List.of(ae))
                    .set("enc", Attributes.builder().set("net", List.of(3))
                            .set("chty", List.of(4)).build())).statusCode()).isEqualTo(2001);
        }
        connections.open.clear();
        connections.sent.clear();
        node.instance("data", "one");
        node.instance("data", "two");
        network.await(() -> node.side.counters().getOrDefault("notifications.retried", 0L) == 2, "both have been tried");
        assertThat(connections.sent).isEmpty();
        assertThat(node.store.outboundTargets()).hasSize(2);

        connections.open.add("/mn-cse/C1");
        connections.open.add("/mn-cse/C2");
        node.side.reachable("/mn-cse/C1");
        network.await(() -> connections.sent.size() == 2, "what waited has left");
        network.await(() -> node.store.outboundTargets().size() == 1, "what waits for another still does");
        assertThat(connections.sent).extracting(request -> request.receiver().orElseThrow())
                .containsExactly("/mn-cse/C1", "/mn-cse/C1");
    }
}
