// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.util.Set;

import org.eclipse.californium.core.coap.CoAP.ResponseCode;

import io.lintel.primitive.Operation;

/** Response status codes as CoAP codes (TS-0008 6.3), and the reverse for answers without oneM2M-RSC. */
final class CoapCodes {
    private static final Set<Integer> FORBIDDEN = Set.of(
            4101, 4103, 4105, 4106, 4107, 4108, 4109, 4111, 4112, 4113, 4114, 4115, 4116, 4117, 4126, 4127, 4128,
            5105, 5203, 5205, 5208, 5214, 5215, 5218, 5222);
    private static final Set<Integer> NOT_FOUND = Set.of(4004, 4118, 4119, 4121, 5103, 5107, 6003, 6005);
    private static final Set<Integer> BAD_REQUEST = Set.of(5106, 5219, 5220, 6010, 6022, 6023, 6024, 6028, 6029);
    private static final Set<Integer> NOT_IMPLEMENTED = Set.of(4001, 4125, 5001, 5206);
    private static final Set<Integer> GATEWAY_TIMEOUT = Set.of(4008, 6030, 6031);

    private CoapCodes() {
    }

    /** @param hasContent whether the response holds something: tells the two forms of 1002 apart */
    static ResponseCode ofRsc(int rsc, Operation operation, boolean hasContent) {
        if (FORBIDDEN.contains(rsc)) {
            return ResponseCode.FORBIDDEN;
        }
        if (NOT_FOUND.contains(rsc)) {
            return ResponseCode.NOT_FOUND;
        }
        if (BAD_REQUEST.contains(rsc)) {
            return ResponseCode.BAD_REQUEST;
        }
        if (NOT_IMPLEMENTED.contains(rsc)) {
            return ResponseCode.NOT_IMPLEMENTED;
        }
        if (GATEWAY_TIMEOUT.contains(rsc)) {
            return ResponseCode.GATEWAY_TIMEOUT;
        }
        return switch (rsc) {
            case 1000, 1002 -> hasContent ? ResponseCode.CREATED : ResponseCode.CHANGED;
            case 1001, 2001 -> ResponseCode.CREATED;
            case 2002 -> ResponseCode.DELETED;
            case 2004 -> ResponseCode.CHANGED;
            case 4005 -> ResponseCode.METHOD_NOT_ALLOWED;
            case 4015 -> ResponseCode.UNSUPPORTED_CONTENT_FORMAT;
            case 4120, 4122 -> ResponseCode.BAD_OPTION;
            case 5207 -> ResponseCode.NOT_ACCEPTABLE;
            default -> ofClass(rsc, operation);
        };
    }

    private static ResponseCode ofClass(int rsc, Operation operation) {
        if (rsc >= 1000 && rsc < 3000) {
            return operation == Operation.RETRIEVE ? ResponseCode.CONTENT : ResponseCode.CHANGED;
        }
        return rsc >= 4000 && rsc < 5000 ? ResponseCode.BAD_REQUEST : ResponseCode.INTERNAL_SERVER_ERROR;
    }

    static int toRsc(ResponseCode code, Operation operation) {
        return switch (code) {
            case CREATED -> 2001;
            case DELETED -> 2002;
            case CHANGED -> operation == Operation.NOTIFY ? 2000 : 2004;
            case CONTENT, VALID -> 2000;
            case UNAUTHORIZED, FORBIDDEN -> 4103;
            case NOT_FOUND -> 4004;
            case METHOD_NOT_ALLOWED -> 4005;
            case NOT_ACCEPTABLE -> 5207;
            case UNSUPPORTED_CONTENT_FORMAT -> 4015;
            case CONFLICT -> 4105;
            case INTERNAL_SERVER_ERROR -> 5000;
            case NOT_IMPLEMENTED -> 5001;
            case GATEWAY_TIMEOUT -> 4008;
            case BAD_GATEWAY, SERVICE_UNAVAILABLE, PROXY_NOT_SUPPORTED -> 5103;
            default -> code.isSuccess() ? 2000 : code.isServerError() ? 5000 : 4000;
        };
    }
}
