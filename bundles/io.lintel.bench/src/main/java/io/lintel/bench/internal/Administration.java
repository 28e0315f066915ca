// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Makes what a benchmark works on, over HTTP, and looks at it; not part of what is measured. */
final class Administration {
    private static final PrimitiveCodec JSON = PrimitiveCodec.of(Serialization.JSON);
    private static final List<String> HOP_BY_HOP = List.of("connection", "content-length", "transfer-encoding");

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5)).build();
    private final AtomicLong count = new AtomicLong();
    private final Node node;
    private final String originator;

    Administration(Node node, String originator) {
        this.node = node;
        this.originator = originator;
    }

    /** Registers the AE under a name, with the pointOfAccess of its MQTT server, and gives it a container. */
    void moveIn(String name, long maxInstances) throws IOException, InterruptedException {
        create(node.base(), 2, "m2m:ae", Attributes.builder().set("rn", name).set("api", "Nio.lintel.bench").set("rr", true)
                .set("poa", List.of("mqtt://127.0.0.1:" + node.mqttPort())).build());
        create(node.base() + "/" + name, 3, "m2m:cnt", Attributes.builder().set("rn", "data").set("mni", maxInstances).build());
    }

    Attributes create(String parent, int type, String member, Attributes attributes) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = send("POST", parent, "application/json;ty=" + type,
                JSON.encodeContent(new Content(member, attributes)));
        return expect(response, "2001");
    }

    void update(String to, String member, Attributes attributes) throws IOException, InterruptedException {
        expect(send("PUT", to, "application/json", JSON.encodeContent(new Content(member, attributes))), "2004");
    }

    Attributes retrieve(String to) throws IOException, InterruptedException {
        return expect(get(to), "2000");
    }

    HttpResponse<byte[]> get(String to) throws IOException, InterruptedException {
        return send("GET", to, "", new byte[0]);
    }

    /** The response's header fields as a server would set them. */
    static List<String> fields(HttpResponse<byte[]> response) {
        return response.headers().map().entrySet().stream().filter(entry -> !HOP_BY_HOP.contains(entry.getKey()
                .toLowerCase(java.util.Locale.ROOT)))
                .map(entry -> entry.getKey() + ": " + entry.getValue().get(0)).toList();
    }

    long instances(String container) throws IOException, InterruptedException {
        return retrieve(container).number("cni").orElse(0L);
    }

    private static Attributes expect(HttpResponse<byte[]> response, String status) {
        Optional<String> said = response.headers().firstValue("X-M2M-RSC");
        if (!said.equals(Optional.of(status))) {
            throw new IllegalStateException(response.request().method() + " " + response.uri() + " was answered with "
                    + said.orElse("HTTP " + response.statusCode()) + " " + new String(response.body(),
                    java.nio.charset.StandardCharsets.UTF_8));
        }
        return response.body().length == 0 ? Attributes.empty() : JSON.decodeContent(response.body()).attributes();
    }

    private HttpResponse<byte[]> send(String method, String to, String contentType, byte[] body) throws IOException,
            InterruptedException {
        String path = to.startsWith("/") ? "/~" + to : "/" + to;
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.httpPort() + path))
                .timeout(Duration.ofSeconds(20))
                .header("X-M2M-Origin", originator).header("X-M2M-RVI", "2a").header("X-M2M-RI", "set-" + count.incrementAndGet())
                .method(method, body.length == 0 ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofByteArray(body));
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }
}
