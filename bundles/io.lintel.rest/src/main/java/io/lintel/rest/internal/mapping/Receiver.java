// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.primitive.Identifiers;
import io.lintel.primitive.Operation;

/** What stands at the other end of a pointOfAccess, and so whether {@code to} goes into the path (TS-0009 7). */
public enum Receiver {
    /** Knows the path mapping: prefix of its pointOfAccess, then {@code to}. */
    CSE,
    /** Wants notifications at its pointOfAccess as it stands. */
    AE,
    /** A free notification URI; need not even know oneM2M. */
    URI;

    /**
     * A SP-relative ID of one element is a CSE-ID, except that {@code /S…} is an S-type AE when a notification is
     * addressed to just that: the two can't be told apart by their form.
     */
    public static Receiver of(OutboundRequest outbound) {
        if (outbound.receiver().isEmpty()) {
            return URI;
        }
        if (outbound.request().operation() != Operation.NOTIFY) {
            return CSE;
        }
        String id = outbound.receiver().get();
        boolean toItself = outbound.request().to().equals(id);
        boolean cse = Identifiers.isCseId(id) && !(id.startsWith("/S") && toItself);
        return cse ? CSE : AE;
    }
}
