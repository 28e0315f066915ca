// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.Hop;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Serialization;
import java.util.ArrayList;
import java.util.List;

/** One request that is with the CSE, or whose response is on its way, with all deliveries of it. Guarded by the intake's lock. */
final class Exchange {
    private final Topic topic;
    private final Serialization format;
    private final RequestPrimitive request;
    private final Hop hop;
    private final List<Arrival> arrivals = new ArrayList<>(1);
    private boolean answered;

    Exchange(Arrival arrival, RequestReader.Reading reading) {
        this.topic = arrival.topic();
        this.format = reading.format();
        this.request = reading.request().orElseThrow();
        this.hop = reading.hop().orElseThrow();
        this.arrivals.add(arrival);
    }

    Topic topic() {
        return topic;
    }

    Serialization format() {
        return format;
    }

    RequestPrimitive request() {
        return request;
    }

    Hop hop() {
        return hop;
    }

    /** All deliveries, to be acknowledged when the response has left. */
    List<Arrival> arrivals() {
        return arrivals;
    }

    boolean isAnswered() {
        return answered;
    }

    /** @return false if there was an answer already */
    boolean answer() {
        boolean first = !answered;
        answered = true;
        return first;
    }
}
