// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api.store;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Timestamps;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A stored resource.
 *
 * @param type       the number in {@code ty}
 * @param memberName the root element of its representation ({@code m2m:cnt}), which tells specialisations apart
 * @param id         the unstructured resource ID, unique in this CSE, never changed
 * @param parentId   the parent's; empty text for the CSEBase
 * @param name       the resource name, unique among siblings
 * @param creator    the originator that made it in its SP-relative or stem form, whether or not {@code cr} was asked for
 * @param expiration {@code et} as milliseconds since 1970; {@link Long#MAX_VALUE} for none
 * @param attributes the whole representation, {@code ri}, {@code pi}, {@code rn}, {@code ty}, {@code ct}, {@code lt},
 *                   {@code et} included
 */
public record Resource(int type, String memberName, String id, String parentId, String name, String creator, long expiration,
        Attributes attributes) {
    public Resource {
        Objects.requireNonNull(memberName);
        Objects.requireNonNull(id);
        Objects.requireNonNull(parentId);
        Objects.requireNonNull(name);
        Objects.requireNonNull(creator);
        Objects.requireNonNull(attributes);
    }

    /** The same resource with another representation (and the expiration that goes with it). */
    public Resource with(Attributes newAttributes, long newExpiration) {
        return new Resource(type, memberName, id, parentId, name, creator, newExpiration, newAttributes);
    }

    public Optional<String> text(String shortName) {
        return attributes.text(shortName);
    }

    /**
     * When the value of a timeSeriesInstance was generated ({@code dgt}), in microseconds since 1970; empty for any other
     * resource. No two instances of one parent have the same, and a store finds an instance by it.
     */
    public OptionalLong generated() {
        if (type != ResourceTypes.TIME_SERIES_INSTANCE) {
            return OptionalLong.empty();
        }
        return text("dgt").flatMap(Timestamps::parse)
                .map(time -> OptionalLong.of(ChronoUnit.MICROS.between(Instant.EPOCH, time))).orElse(OptionalLong.empty());
    }

    /** The same resource with another representation. */
    public Resource with(Attributes newAttributes) {
        return with(newAttributes, expiration);
    }
}
