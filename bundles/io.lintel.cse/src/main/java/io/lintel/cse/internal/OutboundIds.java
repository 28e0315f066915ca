// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.primitive.Address;
import io.lintel.primitive.Identifiers;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** Identifiers as they have to look once they leave this CSE (TS-0001 clause 7, TS-0004 7.3.2). Any thread. */
final class OutboundIds {
    /** No tree is deeper; a longer chain of parents would be a damaged store. */
    private static final int MAX_DEPTH = 1000;

    private final CseIdentity identity;
    private final String runPrefix;
    private final AtomicLong sequence = new AtomicLong();

    OutboundIds(CseIdentity identity) {
        this.identity = identity;
        this.runPrefix = Long.toString(new SecureRandom().nextLong() >>> 12, 36) + "-";
    }

    CseIdentity identity() {
        return identity;
    }

    /** A request identifier that this CSE has not used before, in this run or an earlier one. */
    String newRequestIdentifier() {
        return runPrefix + Long.toString(sequence.incrementAndGet(), 36);
    }

    /**
     * The SP-relative form of an entity's ID: {@code C12 → /mn-cse/C12}, {@code S5 → /S5}, the own SP-ID cut off; what is
     * SP-relative already, or belongs to another service provider, stays.
     */
    String spRelative(String id) {
        if (id.startsWith(identity.spId() + "/")) {
            return id.substring(identity.spId().length());
        }
        if (id.startsWith("/")) {
            return id;
        }
        return id.startsWith("S") && Identifiers.isAeIdStem(id) ? "/" + id : identity.cseId() + "/" + id;
    }

    /** The absolute form, for requests that leave the service provider's domain. */
    String absolute(String id) {
        return id.startsWith("//") ? id : identity.spId() + spRelative(id);
    }

    /** Whether the address belongs to another service provider. */
    boolean isForeignDomain(Address address) {
        return address.spId().isPresent() && !address.spId().get().equals(identity.spId());
    }

    /** Whether the address names something hosted here, if it exists at all. */
    boolean isHere(Address address) {
        return !isForeignDomain(address) && address.cseId().map(identity.cseId()::equals).orElse(true);
    }

    /** Whether an originator in its stem, SP-relative or absolute form is an AE; {@code /S5} passes for a CSE-ID. */
    static boolean isAe(String originator) {
        int scope = originator.startsWith("//") ? originator.indexOf('/', 2) : 0;
        return scope < 0 || originator.charAt(scope) != '/' || originator.indexOf('/', scope + 1) > 0;
    }

    /** The structured address of a resource in CSE-relative form; empty if a parent is gone. */
    Optional<String> structured(ResourceReader reader, Resource resource) {
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
    String reference(ResourceReader reader, Resource resource) {
        return identity.cseId() + "/" + structured(reader, resource).orElse(resource.id());
    }

    /** The resource here that the address names by ID, by names, or by both; empty if there is none. */
    Optional<Resource> resolve(ResourceReader reader, Address address) {
        if (!isHere(address)) {
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
