// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.access.AccessControl;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.cse.internal.type.ContainerRules;
import io.lintel.cse.internal.type.Instances;
import io.lintel.cse.internal.type.TypeCatalog;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * RETRIEVE at the hosting CSE (TS-0004 7.2.2.2), on the door's thread and straight from the store. Three exceptions: what takes
 * longer goes on elsewhere ({@link LongReads}); when {@code la} or {@code ol} meets an instance that has expired, the writer
 * removes it before the next is looked for; and an instance that may be retrieved so many times ({@code dcnt}) is counted.
 */
public final class Retrieval {
    private final ResourceStore store;
    private final TargetResolver resolver;
    private final AccessControl access;
    private final Deletion deletion;
    private final ResultContents results;
    private final Interest interest;
    private final Function<RequestContext, CompletionStage<ResponsePrimitive>> onBehalf;
    private final int cap;
    private final UnaryOperator<Resource> live;

    public Retrieval(ResourceStore store, TargetResolver resolver, AccessControl access, Deletion deletion,
            ResultContents results, Interest interest, CseSettings settings,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> onBehalf, UnaryOperator<Resource> live) {
        this.interest = interest;
        this.store = store;
        this.resolver = resolver;
        this.access = access;
        this.deletion = deletion;
        this.results = results;
        this.onBehalf = onBehalf;
        this.cap = settings.maximumResults();
        this.live = live;
    }

    public CompletionStage<ResponsePrimitive> handle(RequestContext context, Address address) {
        Place place = resolver.locate(store, address, context.request().to());
        if (context.request().resultContent().filter(rcn -> rcn == 7).isPresent()) {
            return original(context, place);
        }
        if (!place.isVirtual()) {
            return answer(context, address, live.apply(place.resource()));
        }
        refuseDisabled(place.resource());
        Optional<Resource> instance = Instances.current(store, place);
        if (instance.filter(resolver::isExpired).isPresent()) {
            return deletion.purge(place).thenCompose(done -> current(context, address, place));
        }
        return current(context, address, place);
    }

    /** Of an instance that is missing those are told who might make one, and it is looked for again. */
    private CompletionStage<ResponsePrimitive> current(RequestContext context, Address address, Place place) {
        Optional<Resource> found = Instances.current(store, place);
        if (found.isEmpty() && access.permits(store, context, place.resource(), Operation.RETRIEVE.accessControlBit())) {
            Optional<CompletionStage<Void>> told = interest.noInstance(context, place.resource());
            if (told.isPresent()) {
                return told.get().thenCompose(done -> answer(context, address,
                        instance(Instances.current(store, place), context)));
            }
        }
        return answer(context, address, instance(found, context));
    }

    /** The original of an announced resource, as its own CSE shows it to the same originator. */
    private CompletionStage<ResponsePrimitive> original(RequestContext context, Place place) {
        Resource announced = place.resource();
        if (place.isVirtual() || announced.type() <= ResourceTypes.ANNOUNCED_OFFSET) {
            throw Refusals.badRequest("rcn 7 is allowed for announced resources only");
        }
        access.require(store, context, announced, Operation.RETRIEVE);
        String link = announced.text("lnk").filter(text -> text.startsWith("/"))
                .orElseThrow(() -> Refusals.notFound("the announced resource leads to no original now"));
        RequestPrimitive.Builder request = context.request().toBuilder().to(link).remove(RequestParameter.RESULT_CONTENT)
                .remove(RequestParameter.FILTER_CRITERIA).remove(RequestParameter.RESPONSE_TYPE)
                .requestIdentifier(RequestIdentifiers.next());
        return onBehalf.apply(new RequestContext(request.build(), context.originator(), Hop.local(RequestContext.SELF),
                context.now())).thenApply(response -> response.toBuilder()
                .requestIdentifier(context.request().requestIdentifier()).build());
    }

    private static Resource instance(Optional<Resource> found, RequestContext context) {
        return found.orElseThrow(() -> Refusals.notFound("there is no instance: " + context.request().to()));
    }

    private static void refuseDisabled(Resource container) {
        if (ContainerRules.disabled(container)) {
            throw Refusals.notAllowed("retrieval of instances is disabled (disr of the container)");
        }
    }

    private CompletionStage<ResponsePrimitive> answer(RequestContext context, Address address, Resource target) {
        CompletionStage<ResponsePrimitive> answered = read(context, address, target);
        boolean counts = target.type() == ResourceTypes.CONTENT_INSTANCE && target.attributes().has("dcnt");
        CompletionStage<ResponsePrimitive> counted = counts && !isDiscovery(context)
                ? answered.thenCompose(seen -> deletion.counted(target)).thenCompose(left -> read(context, address, left))
                : answered;
        return counted.thenApply(response -> {
            interest.accessed(ResourceEvent.Kind.RETRIEVED, target, context);
            return response;
        });
    }

    private boolean isDiscovery(RequestContext context) {
        return FilterCriteria.of(context.request(), cap).discovery();
    }

    private CompletionStage<ResponsePrimitive> read(RequestContext context, Address address, Resource target) {
        RequestPrimitive request = context.request();
        FilterCriteria criteria = FilterCriteria.of(request, cap);
        if (criteria.discovery()) {
            if (request.resultContent().filter(rcn -> rcn == 5).isPresent()) {
                access.require(store, context, target, Operation.RETRIEVE);
            }
            return results.discovered(store, context, target, criteria);
        }
        access.require(store, context, target, Operation.RETRIEVE);
        if (ResourceTypes.isInstance(target.type())) {
            store.byId(target.parentId()).ifPresent(Retrieval::refuseDisabled);
        }
        boolean childrenShown = request.resultContent().filter(rcn -> rcn != 1).isPresent();
        if (!childrenShown) {
            Conditions.require(request, Candidate.of(store, context, target, resolver, access));
        }
        Optional<List<String>> wanted = wanted(request, address);
        if (wanted.isEmpty()) {
            return results.retrieved(store, context, target, criteria);
        }
        if (childrenShown) {
            throw Refusals.badRequest("a partial retrieval allows rcn 1 only");
        }
        return CompletableFuture.completedFuture(partial(request, target, wanted.get()));
    }

    /** The names in {@code m2m:atrl} or after {@code #}. */
    private static Optional<List<String>> wanted(RequestPrimitive request, Address address) {
        Optional<Content> content = request.content();
        if (content.isEmpty()) {
            return address.attribute().map(List::of);
        }
        if (address.attribute().isPresent()) {
            throw Refusals.badRequest("one attribute is named after '#', others are in the content: use one of them");
        }
        if (!content.get().name().equals("m2m:atrl") || !(content.get().value() instanceof List<?> list) || list.isEmpty()) {
            throw Refusals.badRequest("a RETRIEVE may contain nothing but m2m:atrl, a list of attributes");
        }
        return Optional.of(list.stream().map(Object::toString).toList());
    }

    private static ResponsePrimitive partial(RequestPrimitive request, Resource target, List<String> wanted) {
        ResourceType type = TypeCatalog.typeOf(target.memberName());
        Attributes.Builder found = Attributes.builder();
        for (String name : wanted) {
            boolean own = type.hasAttribute("[custom]") && target.attributes().has(name);
            if (!type.hasAttribute(name) && !own) {
                throw Refusals.badRequest(type + " has no attribute " + name);
            }
            found.set(name, target.attributes().get(name));
        }
        return ResultContents.response(request, ResponseStatusCode.OK).content(new Content(target.memberName(), found.build()))
                .build();
    }
}
