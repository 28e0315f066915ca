// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.registration.RegistrationView;
import io.lintel.primitive.Attributes;
import java.util.List;
import java.util.Optional;

/**
 * Where an originator is, as far as a CSE knows: by the {@code loc} of its {@code <AE>} or {@code <remoteCSE>} here, a
 * point; and in which country, by the node's own setting, for whoever is registered here. Of all others nothing is known.
 * An AE says its place itself, so a rule with a region trusts it in that.
 */
final class OriginatorPlace {
    private static final double EARTH_METRES = 6_371_008.8;
    private static final long POINT = 1;

    private final RegistrationView registrations;
    private final String country;

    /** @param country two letters, or empty text if nobody said */
    OriginatorPlace(RegistrationView registrations, String country) {
        this.registrations = registrations;
        this.country = country;
    }

    /** A point on the earth, in degrees. */
    record Coordinates(double latitude, double longitude) {

        /** Along a great circle. */
        double metresTo(double otherLatitude, double otherLongitude) {
            double a = Math.toRadians(latitude);
            double b = Math.toRadians(otherLatitude);
            double half = Math.sin((b - a) / 2);
            double across = Math.sin(Math.toRadians(otherLongitude - longitude) / 2);
            double chord = half * half + Math.cos(a) * Math.cos(b) * across * across;
            return 2 * EARTH_METRES * Math.asin(Math.min(1, Math.sqrt(chord)));
        }
    }

    Optional<String> country(AccessQuestion question) {
        return country.isEmpty() || registrations.known(question.originator()).isEmpty() ? Optional.empty()
                : Optional.of(country);
    }

    Optional<Coordinates> coordinates(AccessQuestion question) {
        return registrations.known(question.originator()).flatMap(known -> question.reader().byId(known.resourceId()))
                .flatMap(OriginatorPlace::point);
    }

    /** {@code loc} as GeoJSON has it: longitude first, as a list or as its text. */
    private static Optional<Coordinates> point(Resource registration) {
        Attributes location = registration.attributes().object("loc").orElse(Attributes.empty());
        double[] numbers = location.text("crd").map(OriginatorPlace::numbers).orElseGet(() -> numbers(location.list("crd")));
        boolean point = location.number("typ").filter(type -> type == POINT).isPresent() && numbers.length >= 2;
        return point && Math.abs(numbers[0]) <= 180 && Math.abs(numbers[1]) <= 90
                ? Optional.of(new Coordinates(numbers[1], numbers[0])) : Optional.empty();
    }

    /** The numbers of a list; none at all if one of its elements is no number. */
    static double[] numbers(List<?> list) {
        double[] numbers = new double[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            if (!(list.get(i) instanceof Number number)) {
                return new double[0];
            }
            numbers[i] = number.doubleValue();
        }
        return numbers;
    }

    private static double[] numbers(String text) {
        String inner = text.trim();
        if (!inner.startsWith("[") || !inner.endsWith("]")) {
            return new double[0];
        }
        String[] parts = inner.substring(1, inner.length() - 1).split(",", -1);
        double[] numbers = new double[parts.length];
        try {
            for (int i = 0; i < parts.length; i++) {
                numbers[i] = Double.parseDouble(parts[i].trim());
            }
        } catch (NumberFormatException e) {
            return new double[0];
        }
        return numbers;
    }
}
