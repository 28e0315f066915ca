// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;

/** The refusals that several classes make, so that they read as one word where they are thrown. */
public final class Refusals {
    private Refusals() {
    }

    public static PrimitiveException badRequest(String text) {
        return new PrimitiveException(ResponseStatusCode.BAD_REQUEST, text);
    }

    public static PrimitiveException notFound(String text) {
        return new PrimitiveException(ResponseStatusCode.NOT_FOUND, text);
    }

    public static PrimitiveException notAllowed(String text) {
        return new PrimitiveException(ResponseStatusCode.OPERATION_NOT_ALLOWED, text);
    }

    public static PrimitiveException notImplemented(String text) {
        return new PrimitiveException(ResponseStatusCode.NOT_IMPLEMENTED, text);
    }

    public static PrimitiveException noPrivilege(String text) {
        return new PrimitiveException(ResponseStatusCode.ORIGINATOR_HAS_NO_PRIVILEGE, text);
    }

    public static PrimitiveException conflict(String text) {
        return new PrimitiveException(ResponseStatusCode.CONFLICT, text);
    }

    public static PrimitiveException notAcceptable(String text) {
        return new PrimitiveException(ResponseStatusCode.NOT_ACCEPTABLE, text);
    }

    public static PrimitiveException timeout(String text) {
        return new PrimitiveException(ResponseStatusCode.REQUEST_TIMEOUT, text);
    }

    public static PrimitiveException notAuthenticated(String text) {
        return new PrimitiveException(ResponseStatusCode.ORIGINATOR_NOT_AUTHENTICATED, text);
    }

    static PrimitiveException associationRequired(String text) {
        return new PrimitiveException(ResponseStatusCode.SECURITY_ASSOCIATION_REQUIRED, text);
    }
}
