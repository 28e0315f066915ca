// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.cse.internal.outbound.OutboundNetwork;
import io.lintel.mqtt.internal.MqttBinding;
import io.lintel.mqtt.internal.MqttParts;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.store.sqlite.internal.SqliteParts;
import io.lintel.store.sqlite.internal.SqliteStore;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A CSE of a test with its real store and the real MQTT binding; only the framework is missing, and the clock is the
 * test's. Other schemes than {@code mqtt} are the test's own network.
 */
final class ConnectedCse implements Cse, AutoCloseable {
    private final Path directory;
    private final MqttParts.Server server;
    final OutboundNetwork network = new OutboundNetwork();
    private SqliteStore store;
    private volatile MqttBinding binding;
    final WholeCse cse;

    /** @param made puts the CSE together on a network and a store */
    ConnectedCse(Path directory, MqttParts.Server server, Function<ConnectedCse, WholeCse> made) {
        this.directory = directory;
        this.server = server;
        this.store = SqliteParts.open(directory);
        network.real("mqtt", outbound -> binding == null ? OutboundNetwork.unreachable(false) : binding.send(outbound));
        this.cse = made.apply(this);
        this.binding = MqttParts.binding(server, this);
    }

    SqliteStore store() {
        return store;
    }

    /** Its process ends: connection, CSE and store. */
    void crash() {
        MqttParts.end(binding);
        cse.crash();
        store.close();
    }

    /** A new process on the same disk. */
    void boot() {
        store = SqliteParts.open(directory);
        cse.store = store;
        cse.boot();
        binding = MqttParts.binding(server, this);
    }

    @Override
    public CseIdentity identity() {
        return cse.identity();
    }

    @Override
    public CompletionStage<ResponsePrimitive> handle(RequestPrimitive request, Hop hop) {
        return cse.core.dispatcher().handle(request, hop);
    }

    @Override
    public void close() {
        crash();
    }
}
