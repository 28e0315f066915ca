// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.util.Objects;

/**
 * A request cannot be served, and this is what its originator is told: a status and a sentence for a person.
 * Thrown anywhere between a door and the store, caught once where the response is made. It carries no stack trace:
 * it describes the peer's mistake, not ours.
 */
public class PrimitiveException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ResponseStatusCode status;

    /** @param debugText what was wrong, in words its sender can act upon; becomes {@code m2m:dbg} */
    public PrimitiveException(ResponseStatusCode status, String debugText) {
        super(Objects.requireNonNull(debugText), null, false, false);
        this.status = Objects.requireNonNull(status);
    }

    /** The status of the response to be sent. */
    public ResponseStatusCode status() {
        return status;
    }
}
