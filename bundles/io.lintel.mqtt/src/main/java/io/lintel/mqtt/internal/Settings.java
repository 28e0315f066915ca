// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.primitive.Serialization;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * What every connection of the binding has in common, from its configuration.
 *
 * @param requestTimeout the longest wait for a response, whatever the request's own deadline
 * @param connectWait    how long a request to be sent waits for its connection
 * @param serialization  for receivers that have not said what they want
 * @param spRelativeIds  whether an AE that never spoke is addressed as {@code mn-cse:CAE01} instead of {@code CAE01}
 * @param repetitions    whose requests are told apart by their messages
 * @param serverWindow   unacknowledged messages that servers other than the own one allow, see {@link AcknowledgementLedger}
 */
record Settings(int keepAliveSeconds, Duration requestTimeout, Duration connectWait, Serialization serialization,
        boolean spRelativeIds, Set<Leniency> leniencies, RequestIntake.Limits limits, Repetitions repetitions,
        int serverWindow,
        Optional<String> userName, Optional<String> password) {
    Settings {
        leniencies = Set.copyOf(leniencies);
    }

    boolean allows(Leniency leniency) {
        return leniencies.contains(leniency);
    }
}
