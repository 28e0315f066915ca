// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From a PUBLISH on a response topic to the peer that answers and its response (TS-0010 6.4.3, 6.5.2). Pure; runs on the
 * callback thread of a connection. What is none, or deviates in a way that is not accepted, is dropped with a line at DEBUG:
 * nobody is there to be told.
 */
final class ResponseReader {
    private static final Logger LOG = LoggerFactory.getLogger(ResponseReader.class);

    private final Segments segments;
    private final Set<Leniency> leniencies;

    /**
     * Who answers.
     *
     * @param peer    in normal form, as the request named it
     * @param swapped whether it exchanged the two levels (see {@link Leniency#SWAPPED_RESPONSES})
     */
    record Sender(String peer, boolean swapped) {
    }

    ResponseReader(Segments segments, Set<Leniency> leniencies) {
        this.segments = segments;
        this.leniencies = leniencies;
    }

    /** Empty if the topic is no answer to a request of this CSE. */
    Optional<Sender> sender(Topic topic) {
        if (segments.isMe(topic.originator())) {
            return segments.entity(topic.receiver()).map(peer -> new Sender(peer, false));
        }
        return leniencies.contains(Leniency.SWAPPED_RESPONSES) && segments.isMe(topic.receiver())
                ? segments.entity(topic.originator()).map(peer -> new Sender(peer, true)) : Optional.empty();
    }

    /** Empty if the payload is no response, or of another format than the topic says. */
    Optional<ResponsePrimitive> read(Topic topic, byte[] payload) {
        Optional<Serialization> looks = Payload.sniff(payload);
        Optional<Serialization> format = topic.hasNoSuffix()
                ? looks.filter(sniffed -> leniencies.contains(Leniency.NO_SUFFIX))
                : topic.suffix().flatMap(Serialization::ofSuffix);
        if (format.isEmpty()) {
            LOG.debug("a response on {}, which states no format", topic);
            return Optional.empty();
        }
        byte[] bytes = format.get() == Serialization.CBOR && looks.isEmpty() && leniencies.contains(Leniency.HEX_CBOR)
                ? Payload.hexText(payload).orElse(payload) : payload;
        if (format.get() == Serialization.JSON && !leniencies.contains(Leniency.WRAPPED_JSON) && Payload.isWrappedJson(bytes)) {
            LOG.debug("a response on {} wrapped as in Release 1", topic);
            return Optional.empty();
        }
        try {
            if (PrimitiveCodec.of(format.get()).decode(bytes) instanceof ResponsePrimitive response) {
                return Optional.of(response);
            }
            LOG.debug("a request on {}", topic);
        } catch (PrimitiveException e) {
            LOG.debug("unreadable response on {}: {}", topic, e.getMessage());
        }
        return Optional.empty();
    }
}
