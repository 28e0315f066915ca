// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.announcement;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Address;
import io.lintel.primitive.AttributeDefinition;
import io.lintel.primitive.AttributeDefinition.Announcement;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.FlexContainerTypes;
import io.lintel.primitive.Identifiers;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What an announced resource says of its original (TS-0001 9.6.26, TS-0004 7.4.31): the attributes that are always
 * announced, those that {@code aa} names, and policies, with identifiers in a form that is valid at the other CSE. Stateless.
 */
final class AnnouncedForm {
    private static final String CUSTOM = "[custom]";
    private static final Set<String> ID_TYPES = Set.of("m2m:acpType", "m2m:listOfURIs", "m2m:listOfM2MID", "m2m:ID");
    private static final Set<String> ID_ATTRIBUTES = Set.of("nl", "li", "loi");

    private final EntityIds ids;
    private final TargetResolver resolver;
    private final Links links;

    AnnouncedForm(EntityIds ids, TargetResolver resolver, Links links) {
        this.ids = ids;
        this.resolver = resolver;
        this.links = links;
    }

    /** The original's type in the table. */
    static Optional<ResourceType> type(String memberName, int number) {
        return ResourceTypes.ofMember(memberName).or(() -> ResourceTypes.ofNumber(number));
    }

    /** The announced variant of a type. */
    static Optional<ResourceType> announced(ResourceType original) {
        return original.number() == ResourceTypes.FLEX_CONTAINER
                ? ResourceTypes.ofMember(FlexContainerTypes.announced(original.memberName()))
                : ResourceTypes.ofMember(original.memberName() + "A")
                .or(() -> ResourceTypes.ofNumber(original.number() + ResourceTypes.ANNOUNCED_OFFSET));
    }

    /** Refuses names in {@code aa} that the type does not announce. */
    static void checkNames(ResourceType type, List<String> names) {
        for (String name : names) {
            Optional<AttributeDefinition> definition = type.attribute(name);
            boolean announceable = definition.map(found -> found.announced() != Announcement.NOT_ANNOUNCED)
                    .orElse(type.hasAttribute(CUSTOM) && Identifiers.isElement(name));
            if (!announceable) {
                throw Refusals.badRequest("aa names " + name + ", which is no attribute of " + type + " that can be announced");
            }
        }
    }

    /** Where the original is, as others reach it. */
    String link(Resource original, String cse) {
        String own = ids.identity().cseId() + "/" + original.id();
        return cse.startsWith("//") ? ids.identity().spId() + own : own;
    }

    /** The announced attributes with their values, for a CSE. */
    Attributes of(ResourceReader reader, Resource original, String cse) {
        ResourceType type = type(original.memberName(), original.type()).orElseThrow();
        Set<String> asked = new HashSet<>(original.attributes().texts("aa"));
        Attributes.Builder announced = Attributes.builder();
        original.attributes().forEach((name, value) -> {
            Optional<AttributeDefinition> definition = type.attribute(name);
            Announcement announcement = definition.map(AttributeDefinition::announced)
                    .orElse(type.hasAttribute(CUSTOM) ? Announcement.OPTIONAL : Announcement.NOT_ANNOUNCED);
            boolean wanted = announcement == Announcement.MANDATORY
                    || announcement == Announcement.OPTIONAL && asked.contains(name);
            if (wanted && !name.equals("acpi")) {
                announced.set(name, definition.filter(AnnouncedForm::holdsIds).isPresent() ? valid(reader, value, cse) : value);
            }
        });
        if (announced(type).filter(variant -> variant.hasAttribute("acpi")).isPresent()) {
            List<String> policies = policies(reader, original);
            if (!policies.isEmpty()) {
                announced.set("acpi", valid(reader, policies, cse));
            }
        }
        return announced.build();
    }

    /** The original's own policies, else its parent's. */
    private static List<String> policies(ResourceReader reader, Resource original) {
        List<String> own = original.attributes().texts("acpi");
        return own.isEmpty() ? reader.byId(original.parentId()).map(parent -> parent.attributes().texts("acpi"))
                .orElse(List.of()) : own;
    }

    private static boolean holdsIds(AttributeDefinition definition) {
        return ID_TYPES.contains(definition.type()) || ID_ATTRIBUTES.contains(definition.shortName());
    }

    private Object valid(ResourceReader reader, Object value, String cse) {
        if (value instanceof List<?> list) {
            return list.stream().map(element -> valid(reader, element, cse)).toList();
        }
        return value instanceof String text ? valid(reader, text, cse) : value;
    }

    /** A policy that is announced there, too, is named by its announced one, which can be evaluated there. */
    private String valid(ResourceReader reader, String id, String cse) {
        boolean foreign = cse.startsWith("//");
        if (id.isEmpty() || id.contains(":") || id.startsWith("//") || id.startsWith("/") && !foreign
                && !id.startsWith(ids.identity().cseId() + "/")) {
            return id;
        }
        Optional<String> announced = announcedPolicy(reader, id, cse);
        if (announced.isPresent()) {
            return announced.get();
        }
        String spRelative = id.startsWith("/") ? id : ids.identity().cseId() + "/" + id;
        return foreign ? ids.identity().spId() + spRelative : spRelative;
    }

    private Optional<String> announcedPolicy(ResourceReader reader, String id, String cse) {
        try {
            Address address = Address.parse(id);
            return resolver.isTransit(address) ? Optional.empty() : resolver.find(reader, address).map(Place::resource)
                    .filter(found -> found.type() == ResourceTypes.ACCESS_CONTROL_POLICY)
                    .map(policy -> links.of(policy).get(cse)).filter(Links::isResource);
        } catch (PrimitiveException malformed) {
            return Optional.empty();
        }
    }

    /** What differs, with null for what is announced no more. */
    static Attributes difference(Attributes before, Attributes after) {
        Attributes.Builder difference = Attributes.builder();
        after.forEach((name, value) -> {
            if (!before.get(name).equals(Optional.of(value))) {
                difference.set(name, value);
            }
        });
        before.names().stream().filter(name -> !after.has(name)).forEach(name -> difference.set(name, Attributes.NULL));
        return difference.build();
    }
}
