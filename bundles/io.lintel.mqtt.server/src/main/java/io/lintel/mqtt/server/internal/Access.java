// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import io.lintel.mqtt.server.Identity;
import java.util.Set;

/**
 * What a listener asks of its clients.
 *
 * @param listener the listener's name
 * @param plain    whether it has no transport security, and so is on loopback
 * @param methods  how clients may be verified, any of them; {@link Identity.Method#NONE} if they need not be
 */
record Access(String listener, boolean plain, Set<Identity.Method> methods) {
    Access {
        methods = Set.copyOf(methods);
    }

    boolean allows(Identity.Method method) {
        return methods.contains(method);
    }
}
