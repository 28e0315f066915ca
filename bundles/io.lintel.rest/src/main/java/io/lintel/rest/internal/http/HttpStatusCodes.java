// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.util.Set;

import io.lintel.primitive.Operation;

/** Response status codes as HTTP statuses (TS-0009 6.3.2), and the reverse for answers that carry no X-M2M-RSC. */
final class HttpStatusCodes {
    private static final Set<Integer> BAD_REQUEST = Set.of(4000, 4102, 4110, 4120, 4122, 4123, 4143, 6010, 6022, 6023, 6024);
    private static final Set<Integer> FORBIDDEN = Set.of(
            4101, 4103, 4106, 4107, 4108, 4109, 4111, 4112, 4113, 4114, 4115, 4116, 4117, 4126, 4127, 4128, 5105,
            5203, 5205, 5208, 5214, 5215, 5218, 5222);
    private static final Set<Integer> NOT_FOUND = Set.of(4004, 4118, 4119, 4121, 5103, 5107, 6003, 6005);
    private static final Set<Integer> CONFLICT = Set.of(4104, 4105, 4124, 5106, 5219, 5220, 6028, 6029);
    private static final Set<Integer> NOT_IMPLEMENTED = Set.of(4001, 4125, 5001, 5206);
    private static final Set<Integer> GATEWAY_TIMEOUT = Set.of(4008, 6030, 6031);

    private HttpStatusCodes() {
    }

    /** The HTTP status; a code that this edition does not name goes by its class. */
    static int ofRsc(int rsc) {
        if (rsc == 2001) {
            return 201;
        }
        if (rsc >= 1000 && rsc < 2000) {
            return 202;
        }
        if (rsc >= 2000 && rsc < 3000) {
            return 200;
        }
        if (BAD_REQUEST.contains(rsc)) {
            return 400;
        }
        if (FORBIDDEN.contains(rsc)) {
            return 403;
        }
        if (NOT_FOUND.contains(rsc)) {
            return 404;
        }
        if (CONFLICT.contains(rsc)) {
            return 409;
        }
        if (NOT_IMPLEMENTED.contains(rsc)) {
            return 501;
        }
        if (GATEWAY_TIMEOUT.contains(rsc)) {
            return 504;
        }
        return switch (rsc) {
            case 4005 -> 405;
            case 4015 -> 415;
            case 5207 -> 406;
            default -> rsc >= 4000 && rsc < 5000 ? 400 : 500;
        };
    }

    /** What a status without X-M2M-RSC means: a foreign proxy, a web hook, a failed server. */
    static int toRsc(int status, Operation operation) {
        if (status >= 200 && status < 300) {
            if (status == 202) {
                return 1000;
            }
            return switch (operation) {
                case CREATE -> 2001;
                case UPDATE -> 2004;
                case DELETE -> 2002;
                case RETRIEVE, NOTIFY -> 2000;
            };
        }
        return switch (status) {
            case 401, 403 -> 4103;
            case 404 -> 4004;
            case 405 -> 4005;
            case 406 -> 5207;
            case 408, 504 -> 4008;
            case 409 -> 4105;
            case 415 -> 4015;
            default -> status >= 500 ? 5103 : 4000;
        };
    }
}
