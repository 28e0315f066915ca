// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallback;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/**
 * The MQTT binding (TS-0010) with a stock client that speaks for all AEs of the suite, as a program on the node's own
 * machine may. A response counts only on the topic on which it is due.
 */
final class MqttDoor implements Door {
    private static final long SECONDS = 60;
    private static final String REGISTRATIONS = "CS";

    private final String cse;
    private final String uri;
    private final MqttAsyncClient client;
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
    private final Map<String, Listener> listeners = new ConcurrentHashMap<>();

    private record Waiting(String topic, Format format, CompletableFuture<Response> response) {
    }

    /** @param cse the CSE-ID */
    MqttDoor(int port, String cse) throws MqttException {
        this.cse = cse.substring(1);
        uri = "mqtt://127.0.0.1:" + port;
        client = new MqttAsyncClient("tcp://127.0.0.1:" + port, "contract-" + UUID.randomUUID(), new MemoryPersistence());
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setCleanSession(true);
        options.setMaxInflight(65_535);
        client.setCallback(new MqttCallback() {
            @Override
            public void connectionLost(Throwable cause) {
                waiting.values().forEach(one -> one.response().completeExceptionally(cause));
            }

            @Override
            public void messageArrived(String topic, MqttMessage message) {
                arrived(topic, message.getPayload());
            }

            @Override
            public void deliveryComplete(IMqttDeliveryToken token) {
                // the response is waited for
            }
        });
        client.connect(options).waitForCompletion(TimeUnit.SECONDS.toMillis(SECONDS));
        String[] filters = {"/oneM2M/resp/+/" + this.cse + "/+", "/oneM2M/reg_resp/+/" + this.cse + "/+",
                "/oneM2M/req/" + this.cse + "/+/+", "contract/+"};
        client.subscribe(filters, new int[] {1, 1, 1, 1}).waitForCompletion(TimeUnit.SECONDS.toMillis(SECONDS));
    }

    @Override
    public String name() {
        return "mqtt";
    }

    @Override
    public Response send(Request request, Format format) throws Exception {
        String from = request.from();
        boolean registration = from == null || from.isEmpty() || from.length() == 1 && REGISTRATIONS.contains(from);
        String kind = registration ? "reg_req/contract-" + request.identifier() : "req/" + level(from);
        String topic = "/oneM2M/" + kind + "/" + cse + "/" + format.name();
        JsonObject primitive = request.primitive();
        byte[] payload;
        if (request.raw() != null) {
            payload = format.primitive(primitive, request.raw());
        } else {
            if (request.content() != null) {
                primitive.add("pc", request.content());
            }
            payload = format.primitive(primitive);
        }
        Waiting answer = new Waiting(topic.replaceFirst("/(reg_)?req/", "/$1resp/"), format, new CompletableFuture<>());
        waiting.put(request.identifier(), answer);
        client.publish(topic, payload, 1, false);
        try {
            return answer.response().get(SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new ContractFault("no response on " + answer.topic(), e);
        } finally {
            waiting.remove(request.identifier());
        }
    }

    /** An identifier as a level of a topic: slashes become colons, and that of a CSE-ID goes (TS-0010 6.4.2). */
    private static String level(String from) {
        return from.replaceFirst("^/([^/])", "$1").replace('/', ':');
    }

    private void arrived(String topic, byte[] payload) {
        String[] levels = topic.split("/");
        if (levels[0].equals("contract")) {
            Format format = payload.length > 0 && payload[0] == '<' ? Door.format("xml")
                    : payload.length > 0 && payload[0] == '{' ? Door.format("json") : Door.format("cbor");
            notified(levels[1], payload, format, "");
        } else if (levels[2].equals("req")) {
            notified(levels[4], payload, Door.format(levels[5]), topic.replaceFirst("/req/", "/resp/"));
        } else {
            answered(topic, payload, Door.format(levels[5]));
        }
    }

    private void answered(String topic, byte[] payload, Format format) {
        JsonObject primitive = format.readPrimitive(payload);
        Waiting answer = primitive.has("rqi") ? waiting.get(primitive.get("rqi").getAsString()) : null;
        if (answer == null) {
            return;
        }
        List<String> complaints = new ArrayList<>();
        if (!answer.topic().equals(topic)) {
            complaints.add("the response came on " + topic + ", not on " + answer.topic());
        }
        JsonObject content = primitive.has("pc") ? primitive.remove("pc").getAsJsonObject() : null;
        if (content != null && content.size() != 1) {
            complaints.add("content with " + content.size() + " members");
        }
        int status = primitive.remove("rsc").getAsInt();
        answer.response().complete(new Response(status, primitive, content, payload, complaints));
    }

    private void notified(String name, byte[] payload, Format format, String answerTopic) {
        Listener listener = listeners.get(name);
        if (listener == null) {
            return;
        }
        JsonObject primitive = format.readPrimitive(payload);
        JsonObject content = primitive.has("pc") ? primitive.remove("pc").getAsJsonObject() : null;
        int status = listener.notified(new Notification(primitive, content, format.name()));
        if (answerTopic.isEmpty()) {
            return;
        }
        JsonObject response = new JsonObject();
        response.addProperty("rsc", status);
        response.add("rqi", primitive.get("rqi"));
        if (primitive.has("rvi")) {
            response.add("rvi", primitive.get("rvi"));
        }
        try {
            client.publish(answerTopic, format.primitive(response), 1, false);
        } catch (MqttException e) {
            throw new ContractFault("not answered", e);
        }
    }

    @Override
    public String listen(String name, Listener listener) {
        listeners.put(name, listener);
        return uri;
    }

    @Override
    public String address(String name) {
        return uri + "/contract/" + name;
    }

    @Override
    public void forget(String name) {
        listeners.remove(name);
    }

    @Override
    public void close() throws MqttException {
        client.disconnectForcibly(0, 500);
        client.close(true);
    }
}
