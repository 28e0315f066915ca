// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.util.Optional;

/** The five operations of a request primitive (TS-0004 6.3.4.2.5). */
public enum Operation {
    CREATE(1), RETRIEVE(2), UPDATE(3), DELETE(4), NOTIFY(5);

    private final int code;

    Operation(int code) {
        this.code = code;
    }

    /** The number that stands for this operation in {@code op}. */
    public int code() {
        return code;
    }

    /** The bit of this operation in {@code accessControlOperations}; discovery (32) is not an operation of its own. */
    public int accessControlBit() {
        return 1 << (code - 1);
    }

    /** The operation with this number, or empty if the standard knows none. */
    public static Optional<Operation> ofCode(long code) {
        return code >= 1 && code <= 5 ? Optional.of(values()[(int) code - 1]) : Optional.empty();
    }
}
