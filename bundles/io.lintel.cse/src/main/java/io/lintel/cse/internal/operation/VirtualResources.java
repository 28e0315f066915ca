// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Address;
import io.lintel.primitive.ResponsePrimitive;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Finds who serves a request to a virtual resource. Costs a request to any other a look at the names in its address. */
public final class VirtualResources {
    private final ResourceReader store;
    private final TargetResolver resolver;
    private final Map<Place.Virtual, VirtualResource> serving;

    public VirtualResources(ResourceReader store, TargetResolver resolver, Map<Place.Virtual, VirtualResource> serving) {
        this.store = store;
        this.resolver = resolver;
        this.serving = Map.copyOf(serving);
    }

    /** The answer of the virtual resource that the address leads to; empty if it leads to none that serves itself. */
    public Optional<CompletionStage<ResponsePrimitive>> handle(RequestContext context, Address address) {
        boolean possible = address.segments().stream().map(Place.Virtual::named).anyMatch(serving::containsKey);
        return !possible ? Optional.empty() : resolver.find(store, address)
                .filter(place -> serving.containsKey(place.virtual()))
                .map(place -> serving.get(place.virtual()).handle(context, place));
    }
}
