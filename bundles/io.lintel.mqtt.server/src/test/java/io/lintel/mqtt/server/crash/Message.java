// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.crash;

/**
 * What one publisher publishes once, however often it sends it.
 *
 * @see Model#published
 */
final class Message {
    final String publisher;
    final int number;
    final String topic;
    final int qos;
    final boolean retain;
    /** A retained message that removes the one before: it has no payload, so its copies cannot be told apart. */
    final boolean clears;
    /** The model's time when it was sent first. */
    final long sentAt;
    /** The model's time when its PUBACK or PUBREC came; {@link Long#MAX_VALUE} before. */
    long acknowledgedAt = Long.MAX_VALUE;
    /** Whether its publisher's session ended before the acknowledgement came, so that it is not sent again. */
    boolean givenUp;
    /** How often it was sent. */
    int transmissions;

    Message(String publisher, int number, String topic, int qos, boolean retain, boolean clears, long sentAt) {
        this.publisher = publisher;
        this.number = number;
        this.topic = topic;
        this.qos = qos;
        this.retain = retain;
        this.clears = clears;
        this.sentAt = sentAt;
    }

    boolean isAcknowledged() {
        return acknowledgedAt != Long.MAX_VALUE;
    }

    @Override
    public String toString() {
        return publisher + " #" + number + " on " + topic + " qos " + qos + (retain ? " retain" : "")
                + (clears ? " clearing" : "");
    }
}
