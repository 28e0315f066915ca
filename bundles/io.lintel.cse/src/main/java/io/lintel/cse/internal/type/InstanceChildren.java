// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.type;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.primitive.ResourceTypes;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which containers have instances with children: semanticDescriptors, which few have. So that all others may treat their
 * instances as leaves, and eviction, deletion and discovery ask the store for no children of each. Read from the store at the
 * start; an entry that is wrong costs questions and nothing else. For all threads.
 */
public final class InstanceChildren {
    private static final int PAGE = 200;

    private final Set<String> containers = ConcurrentHashMap.newKeySet();

    /** Looks for the descriptors of instances. */
    public void load(ResourceReader reader) {
        String last = "";
        List<Resource> page;
        do {
            page = reader.ofType(ResourceTypes.SEMANTIC_DESCRIPTOR, last, PAGE);
            for (Resource descriptor : page) {
                last = descriptor.id();
                reader.byId(descriptor.parentId()).ifPresent(this::parentOfOne);
            }
        } while (page.size() == PAGE);
    }

    /** A resource gets a child. */
    public void parentOfOne(Resource parent) {
        if (ResourceTypes.isInstance(parent.type())) {
            containers.add(parent.parentId());
        }
    }

    /** Whether there may be something below an instance of this container. */
    public boolean possibleIn(String containerId) {
        return containers.contains(containerId);
    }
}
