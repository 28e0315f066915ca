// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.type;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.FlexContainerDefinition;
import io.lintel.primitive.FlexContainerTypes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponseStatusCode;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Which resource types this CSE serves, and what is special about each. */
public final class TypeCatalog {
    /** Types that only an IN-CSE may host (TS-0004 7.2.3.2). */
    private static final Set<Integer> INFRASTRUCTURE_ONLY = Set.of(7, 11, 19, 20, 21, 22, 43, 44, 47, 49);
    private static final int NEWEST = 58;

    private final CseIdentity identity;
    private final Map<Integer, TypeRules> rules;
    private final InstanceChildren instanceChildren;

    /**
     * @param rules by the number of each type that can be created here
     */
    public TypeCatalog(CseIdentity identity, Map<Integer, TypeRules> rules, InstanceChildren instanceChildren) {
        this.instanceChildren = instanceChildren;
        this.identity = identity;
        this.rules = Map.copyOf(rules);
    }

    public TypeRules rules(int type) {
        return rules.getOrDefault(type, new TypeRules() { });
    }

    public boolean needsPreparation(int type) {
        return rules(type).prepares();
    }

    /** Whether a resource is a leaf without looking: an instance, unless instances of its container may have descriptors. */
    public boolean isLeaf(Resource resource) {
        return ResourceTypes.isInstance(resource.type()) && !instanceChildren.possibleIn(resource.parentId());
    }

    /** Whether something else than instances may be below instances of this container. */
    public boolean hasBelowInstances(String containerId) {
        return instanceChildren.possibleIn(containerId);
    }

    /** As {@code srt} lists them. */
    public Collection<Integer> supported() {
        Set<Integer> supported = new TreeSet<>(rules.keySet());
        supported.add(ResourceTypes.CSE_BASE);
        return supported;
    }

    /** What may be beside instances and is few, so that looking for it need not look at every instance. */
    public Collection<Integer> structural() {
        return supported().stream().filter(type -> !ResourceTypes.isInstance(type) && type < ResourceTypes.ANNOUNCED_OFFSET)
                .toList();
    }

    /** Refuses a type that nobody may create: 4000 for a number that is none, 4005 for types that the CSE makes itself. */
    public static void refuseUncreatable(int number) {
        boolean named = number >= 1 && number <= NEWEST || number > ResourceTypes.ANNOUNCED_OFFSET
                && number <= ResourceTypes.ANNOUNCED_OFFSET + NEWEST;
        if (!named) {
            throw Refusals.badRequest("ty " + number + " is no resource type");
        }
        boolean uncreatable = ResourceTypes.ofNumber(number).map(type -> !type.creatable()).orElse(false);
        if (uncreatable || number == ResourceTypes.CSE_BASE || number == ResourceTypes.REQUEST) {
            throw Refusals.notAllowed("resources of type " + describe(number) + " are never created by a request");
        }
    }

    /** The type if it may be created here: 4005 where only an IN-CSE has it, 5001 where it is not served. */
    public ResourceType creatable(int number) {
        if (INFRASTRUCTURE_ONLY.contains(number) && identity.type() != CseIdentity.CseType.IN) {
            throw Refusals.notAllowed("resources of type " + describe(number) + " exist at an IN-CSE only");
        }
        if (!rules.containsKey(number)) {
            throw Refusals.notImplemented("resources of type " + describe(number) + " are not supported");
        }
        return ResourceTypes.ofNumber(number).orElseThrow(() -> Refusals.notImplemented("type " + describe(number)));
    }

    /** Refuses a parent that can't have such a child. */
    public static void requireChild(ResourceType parent, ResourceType child) {
        if (!parent.allowsChild(child)) {
            boolean subscription = child.number() == ResourceTypes.SUBSCRIPTION;
            throw new PrimitiveException(subscription ? ResponseStatusCode.TARGET_NOT_SUBSCRIBABLE
                    : ResponseStatusCode.INVALID_CHILD_RESOURCE_TYPE, parent + " can't have a child of type " + child);
        }
    }

    public static ResourceType typeOf(String memberName) {
        return ResourceTypes.ofMember(memberName).orElseGet(() -> FlexContainerTypes.undefined(memberName));
    }

    /**
     * The specialisation of a management object or flexContainer that a CREATE brings; any other type is what it is. An
     * unknown definition is 4125, or 5001 for who speaks a release that has no such code.
     */
    public static ResourceType specialisation(ResourceType type, Content content, RequestPrimitive request) {
        int original = type.number() % ResourceTypes.ANNOUNCED_OFFSET;
        if (original != ResourceTypes.MGMT_OBJ && original != ResourceTypes.FLEX_CONTAINER) {
            return type;
        }
        Optional<ResourceType> named = ResourceTypes.ofMember(content.name()).filter(t -> t.number() == type.number());
        if (original == ResourceTypes.MGMT_OBJ) {
            return named.filter(t -> t.mgmtDefinition().isPresent()).orElseThrow(() -> Refusals.badRequest("the content is "
                    + content.name() + " where a management object such as m2m:fwr is expected"));
        }
        if (type.number() != original) {
            return named.orElseThrow(() -> unknownDefinition(content.name(), request));
        }
        String urn = content.attributes().text("cnd").orElseThrow(() ->
                Refusals.badRequest("attribute 'cnd' (containerDefinition) of flexContainer is missing; a CREATE needs it"));
        if (FlexContainerTypes.definition(content.name()).filter(definition -> definition.urn().equals(urn)).isPresent()) {
            return named.orElseThrow();
        }
        FlexContainerDefinition other = FlexContainerTypes.ofUrn(urn).orElseThrow(() -> unknownDefinition(urn, request));
        throw Refusals.badRequest("cnd " + urn + " defines " + other.memberName() + ", but the content is " + content.name());
    }

    /** The refusal of what depends on a definition that is not in force. */
    static PrimitiveException unknownDefinition(String what, RequestPrimitive request) {
        boolean named = request.releaseVersionIndicator().filter(release -> release.compareTo("3") >= 0).isPresent();
        return new PrimitiveException(named ? ResponseStatusCode.SPECIALIZATION_SCHEMA_NOT_FOUND
                : ResponseStatusCode.NOT_IMPLEMENTED, "there is no definition of flexContainers " + what + " here");
    }

    /** The representation in the content, which must be that of the type. */
    public static Attributes representation(Content content, ResourceType type) {
        if (!content.name().equals(type.memberName())) {
            throw Refusals.badRequest("the content is " + content.name() + " where " + type.memberName() + " is expected");
        }
        if (!(content.value() instanceof Attributes)) {
            throw Refusals.badRequest(content.name() + " must be an object with the resource's attributes");
        }
        return content.attributes();
    }

    private static String describe(int number) {
        return ResourceTypes.ofNumber(number).map(ResourceType::toString).orElse(Integer.toString(number));
    }
}
