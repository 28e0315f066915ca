// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.access.AccessControl;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Operation;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A resource that filter criteria are held against, with the way to its parent and its children, which some criteria ask
 * about. What the originator may not see is not there for it.
 *
 * @param visible whether the originator may see another resource, and it has not expired
 */
record Candidate(ResourceReader reader, Resource resource, Predicate<Resource> visible) {
    private static final int PAGE = 100;

    /** The target of a conditional operation. */
    static Candidate of(ResourceReader reader, RequestContext context, Resource target, TargetResolver resolver,
            AccessControl access) {
        int bit = Operation.RETRIEVE.accessControlBit();
        return new Candidate(reader, target, other -> !resolver.isExpired(other) && access.permits(reader, context, other, bit));
    }

    Optional<Resource> parent() {
        return reader.byId(resource.parentId());
    }

    Optional<Resource> visibleParent() {
        return parent().filter(visible);
    }

    boolean hasChild(int type) {
        String last = "";
        List<Resource> page;
        do {
            page = reader.children(resource.id(), type, last, PAGE);
            for (Resource child : page) {
                if (visible.test(child)) {
                    return true;
                }
                last = child.id();
            }
        } while (page.size() == PAGE);
        return false;
    }

    /** Looks at one child after the other, a page at a time. */
    boolean hasChild(Predicate<Resource> wanted) {
        String last = "";
        List<Resource> page;
        do {
            page = reader.children(resource.id(), last, PAGE);
            for (Resource child : page) {
                if (wanted.test(child) && visible.test(child)) {
                    return true;
                }
                last = child.id();
            }
        } while (page.size() == PAGE);
        return false;
    }
}
