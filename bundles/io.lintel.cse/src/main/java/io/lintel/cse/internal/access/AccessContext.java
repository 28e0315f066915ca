// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.ScheduleExpression;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One entry of {@code acco} (TS-0001 9.6.2): when, from which IP address and from where. All parts that are there must
 * hold; what is not known of the originator, such as its place, does not.
 */
final class AccessContext {
    private static final int CIRCLE = 3;

    private final List<String> windows;
    private final boolean anyTime;
    private final List<String> blocks;
    private final boolean anyAddress;
    private final Optional<Attributes> region;

    AccessContext(Attributes condition) {
        this.anyTime = !condition.has("actw");
        this.windows = condition.texts("actw");
        this.anyAddress = !condition.has("acip");
        Attributes addresses = condition.object("acip").orElse(Attributes.empty());
        this.blocks = Stream.concat(addresses.texts("ipv4").stream(), addresses.texts("ipv6").stream()).toList();
        this.region = condition.has("aclr") ? Optional.of(condition.object("aclr").orElse(Attributes.empty())) : Optional.empty();
    }

    boolean holds(AccessQuestion question, OriginatorPlace places) {
        return (anyTime || inWindow(question)) && (anyAddress || atAddress(question)) && (region.isEmpty()
                || inRegion(question, places));
    }

    private boolean inWindow(AccessQuestion question) {
        for (String window : windows) {
            if (ScheduleExpression.contains(window, question.context().now())) {
                return true;
            }
        }
        return false;
    }

    /** The address of the last hop: that of another entity's originator is known to nobody. */
    private boolean atAddress(AccessQuestion question) {
        for (String block : blocks) {
            if (AddressBlock.contains(block, question.context().hop().peer())) {
                return true;
            }
        }
        return false;
    }

    private boolean inRegion(AccessQuestion question, OriginatorPlace places) {
        Attributes where = region.orElseThrow();
        if (!where.texts("accc").isEmpty()) {
            Optional<String> country = places.country(question);
            return country.isPresent() && where.texts("accc").stream()
                    .anyMatch(code -> code.toUpperCase(Locale.ROOT).equals(country.get()));
        }
        double[] circle = OriginatorPlace.numbers(where.list("accr"));
        if (circle.length != CIRCLE) {
            return false;
        }
        return places.coordinates(question).filter(at -> at.metresTo(circle[0], circle[1]) <= circle[2]).isPresent();
    }
}
