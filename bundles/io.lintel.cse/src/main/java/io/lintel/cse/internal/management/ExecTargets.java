// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.management;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.primitive.Address;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponseStatusCode;
import java.util.List;
import java.util.Optional;

/**
 * Who {@code execTarget} of a command is: the node of this machine by its {@code nodeID}, by the CSE-ID or as a resource, or a
 * {@code <group>} that has it as a member. Nobody
 * else can be commanded from here, since there is no management protocol to any other node; which of the two refusals that
 * makes depends on whether the node is known. Reads only; on the writer's thread.
 */
public final class ExecTargets {
    private static final int PAGE = 200;

    private final CseIdentity identity;
    private final OwnNode own;
    private final TargetResolver resolver;

    public ExecTargets(CseIdentity identity, OwnNode own, TargetResolver resolver) {
        this.identity = identity;
        this.own = own;
        this.resolver = resolver;
    }

    /** The node of this machine; 6003 for what is no node, 6020 for one that no session can be had with. */
    Resource require(ResourceReader reader, String target) {
        Optional<Resource> self = own.node(reader);
        if (self.isPresent() && (target.equals(identity.cseId()) || self.get().text("ni").equals(Optional.of(target)))) {
            return self.get();
        }
        Optional<Resource> found = byNodeId(reader, target).or(() -> byAddress(reader, target));
        if (found.isEmpty()) {
            throw Command.refusal(ResponseStatusCode.EXTERNAL_OBJECT_NOT_REACHABLE, "ext is no node that is known"
                    + " here: " + target);
        }
        return found.filter(node -> self.filter(mine -> mine.id().equals(node.id())).isPresent()).orElseThrow(() ->
                Command.refusal(ResponseStatusCode.MGMT_SESSION_CANNOT_BE_ESTABLISHED, "there is no management session with the"
                        + " node " + target + "; only the machine of this CSE executes commands"));
    }

    /** The group that a command is for, if it is for one. */
    Optional<Resource> group(ResourceReader reader, String target) {
        return resource(reader, target).filter(resource -> resource.type() == ResourceTypes.GROUP);
    }

    private Optional<Resource> byAddress(ResourceReader reader, String target) {
        return resource(reader, target).filter(resource -> resource.type() == ResourceTypes.NODE);
    }

    private Optional<Resource> resource(ResourceReader reader, String target) {
        if (target.isEmpty()) {
            return Optional.empty();
        }
        Address address;
        try {
            address = Address.parse(target);
        } catch (PrimitiveException noAddress) {
            return Optional.empty();
        }
        return resolver.isTransit(address) ? Optional.empty() : resolver.find(reader, address).filter(place -> !place.isVirtual())
                .map(Place::resource);
    }

    private static Optional<Resource> byNodeId(ResourceReader reader, String target) {
        String last = "";
        List<Resource> page;
        do {
            page = reader.ofType(ResourceTypes.NODE, last, PAGE);
            for (Resource node : page) {
                last = node.id();
                if (node.text("ni").equals(Optional.of(target))) {
                    return Optional.of(node);
                }
            }
        } while (page.size() == PAGE);
        return Optional.empty();
    }
}
