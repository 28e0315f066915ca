// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.util.Map;
import java.util.TreeMap;

import io.lintel.primitive.RequestParameter;

/** Finds a parameter by header name in any case (HB-06) without making a lower-case copy of each name. */
final class HeaderNames {
    private static final Map<String, RequestParameter> REQUEST = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    static {
        REQUEST.putAll(Headers.REQUEST);
    }

    private HeaderNames() {
    }

    /** The parameter, or null for an unknown header. */
    static RequestParameter request(String name) {
        return REQUEST.get(name);
    }
}
