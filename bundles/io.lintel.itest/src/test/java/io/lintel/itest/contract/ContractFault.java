// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

/** A run of a case that did not go as its file says; or a file that says what nobody can do. */
final class ContractFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ContractFault(String message) {
        super(message);
    }

    ContractFault(String message, Throwable cause) {
        super(message, cause);
    }
}
