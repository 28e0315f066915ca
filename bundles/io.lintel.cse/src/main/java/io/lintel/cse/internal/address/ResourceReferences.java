// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.address;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.primitive.Address;
import java.util.Optional;

/**
 * How resources here are named to others, and found by what others name, for the outbound side: expired ones count as long
 * as they are there, and virtual ones not at all, other than for {@link TargetResolver}. Any thread.
 */
public final class ResourceReferences {
    /** No tree is deeper; a longer chain of parents would be a damaged store. */
    private static final int MAX_DEPTH = 1000;

    private final EntityIds ids;
    private final CseIdentity identity;

    public ResourceReferences(EntityIds ids) {
        this.ids = ids;
        this.identity = ids.identity();
    }

    /** The structured address of a resource in CSE-relative form; empty if a parent is gone. */
    private Optional<String> structured(ResourceReader reader, Resource resource) {
        StringBuilder path = new StringBuilder(resource.name());
        Resource current = resource;
        for (int depth = 0; !current.parentId().isEmpty(); depth++) {
            Optional<Resource> parent = depth > MAX_DEPTH ? Optional.empty() : reader.byId(current.parentId());
            if (parent.isEmpty()) {
                return Optional.empty();
            }
            current = parent.get();
            path.insert(0, current.name() + "/");
        }
        return Optional.of(path.toString());
    }

    /** How a resource here is named to others: SP-relative, structured if its parents are all there. */
    public String reference(ResourceReader reader, Resource resource) {
        return identity.cseId() + "/" + structured(reader, resource).orElse(resource.id());
    }

    /** The resource here that the address names by ID, by names, or by both; empty if there is none. */
    public Optional<Resource> resolve(ResourceReader reader, Address address) {
        if (!ids.isHere(address)) {
            return Optional.empty();
        }
        if (address.segments().isEmpty()) {
            return reader.byId(identity.baseId());
        }
        String first = address.segments().get(0);
        Optional<Resource> current = first.equals("-") || first.equals(identity.baseName())
                ? reader.byId(identity.baseId()) : reader.byId(first);
        for (int i = 1; i < address.segments().size() && current.isPresent(); i++) {
            current = reader.child(current.get().id(), address.segments().get(i));
        }
        return current;
    }
}
