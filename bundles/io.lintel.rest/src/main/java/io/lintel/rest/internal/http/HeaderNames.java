// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

import io.lintel.primitive.RequestParameter;

/**
 * Finds a parameter by header name in any case (HB-06), and a header by the parameter's short name. Most clients write names as
 * the standard does: those are found by their hash, the others in a tree.
 */
final class HeaderNames {
    private static final Map<String, RequestParameter> AS_WRITTEN = new HashMap<>(Headers.REQUEST);
    private static final Map<String, RequestParameter> IN_ANY_CASE = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private static final Map<String, String> RESPONSE = new HashMap<>();

    static {
        IN_ANY_CASE.putAll(Headers.REQUEST);
        Headers.RESPONSE.forEach((header, parameter) -> RESPONSE.put(parameter.shortName(), header));
    }

    private HeaderNames() {
    }

    /** The parameter, or null for an unknown header. */
    static RequestParameter request(String name) {
        RequestParameter found = AS_WRITTEN.get(name);
        return found != null ? found : IN_ANY_CASE.get(name);
    }

    /** The header of a response parameter, or null if it has none. */
    static String response(String shortName) {
        return RESPONSE.get(shortName);
    }
}
