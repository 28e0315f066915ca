// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.util.Locale;
import java.util.Optional;

import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;

/** Content-Type and Accept of the binding (TS-0009 6.4). */
final class MediaTypes {
    private MediaTypes() {
    }

    /**
     * A request's Content-Type.
     *
     * @param serialization of the body
     * @param resourceType  {@code ty}, which makes a POST a CREATE
     */
    record ContentType(Serialization serialization, Optional<Integer> resourceType) {
    }

    /** How a response's body is to be written. */
    record Negotiated(Serialization serialization, String contentType) {
        static Negotiated plain(Serialization serialization) {
            return new Negotiated(serialization, MediaTypes.plain(serialization));
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
     * Picks the response's form.
     *
     * @param accept    the Accept header, empty if there was none
     * @param preferred what the request itself was written in: taken for wildcards
     * @return empty if nothing in the header can be served
     */
    static Optional<Negotiated> negotiate(String accept, Serialization preferred) {
        if (accept.isBlank()) {
            return Optional.of(Negotiated.plain(preferred));
        }
        Optional<Negotiated> best = Optional.empty();
        double bestQuality = 0;
        for (String range : accept.split(",")) {
            double quality = quality(range);
            if (quality > bestQuality) {
                Optional<Negotiated> candidate = candidate(range, preferred);
                if (candidate.isPresent()) {
                    best = candidate;
                    bestQuality = quality;
                }
            }
        }
        return best;
    }

    private static Optional<Negotiated> candidate(String range, Serialization preferred) {
        int semicolon = range.indexOf(';');
        String type = (semicolon < 0 ? range : range.substring(0, semicolon)).trim().toLowerCase(Locale.ROOT);
        if (type.equals("*/*") || type.equals("*") || type.equals("application/*")) {
            return Optional.of(Negotiated.plain(preferred));
        }
        return Serialization.ofMediaType(type).map(serialization -> new Negotiated(serialization, type));
    }

    private static double quality(String range) {
        for (String parameter : range.split(";")) {
            String trimmed = parameter.trim();
            if (trimmed.startsWith("q=")) {
                try {
                    return Double.parseDouble(trimmed.substring(2));
                } catch (NumberFormatException e) {
                    return 0;
                }
            }
        }
        return 1;
    }
}
