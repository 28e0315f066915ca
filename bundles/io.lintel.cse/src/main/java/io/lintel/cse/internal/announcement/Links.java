// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.announcement;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How {@code at} is read (TS-0001 9.6.26, 10.2.18): at most one announced resource at each CSE. An entry is the CSE's ID, or
 * the address of the resource to announce below, until the announced resource is made, and that one's address from then
 * on. So {@code at} is the list of links itself and outlives this process. Stateless.
 */
final class Links {
    static final String ANNOUNCE_TO = "at";

    private final EntityIds ids;

    Links(EntityIds ids) {
        this.ids = ids;
    }

    /** By CSE, in the short form that CSE-IDs have here; what can't be read is left out. */
    Map<String, String> of(Resource resource) {
        Map<String, String> links = new LinkedHashMap<>();
        for (String entry : resource.attributes().texts(ANNOUNCE_TO)) {
            cse(entry).ifPresent(cse -> links.putIfAbsent(cse, entry));
        }
        return links;
    }

    /** The CSE of an entry, unless it is this one's own or none. */
    Optional<String> cse(String entry) {
        try {
            Address address = Address.parse(entry);
            if (address.cseId().isEmpty() || ids.isHere(address)) {
                return Optional.empty();
            }
            return address.cseId().map(id -> (ids.isForeignDomain(address) ? address.spId().get() : "") + id);
        } catch (PrimitiveException malformed) {
            return Optional.empty();
        }
    }

    /** Whether an entry names more than the CSE. */
    static boolean isResource(String entry) {
        return !Address.parse(entry).segments().isEmpty();
    }

    /**
     * The list as it is kept: each CSE once, and where there is a link already, that.
     *
     * @param before the links that there are
     */
    List<String> wanted(List<String> asked, Map<String, String> before) {
        Map<String, String> wanted = new LinkedHashMap<>();
        for (String entry : asked) {
            String cse = cse(entry).orElseThrow(() -> Refusals.badRequest(
                    "at names CSEs, or resources of other CSEs, in SP-relative or absolute form, not " + entry));
            String normal = isResource(entry) ? entry : cse;
            wanted.putIfAbsent(cse, before.getOrDefault(cse, normal));
        }
        return new ArrayList<>(wanted.values());
    }

    /** The resource with another entry for a CSE; empty text takes it away. */
    Resource with(Resource resource, String cse, String entry) {
        List<String> entries = new ArrayList<>();
        resource.attributes().texts(ANNOUNCE_TO).forEach(old -> entries.add(cse(old).filter(cse::equals).isPresent() ? entry
                : old));
        entries.removeIf(String::isEmpty);
        Attributes.Builder attributes = resource.attributes().toBuilder();
        return resource.with((entries.isEmpty() ? attributes.remove(ANNOUNCE_TO) : attributes.set(ANNOUNCE_TO, entries)).build());
    }
}
