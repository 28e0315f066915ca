// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** What an administrator sees of the server and may do to it. A service; called from any thread. */
@ProviderType
public interface MqttServerAdministration {

    /**
     * The addresses listened on, such as {@code 127.0.0.1:1883} and, with another transport than TCP, {@code 127.0.0.1:8883
     * (tls)}.
     */
    List<String> listeners();

    /** Whether it serves, and why a listener does not: one line for a person. */
    String state();

    /** Whether all configured listeners are open. */
    boolean isOpen();

    /** Looks at once for changed certificates and revocation lists; users are always read as they are. */
    void reload();

    List<SessionView> sessions();

    /** Closes the client's connection; its durable session stays. */
    void disconnect(String clientId);

    /** Ends a session with all that waits in it. */
    void dropSession(String clientId);

    /** Counters since start: messages and bytes in and out, connections, refusals. */
    java.util.Map<String, Long> counters();

    /**
     * @param address where the client is connected from; empty while it is away
     * @param durable whether the session outlives its connection
     */
    record SessionView(String clientId, Optional<String> address, Optional<String> principal, boolean durable,
            List<SessionStore.StoredSubscription> subscriptions, int queuedMessages, long queuedBytes, int inFlight) {
    }
}
