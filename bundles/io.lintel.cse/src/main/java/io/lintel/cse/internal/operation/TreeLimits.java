// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.AttributeDefinition;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Holds requests against the configured {@link Limits}: what is too much is refused with 5207 and says how much would be
 * allowed; in the strict mode of Release 2A, a type of a later release with 5001 and an attribute with 4000.
 */
public final class TreeLimits {
    private static final int PAGE = 500;
    private static final int MOST_COUNTED = 10_000;
    private static final String NEWER = "R3";

    private final Limits limits;
    private final ResourceStore store;
    /** On the writer's thread only: at least as many as there are, since deletions are not taken off. */
    private final Map<String, Integer> children = new HashMap<>();

    public TreeLimits(Limits limits, ResourceStore store) {
        this.limits = limits;
        this.store = store;
    }

    /** In the strict mode: whether the type was there in Release 2A. */
    void checkRelease(ResourceType type) {
        if (limits.strict() && isNewer(type.since())) {
            throw Refusals.notImplemented(type + " is of Release " + type.since().substring(1)
                    + "; this CSE is set to Release 2A (cse.strictRelease)");
        }
    }

    private static boolean isNewer(String since) {
        return since.compareTo(NEWER) >= 0;
    }

    /** The content of a CREATE or UPDATE; looks at nothing else. */
    void checkRequest(ResourceType type, Attributes requested) {
        most("attributes in one request", limits.attributes(), requested.size());
        most("labels", limits.labels(), requested.list("lbl").size());
        requested.forEach((name, value) -> {
            if (limits.strict() && type.attribute(name).map(AttributeDefinition::since).filter(TreeLimits::isNewer).isPresent()) {
                throw Refusals.badRequest("attribute '" + name + "' of " + type.name()
                        + " is of a later release; this CSE is set to Release 2A (cse.strictRelease)");
            }
            if (value instanceof List<?> list) {
                most("entries in attribute '" + name + "'", limits.listEntries(), list.size());
            } else if (value instanceof String text && !name.equals("con") && !name.equals("dsp")) {
                most("characters in attribute '" + name + "'", limits.textLength(), text.length());
            }
        });
    }

    /** Whether there is room for another child; on the writer's thread, before anything is made. */
    void checkRoom(ResourceReader reader, ResourceType type, Resource parent) {
        if (limits.resources() > 0) {
            most("resources in all", limits.resources(), store.resourceCount() + 1);
        }
        if (limits.depth() > 0) {
            checkDepth(reader, parent);
        }
        if (limits.children() > 0 && !ResourceTypes.isInstance(type.number())) {
            checkChildren(reader, parent);
        }
    }

    private void checkDepth(ResourceReader reader, Resource parent) {
        int depth = 1;
        String above = parent.parentId();
        while (!above.isEmpty() && depth <= limits.depth()) {
            depth++;
            above = reader.byId(above).map(Resource::parentId).orElse("");
        }
        most("levels below the CSEBase", limits.depth(), depth);
    }

    /** Counts anew when the limit seems to be reached, so that deletions need not be followed. */
    private void checkChildren(ResourceReader reader, Resource parent) {
        if (children.size() >= MOST_COUNTED) {
            children.clear();
        }
        int known = children.getOrDefault(parent.id(), limits.children());
        int there = known < limits.children() ? known : count(reader, parent);
        children.put(parent.id(), there + 1);
        most("children of " + parent.id(), limits.children(), there + 1L);
    }

    private int count(ResourceReader reader, Resource parent) {
        int count = 0;
        String after = "";
        List<Resource> page;
        do {
            page = reader.children(parent.id(), after, PAGE);
            for (Resource child : page) {
                count += ResourceTypes.isInstance(child.type()) ? 0 : 1;
                after = child.id();
            }
        } while (page.size() == PAGE && count < limits.children());
        return count;
    }

    private static void most(String what, long limit, long asked) {
        if (limit > 0 && asked > limit) {
            throw Refusals.notAcceptable("more than " + limit + " " + what + " are not accepted here");
        }
    }
}
