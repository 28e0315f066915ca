// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.registration.AnnouncedAe;
import io.lintel.cse.internal.registration.RegistrationView;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceTypes;
import java.util.Optional;

/**
 * What may be done with announced resources without a policy saying so (TS-0001 10.2.18): the CSE of the original makes,
 * changes and deletes them, below what stands for it here; nobody else changes or deletes them, but by the policies where
 * they are kept in step in both directions. And the other way round, at the original. Any thread.
 */
public final class AnnouncedResources {
    public static final int BASE = ResourceTypes.ANNOUNCED_OFFSET + ResourceTypes.CSE_BASE;
    private static final long BIDIRECTIONAL = 2;

    private final EntityIds ids;
    private final RegistrationView registrations;

    AnnouncedResources(EntityIds ids, RegistrationView registrations) {
        this.ids = ids;
        this.registrations = registrations;
    }

    /** Whether the resource is announced by another CSE, and is not the keeper of an AE-ID stem. */
    public static boolean isAnnounced(Resource resource, EntityIds ids) {
        return resource.type() > ResourceTypes.ANNOUNCED_OFFSET && !AnnouncedAe.isStem(resource, ids.identity());
    }

    /** The CSE of the original, in the short form that originators have here. */
    public static Optional<String> host(EntityIds ids, Attributes announced) {
        return announced.text("lnk").flatMap(link -> cse(ids, link));
    }

    private static Optional<String> cse(EntityIds ids, String text) {
        try {
            Address address = Address.parse(text);
            return address.cseId().map(cse -> (ids.isForeignDomain(address) ? address.spId().get() : "") + cse);
        } catch (PrimitiveException malformed) {
            return Optional.empty();
        }
    }

    /** Whether announced and original are kept in step in both directions (R4). */
    public static boolean isBidirectional(Resource resource) {
        return resource.attributes().number("ast").filter(type -> type == BIDIRECTIONAL).isPresent();
    }

    /** What is decided without policies; empty if they have to be asked. */
    Optional<Boolean> decide(Resource target, String originator, int bit, Optional<Integer> childType) {
        if (isAnnounced(target, ids)) {
            if (host(ids, target.attributes()).filter(originator::equals).isPresent()) {
                return Optional.of(true);
            }
            boolean change = bit == Operation.DELETE.accessControlBit()
                    || bit == Operation.UPDATE.accessControlBit() && !isBidirectional(target);
            return change ? Optional.of(false) : Optional.empty();
        }
        if (bit == Operation.CREATE.accessControlBit() && childType.filter(type -> type > ResourceTypes.ANNOUNCED_OFFSET)
                .isPresent() && isPlaceOf(target, originator, childType.get())) {
            return Optional.of(true);
        }
        boolean fromAnnounced = bit == Operation.UPDATE.accessControlBit() && isBidirectional(target)
                && target.attributes().texts("at").stream().anyMatch(entry -> cse(ids, entry).filter(originator::equals)
                .isPresent());
        return fromAnnounced ? Optional.of(true) : Optional.empty();
    }

    /** Whether announced resources of the CSE may stand directly below the resource. */
    private boolean isPlaceOf(Resource parent, String originator, int type) {
        if (!EntityIds.isCseForm(originator)) {
            return false;
        }
        if (parent.type() == ResourceTypes.REMOTE_CSE) {
            return parent.text("csi").filter(originator::equals).isPresent();
        }
        boolean known = registrations.cse(originator).isPresent()
                || registrations.registrar().filter(originator::equals).isPresent()
                || registrations.registreeInFrontOf(originator).isPresent();
        return parent.type() == ResourceTypes.CSE_BASE && (known || registrations.registrar().isPresent())
                && (type == BASE || type == ResourceTypes.ANNOUNCED_OFFSET + ResourceTypes.REMOTE_CSE);
    }
}
