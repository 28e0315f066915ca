// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.registration.RegistrationView;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Identifiers;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceTypes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Is an originator a member of a {@code <group>} that a rule names (TS-0003 7.1)? Members that are AEs or CSEs count by
 * any address of their registration, or by their ID; members that are groups, with or without {@code /fopt}, count with
 * theirs. A group at another CSE can't be looked at, so nobody is known to be in it. Any thread.
 */
final class GroupMembership {
    private static final int DEEPEST = 16;

    private final CseIdentity identity;
    private final RegistrationView registrations;
    private final TargetResolver resolver;
    private final CompiledCache<Members> compiled = new CompiledCache<>(this::compile);

    /** @param names in the form of {@link #canonical}; {@code groups} those of them that may be groups here */
    private record Members(Set<String> names, List<Address> groups) {
    }

    GroupMembership(CseIdentity identity, RegistrationView registrations, TargetResolver resolver) {
        this.identity = identity;
        this.registrations = registrations;
        this.resolver = resolver;
    }

    boolean contains(AccessQuestion question, Address group) {
        return contains(question.reader(), group, names(question), new HashSet<>());
    }

    private boolean contains(ResourceReader reader, Address address, List<String> names, Set<String> visited) {
        Optional<Resource> group = resolver.isTransit(address) ? Optional.empty() : resolver.find(reader, address)
                .map(Place::resource).filter(found -> found.type() == ResourceTypes.GROUP);
        if (group.isEmpty() || visited.size() >= DEEPEST || !visited.add(group.get().id())) {
            return false;
        }
        Members members = compiled.of(group.get());
        for (String name : names) {
            if (members.names().contains(name)) {
                return true;
            }
        }
        for (Address nested : members.groups()) {
            if (contains(reader, nested, names, visited)) {
                return true;
            }
        }
        return false;
    }

    /** Everything that a member list may call the originator. */
    private List<String> names(AccessQuestion question) {
        List<String> names = new ArrayList<>();
        String originator = question.originator();
        names.add(canonical(originator));
        if (originator.startsWith("S")) {
            names.add("/" + originator);
        }
        registrations.known(originator).ifPresent(known -> {
            names.add(known.resourceId());
            names.add(identity.baseName() + "/" + known.resourceName());
            if (known.cse() && !known.detail().isEmpty()) {
                names.add(canonical(known.detail()));
            }
        });
        return names;
    }

    private Members compile(Attributes group) {
        Set<String> names = new HashSet<>();
        List<Address> groups = new ArrayList<>();
        long memberType = group.number("mt").orElse(0L);
        boolean mayNest = memberType == 0 || memberType == ResourceTypes.GROUP || !group.flag("mtv").orElse(false);
        for (String member : group.texts("mid")) {
            String name = canonical(member.endsWith("/fopt") ? member.substring(0, member.length() - 5) : member);
            names.add(name);
            if (mayNest && !name.startsWith("/") && !Identifiers.isAeIdStem(name)) {
                address(name).ifPresent(groups::add);
            }
        }
        return new Members(names, groups);
    }

    private static Optional<Address> address(String name) {
        try {
            return Optional.of(Address.parse(name));
        } catch (PrimitiveException malformed) {
            return Optional.empty();
        }
    }

    /** CSE-relative for what is here, SP-relative or absolute for the rest; names from the CSEBase's own name on. */
    private String canonical(String id) {
        String name = id.startsWith(identity.spId() + "/") ? id.substring(identity.spId().length()) : id;
        name = name.startsWith(identity.cseId() + "/") ? name.substring(identity.cseId().length() + 1) : name;
        return name.startsWith("-/") ? identity.baseName() + name.substring(1) : name;
    }
}
