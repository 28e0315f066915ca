// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.internal;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.Primitive;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.paho.client.mqttv3.IMqttDeliveryToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttCallbackExtended;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.MqttMessage;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/**
 * An AE as its maker would write it with a stock MQTT client after TS-0010: it subscribes to its two topics, publishes
 * requests, matches responses by their identifier and answers notifications.
 */
final class MqttAe implements MqttCallbackExtended, AutoCloseable {
    private static final int QOS = 1;
    private static final int ANSWER_SECONDS = 15;

    private final String stem;
    private final String cse;
    private final Serialization serialization;
    private final PrimitiveCodec codec;
    private final MqttAsyncClient client;
    private final String prefix = UUID.randomUUID().toString().substring(0, 8) + "-";
    private final AtomicLong count = new AtomicLong();
    private final Map<String, CompletableFuture<ResponsePrimitive>> waiting = new ConcurrentHashMap<>();
    private final BlockingQueue<RequestPrimitive> notifications = new LinkedBlockingQueue<>();
    private final Map<String, Integer> responses = new ConcurrentHashMap<>();

    /** @param cse the CSE-ID of the registrar without its slash */
    MqttAe(String server, String stem, String cse, Serialization serialization) throws MqttException {
        this.stem = stem;
        this.cse = cse;
        this.serialization = serialization;
        codec = PrimitiveCodec.of(serialization);
        client = new MqttAsyncClient(server.replaceFirst("^mqtt:", "tcp:"), "A::" + stem, new MemoryPersistence());
        client.setCallback(this);
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setCleanSession(false);
        options.setAutomaticReconnect(true);
        options.setMaxReconnectDelay(1000);
        options.setMaxInflight(1000);
        client.connect(options).waitForCompletion(10_000);
        client.subscribe(new String[] {"/oneM2M/resp/" + stem + "/#", "/oneM2M/req/+/" + stem + "/#"}, new int[] {QOS, QOS})
                .waitForCompletion(10_000);
    }

    String stem() {
        return stem;
    }

    /** Sends a request and waits for its response; anything but success is an exception that says what came. */
    ResponsePrimitive done(RequestPrimitive.Builder request) throws Exception {
        ResponsePrimitive response = ask(request);
        if (!response.isSuccess()) {
            throw new IllegalStateException("the CSE answered " + describe(response));
        }
        return response;
    }

    /** Sends a request and waits for whatever response. */
    ResponsePrimitive ask(RequestPrimitive.Builder request) throws Exception {
        return await(send(request), "the request");
    }

    /** Waits for a response, or says what was not answered. */
    static ResponsePrimitive await(CompletableFuture<ResponsePrimitive> answer, String what) throws Exception {
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(what + " was not answered within " + ANSWER_SECONDS + " s", e);
        }
    }

    CompletableFuture<ResponsePrimitive> send(RequestPrimitive.Builder builder) throws MqttException {
        RequestPrimitive request = complete(builder);
        return publish(request.requestIdentifier(), stem, codec.encode(request), 1);
    }

    RequestPrimitive complete(RequestPrimitive.Builder builder) {
        RequestPrimitive request = builder.build();
        if (request.from().isEmpty()) {
            request = request.toBuilder().from(stem).build();
        }
        return request.toBuilder().requestIdentifier(prefix + count.incrementAndGet())
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").build();
    }

    /** Publishes the very same bytes as often as wanted, on the request topic of the given originator. */
    CompletableFuture<ResponsePrimitive> publish(String requestIdentifier, String originator, byte[] payload, int times)
            throws MqttException {
        return publish(requestIdentifier, originator, serialization.suffix(), payload, times);
    }

    /** @param suffix the last level of the topic, which may say something else than the payload */
    CompletableFuture<ResponsePrimitive> publish(String requestIdentifier, String originator, String suffix, byte[] payload,
            int times) throws MqttException {
        CompletableFuture<ResponsePrimitive> response = new CompletableFuture<>();
        response.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS);
        waiting.put(requestIdentifier, response);
        for (int i = 0; i < times; i++) {
            client.publish("/oneM2M/req/" + originator + "/" + cse + "/" + suffix, payload, QOS, false);
        }
        return response;
    }

    /** How many responses came for a request. */
    int responses(String requestIdentifier) {
        return responses.getOrDefault(requestIdentifier, 0);
    }

    RequestPrimitive.Builder create(String parent, int type, String member, Attributes attributes) {
        return RequestPrimitive.builder(Operation.CREATE, parent).resourceType(type).content(new Content(member, attributes));
    }

    byte[] encode(RequestPrimitive request) {
        return codec.encode(request);
    }

    /** The next notification, or an exception when none comes. */
    RequestPrimitive notification() throws InterruptedException {
        RequestPrimitive notification = notifications.poll(15, TimeUnit.SECONDS);
        if (notification == null) {
            throw new IllegalStateException("no notification within 15 s");
        }
        return notification;
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) throws MqttException {
        Primitive primitive;
        try {
            primitive = Serialization.ofSuffix(topic.substring(topic.lastIndexOf('/') + 1)).map(PrimitiveCodec::of).orElse(codec)
                    .decode(message.getPayload());
        } catch (PrimitiveException e) {
            return;
        }
        if (primitive instanceof ResponsePrimitive response) {
            responses.merge(response.requestIdentifier(), 1, Integer::sum);
            CompletableFuture<ResponsePrimitive> waiter = waiting.remove(response.requestIdentifier());
            if (waiter != null) {
                waiter.complete(response);
            }
        } else if (primitive instanceof RequestPrimitive request) {
            ResponsePrimitive ok = ResponsePrimitive.builder(ResponseStatusCode.OK, request.requestIdentifier()).build();
            client.publish(topic.replaceFirst("/oneM2M/req/", "/oneM2M/resp/"), codec.encode(ok), QOS, false);
            notifications.add(request);
        }
    }

    static String describe(ResponsePrimitive response) {
        return response.statusCode() + response.content().filter(content -> content.value() instanceof String)
                .map(content -> " " + content.value()).orElse("");
    }

    @Override
    public void connectComplete(boolean reconnect, String serverURI) {
        // The session is durable: the subscriptions are still there.
    }

    @Override
    public void connectionLost(Throwable cause) {
        // Paho connects again by itself and repeats what was not acknowledged.
    }

    @Override
    public void deliveryComplete(IMqttDeliveryToken token) {
        // The response tells more.
    }

    @Override
    public void close() throws MqttException {
        client.disconnectForcibly(0, 500);
        client.close(true);
    }
}
