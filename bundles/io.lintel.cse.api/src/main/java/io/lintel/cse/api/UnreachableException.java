// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

/** A request that left got no response: the peer could not be reached, or stayed silent until the deadline. */
public final class UnreachableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean mayHaveArrived;

    /** @param mayHaveArrived whether the request was handed to the network before it failed */
    public UnreachableException(String message, boolean mayHaveArrived, Throwable cause) {
        super(message, cause);
        this.mayHaveArrived = mayHaveArrived;
    }

    /** False only when the request surely did not leave this node. */
    public boolean mayHaveArrived() {
        return mayHaveArrived;
    }
}
