// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.address;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.record.Records;
import io.lintel.cse.internal.registration.RegistrationView;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.type.Instances;
import io.lintel.cse.internal.type.TypeCatalog;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * From an address to the resource it means, in all forms of TS-0004 6.8: structured, unstructured, both mixed, with
 * {@code -} for the CSEBase, CSE-relative, SP-relative or absolute, or nothing but the CSE-ID. A resource whose
 * expiration has passed is not found any more, whether or not the sweep has reached it.
 */
public final class TargetResolver {
    /** Names of virtual resources, which no resource may have (TS-0001 9.6). */
    public static final Set<String> RESERVED_NAMES = Set.of("la", "ol", "fopt", "pcu", "sfop", "ntsr");

    private final CseIdentity identity;
    private final RegistrationView registrations;
    private final Clock clock;

    public TargetResolver(CseIdentity identity, RegistrationView registrations, Clock clock) {
        this.identity = identity;
        this.registrations = registrations;
        this.clock = clock;
    }

    /** Whether the address is another CSE's business (TS-0004 7.3.2.8). */
    public boolean isTransit(Address address) {
        if (address.spId().isPresent() && !address.spId().get().equals(identity.spId())) {
            return true;
        }
        return address.cseId().isPresent() && !address.cseId().get().equals(identity.cseId()) && localAe(address).isEmpty();
    }

    /** {@code /S5} is an AE here if that stem is registered here. */
    private Optional<String> localAe(Address address) {
        return address.cseId().map(id -> id.substring(1)).filter(stem -> stem.startsWith("S")
                && registrations.ae(stem).isPresent());
    }

    /** 4004 if there is no such resource. */
    public Place locate(ResourceReader reader, Address address, String to) {
        return find(reader, address).orElseThrow(() -> isSemantic(reader, address)
                ? Refusals.notImplemented("sfop, the semantic fan-out point, is not served: there is no engine for SPARQL")
                : Refusals.notFound("there is no resource " + to));
    }

    private boolean isSemantic(ResourceReader reader, Address address) {
        List<String> segments = address.segments();
        int last = segments.size() - 1;
        return last > 0 && segments.get(last).equals("sfop") && find(reader, new Address(address.spId(), address.cseId(),
                segments.subList(0, last), Optional.empty())).map(Place::resource)
                .filter(parent -> parent.type() == ResourceTypes.GROUP).isPresent();
    }

    public Optional<Place> find(ResourceReader reader, Address address) {
        List<String> segments = address.segments();
        if (address.cseId().isPresent() && !address.cseId().get().equals(identity.cseId())) {
            segments = new ArrayList<>(segments);
            segments.add(0, address.cseId().get().substring(1));
        }
        if (segments.isEmpty()) {
            return reader.byId(identity.baseId()).map(base -> new Place(base, Place.Virtual.NONE));
        }
        String first = segments.get(0);
        boolean structured = first.equals("-") || first.equals(identity.baseName());
        return descend(reader, structured ? identity.baseId() : first, segments, structured);
    }

    /** The resource that a path of names leads to from another one. */
    public Optional<Place> below(ResourceReader reader, Resource start, String relativePath) {
        Address path = Address.parse("-/" + relativePath);
        return descend(reader, start.id(), path.segments(), false);
    }

    private Optional<Place> descend(ResourceReader reader, String startId, List<String> segments, boolean fromBase) {
        if (fromBase && segments.size() > 1) {
            return walk(reader, startId, Optional.empty(), segments);
        }
        return alive(reader.byId(startId)).flatMap(start -> walk(reader, startId, Optional.of(start), segments));
    }

    private Optional<Place> walk(ResourceReader reader, String startId, Optional<Resource> start, List<String> segments) {
        String id = startId;
        Optional<Resource> at = start;
        for (int i = 1; i < segments.size(); i++) {
            String name = segments.get(i);
            Place.Virtual virtual = Place.Virtual.named(name);
            if (virtual != Place.Virtual.NONE) {
                List<String> rest = segments.subList(i + 1, segments.size());
                return at.filter(parent -> hasVirtual(parent, virtual))
                        .filter(parent -> rest.isEmpty() || virtual == Place.Virtual.FAN_OUT_POINT)
                        .map(parent -> new Place(parent, virtual, rest));
            }
            at = alive(reader.child(id, name));
            if (at.isEmpty()) {
                return Optional.empty();
            }
            id = at.get().id();
        }
        return at.map(resource -> new Place(resource, Place.Virtual.NONE));
    }

    private static boolean hasVirtual(Resource parent, Place.Virtual virtual) {
        return TypeCatalog.typeOf(parent.memberName()).virtualChildren().contains(virtual.longName());
    }

    private Optional<Resource> alive(Optional<Resource> resource) {
        return resource.filter(found -> !Records.isRecord(found) && !isExpired(found));
    }

    public boolean isExpired(Resource resource) {
        return end(resource) <= clock.millis();
    }

    /** The CSE-relative structured address of a resource, by the names of its ancestors. */
    public String structured(ResourceReader reader, Resource resource) {
        StringBuilder path = new StringBuilder(resource.name());
        String parentId = resource.parentId();
        while (!parentId.isEmpty()) {
            String id = parentId;
            if (id.equals(identity.baseId())) {
                return path.insert(0, identity.baseName() + "/").toString();
            }
            Resource parent = reader.byId(id).orElseThrow(() -> Refusals.notFound("the parent " + id + " is gone"));
            path.insert(0, parent.name() + "/");
            parentId = parent.parentId();
        }
        return path.toString();
    }

    /** When a resource ends, also if the store need not know (see {@link Instances}). */
    public static long end(Resource resource) {
        return resource.expiration() == Long.MAX_VALUE ? expiration(resource.attributes()) : resource.expiration();
    }

    /** The expiration that a representation shows. */
    public static long expiration(Attributes attributes) {
        return attributes.text("et").flatMap(Timestamps::parse).map(java.time.Instant::toEpochMilli).orElse(Long.MAX_VALUE);
    }
}
