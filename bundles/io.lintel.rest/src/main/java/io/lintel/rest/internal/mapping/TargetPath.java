// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;

/**
 * {@code to} as the path segments of a URI and back (TS-0009 6.2.2, TS-0008 6.2.2): the marker {@code ~} stands for
 * the SP-relative scope, {@code _} for the absolute one. HTTP and CoAP share it; each brings its own escaping.
 */
public final class TargetPath {
    private static final String SP_RELATIVE = "~";
    private static final String ABSOLUTE = "_";

    private TargetPath() {
    }

    /** The segments of an address; the attribute after {@code #} has no place in a path and is left out. */
    public static List<String> segments(String to) {
        int hash = to.indexOf('#');
        String address = hash < 0 ? to : to.substring(0, hash);
        List<String> segments = new ArrayList<>();
        if (address.startsWith("//")) {
            segments.add(ABSOLUTE);
            address = address.substring(2);
        } else if (address.startsWith("/")) {
            segments.add(SP_RELATIVE);
            address = address.substring(1);
        }
        if (address.endsWith("/")) {
            address = address.substring(0, address.length() - 1);
        }
        segments.addAll(Arrays.asList(address.split("/", -1)));
        return segments;
    }

    /**
     * The address that the segments (already unescaped) stand for. A last, empty segment is a trailing slash: ignored.
     *
     * @throws PrimitiveException 4004 if there is nothing that could name a resource; 4000 if a segment contains a slash
     */
    public static String to(List<String> segments) {
        int end = segments.size();
        if (end > 0 && segments.get(end - 1).isEmpty()) {
            end--;
        }
        if (end == 0) {
            throw new PrimitiveException(ResponseStatusCode.NOT_FOUND, "the path names no resource");
        }
        List<String> named = segments.subList(0, end);
        for (String segment : named) {
            if (segment.indexOf('/') >= 0) {
                throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, "a path segment contains an escaped slash: "
                        + segment);
            }
        }
        String scope = switch (named.get(0)) {
            case SP_RELATIVE -> "/";
            case ABSOLUTE -> "//";
            default -> "";
        };
        if (!scope.isEmpty() && end == 1) {
            throw new PrimitiveException(ResponseStatusCode.NOT_FOUND, "the path ends after its scope '" + named.get(0) + "'");
        }
        return scope + String.join("/", scope.isEmpty() ? named : named.subList(1, end));
    }

    /** The attribute after {@code #}, or an empty text. */
    static String attribute(String to) {
        int hash = to.indexOf('#');
        return hash < 0 ? "" : to.substring(hash + 1);
    }
}
