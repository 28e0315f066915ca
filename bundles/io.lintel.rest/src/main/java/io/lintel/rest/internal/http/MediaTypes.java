// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;

/** Content-Type and Accept of the binding (TS-0009 6.4). */
final class MediaTypes {
    private MediaTypes() {
    }

    /** How a response's body is to be written, and the header that says so. */
    record Negotiated(Serialization serialization, HttpField field) {
        private static final Negotiated JSON = encoded(Serialization.JSON);
        private static final Negotiated XML = encoded(Serialization.XML);
        private static final Negotiated CBOR = encoded(Serialization.CBOR);

        private static Negotiated encoded(Serialization serialization) {
            return new Negotiated(serialization, new PreEncodedHttpField(HttpHeader.CONTENT_TYPE,
                    MediaTypes.plain(serialization)));
        }

        static Negotiated plain(Serialization serialization) {
            return switch (serialization) {
                case JSON -> JSON;
                case XML -> XML;
                case CBOR -> CBOR;
            };
        }
    }

    static String plain(Serialization serialization) {
        return switch (serialization) {
            case JSON -> "application/json";
            case XML -> "application/xml";
            case CBOR -> "application/cbor";
        };
    }

    static String notification(Serialization serialization) {
        return "application/vnd.onem2m-ntfy+" + serialization.suffix();
    }

    /**
     * The number in {@code ty} of a Content-Type, if it has one; looked at before the type itself, since it decides
     * what the operation is.
     *
     * @throws PrimitiveException 4000 if it is no number
     */
    static Optional<Integer> resourceType(String contentType) {
        String[] parts = contentType.split(";");
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].trim();
            int equals = parameter.indexOf('=');
            if (equals > 0 && parameter.substring(0, equals).trim().equalsIgnoreCase("ty")) {
                String value = parameter.substring(equals + 1).trim().replace("\"", "");
                try {
                    return Optional.of(Integer.valueOf(value));
                } catch (NumberFormatException e) {
                    throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, "ty in Content-Type is no number: " + value);
                }
            }
        }
        return Optional.empty();
    }

    /** @throws PrimitiveException 4015 for a type that is none of ours */
    static Serialization serialization(String contentType) {
        return Serialization.ofMediaType(contentType).orElseThrow(() -> new PrimitiveException(
                ResponseStatusCode.UNSUPPORTED_MEDIA_TYPE, "the body's Content-Type is none of JSON, XML and CBOR: "
                        + contentType));
    }

    /**
     * Picks the response's form (RFC 9110 12.5.1): of what is acceptable the one with the highest weight, of several the one
     * that the request itself was written in, else the first.
     *
     * @param accept    the Accept header, null if there was none
     * @param preferred what the request itself was written in: taken for wildcards
     * @return empty if nothing in the header can be served
     */
    static Optional<Negotiated> negotiate(String accept, Serialization preferred) {
        if (accept == null || accept.isBlank() || accept.equals("*/*")) {
            return Optional.of(Negotiated.plain(preferred));
        }
        for (Serialization each : Serialization.values()) {
            if (accept.equals(plain(each))) {
                return Optional.of(Negotiated.plain(each));
            }
        }
        return weighed(accept.split(","), preferred);
    }

    private static Optional<Negotiated> weighed(String[] ranges, Serialization preferred) {
        Optional<Negotiated> best = Optional.empty();
        double bestWeight = 0;
        for (String range : ranges) {
            double weight = weight(range);
            Optional<Negotiated> candidate = weight > 0 ? candidate(range, preferred, ranges) : Optional.empty();
            if (candidate.isPresent() && (weight > bestWeight
                    || weight == bestWeight && candidate.get().serialization() == preferred
                            && best.get().serialization() != preferred)) {
                best = candidate;
                bestWeight = weight;
            }
        }
        return best;
    }

    /** @param all the ranges: what one of them refuses, a wildcard does not bring back */
    private static Optional<Negotiated> candidate(String range, Serialization preferred, String[] all) {
        String type = type(range);
        if (!isWildcard(type)) {
            return Serialization.ofMediaType(type).map(serialization -> new Negotiated(serialization, new HttpField(
                    HttpHeader.CONTENT_TYPE, type)));
        }
        Set<Serialization> refused = EnumSet.noneOf(Serialization.class);
        for (String other : all) {
            if (!isWildcard(type(other)) && weight(other) == 0) {
                Serialization.ofMediaType(type(other)).ifPresent(refused::add);
            }
        }
        return Stream.concat(Stream.of(preferred), Stream.of(Serialization.values())).filter(each -> !refused.contains(each))
                .findFirst().map(Negotiated::plain);
    }

    private static boolean isWildcard(String type) {
        return type.equals("*/*") || type.equals("*") || type.equals("application/*");
    }

    private static String type(String range) {
        int semicolon = range.indexOf(';');
        return (semicolon < 0 ? range : range.substring(0, semicolon)).trim().toLowerCase(Locale.ROOT);
    }

    private static double weight(String range) {
        String[] parameters = range.split(";");
        for (int i = 1; i < parameters.length; i++) {
            String trimmed = parameters[i].trim();
            if (trimmed.regionMatches(true, 0, "q=", 0, 2)) {
                try {
                    double weight = Double.parseDouble(trimmed.substring(2).trim());
                    return weight >= 0 && weight <= 1 ? weight : 0;
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 1;
    }
}
