// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.StoredMessage;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The server's own counters as retained QoS 0 messages under {@code $SYS/broker/}, named as other servers name them.
 * They are never journaled. Belongs to the event loop.
 */
final class SysTopics {
    private static final String ROOT = "$SYS/broker/";

    private final Broker broker;
    private final long startedNanos = System.nanoTime();
    private final Map<String, String> published = new HashMap<>();

    SysTopics(Broker broker) {
        this.broker = broker;
    }

    void start(int everySeconds) {
        if (everySeconds > 0) {
            publish();
            broker.loop().scheduleAtFixedRate(this::publish, everySeconds, everySeconds, TimeUnit.SECONDS);
        }
    }

    private void publish() {
        Counters counters = broker.counters();
        Map<String, Object> now = new LinkedHashMap<>();
        now.put("version", "Lintel");
        now.put("uptime", TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedNanos) + " seconds");
        now.put("clients/connected", broker.connections().size());
        now.put("clients/total", broker.sessions().size());
        now.put("subscriptions/count", broker.trie().size());
        now.put("retained messages/count", broker.retained().size());
        now.put("messages/received", counters.get(Counter.MESSAGES_IN));
        now.put("messages/sent", counters.get(Counter.MESSAGES_OUT));
        now.put("bytes/received", counters.get(Counter.BYTES_IN));
        now.put("bytes/sent", counters.get(Counter.BYTES_OUT));
        now.forEach((name, value) -> publish(ROOT + name, String.valueOf(value)));
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
