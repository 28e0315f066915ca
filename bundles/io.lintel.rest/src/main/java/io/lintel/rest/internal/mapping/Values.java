// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import java.util.ArrayList;
import java.util.List;

import io.lintel.primitive.ParameterKind;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;

/** Reads and writes parameter values that travel as text in headers, options and query fields. */
public final class Values {
    private Values() {
    }

    /**
     * @param place what the value was found in, for the refusal: {@code X-M2M-EC}, {@code rcn}
     * @throws PrimitiveException 4000
     */
    public static long integer(String place, String text) {
        try {
            return Long.parseLong(text.trim());
        } catch (NumberFormatException e) {
            throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, place + " is no integer: " + text);
        }
    }

    /** As {@link #integer}, for {@code true}, {@code false}, {@code 1}, {@code 0}. */
    public static boolean flag(String place, String text) {
        return switch (text) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, place + " is neither true nor false: "
                    + text);
        };
    }

    /** The value of a parameter of this kind; lists are joined by "+". */
    public static Object read(ParameterKind kind, String place, String text) {
        return switch (kind) {
            case TEXT -> text;
            case INTEGER -> integer(place, text);
            case BOOLEAN -> flag(place, text);
            case TEXT_LIST -> List.of(text.split("\\+"));
            case OBJECT -> throw new IllegalArgumentException(place + " has no place for an object");
        };
    }

    /** The text of a value; a list is joined by "+". */
    public static String write(Object value) {
        if (value instanceof List<?> list) {
            return String.join("+", list.stream().map(Object::toString).toList());
        }
        return value.toString();
    }

    /** Notification URIs as one text: joined by "&amp;" (TS-0009 6.4). */
    public static String joinUris(List<String> uris) {
        return String.join("&", uris);
    }

    /**
     * The reverse of {@link #joinUris}. A URI may itself contain "&amp;" in its query: what follows one is a URI of its
     * own unless it looks like the next {@code name=value} of a query that has begun.
     */
    public static List<String> splitUris(String joined) {
        List<String> uris = new ArrayList<>();
        for (String piece : joined.split("&")) {
            int last = uris.size() - 1;
            if (last >= 0 && uris.get(last).indexOf('?') >= 0 && isQueryField(piece)) {
                uris.set(last, uris.get(last) + "&" + piece);
            } else if (!piece.isBlank()) {
                uris.add(piece.trim());
            }
        }
        return uris;
    }

    private static boolean isQueryField(String piece) {
        int equals = piece.indexOf('=');
        if (equals < 0) {
            return false;
        }
        String name = piece.substring(0, equals);
        return name.indexOf('/') < 0 && name.indexOf(':') < 0 && name.indexOf('?') < 0;
    }
}
