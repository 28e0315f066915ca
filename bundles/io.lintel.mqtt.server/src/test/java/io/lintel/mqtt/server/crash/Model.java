// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.crash;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What the clients of a run know together: all that was published, and what went wrong. Time is the number of things
 * that happened; the driver is one thread, so a thing with a smaller time was seen by a client before the other was sent.
 */
final class Model {
    private final Map<String, List<Message>> published = new HashMap<>();
    private final List<String> violations = new ArrayList<>();
    private final List<String> trace = new ArrayList<>();
    private long now;

    /** A new point in time. */
    long tick() {
        return ++now;
    }

    Message published(String publisher, String topic, int qos, boolean retain, boolean clears) {
        List<Message> own = published.computeIfAbsent(publisher, k -> new ArrayList<>());
        Message message = new Message(publisher, own.size(), topic, qos, retain, clears, tick());
        own.add(message);
        return message;
    }

    /** Content that says what it is a copy of; {@code filling} bytes make it longer. */
    static byte[] payload(Message message, int transmission, int filling) {
        return message.clears ? new byte[0] : (message.publisher + " " + message.number + " " + transmission + " "
                + ".".repeat(filling)).getBytes(StandardCharsets.US_ASCII);
    }

    /** A payload read again. */
    record Copy(Message message, int transmission) {
    }

    /** Null if it is no payload of this run's. */
    Copy copy(Incoming publish) {
        String[] words = new String(publish.body(), StandardCharsets.US_ASCII).split(" ", 4);
        List<Message> own = published.get(words[0]);
        if (own == null || words.length != 4) {
            return null;
        }
        Message message = own.get(Integer.parseInt(words[1]));
        if (!message.topic.equals(publish.topic()) || words[3].chars().anyMatch(c -> c != '.')) {
            return null;
        }
        return new Copy(message, Integer.parseInt(words[2]));
    }

    List<Message> all() {
        List<Message> all = new ArrayList<>();
        published.values().forEach(all::addAll);
        return all;
    }

    void violation(String what) {
        violations.add("at " + now + ": " + what);
        trace("VIOLATION", what);
    }

    /** For a person who looks into a run that failed. */
    void trace(String who, String what) {
        trace.add(now + " " + who + " " + what);
    }

    List<String> trace() {
        return trace;
    }

    List<String> violations() {
        return violations;
    }
}
