// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.access.Privileges;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What a successful response contains, by {@code rcn} (TS-0004 7.5.2): attributes, addresses, children nested or as
 * references. Which values an operation allows has been checked before.
 */
public final class ResultContents {
    private final TargetResolver resolver;
    private final Discovery discovery;
    private final LongReads reads;
    private final int cap;

    public ResultContents(TargetResolver resolver, Discovery discovery, LongReads reads, CseSettings settings) {
        this.reads = reads;
        this.resolver = resolver;
        this.discovery = discovery;
        this.cap = settings.maximumResults();
    }

    /** A response with what every response of ours carries. */
    public static ResponsePrimitive.Builder response(RequestPrimitive request, ResponseStatusCode status) {
        ResponsePrimitive.Builder response = ResponsePrimitive.builder(status, request.requestIdentifier());
        request.releaseVersionIndicator().ifPresent(rvi -> response.set(ResponseParameter.RELEASE_VERSION_INDICATOR, rvi));
        return response;
    }

    ResponsePrimitive created(ResourceReader reader, RequestPrimitive request, Resource created, Attributes requested) {
        ResponsePrimitive.Builder response = response(request, ResponseStatusCode.CREATED);
        switch (request.resultContent().orElse(1)) {
            case 0 -> { }
            case 2 -> response.content(Content.uri(resolver.structured(reader, created)));
            case 3 -> response.content(new Content("m2m:rce", Attributes.builder()
                    .set("uri", resolver.structured(reader, created))
                    .set(created.memberName(), created.attributes()).build()));
            case 9 -> differences(response, created, Update.difference(requested, created.attributes()));
            default -> response.content(representation(created));
        }
        return response.build();
    }

    ResponsePrimitive updated(RequestPrimitive request, Resource before, Resource after, Attributes changes) {
        ResponsePrimitive.Builder response = response(request, ResponseStatusCode.UPDATED);
        switch (request.resultContent().orElse(1)) {
            case 0 -> { }
            case 9 -> {
                Attributes.Builder unasked = Attributes.builder();
                Update.difference(before.attributes(), after.attributes()).forEach((member, value) -> {
                    if (!changes.get(member).filter(value::equals).isPresent()) {
                        unasked.set(member, value);
                    }
                });
                differences(response, after, unasked.build());
            }
            default -> response.content(representation(after));
        }
        return response.build();
    }

    private static void differences(ResponsePrimitive.Builder response, Resource resource, Attributes differences) {
        if (!differences.isEmpty()) {
            response.content(new Content(resource.memberName(), differences));
        }
    }

    /** Made before the deletion, which it describes. */
    ResponsePrimitive deleted(ResourceReader reader, RequestContext context, Resource target) {
        ResponsePrimitive.Builder response = response(context.request(), ResponseStatusCode.DELETED);
        int rcn = context.request().resultContent().orElse(0);
        if (rcn == 1) {
            response.content(representation(target));
        } else if (rcn != 0) {
            FilterCriteria all = new FilterCriteria(false, java.util.Optional.empty(), cap, 1, Long.MAX_VALUE,
                    java.util.Optional.empty());
            fill(response, reader, context, target, rcn, discovery.find(reader, context, target, all,
                    Operation.RETRIEVE.accessControlBit(), showsWhole(rcn)));
        }
        return response.build();
    }

    /** The answer to a RETRIEVE whose originator may see the target. */
    CompletionStage<ResponsePrimitive> retrieved(ResourceReader reader, RequestContext context, Resource target,
            FilterCriteria criteria) {
        int rcn = context.request().resultContent().orElse(1);
        if (rcn == 1) {
            return CompletableFuture.completedFuture(response(context.request(), ResponseStatusCode.OK)
                    .content(representation(target)).build());
        }
        return reads.run(discovery.search(reader, context, target, criteria, Operation.RETRIEVE.accessControlBit(),
                showsWhole(rcn)))
                .thenApply(listing -> {
                    ResponsePrimitive.Builder response = response(context.request(), ResponseStatusCode.OK);
                    fill(response, reader, context, target, rcn, listing);
                    return response.build();
                });
    }

