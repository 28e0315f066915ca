// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import com.sun.net.httpserver.HttpServer;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Those that are notified in the bridge's matrix, one for each binding: the JDK's HTTP server, a
 * {@link CoapListener}, Mosquitto's
 * {@code mosquitto_sub}, and Node's WebSocket, which its client brings along. What they are told is noted by binding,
 * serialisation and content.
 */
final class BridgeListeners implements AutoCloseable {
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final HttpServer http;
    private final CoapListener coap;
    private final Process mqtt;
    private final int mqttPort;

    BridgeListeners(int mqttPort) throws IOException {
        this.mqttPort = mqttPort;
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.createContext("/", exchange -> {
            String type = exchange.getRequestHeaders().getFirst("Content-Type");
            note("http", Serialization.ofMediaType(type).orElseThrow(), exchange.getRequestBody().readAllBytes());
            exchange.getResponseHeaders().set("X-M2M-RSC", "2000");
            exchange.getResponseHeaders().set("X-M2M-RI", exchange.getRequestHeaders().getFirst("X-M2M-RI"));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        http.start();
        coap = new CoapListener((path, payload) -> note("coap", Serialization.ofSuffix(path).orElseThrow(), payload));
        mqtt = new ProcessBuilder("mosquitto_sub", "-h", "127.0.0.1", "-p", Integer.toString(mqttPort), "-V", "311", "-q", "1",
                "-t", "matrix/+", "-F", "%t %x").redirectError(ProcessBuilder.Redirect.DISCARD).start();
        Thread reader = new Thread(this::readMqtt, "mosquitto-output");
        reader.setDaemon(true);
        reader.start();
    }

    private void readMqtt() {
        try (BufferedReader lines = mqtt.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] parts = line.split(" ");
                Serialization serialization = Serialization.ofSuffix(parts[0].substring("matrix/".length())).orElseThrow();
                RequestPrimitive request = (RequestPrimitive) PrimitiveCodec.of(serialization)
                        .decode(HexFormat.of().parseHex(parts[1]));
                note("mqtt", serialization, request.content().orElseThrow().attributes());
            }
        } catch (IOException e) {
            // the test is over
        }
    }

    /** Where the notifications of this binding and serialisation go; not for WebSocket. */
    String uri(String binding, Serialization serialization) {
        String end = "/" + serialization.suffix() + "?ct=" + serialization.suffix();
        return switch (binding) {
            case "http" -> "http://127.0.0.1:" + http.getAddress().getPort() + end;
            case "coap" -> "coap://127.0.0.1:" + coap.port() + end;
            default -> "mqtt://127.0.0.1:" + mqttPort + "/matrix" + end;
        };
    }

    private void note(String binding, Serialization serialization, byte[] body) {
        try {
            note(binding, serialization, PrimitiveCodec.of(serialization).decodeContent(body).attributes());
        } catch (PrimitiveException e) {
            seen.add(binding + " " + serialization + " unreadable: " + e.getMessage());
        }
    }

    void note(String binding, Serialization serialization, Attributes notification) {
        if (!notification.has("vrq")) {
            seen.add(binding + " " + serialization + " " + Representations.notified(notification));
        }
    }

    /** Waits until the content has arrived. */
    void await(String binding, Serialization serialization, String content) throws Exception {
        String wanted = binding + " " + serialization + " " + content;
        Waiting.until("the notification " + wanted + " among " + seen, 20, () -> seen.contains(wanted));
    }

    @Override
    public void close() {
        http.stop(0);
        coap.close();
        mqtt.destroy();
    }
}
