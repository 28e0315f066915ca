// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.StoredMessage;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The server's own counters as retained QoS 0 messages under {@code $SYS/broker/}, with the names that Mosquitto gives
 * them, so that what reads those reads these. Sent when they change. They are never journaled, no client can publish to
 * them, and who may read them is the topic policy's to say. Belongs to the event loop.
 */
final class SysTopics {
    private static final String TREE = "$SYS";
    private static final String ROOT = TREE + "/broker/";

    private final Broker broker;
    private final long startedNanos = System.nanoTime();
    private final String version;
    private final Map<String, String> published = new HashMap<>();
    private final Map<String, SysLoad> loads = new LinkedHashMap<>();
    private long sampledNanos;
    private int mostConnected;
    private long mostHeap;

    SysTopics(Broker broker) {
        this.broker = broker;
        String built = SysTopics.class.getPackage().getImplementationVersion();
        version = built == null ? "Lintel" : "Lintel " + built;
    }

    /** Whether the topic is the server's alone. */
    static boolean isServers(String topic) {
        return topic.startsWith(TREE) && (topic.length() == TREE.length() || topic.charAt(TREE.length()) == '/');
    }

    void start(int everySeconds) {
        if (everySeconds > 0) {
            publish();
            broker.loop().scheduleAtFixedRate(this::publish, everySeconds, everySeconds, TimeUnit.SECONDS);
        }
    }

    private void publish() {
        Map<String, Object> now = new LinkedHashMap<>();
        now.put("version", version);
        now.put("uptime", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedNanos) + " seconds");
        addClientsAndStore(now);
        addTraffic(now);
        addLoad(now);
        now.forEach((name, value) -> publish(ROOT + name, String.valueOf(value)));
    }

    private void addClientsAndStore(Map<String, Object> now) {
        int connected = 0;
        long messages = broker.retained().size();
        long bytes = broker.retained().bytes();
        for (Session session : broker.sessions()) {
            connected += session.connection() == null ? 0 : 1;
            messages += session.queuedMessages();
            bytes += session.queuedBytes();
        }
        int total = broker.sessions().size();
        mostConnected = Math.max(mostConnected, connected);
        now.put("clients/total", total);
        now.put("clients/connected", connected);
        now.put("clients/active", connected);             // an older name of the same
        now.put("clients/disconnected", total - connected);
        now.put("clients/inactive", total - connected);   // an older name of the same
        now.put("clients/maximum", mostConnected);
        now.put("subscriptions/count", broker.trie().size());
        now.put("retained messages/count", broker.retained().size());
        now.put("messages/stored", messages);             // an older name of the next
        now.put("store/messages/count", messages);
        now.put("store/messages/bytes", bytes);
        Runtime memory = Runtime.getRuntime();
        long heap = memory.totalMemory() - memory.freeMemory();
        mostHeap = Math.max(mostHeap, heap);
        now.put("heap/current", heap);
        now.put("heap/maximum", mostHeap);
    }

    private void addTraffic(Map<String, Object> now) {
        Counters counters = broker.counters();
        now.put("messages/received", counters.get(Counter.PACKETS_IN));   // packets of every type
        now.put("messages/sent", counters.get(Counter.PACKETS_OUT));
        now.put("bytes/received", counters.get(Counter.BYTES_IN));
        now.put("bytes/sent", counters.get(Counter.BYTES_OUT));
        now.put("publish/messages/received", counters.get(Counter.MESSAGES_IN));
        now.put("publish/messages/sent", counters.get(Counter.MESSAGES_OUT));
        now.put("publish/messages/dropped", counters.get(Counter.MESSAGES_DROPPED_QOS0));
        now.put("publish/bytes/received", counters.get(Counter.PAYLOAD_IN));
        now.put("publish/bytes/sent", counters.get(Counter.PAYLOAD_OUT));
    }

    private void addLoad(Map<String, Object> now) {
        Counters counters = broker.counters();
        long sampled = System.nanoTime();
        double seconds = sampledNanos == 0 ? 0 : (sampled - sampledNanos) / (double) TimeUnit.SECONDS.toNanos(1);
        sampledNanos = sampled;
        load("messages/received", counters.get(Counter.PACKETS_IN), seconds);
        load("messages/sent", counters.get(Counter.PACKETS_OUT), seconds);
        load("publish/received", counters.get(Counter.MESSAGES_IN), seconds);
        load("publish/sent", counters.get(Counter.MESSAGES_OUT), seconds);
        load("publish/dropped", counters.get(Counter.MESSAGES_DROPPED_QOS0), seconds);
        load("bytes/received", counters.get(Counter.BYTES_IN), seconds);
        load("bytes/sent", counters.get(Counter.BYTES_OUT), seconds);
        load("sockets", counters.get(Counter.CONNECTIONS_ACCEPTED), seconds);
        load("connections", counters.get(Counter.CONNECTS_ACCEPTED), seconds);
        loads.values().forEach(load -> load.addTo(now));
    }

    private void load(String name, long value, double seconds) {
        loads.computeIfAbsent(name, SysLoad::new).sample(value, seconds);
    }

    private void publish(String topic, String value) {
        if (value.equals(published.put(topic, value))) {
            return;
        }
        byte[] payload = value.getBytes(StandardCharsets.UTF_8);
        broker.retained().set(new StoredMessage(0, topic, 0, true, payload));
        if (broker.trie().size() > 0) {
            Publication publication = broker.router().plan(topic, payload, 0, false);
            broker.router().commit(publication, null, failure -> broker.router().takeEffect(publication));
        }
    }
}
