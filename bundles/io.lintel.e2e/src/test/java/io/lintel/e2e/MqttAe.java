// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.paho.client.mqttv3.MqttException;

/**
 * An AE as its maker writes it after TS-0010, with a stock MQTT client: subscribes to its two topics first, publishes
 * requests, matches responses by their identifier, answers notifications. Remembers every message with its topic, and
 * takes none that came on another topic than it should have.
 */
final class MqttAe implements Application {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final Registrar registrar;
    private final String stem;
    private final Serialization serialization;
    private final PrimitiveCodec codec;
    private final MqttClient client;
    private final String prefix = UUID.randomUUID().toString().substring(0, 8) + "-";
    private final AtomicInteger count = new AtomicInteger();
    private final Map<String, CompletableFuture<Message>> waiting = new ConcurrentHashMap<>();
    private final Map<String, List<Message>> responses = new ConcurrentHashMap<>();
    private final BlockingQueue<Message> notifications = new LinkedBlockingQueue<>();
    private final List<Message> strays = new CopyOnWriteArrayList<>();
    private final List<Message> unreadable = new CopyOnWriteArrayList<>();

    private MqttAe(Registrar registrar, String stem, Serialization serialization, MqttClient.Account account)
            throws MqttException {
        this.registrar = registrar;
        this.stem = stem;
        this.serialization = serialization;
        codec = PrimitiveCodec.of(serialization);
        client = MqttClient.connect(registrar.mqtt(), "A::" + stem, account, false, this::arrived);
        assertThat(client.subscribe("/oneM2M/resp/" + stem + "/#", "/oneM2M/req/+/" + stem + "/#")).isTrue();
    }

    /** A new AE-ID that the AE chooses itself. */
    static String newStem() {
        return "Cae" + NUMBER.incrementAndGet();
    }

    /** Connects as that AE; whether it is registered is another matter. */
    static MqttAe connect(Registrar registrar, String stem, Serialization serialization) throws MqttException {
        return new MqttAe(registrar, stem, serialization, null);
    }

    /** Connects with a user name and password. */
    static MqttAe connect(Registrar registrar, String stem, Serialization serialization, MqttClient.Account account)
            throws MqttException {
        return new MqttAe(registrar, stem, serialization, account);
    }

    /** Connects, registers with an AE-ID of its own, and makes its container. */
    static MqttAe register(Registrar registrar, Serialization serialization) throws Exception {
        MqttAe ae = connect(registrar, newStem(), serialization);
        ae.registerAs(ae.stem).expect(2001);
        ae.moveIn();
        return ae;
    }

    /** Registers on the request topic (C-type, own ID), with its AE-ID as resource name. */
    Answer registerAs(String name) throws Exception {
        return create(registrar.base(), ResourceTypes.AE, "m2m:ae", Representations.ae(name, registrar.mqtt()));
    }

    MqttClient client() {
        return client;
    }

    String stem() {
        return stem;
    }

    @Override
    public String id() {
        return stem.startsWith("S") ? "/" + stem : "/" + registrar.cse() + "/" + stem;
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
        return ask(creation(to, type, member, attributes));
    }

    static RequestPrimitive.Builder creation(String to, int type, String member, Attributes attributes) {
        return RequestPrimitive.builder(Operation.CREATE, to).resourceType(type).content(new Content(member, attributes));
    }

    @Override
    public Answer retrieve(String to) throws Exception {
        return ask(RequestPrimitive.builder(Operation.RETRIEVE, to));
    }

    Answer delete(String to) throws Exception {
        return ask(RequestPrimitive.builder(Operation.DELETE, to));
    }

    Answer ask(RequestPrimitive.Builder request) throws Exception {
        RequestPrimitive complete = complete(request);
        Message response = Waiting.result("the response to " + complete, send(complete));
        assertThat(strays).as("what came on topics where nothing should").isEmpty();
        return new Answer(response.status(), response.attributes());
    }

    /** With what a request has to say: who asks, and its identifier. */
    RequestPrimitive complete(RequestPrimitive.Builder builder) {
        return builder.from(stem).requestIdentifier(prefix + count.incrementAndGet())
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").build();
    }

    CompletableFuture<Message> send(RequestPrimitive request) {
        return send(request.requestIdentifier(), codec.encode(request));
    }

    /** Publishes on its own request topic. */
    CompletableFuture<Message> send(String requestIdentifier, byte[] payload) {
        CompletableFuture<Message> response = waiting.computeIfAbsent(requestIdentifier, id -> new CompletableFuture<>());
        client.publish("/oneM2M/req/" + stem + "/" + registrar.cse() + "/" + serialization.suffix(), payload);
        return response;
    }

    byte[] encode(RequestPrimitive request) {
        return codec.encode(request);
    }

    /** Every response that came, by request identifier; a repeated one, too. */
    Map<String, List<Message>> responses() {
        return responses;
    }

    @Override
    public String notified() throws Exception {
        return Representations.notified(notification().attributes());
    }

    Message notification() throws InterruptedException {
        Message notification = Waiting.next("a notification for " + stem, notifications);
        assertThat(strays).as("what came on topics where nothing should").isEmpty();
        return notification;
    }

    BlockingQueue<Message> notifications() {
        return notifications;
    }

    private void arrived(Message message) {
        try {
            read(message);
        } catch (PrimitiveException e) {
            // An answer to what somebody else sent in this AE's name, such as garbage without an identifier.
            unreadable.add(message);
        }
    }

    private static List<Message> both(List<Message> before, List<Message> now) {
        List<Message> all = new ArrayList<>(before);
        all.addAll(now);
        return List.copyOf(all);
    }

    private void read(Message message) {
        String mine = "/oneM2M/resp/" + stem + "/" + registrar.cse() + "/";
        String forMe = "/oneM2M/req/" + registrar.cse() + "/" + stem + "/";
        if (!message.topic().startsWith(mine) && !message.topic().startsWith(forMe)) {
            strays.add(message);
        } else if (message.isResponse()) {
            ResponsePrimitive response = message.response();
            responses.merge(response.requestIdentifier(), List.of(message), MqttAe::both);   // never there without a message
            CompletableFuture<Message> waiter = waiting.get(response.requestIdentifier());
            if (waiter != null && message.topic().endsWith("/" + serialization.suffix())) {
                waiter.complete(message);
            }
        } else {
            RequestPrimitive request = message.request();
            Serialization format = Serialization.ofSuffix(message.topic().substring(message.topic().lastIndexOf('/') + 1))
                    .orElseThrow();
            client.publish(message.topic().replaceFirst("/req/", "/resp/"), PrimitiveCodec.of(format)
                    .encode(ResponsePrimitive.builder(ResponseStatusCode.OK, request.requestIdentifier()).build()));
            if (!message.attributes().flag("vrq").orElse(false)) {
                notifications.add(message);
            }
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
