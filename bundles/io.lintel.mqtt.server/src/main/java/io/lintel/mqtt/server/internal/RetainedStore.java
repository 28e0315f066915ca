// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.StoredMessage;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The retained messages (MQTT 3.1.1 section 3.3.1.3), by topic name in order, so that a filter looks only at topics
 * that begin as it does. What is here is in the journal too, but for the server's own counters under $SYS. Belongs to
 * the event loop.
 */
final class RetainedStore {
    private final NavigableMap<String, StoredMessage> byTopic = new TreeMap<>();
    /** Topics of which a message is on its way to disk, and how many. */
    private final Map<String, Integer> changing = new HashMap<>();
    private final int mostMessages;
    private final long mostBytes;
    private long bytes;

    RetainedStore(int mostMessages, long mostBytes) {
        this.mostMessages = mostMessages;
        this.mostBytes = mostBytes;
    }

    boolean hasRoomFor(String topic, byte[] payload) {
        StoredMessage old = byTopic.get(topic);
        long after = bytes + payload.length - (old == null ? 0 : old.payload().length);
        return payload.length == 0 || after <= mostBytes && (old != null || byTopic.size() < mostMessages);
    }

    /** Keeps the message instead of the earlier one of its topic [MQTT-3.3.1-5]; an empty one is not kept [MQTT-3.3.1-10]. */
    void set(StoredMessage message) {
        StoredMessage old = message.payload().length == 0
                ? byTopic.remove(message.topic())
                : byTopic.put(message.topic(), asRetained(message));
        bytes += message.payload().length - (old == null ? 0 : old.payload().length);
    }

    /** The copy that is sent with RETAIN 1 [MQTT-3.3.1-8]. */
    private static StoredMessage asRetained(StoredMessage message) {
        return message.retain() ? message
                : new StoredMessage(message.id(), message.topic(), message.qos(), true, message.payload());
    }

    void forEachMatching(String filter, Consumer<StoredMessage> consumer) {
        if (!Topics.hasWildcard(filter)) {
            StoredMessage message = byTopic.get(filter);
            if (message != null) {
                consumer.accept(message);
            }
            return;
        }
        String prefix = Topics.literalPrefix(filter);
        for (StoredMessage message : byTopic.tailMap(prefix, true).values()) {
            if (!message.topic().startsWith(prefix)) {
                break;
            }
            if (Topics.matches(filter, message.topic())) {
                consumer.accept(message);
            }
        }
    }

    /** A message that replaces this topic's is on its way to disk; {@link #changed} follows. */
    void changes(String topic) {
        changing.merge(topic, 1, Integer::sum);
    }

    void changed(String topic) {
        changing.computeIfPresent(topic, (t, count) -> count == 1 ? null : Integer.valueOf(count - 1));
    }

    boolean isChanging(String topic) {
        return changing.containsKey(topic);
    }

    /** Whether it is still what {@link #forEachMatching} gives for its topic. */
    boolean isCurrent(StoredMessage message) {
        return byTopic.get(message.topic()) == message;
    }

    boolean has(String topic) {
        return byTopic.containsKey(topic);
    }

    /** Payload bytes of all. */
    long bytes() {
        return bytes;
    }

    int size() {
        return byTopic.size();
    }
}
