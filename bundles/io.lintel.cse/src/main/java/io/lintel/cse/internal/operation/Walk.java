// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.type.ContainerRules;
import io.lintel.cse.internal.type.TypeCatalog;
import io.lintel.primitive.ResourceTypes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Visits what is below a resource, parents before their children, siblings in order of creation, a page at a time.
 * Expired resources and what is below them are left out, and so are instances whose retrieval is disabled.
 */
final class Walk {
    private static final int PAGE = 100;
    private static final int MANY = 500;
    /** About so many bytes of instances are fetched at a time. */
    private static final long PAGE_BYTES = 1 << 20;

    /** Says whether the walk goes on. */
    interface Visitor {
        /** @param depth 1 for direct children */
        boolean visit(Resource resource, int depth);
    }

    private final ResourceReader reader;
    private final TargetResolver resolver;
    private final TypeCatalog catalog;
    private final long levels;
    private final boolean instances;
    private final Deque<Children> path = new ArrayDeque<>();

    /** @param instances whether instances are of interest; without them the cost does not depend on their number */
    Walk(ResourceReader reader, TargetResolver resolver, TypeCatalog catalog, Resource root, long levels, boolean instances) {
        this.reader = reader;
        this.resolver = resolver;
        this.catalog = catalog;
        this.levels = levels;
        this.instances = instances;
        if (levels > 0) {
            path.push(new Children(root, instances));
        }
    }

    /**
     * Begins, or goes on where it was left.
     *
     * @param more whether there is time for one more
     * @return whether it has come to its end
     */
    boolean goOn(Visitor visitor, BooleanSupplier more) {
        while (!path.isEmpty()) {
            if (!more.getAsBoolean()) {
                return false;
            }
            Children children = path.peek();
            if (!children.hasNext()) {
                path.pop();
                continue;
            }
            Resource child = children.next();
            if (resolver.isExpired(child) || ResourceTypes.isInstance(child.type())
                    && ContainerRules.disabled(children.parent)) {
                continue;
            }
            if (!visitor.visit(child, path.size())) {
                return true;
            }
            if (path.size() < levels && !catalog.isLeaf(child)) {
                path.push(new Children(child, instances));
            }
        }
        return true;
    }

    /** The children of one resource, fetched page by page. */
    private final class Children implements Iterator<Resource> {
        private final Resource parent;
        private final boolean all;
        private final Iterator<Integer> types;
        private int type;
        private Iterator<Resource> page = List.<Resource>of().iterator();
        private boolean more = true;
        private String last = "";
        private final int size;

        Children(Resource parent, boolean instances) {
            this.parent = parent;
            this.all = instances || !hasMany(parent) || catalog.hasBelowInstances(parent.id());
            this.types = catalog.structural().iterator();
            this.size = pageSize(parent);
            if (!all) {
                more = nextType();
            }
        }

        /** Whether it takes longer to pass over the instances than to ask for one other type after the other. */
        private static boolean hasMany(Resource parent) {
            return ResourceTypes.holdsInstances(parent.type()) && parent.attributes().number("cni").orElse(0L) > MANY;
        }

        /** Fewer at a time where instances are large, so that what is in memory at once stays bounded. */
        private static int pageSize(Resource parent) {
            long count = parent.attributes().number("cni").orElse(0L);
            long bytes = parent.attributes().number("cbs").orElse(0L);
            return count == 0 || bytes == 0 ? PAGE : (int) Math.max(1, Math.min(PAGE, PAGE_BYTES / Math.max(1, bytes / count)));
        }

        private boolean nextType() {
            if (!types.hasNext()) {
                return false;
            }
            type = types.next();
            last = "";
            return true;
        }

        @Override
        public boolean hasNext() {
            while (!page.hasNext() && more) {
                List<Resource> fetched = all ? reader.children(parent.id(), last, size)
                        : reader.children(parent.id(), type, last, size);
                page = fetched.iterator();
                if (!fetched.isEmpty()) {
                    last = fetched.get(fetched.size() - 1).id();
                }
                if (fetched.size() < size) {
                    more = !all && nextType();
                }
            }
            return page.hasNext();
        }

        @Override
        public Resource next() {
            if (!hasNext()) {
                throw new java.util.NoSuchElementException();
            }
            return page.next();
        }
    }
}
