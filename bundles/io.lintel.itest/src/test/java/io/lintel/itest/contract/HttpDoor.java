// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** The HTTP binding (TS-0009) with the JDK's client, and a small server for notifications. */
final class HttpDoor implements Door {
    private static final Map<String, String> HEADERS = new LinkedHashMap<>();
    private static final Map<String, String> RESPONSE_HEADERS = Map.of("X-M2M-RI", "rqi", "X-M2M-RVI", "rvi", "X-M2M-OT", "ot",
            "X-M2M-RST", "rset", "X-M2M-EC", "ec", "X-M2M-CTS", "cnst", "X-M2M-CTO", "cnot", "X-M2M-VSI", "vsi");
    private static final int CREATED = 2001;

    static {
        HEADERS.put("ot", "X-M2M-OT");
        HEADERS.put("rqet", "X-M2M-RET");
        HEADERS.put("rset", "X-M2M-RST");
        HEADERS.put("oet", "X-M2M-OET");
        HEADERS.put("ec", "X-M2M-EC");
        HEADERS.put("gid", "X-M2M-GID");
        HEADERS.put("vsi", "X-M2M-VSI");
    }

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(10)).build();
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private final HttpServer server;
    private final String cse;
    private final Map<String, Listener> listeners = new ConcurrentHashMap<>();

    HttpDoor(int port) throws IOException {
        cse = "http://127.0.0.1:" + port;
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 64);
        server.setExecutor(threads);
        server.createContext("/", this::notified);
        server.start();
    }

    @Override
    public String name() {
        return "http";
    }

    /** {@code to} as a path (TS-0009 6.2.2.1). */
    static String path(String to) {
        return to.startsWith("//") ? "/_" + to.substring(1) : to.startsWith("/") ? "/~" + to : "/" + to;
    }

    @Override
    public Response send(Request request, Format format) throws Exception {
        String query = Query.of(request).stream()
                .map(field -> encode(field.name()) + "=" + encode(field.value())).collect(Collectors.joining("&"));
        String path = request.to().replace("%", "%25").replace(" ", "%20").replace("#", "%23");
        HttpRequest.Builder http = HttpRequest.newBuilder(URI.create(cse + path(path) + (query.isEmpty() ? "" : "?" + query)))
                .timeout(Duration.ofSeconds(60)).header("X-M2M-RI", request.identifier())
                .header("Accept", "application/" + format.name());
        if (request.from() != null) {
            http.header("X-M2M-Origin", request.from());
        }
        if (request.release() != null) {
            http.header("X-M2M-RVI", request.release());
        }
        HEADERS.forEach((name, header) -> {
            if (request.parameters().has(name)) {
                http.header(header, request.text(name));
            }
        });
        if (request.parameters().has("rt") && request.parameters().getAsJsonObject("rt").has("nu")) {
            http.header("X-M2M-RTU", request.parameters().getAsJsonObject("rt").getAsJsonArray("nu").asList().stream()
                    .map(JsonElement::getAsString).collect(Collectors.joining("&")));
        }
        if (request.parameters().has("tkns")) {
            http.header("Authorization", request.parameters().getAsJsonArray("tkns").asList().stream()
                    .map(JsonElement::getAsString).collect(Collectors.joining("+")));
        }
        byte[] body = request.raw() != null ? request.raw()
                : request.content() == null || request.operation() == Request.RETRIEVE ? null : format.content(request.content());
        String type = request.operation() == Request.CREATE && request.parameters().has("ty") ? ";ty=" + request.text("ty") : "";
        if (body != null || !type.isEmpty()) {
            http.header("Content-Type", "application/" + format.name() + type);
        }
        http.method(List.of("", "POST", "GET", "PUT", "DELETE", "POST").get(request.operation()),
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body));
        return response(client.send(http.build(), HttpResponse.BodyHandlers.ofByteArray()), format);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Response response(HttpResponse<byte[]> response, Format format) {
        List<String> complaints = new ArrayList<>();
        HttpHeaders headers = response.headers();
        if (headers.firstValue("X-M2M-RSC").isEmpty()) {
            throw new ContractFault("HTTP " + response.statusCode() + " without X-M2M-RSC: "
                    + new String(response.body(), StandardCharsets.UTF_8));
        }
        int status = Integer.parseInt(headers.firstValue("X-M2M-RSC").get());
        if (response.statusCode() != StatusCodes.http(status)) {
            complaints.add("HTTP " + response.statusCode() + " for " + status);
        }
        JsonObject parameters = new JsonObject();
        RESPONSE_HEADERS.forEach((header, name) -> headers.firstValue(header)
                .ifPresent(value -> parameters.addProperty(name, value)));
        JsonObject content = null;
        if (response.body().length > 0) {
            String type = headers.firstValue("Content-Type").orElse("").replaceAll("\\s*;.*", "");
            if (!type.equals("application/" + format.name()) && !type.endsWith("+" + format.name())) {
                complaints.add("Content-Type " + type);
            }
            content = format.readContent(response.body());
            boolean address = status == CREATED && (content.has("m2m:uri") || content.has("m2m:rce"));
            if (status == CREATED && address != headers.firstValue("Content-Location").isPresent()) {
                complaints.add("Content-Location is " + headers.firstValue("Content-Location").orElse("missing"));
            }
        }
        return new Response(status, parameters, content, response.body(), complaints);
    }

    private void notified(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = exchange.getRequestBody().readAllBytes();
            Listener listener = listeners.get(exchange.getRequestURI().getPath().substring(1));
            if (listener == null) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            String type = exchange.getRequestHeaders().getFirst("Content-Type");
            Format format = Door.format(type.contains("xml") ? "xml" : type.contains("cbor") ? "cbor" : "json");
            JsonObject parameters = new JsonObject();
            Map.of("X-M2M-Origin", "fr", "X-M2M-RI", "rqi", "X-M2M-RVI", "rvi", "X-M2M-EC", "ec").forEach((header, name) -> {
                String value = exchange.getRequestHeaders().getFirst(header);
                if (value != null) {
                    parameters.addProperty(name, value);
                }
            });
            int status = listener.notified(new Notification(parameters, format.readContent(body), format.name()));
            exchange.getResponseHeaders().set("X-M2M-RSC", Integer.toString(status));
            exchange.getResponseHeaders().set("X-M2M-RI", exchange.getRequestHeaders().getFirst("X-M2M-RI"));
            exchange.sendResponseHeaders(StatusCodes.http(status), -1);
        }
    }

    @Override
    public String listen(String name, Listener listener) {
        listeners.put(name, listener);
        return address(name);
    }

    @Override
    public String address(String name) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + name;
    }

    @Override
    public void forget(String name) {
        listeners.remove(name);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
