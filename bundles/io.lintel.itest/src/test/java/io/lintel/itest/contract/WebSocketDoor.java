// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import com.google.gson.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The WebSocket binding (TS-0020) with the JDK's client: a connection for each originator and serialisation, over which that
 * one is notified, too. Those that have none, and plain listeners, are notified at a small server.
 */
final class WebSocketDoor implements Door {
    private static final int SECONDS = 60;
    private static final int CREATED = 2001;

    private final URI uri;
    private final HttpClient client;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "contract-websocket");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, Listener> listeners = new ConcurrentHashMap<>();
    private final Map<String, Connection> connections = new ConcurrentHashMap<>();
    private final WebSocketListener server;

    WebSocketDoor(int port) throws Exception {
        uri = URI.create("ws://127.0.0.1:" + port);
        client = HttpClient.newBuilder().executor(threads).connectTimeout(Duration.ofSeconds(10)).build();
        server = new WebSocketListener(threads, (path, format, message) -> notified(path.substring(1), format, message));
    }

    @Override
    public String name() {
        return "websocket";
    }

    @Override
    public Response send(Request request, Format format) throws Exception {
        JsonObject primitive = request.primitive();
        byte[] message;
        if (request.raw() != null) {
            message = format.primitive(primitive, request.raw());
        } else {
            if (request.content() != null) {
                primitive.add("pc", request.content());
            }
            message = format.primitive(primitive);
        }
        boolean registration = request.operation() == Request.CREATE && "2".equals(request.text("ty"));
        // Whoever registers does so over a connection of its own, even if the case lets somebody else have that name already.
        String key = key(registration ? "new-" + request.identifier() : String.valueOf(request.from()), format);
        Connection connection = connections.get(key);
        if (connection == null || connection.ended) {
            connection = new Connection(name(String.valueOf(request.from())), format);
            connections.put(key, connection);
        }
        Response response = connection.exchange(request.identifier(), message);
        if (registration) {
            connections.remove(key);
            JsonObject ae = response.content() == null ? null : response.content().getAsJsonObject("m2m:ae");
            String name = ae != null && ae.has("aei") ? ae.get("aei").getAsString() : request.from();
            if (response.status() == CREATED && name != null && name.length() > 1) {
                connection.name = name(name);
                connections.put(key(name, format), connection);
            } else {
                connection.close();
            }
        }
        return response;
    }

    private static String key(String from, Format format) {
        return name(from) + ' ' + format.name();
    }

    /** The AE-ID stem of an originator in any of its forms. */
    private static String name(String from) {
        return from.substring(from.lastIndexOf('/') + 1);
    }

    /** @return the response, to be sent back; null if nobody of this name listens */
    private byte[] notified(String name, Format format, byte[] message) {
        Listener listener = listeners.get(name);
        if (listener == null) {
            return null;
        }
        JsonObject primitive = format.readPrimitive(message);
        JsonObject content = primitive.has("pc") ? primitive.remove("pc").getAsJsonObject() : null;
        JsonObject response = new JsonObject();
        response.addProperty("rsc", listener.notified(new Notification(primitive, content, format.name())));
        response.add("rqi", primitive.get("rqi"));
        if (primitive.has("rvi")) {
            response.add("rvi", primitive.get("rvi"));
        }
        return format.primitive(response);
    }

    @Override
    public String listen(String name, Listener listener) {
        listeners.put(name, listener);
        return address(name);
    }

    @Override
    public String address(String name) {
        return "ws://127.0.0.1:" + server.port() + "/" + name;
    }

    @Override
    public void forget(String name) {
        listeners.remove(name);
        Format.ALL.forEach(format -> {
            Connection connection = connections.remove(key(name, format));
            if (connection != null) {
                connection.close();
            }
        });
    }

    @Override
    public void close() throws Exception {
        connections.values().forEach(Connection::close);
        server.close();
        threads.shutdownNow();
    }

    /** One connection, which says whose it is with its first request. */
    private final class Connection implements WebSocket.Listener {
        private final Format format;
        private final WebSocket socket;
        private final Map<String, CompletableFuture<byte[]>> waiting = new ConcurrentHashMap<>();
        private final List<byte[]> parts = new ArrayList<>();
        private volatile String name;
        private volatile boolean ended;

        Connection(String name, Format format) throws Exception {
            this.name = name;
            this.format = format;
            this.socket = client.newWebSocketBuilder().subprotocols("oneM2M.R2.0." + format.name())
                    .buildAsync(uri, this).get(SECONDS, TimeUnit.SECONDS);
        }

        Response exchange(String identifier, byte[] message) throws Exception {
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            waiting.put(identifier, answer);
            say(message);
            byte[] body;
            try {
                body = answer.get(SECONDS, TimeUnit.SECONDS);
            } catch (TimeoutException e) {
                throw new ContractFault("no response over the connection of " + name, e);
            } finally {
                waiting.remove(identifier);
            }
            JsonObject primitive = format.readPrimitive(body);
            JsonObject content = primitive.has("pc") ? primitive.remove("pc").getAsJsonObject() : null;
            List<String> complaints = content != null && content.size() != 1
                    ? List.of("content with " + content.size() + " members") : List.of();
            return new Response(primitive.remove("rsc").getAsInt(), primitive, content, body, complaints);
        }

        private synchronized void say(byte[] message) {
            (format.name().equals("cbor") ? socket.sendBinary(ByteBuffer.wrap(message), true)
                    : socket.sendText(new String(message, StandardCharsets.UTF_8), true)).join();
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            return part(from, part.toString().getBytes(StandardCharsets.UTF_8), last);
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer part, boolean last) {
            byte[] bytes = new byte[part.remaining()];
            part.get(bytes);
            return part(from, bytes, last);
        }

        private CompletionStage<?> part(WebSocket from, byte[] bytes, boolean last) {
            parts.add(bytes);
            if (last) {
                ByteBuffer whole = ByteBuffer.allocate(parts.stream().mapToInt(one -> one.length).sum());
                parts.forEach(whole::put);
                parts.clear();
                threads.execute(() -> message(whole.array()));
            }
            from.request(1);
            return null;
        }

        private void message(byte[] message) {
            JsonObject primitive = format.readPrimitive(message);
            if (primitive.has("rsc")) {
                CompletableFuture<byte[]> answer = waiting.get(primitive.get("rqi").getAsString());
                if (answer != null) {
                    answer.complete(message);
                }
                return;
            }
            byte[] response = notified(name, format, message);
            if (response != null && !ended) {
                say(response);
            }
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            end("closed with " + code + ": " + reason);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            end(error.toString());
        }

        private void end(String why) {
            ended = true;
            waiting.values().forEach(answer -> answer.completeExceptionally(new ContractFault(why)));
        }

        void close() {
            ended = true;
            socket.sendClose(WebSocket.NORMAL_CLOSURE, "").whenComplete((sent, failure) -> {
                if (failure != null) {
                    socket.abort();
                }
            });
        }
    }
}
