// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Primitive;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * The WebSocket of Node.js at the HTTP door's port: one connection for each AE, in its serialisation. Notifications are given
 * to whoever listens, and answered.
 */
final class NodeClient implements BridgeClient, AutoCloseable {
    private final String uri;
    private final BiConsumer<Serialization, Attributes> notified;
    private final Process process;
    private final Writer commands;
    private final Map<String, Serialization> connections = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Attributes>> opened = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<ResponsePrimitive>> waiting = new ConcurrentHashMap<>();

    NodeClient(Path folder, String uri, BiConsumer<Serialization, Attributes> notified) throws IOException {
        this.uri = uri;
        this.notified = notified;
        Path script = folder.resolve("websocket-pipe.mjs");
        try (var in = NodeClient.class.getResourceAsStream("websocket-pipe.mjs")) {
            Files.write(script, in.readAllBytes());
        }
        boolean flag = new ProcessBuilder("node", "--experimental-websocket", "-e", "0").redirectErrorStream(true).start()
                .onExit().join().exitValue() == 0;
        process = (flag ? new ProcessBuilder("node", "--experimental-websocket", script.toString())
                : new ProcessBuilder("node", script.toString())).redirectError(folder.resolve("node.log").toFile()).start();
        commands = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "node-output");
        reader.setDaemon(true);
        reader.start();
    }

    @Override
    public String name() {
        return "websocket";
    }

    /** Opens the connection of an AE. */
    void connect(String ae, Serialization serialization) throws Exception {
        connections.put(ae, serialization);
        CompletableFuture<Attributes> open = new CompletableFuture<>();
        opened.put(ae, open);
        command(Attributes.builder().set("name", ae).set("uri", uri).set("protocol", "oneM2M.R2.0." + serialization.suffix()));
        Waiting.result("Node's connection for " + ae, open);
    }

    private synchronized void command(Attributes.Builder command) {
        try {
            commands.write(new String(Json.of(command.build()), StandardCharsets.UTF_8) + "\n");
            commands.flush();
        } catch (IOException e) {
            throw new AssertionError("node has ended", e);
        }
    }

    @Override
    public Reply send(RequestPrimitive request, Serialization serialization) throws Exception {
        CompletableFuture<ResponsePrimitive> answer = new CompletableFuture<>();
        waiting.put(request.requestIdentifier(), answer);
        say(request.from().orElseThrow(), request);
        ResponsePrimitive response = Waiting.result("the response to " + request, answer);
        return new Reply(response.statusCode(), response.content());
    }

    private void say(String ae, Primitive primitive) {
        Serialization serialization = connections.get(ae);
        command(Attributes.builder().set("name", ae).set("text", serialization != Serialization.CBOR)
                .set("data", Base64.getEncoder().encodeToString(PrimitiveCodec.of(serialization).encode(primitive))));
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String name = member(line, "name");
                String data = member(line, "data");
                if (!data.isEmpty()) {
                    message(name, PrimitiveCodec.of(connections.get(name)).decode(Base64.getDecoder().decode(data)));
                } else if (line.contains("\"open\"")) {
                    opened.get(name).complete(Attributes.empty());
                } else {
                    opened.get(name).completeExceptionally(new AssertionError(line));
                }
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    private static String member(String line, String name) {
        return line.contains("\"" + name + "\":\"") ? line.replaceFirst(".*\"" + name + "\":\"([^\"]*)\".*", "$1") : "";
    }

    private void message(String ae, Primitive primitive) {
        if (primitive instanceof ResponsePrimitive response) {
            waiting.remove(response.requestIdentifier()).complete(response);
        } else if (primitive instanceof RequestPrimitive request) {
            say(ae, ResponsePrimitive.builder(ResponseStatusCode.OK, request.requestIdentifier()).build());
            notified.accept(connections.get(ae), request.content().orElseThrow().attributes());
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
