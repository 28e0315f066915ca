// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Something that has to be up for this node to be healthy: a listener, a link, the store. Registered as a service by
 * whoever owns it; read by the console for {@code /health} and the ready line, and by the CSE for its pointOfAccess.
 * Called from any thread; answers at once, from memory.
 */
@ConsumerType
public interface Door {
    /** Short and stable: {@code store}, {@code mqttserver}, {@code mqtt}, {@code http}, {@code coap}, {@code registrar}. */
    String name();

    boolean isOpen();

    /** One line for a person: the address listened on, or why it is not open. */
    String detail();

    /** The URIs by which oneM2M peers reach this CSE through this door; empty for doors that are no binding's. */
    default List<String> pointsOfAccess() {
        return List.of();
    }
}