    /** The answer to a discovery. */
    CompletionStage<ResponsePrimitive> discovered(ResourceReader reader, RequestContext context, Resource target,
            FilterCriteria criteria) {
        return reads.run(discovery.search(reader, context, target, criteria, Privileges.DISCOVERY, false))
                .thenApply(listing -> discovered(reader, context, target, listing));
    }

    private ResponsePrimitive discovered(ResourceReader reader, RequestContext context, Resource target,
            Discovery.Listing listing) {
        ResponsePrimitive.Builder response = response(context.request(), ResponseStatusCode.OK);
        int rcn = context.request().resultContent().orElse(1);
        switch (rcn) {
            case 1, 11 -> response.content(new Content("m2m:uril",
                    listing.hits().stream().map(hit -> address(reader, context, hit.resource())).toList()));
            case 6 -> response.content(new Content("m2m:rrl", Attributes.of("rrf", references(reader, context, listing))));
            case 5 -> response.content(new Content(target.memberName(),
                    target.attributes().toBuilder().set("ch", references(reader, context, listing)).build()));
            default -> throw Refusals.badRequest("rcn " + rcn + " is not allowed for a discovery");
        }
        partial(response, listing);
        return response.build();
    }

    private static boolean showsWhole(int rcn) {
        return rcn == 4 || rcn == 8;
    }

    private void fill(ResponsePrimitive.Builder response, ResourceReader reader, RequestContext context, Resource target, int rcn,
            Discovery.Listing listing) {
        switch (rcn) {
            case 4 -> response.content(new Content(target.memberName(), nested(target.attributes(), listing)));
            case 5 -> response.content(new Content(target.memberName(),
                    target.attributes().toBuilder().set("ch", references(reader, context, listing)).build()));
            case 6 -> response.content(new Content("m2m:rrl", Attributes.of("rrf", references(reader, context, listing))));
            case 8 -> response.content(new Content(target.memberName(), nested(Attributes.empty(), listing)));
            default -> throw Refusals.badRequest("rcn " + rcn + " is not allowed here");
        }
        partial(response, listing);
    }

    private static void partial(ResponsePrimitive.Builder response, Discovery.Listing listing) {
        listing.nextOffset().ifPresent(next -> response.set(ResponseParameter.CONTENT_STATUS, 1)
                .set(ResponseParameter.CONTENT_OFFSET, next));
    }

    static Content representation(Resource resource) {
        return new Content(resource.memberName(), resource.attributes());
    }

    private List<Attributes> references(ResourceReader reader, RequestContext context, Discovery.Listing listing) {
        return listing.hits().stream().map(Discovery.Hit::resource)
                .map(resource -> Attributes.builder().set("nm", resource.name())
                .set("typ", resource.type()).set("val", address(reader, context, resource)).build()).toList();
    }

    private String address(ResourceReader reader, RequestContext context, Resource resource) {
        boolean unstructured = context.request().parameters().number("drt").filter(drt -> drt == 2).isPresent();
        return unstructured ? resource.id() : resolver.structured(reader, resource);
    }

    /** Children as lists by their element names inside their parent, all the way down. */
    private static Attributes nested(Attributes own, Discovery.Listing listing) {
        Map<Discovery.Hit, List<Discovery.Hit>> below = new IdentityHashMap<>();
        List<Discovery.Hit> top = new ArrayList<>();
        for (Discovery.Hit hit : listing.hits()) {
            hit.within().map(parent -> below.computeIfAbsent(parent, key -> new ArrayList<>())).orElse(top).add(hit);
        }
        return nest(own, top, below);
    }

    private static Attributes nest(Attributes own, List<Discovery.Hit> children, Map<Discovery.Hit, List<Discovery.Hit>> below) {
        if (children.isEmpty()) {
            return own;
        }
        Map<String, List<Attributes>> byElement = new LinkedHashMap<>();
        for (Discovery.Hit child : children) {
            byElement.computeIfAbsent(child.resource().memberName(), key -> new ArrayList<>())
                    .add(nest(child.resource().attributes(), below.getOrDefault(child, List.of()), below));
        }
        Attributes.Builder nested = own.toBuilder();
        byElement.forEach(nested::set);
        return nested.build();
    }
}
