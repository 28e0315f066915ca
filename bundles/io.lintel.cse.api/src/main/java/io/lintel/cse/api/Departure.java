// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Something that this node keeps at others and that must not outlive it: its registration at the registrar, its sessions at
 * MQTT servers. Ended by the administrator's command when a node is decommissioned, never by a stop of the node. Registered as
 * a service by whoever owns it; called from any thread.
 */
@ConsumerType
public interface Departure {
    /** Short, for a person: {@code registrar}, {@code mqtt}. */
    String name();

    /** Those with a lower number are ended first: deregistering still needs the sessions. */
    int order();

    /**
     * Ends it for good. It is not taken up again before the next start.
     *
     * @param which one of several, by its address; empty for all
     * @return never fails; one outcome for each that was to be ended
     */
    CompletionStage<List<Outcome>> depart(Optional<String> which);

    /**
     * What came of one of them.
     *
     * @param done whether it is surely gone
     * @param text for a person: what, and how it went
     */
    record Outcome(boolean done, String text) {
    }
}
