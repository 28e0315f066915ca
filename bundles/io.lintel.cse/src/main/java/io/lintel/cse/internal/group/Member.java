// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.group;

import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Address;
import io.lintel.primitive.PrimitiveException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One entry of {@code mid}.
 *
 * @param id      as it was written
 * @param address the same, read
 * @param place   where it leads if it is of this CSE; empty if there is nothing, or it is another's
 * @param here    whether this CSE hosts it, if it exists at all
 */
record Member(String id, Address address, Optional<Place> place, boolean here) {

    static Member of(ResourceReader reader, TargetResolver resolver, String id) {
        Address address;
        try {
            address = Address.parse(id);
        } catch (PrimitiveException malformed) {
            throw Refusals.badRequest("mid names a member that is no address: " + malformed.getMessage());
        }
        if (address.attribute().isPresent()) {
            throw Refusals.badRequest("a member is a resource, not an attribute: " + id);
        }
        boolean here = !resolver.isTransit(address);
        return new Member(id, address, here ? resolver.find(reader, address) : Optional.empty(), here);
    }

    /** The members of a list, each once, whatever they are called. */
    static List<Member> distinct(ResourceReader reader, TargetResolver resolver, Collection<String> ids) {
        Map<String, Member> distinct = new LinkedHashMap<>();
        for (String id : ids) {
            Member member = of(reader, resolver, id);
            distinct.putIfAbsent(member.key(), member);
        }
        return List.copyOf(distinct.values());
    }

    /** Equal for two names of one resource of this CSE. */
    String key() {
        return place.map(found -> found.resource().id() + " " + found.virtual() + " " + String.join("/", found.rest()))
                .orElseGet(() -> (here ? "" : address.spId().orElse("") + address.cseId().orElse("")) + "/"
                        + String.join("/", address.segments()));
    }

    /** The CSE that hosts it, in the short form that originators have here. */
    String host(EntityIds ids) {
        if (here) {
            return ids.identity().cseId();
        }
        return (ids.isForeignDomain(address) ? address.spId().orElseThrow() : "") + address.cseId().orElseThrow();
    }

    /** What kind of virtual resource it is, also at another CSE. */
    Place.Virtual virtual() {
        List<String> segments = address.segments();
        return place.map(Place::virtual).orElseGet(() -> segments.isEmpty() ? Place.Virtual.NONE
                : Place.Virtual.named(segments.get(segments.size() - 1)));
    }

    /** Its address without the name of a virtual resource at the end. */
    String withoutVirtual() {
        return virtual() == Place.Virtual.NONE ? id : id.substring(0, id.lastIndexOf('/'));
    }
}
