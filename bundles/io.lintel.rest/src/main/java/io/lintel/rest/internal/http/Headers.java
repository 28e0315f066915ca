// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import static io.lintel.primitive.RequestParameter.AUTHOR_SIGNS;
import static io.lintel.primitive.RequestParameter.EVENT_CATEGORY;
import static io.lintel.primitive.RequestParameter.FROM;
import static io.lintel.primitive.RequestParameter.GROUP_REQUEST_IDENTIFIER;
import static io.lintel.primitive.RequestParameter.GROUP_REQUEST_TARGET_MEMBERS;
import static io.lintel.primitive.RequestParameter.OPERATION_EXECUTION_TIME;
import static io.lintel.primitive.RequestParameter.ORIGINATING_TIMESTAMP;
import static io.lintel.primitive.RequestParameter.RELEASE_VERSION_INDICATOR;
import static io.lintel.primitive.RequestParameter.REQUEST_EXPIRATION_TIMESTAMP;
import static io.lintel.primitive.RequestParameter.REQUEST_IDENTIFIER;
import static io.lintel.primitive.RequestParameter.RESULT_EXPIRATION_TIMESTAMP;
import static io.lintel.primitive.RequestParameter.VENDOR_INFORMATION;

import java.util.LinkedHashMap;
import java.util.Map;

import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.ResponseParameter;

/**
 * The headers of TS-0009 6.4 and the parameters they carry, used by both directions. Parameters with a form of their
 * own (X-M2M-RTU, X-M2M-NM, X-M2M-ATI, Authorization) are handled where they are read and written.
 */
final class Headers {
    static final String ORIGIN = "X-M2M-Origin";
    static final String REQUEST_ID = "X-M2M-RI";
    static final String RELEASE_VERSION = "X-M2M-RVI";
    static final String STATUS_CODE = "X-M2M-RSC";
    static final String NOTIFICATION_URIS = "X-M2M-RTU";
    static final String NAME = "X-M2M-NM";
    static final String ASSIGNED_TOKENS = "X-M2M-ATI";

    /** One header for one parameter, in requests. X-M2M-GTM and X-M2M-AS carry lists joined by "+". */
    static final Map<String, RequestParameter> REQUEST = ordered(
            Map.entry(ORIGIN, FROM),
            Map.entry(REQUEST_ID, REQUEST_IDENTIFIER),
            Map.entry(RELEASE_VERSION, RELEASE_VERSION_INDICATOR),
            Map.entry("X-M2M-GID", GROUP_REQUEST_IDENTIFIER),
            Map.entry("X-M2M-OT", ORIGINATING_TIMESTAMP),
            Map.entry("X-M2M-RET", REQUEST_EXPIRATION_TIMESTAMP),
            Map.entry("X-M2M-RST", RESULT_EXPIRATION_TIMESTAMP),
            Map.entry("X-M2M-OET", OPERATION_EXECUTION_TIME),
            Map.entry("X-M2M-EC", EVENT_CATEGORY),
            Map.entry("X-M2M-VSI", VENDOR_INFORMATION),
            Map.entry("X-M2M-GTM", GROUP_REQUEST_TARGET_MEMBERS),
            Map.entry("X-M2M-AS", AUTHOR_SIGNS));

    /** One header for one parameter, in responses. */
    static final Map<String, ResponseParameter> RESPONSE = ordered(
            Map.entry(STATUS_CODE, ResponseParameter.RESPONSE_STATUS_CODE),
            Map.entry(REQUEST_ID, ResponseParameter.REQUEST_IDENTIFIER),
            Map.entry(ORIGIN, ResponseParameter.FROM),
            Map.entry(RELEASE_VERSION, ResponseParameter.RELEASE_VERSION_INDICATOR),
            Map.entry("X-M2M-OT", ResponseParameter.ORIGINATING_TIMESTAMP),
            Map.entry("X-M2M-RST", ResponseParameter.RESULT_EXPIRATION_TIMESTAMP),
            Map.entry("X-M2M-EC", ResponseParameter.EVENT_CATEGORY),
            Map.entry("X-M2M-CTS", ResponseParameter.CONTENT_STATUS),
            Map.entry("X-M2M-CTO", ResponseParameter.CONTENT_OFFSET),
            Map.entry("X-M2M-VSI", ResponseParameter.VENDOR_INFORMATION),
            Map.entry("X-M2M-ASRI", ResponseParameter.AUTHOR_SIGN_REQUEST_INFORMATION));

    private Headers() {
    }

    @SafeVarargs
    private static <P> Map<String, P> ordered(Map.Entry<String, P>... entries) {
        Map<String, P> map = new LinkedHashMap<>();
        for (Map.Entry<String, P> entry : entries) {
            map.put(entry.getKey(), entry.getValue());
        }
        return java.util.Collections.unmodifiableMap(map);
    }
}
