// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Address;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceTypes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which {@code <dynamicAuthorizationConsultation>} resources are for a resource (TS-0003 7.3.1.2): those that its own
 * {@code daci} names, or, where it names none that is here, those of its parent, and so on. A policy has none: who may
 * change it is never asked. Works on any reader.
 */
final class Consultations {
    private final TargetResolver resolver;

    Consultations(TargetResolver resolver) {
        this.resolver = resolver;
    }

    /** Those that may be asked now. */
    List<Resource> enabled(ResourceReader reader, Resource target, Instant now) {
        Optional<Resource> at = Optional.of(target);
        while (at.isPresent() && at.get().type() != ResourceTypes.ACCESS_CONTROL_POLICY) {
            List<Resource> named = named(reader, at.get());
            if (!named.isEmpty()) {
                return named.stream().filter(consultation -> ConsultationRules.isEnabled(consultation, now)).toList();
            }
            String parentId = at.get().parentId();
            at = parentId.isEmpty() ? Optional.empty() : reader.byId(parentId);
        }
        return List.of();
    }

    private List<Resource> named(ResourceReader reader, Resource resource) {
        List<Resource> found = new ArrayList<>();
        for (String id : resource.attributes().texts("daci")) {
            find(reader, id).ifPresent(found::add);
        }
        return found;
    }

    private Optional<Resource> find(ResourceReader reader, String id) {
        return at(reader, id).filter(found -> found.type() == ConsultationRules.TYPE);
    }

    /** Whether one of the system's addresses is that of the originator, an AE or CSE that it would be asked about itself. */
    boolean isSystem(ResourceReader reader, Resource consultation, String originator, EntityIds ids) {
        String absolute = ids.absolute(originator);
        for (String target : consultation.attributes().texts("dap")) {
            String name = target.indexOf("://") > 0 ? "" : target.replaceFirst("\\?ct=.*", "");
            if (ids.shorten(name).map(ids::absolute).filter(absolute::equals).isPresent()
                    || !name.isEmpty() && at(reader, name).filter(found -> found.type() == ResourceTypes.AE
                            && found.id().equals(originator)).isPresent()) {
                return true;
            }
        }
        return false;
    }

    private Optional<Resource> at(ResourceReader reader, String text) {
        try {
            Address address = Address.parse(text);
            return resolver.isTransit(address) ? Optional.empty() : resolver.find(reader, address).map(Place::resource);
        } catch (PrimitiveException malformed) {
            return Optional.empty();
        }
    }

    /** Refuses {@code daci} that names nothing of the kind; what is at another CSE is taken as it is, and not asked. */
    void check(ResourceReader reader, List<String> consultationIds) {
        for (String id : consultationIds) {
            Address address = Address.parse(id);
            if (!resolver.isTransit(address) && find(reader, id).isEmpty()) {
                throw Refusals.badRequest("daci names no dynamicAuthorizationConsultation: " + id);
            }
        }
    }
}
