// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.parts;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** An application that speaks HTTP, with a small server of its own for notifications. */
public final class HttpApp implements AutoCloseable {
    private static final PrimitiveCodec JSON = PrimitiveCodec.of(Serialization.JSON);

    /**
     * What came back.
     *
     * @param status the X-M2M-RSC header, 0 if there was none
     * @param body   the raw body
     */
    public record Answer(int http, int status, byte[] body, String contentLocation) {
        public Content content() {
            return JSON.decodeContent(body);
        }

        public Attributes attributes() {
            return content().attributes();
        }

        public Answer expect(int wanted) {
            if (status != wanted) {
                throw new IllegalStateException("expected " + wanted + ", the CSE answered " + status + " (HTTP " + http + ") "
                        + new String(body, java.nio.charset.StandardCharsets.UTF_8));
            }
            return this;
        }
    }

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5)).build();
    private final HttpServer server;
    private final BlockingQueue<Attributes> notifications = new LinkedBlockingQueue<>();
    private final AtomicLong count = new AtomicLong();
    private final String cse;
    private String originator;

    public HttpApp(String cse, String originator) throws IOException {
        this.cse = cse;
        this.originator = originator;
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 16);
        server.createContext("/", this::notified);
        server.start();
    }

    public String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public String originator() {
        return originator;
    }

    public void originator(String assigned) {
        originator = assigned;
    }

    /** @param to any form of address */
    public Answer get(String to, String query) throws IOException, InterruptedException {
        return send("GET", to, query, "", new byte[0]);
    }

    public Answer create(String to, int type, String member, Attributes attributes) throws IOException, InterruptedException {
        return send("POST", to, "", "application/json;ty=" + type, JSON.encodeContent(new Content(member, attributes)));
    }

    public Answer update(String to, String member, Attributes attributes) throws IOException, InterruptedException {
        return send("PUT", to, "", "application/json", JSON.encodeContent(new Content(member, attributes)));
    }

    public Answer delete(String to) throws IOException, InterruptedException {
        return send("DELETE", to, "", "", new byte[0]);
    }

    public Answer send(String method, String to, String query, String contentType, byte[] body)
            throws IOException, InterruptedException {
        String path = to.startsWith("//") ? "/_" + to.substring(1) : to.startsWith("/") ? "/~" + to : "/" + to;
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(cse + path + (query.isEmpty() ? "" : "?" + query)))
                .timeout(Duration.ofSeconds(15))
                .header("X-M2M-RI", "app-" + count.incrementAndGet()).header("X-M2M-RVI", "2a")
                .header("Accept", "application/json")
                .method(method, body.length == 0
                        ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body));
        if (!originator.isEmpty()) {
            request.header("X-M2M-Origin", originator);
        }
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        HttpResponse<byte[]> response = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        return new Answer(response.statusCode(),
                response.headers().firstValue("X-M2M-RSC").map(Integer::parseInt).orElse(0), response.body(),
                response.headers().firstValue("Content-Location").orElse(""));
    }

    private void notified(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        Content content = JSON.decodeContent(body);
        exchange.getResponseHeaders().set("X-M2M-RSC", "2000");
        String ri = exchange.getRequestHeaders().getFirst("X-M2M-RI");
        exchange.getResponseHeaders().set("X-M2M-RI", ri == null ? "" : ri);
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
        if (!content.attributes().flag("vrq").orElse(false)) {
            notifications.add(content.attributes());
        }
    }

    /** The next notification, or an exception when none comes. */
    public Attributes notification() throws InterruptedException {
        Attributes notification = notifications.poll(15, TimeUnit.SECONDS);
        if (notification == null) {
            throw new IllegalStateException("no notification within 15 s");
        }
        return notification;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
