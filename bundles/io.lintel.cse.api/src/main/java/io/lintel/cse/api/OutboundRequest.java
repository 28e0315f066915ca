// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Serialization;
import java.net.URI;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A request about to leave on one hop.
 *
 * @param request       the primitive as it shall travel; it has its request identifier
 * @param pointOfAccess where to: one URI of the receiver's pointOfAccess, or the notification target's own URI
 * @param receiver      the entity at the other end of this hop as SP-relative ID ({@code /in-cse}, {@code /mn-cse/C12},
 *                      {@code /S5}); empty when the URI itself is the target (a free notification URI): then the URI's
 *                      path is used as it stands and a transport's acknowledgement is success enough
 * @param serialization what the receiver wants; empty leaves it to the binding (JSON)
 * @param deadline      when waiting for the response ends
 * @param credential    of an initial registration, the Credential-ID under which the sender is known until it has one
 *                      (TS-0010 6.4.4); a binding that has no use for it passes over it
 */
public record OutboundRequest(RequestPrimitive request, URI pointOfAccess, Optional<String> receiver,
        Optional<Serialization> serialization, Instant deadline, Optional<String> credential) {
    public OutboundRequest {
        Objects.requireNonNull(request);
        Objects.requireNonNull(pointOfAccess);
        Objects.requireNonNull(receiver);
        Objects.requireNonNull(serialization);
        Objects.requireNonNull(deadline);
        Objects.requireNonNull(credential);
    }

    /** Any request but an initial registration. */
    public OutboundRequest(RequestPrimitive request, URI pointOfAccess, Optional<String> receiver,
            Optional<Serialization> serialization, Instant deadline) {
        this(request, pointOfAccess, receiver, serialization, deadline, Optional.empty());
    }
}
