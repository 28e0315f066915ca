// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.crash;

/** One subscription of a session, with what is known of when the server had it. Times are the model's. */
final class Interest {
    final String filter;
    /** The QoS it may have, from … to: two values while a change is not acknowledged. */
    int leastQos;
    int mostQos;
    /** When SUBSCRIBE was sent first. */
    final long possibleFrom;
    /** When its SUBACK came; {@link Long#MAX_VALUE} before. */
    long certainFrom = Long.MAX_VALUE;
    /** When UNSUBSCRIBE was sent, or the session put at risk. */
    long certainUntil = Long.MAX_VALUE;
    /** When UNSUBACK came, or the session was certainly gone. */
    long possibleUntil = Long.MAX_VALUE;

    Interest(String filter, int qos, long now) {
        this.filter = filter;
        this.leastQos = qos;
        this.mostQos = qos;
        this.possibleFrom = now;
    }

    /** Whether the server must have matched the message with it, and still has it. */
    boolean certainlyCovers(Message message) {
        return matches(message.topic) && certainFrom < message.sentAt && certainUntil == Long.MAX_VALUE;
    }

    boolean possiblyCovers(Message message) {
        return matches(message.topic) && possibleFrom < message.acknowledgedAt && possibleUntil > message.sentAt;
    }

    /** MQTT 3.1.1 section 4.7, for the filters that the scenario uses. */
    private boolean matches(String topic) {
        String[] f = filter.split("/", -1);
        String[] t = topic.split("/", -1);
        for (int i = 0; i < f.length; i++) {
            if (f[i].equals("#")) {
                return true;
            }
            if (i >= t.length || !f[i].equals("+") && !f[i].equals(t[i])) {
                return false;
            }
        }
        return f.length == t.length;
    }

    @Override
    public String toString() {
        return filter + " qos " + leastQos + ".." + mostQos + " possible " + possibleFrom + "-" + possibleUntil + " certain "
                + certainFrom + "-" + certainUntil;
    }
}
