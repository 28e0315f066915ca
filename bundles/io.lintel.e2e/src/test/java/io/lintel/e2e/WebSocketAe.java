// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.Primitive;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * An AE as its maker writes it after TS-0020, with the JDK's client: one connection to its registrar for everything, and no
 * pointOfAccess. Answers every notification.
 */
final class WebSocketAe implements Application {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final Registrar registrar;
    private final String stem;
    private final boolean text;
    private final PrimitiveCodec codec;
    private final String subprotocol;
    private final Map<String, CompletableFuture<ResponsePrimitive>> waiting = new ConcurrentHashMap<>();
    private final BlockingQueue<RequestPrimitive> notifications = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();
    private WebSocket socket;

    private WebSocketAe(Registrar registrar, String stem, Serialization serialization) {
        this.registrar = registrar;
        this.stem = stem;
        this.text = serialization != Serialization.CBOR;
        this.codec = PrimitiveCodec.of(serialization);
        this.subprotocol = "oneM2M.R2.0." + serialization.suffix();
    }

    static WebSocketAe register(Registrar registrar, Serialization serialization) throws Exception {
        WebSocketAe ae = new WebSocketAe(registrar, MqttAe.newStem(), serialization);
        ae.connect();
        ae.create(registrar.base(), ResourceTypes.AE, "m2m:ae", Representations.ae(ae.stem, "")).expect(2001);
        ae.moveIn();
        return ae;
    }

    void connect() throws Exception {
        URI uri = URI.create(registrar.node().http().replaceFirst("http", "ws"));
        socket = Waiting.result("a WebSocket", CLIENT.newWebSocketBuilder().subprotocols(subprotocol)
                .buildAsync(uri, new Listener()));
        assertThat(socket.getSubprotocol()).isEqualTo(subprotocol);
    }

    /** Ends the connection as a client does that goes away in good order, and waits for the other end's word. */
    void disconnect() throws Exception {
        Waiting.result("a close frame", socket.sendClose(WebSocket.NORMAL_CLOSURE, ""));
        Waiting.next("the end of the connection", closed);
    }

    /** The code with which the other end has closed the connection. */
    int closed() throws InterruptedException {
        return Waiting.next("the end of the connection", closed);
    }

    @Override
    public String id() {
        return "/" + registrar.cse() + "/" + stem;
    }

    @Override
    public String path() {
        return registrar.base() + "/" + stem;
    }

    @Override
    public Registrar registrar() {
        return registrar;
    }

    @Override
    public Answer create(String to, int type, String member, Attributes attributes) throws Exception {
        return exchange(RequestPrimitive.builder(Operation.CREATE, to).resourceType(type)
                .content(new Content(member, attributes)));
    }

    @Override
    public Answer retrieve(String to) throws Exception {
        return exchange(RequestPrimitive.builder(Operation.RETRIEVE, to));
    }

    /** In another's name. */
    Answer retrieveAs(WebSocketAe other, String to) throws Exception {
        return exchange(RequestPrimitive.builder(Operation.RETRIEVE, to), other.stem);
    }

    private Answer exchange(RequestPrimitive.Builder builder) throws Exception {
        return exchange(builder, stem);
    }

    private Answer exchange(RequestPrimitive.Builder builder, String from) throws Exception {
        RequestPrimitive request = builder.from(from).requestIdentifier(UUID.randomUUID().toString())
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").build();
        CompletableFuture<ResponsePrimitive> answer = new CompletableFuture<>();
        waiting.put(request.requestIdentifier(), answer);
        say(request);
        ResponsePrimitive response = Waiting.result("the response to " + request, answer);
        return new Answer(response.statusCode(), response.content().map(Content::attributes).orElse(Attributes.empty()));
    }

    private synchronized void say(Primitive primitive) {
        byte[] message = codec.encode(primitive);
        (text ? socket.sendText(new String(message, StandardCharsets.UTF_8), true)
                : socket.sendBinary(ByteBuffer.wrap(message), true)).join();
    }

    @Override
    public String notified() throws Exception {
        return Representations.notified(Waiting.next("a notification for " + id(), notifications).content().orElseThrow()
                .attributes());
    }

    @Override
    public void close() {
        socket.abort();
    }

    private final class Listener implements WebSocket.Listener {
        private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

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

        private CompletionStage<?> part(WebSocket from, byte[] part, boolean last) {
            begun.writeBytes(part);
            if (last) {
                Primitive primitive = codec.decode(begun.toByteArray());
                begun.reset();
                if (primitive instanceof ResponsePrimitive response) {
                    waiting.remove(response.requestIdentifier()).complete(response);
                } else {
                    RequestPrimitive request = (RequestPrimitive) primitive;
                    boolean verification = request.content().orElseThrow().attributes().has("vrq");
                    if (!verification) {
                        notifications.add(request);
                    }
                    CompletableFuture.runAsync(() -> say(ResponsePrimitive.builder(ResponseStatusCode.OK,
                            request.requestIdentifier()).build()));
                }
            }
            from.request(1);
            return null;
        }

        @Override
        public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            closed.add(code);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            closed.add(0);
        }
    }
}
