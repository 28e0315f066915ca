// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.RequestCustody;
import io.lintel.cse.api.RequestCustody.Receipt;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One delivery of a request, from its arrival until its response has left. Its custody may begin while it waits, while the
 * CSE has it, or when nobody waits for it any more: whoever comes second, the end or the receipt, lets it go. Guarded by
 * its own lock, under which nothing is called.
 */
final class Arrival {
    private final Topic topic;
    private final InboundMessage message;
    private Receipt receipt;
    private boolean over;

    Arrival(Topic topic, InboundMessage message) {
        this.topic = topic;
        this.message = message;
    }

    /** One that was taken up from custody. Its server may be delivering it again, too. */
    static Optional<Arrival> ofHeld(RequestCustody.Held held) {
        String envelope = held.envelope();
        int end = envelope.indexOf('\n');
        String topicName = envelope.substring(end + 1);
        return Topic.parse(topicName).map(topic -> {
            Arrival arrival = new Arrival(topic, new InboundMessage(topicName, held.message(), 1, true,
                    Integer.parseInt(envelope.substring(0, end)), AcknowledgementLedger.Ticket.NONE));
            arrival.receipt = held.receipt();
            return arrival;
        });
    }

    Topic topic() {
        return topic;
    }

    InboundMessage message() {
        return message;
    }

    int bytes() {
        return message.payload().length;
    }

    /** What custody has to keep besides the payload. */
    String envelope() {
        return message.packetId() + "\n" + message.topic();
    }

    /** It is in custody now. */
    void kept(Receipt given, Consumer<Receipt> release) {
        boolean late;
        synchronized (this) {
            receipt = given;
            late = over;
        }
        if (late) {
            release.accept(given);
        }
    }

    synchronized Optional<Receipt> receipt() {
        return Optional.ofNullable(receipt);
    }

    /** Nobody waits for it here any more: its response has left, or its server will deliver it again. */
    void over(Consumer<Receipt> release) {
        Optional<Receipt> given;
        synchronized (this) {
            given = over ? Optional.empty() : receipt();
            over = true;
        }
        given.ifPresent(release);
    }
}
