// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.access.AccessControl;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.ContainerRules;
import io.lintel.cse.internal.type.ContentLimits;
import io.lintel.cse.internal.type.Instances;
import io.lintel.cse.internal.type.TypeCatalog;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the descendants of a resource that match filter criteria and that the originator may see (TS-0004 7.3.3.14).
 * One that may not be seen is left out; what is below it is looked at all the same.
 */
public final class Discovery {
    /** Representations in one answer together; at least one is shown, and the rest by {@code ofst}. */
    static final long MOST_BYTES = 4 << 20;
    private static final int REMEMBERED = 1000;

    private final TargetResolver resolver;
    private final AccessControl access;
    private final TypeCatalog catalog;

    /**
     * What was found.
     *
     * @param hits   in the order of the walk
     * @param nextOffset number of the first result that was left out, if any was
     */
    record Listing(List<Hit> hits, Optional<Long> nextOffset) {
    }

    /**
     * @param resource a match
     * @param within   the nearest ancestor that is a match itself, if there is one
     */
    record Hit(Resource resource, Optional<Hit> within) {
    }

    public Discovery(TargetResolver resolver, AccessControl access, TypeCatalog catalog) {
        this.resolver = resolver;
        this.access = access;
        this.catalog = catalog;
    }

    /**
     * A search, to be done in parts.
     *
     * @param bit   the privilege that makes a resource visible: DISCOVERY or RETRIEVE
     * @param whole whether the results are to be shown, or only named; then nothing but their names is kept
     */
    LongReads.Work<Listing> search(ResourceReader reader, RequestContext context, Resource root, FilterCriteria criteria, int bit,
            boolean whole) {
        List<Long> types = criteria.conditions().map(Conditions::types).orElse(List.of());
        boolean instances = types.isEmpty() || types.stream().anyMatch(type -> ResourceTypes.isInstance(type.intValue()));
        Search search = new Search(reader, context, criteria, bit, whole);
        Walk walk = new Walk(reader, resolver, catalog, root, criteria.level(), instances);
        return more -> !walk.goOn(search::visit, more) ? Optional.empty() : Optional.of(new Listing(search.hits,
                search.cut ? Optional.of(criteria.offset() + search.hits.size()) : Optional.empty()));
    }

    /** The same at once, for what is on the writer's thread anyway. */
    Listing find(ResourceReader reader, RequestContext context, Resource root, FilterCriteria criteria, int bit,
            boolean whole) {
        return search(reader, context, root, criteria, bit, whole).goOn(() -> true).orElseThrow();
    }

    /** One run; remembers decisions on policies so that a thousand siblings cost one evaluation. */
    private final class Search {
        private final ResourceReader reader;
        private final RequestContext context;
        private final FilterCriteria criteria;
        private final int bit;
        private final List<Hit> hits = new ArrayList<>();
        private final List<Hit> path = new ArrayList<>();
        private final Map<Object, Boolean> decisions = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Object, Boolean> eldest) {
                return size() > REMEMBERED;
            }
        };
        private final boolean whole;
        private long bytes;
        private long matched;
        private boolean cut;

        Search(ResourceReader reader, RequestContext context, FilterCriteria criteria, int bit, boolean whole) {
            this.whole = whole;
            this.reader = reader;
            this.context = context;
            this.criteria = criteria;
            this.bit = bit;
        }

        boolean visit(Resource resource, int depth) {
            while (path.size() >= depth) {
                path.remove(path.size() - 1);
            }
            path.add(null);
            if (!matches(resource) || !visible(resource)) {
                return true;
            }
            Optional<Resource> found = criteria.path().isEmpty() ? Optional.of(resource)
                    : resolver.below(reader, resource, criteria.path().get()).flatMap(this::real).filter(this::visible);
            if (found.isEmpty()) {
                return true;
            }
            matched++;
            if (matched < criteria.offset()) {
                return true;
            }
            bytes += whole ? ContentLimits.size(found.get().attributes()) : 0;
            if (hits.size() >= criteria.limit() || bytes > MOST_BYTES && !hits.isEmpty()) {
                cut = true;
                return false;
            }
            Hit hit = new Hit(whole ? found.get() : found.get().with(Attributes.empty()), ancestor());
            hits.add(hit);
            path.set(depth - 1, hit);
            return true;
        }

        private boolean matches(Resource resource) {
            return criteria.conditions().isEmpty() || criteria.conditions().get().matches(new Candidate(reader, resource,
                    other -> !resolver.isExpired(other) && visible(other)));
        }

        /** What {@code la} and {@code ol} stand for at the moment. */
        private Optional<Resource> real(Place place) {
            if (!place.isVirtual()) {
                return Optional.of(place.resource());
            }
            boolean anInstance = place.virtual() == Place.Virtual.LATEST || place.virtual() == Place.Virtual.OLDEST;
            return !anInstance || ContainerRules.disabled(place.resource()) ? Optional.empty()
                    : Instances.current(reader, place).filter(instance -> !resolver.isExpired(instance));
        }

        private Optional<Hit> ancestor() {
            for (int i = path.size() - 2; i >= 0; i--) {
                if (path.get(i) != null) {
                    return Optional.of(path.get(i));
                }
            }
            return Optional.empty();
        }

        private boolean visible(Resource resource) {
            Object key = key(resource);
            Boolean known = key.equals(resource.id()) ? null : decisions.get(key);
            if (known != null) {
                return known;
            }
            boolean permitted = access.permits(reader, context, resource, bit);
            if (!key.equals(resource.id())) {
                decisions.put(key, permitted);
            }
            return permitted;
        }

        private Object key(Resource resource) {
            if (!access.decidesByPoliciesAlone(context, resource)) {
                return resource.id();
            }
            if (ResourceTypes.isInstance(resource.type())) {
                return "below " + resource.parentId();
            }
            List<String> policies = resource.attributes().texts("acpi");
            return policies.isEmpty() ? resource.id() : List.of(policies, resource.memberName(), resource.creator(),
                    resource.text("cstn").orElse(""));
        }
    }
}
