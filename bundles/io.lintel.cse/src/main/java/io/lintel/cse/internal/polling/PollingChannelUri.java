// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.polling;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.nonblocking.ResultReception;
import io.lintel.cse.internal.operation.ResultContents;
import io.lintel.cse.internal.operation.VirtualResource;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestChecks;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * {@code pcu}, the URI of a polling channel (TS-0004 7.4.23): its owner fetches requests by RETRIEVE, which waits for one
 * until its {@code rqet}, and answers them by NOTIFY. Nobody else, the administrator included, may do either.
 */
public final class PollingChannelUri implements VirtualResource {
    private static final String REQUEST = "m2m:rqp";
    private static final String RESPONSES = "m2m:agr";

    private final ResourceReader store;
    private final EntityIds ids;
    private final PollingChannels channels;
    private final Duration wait;

    /** @param wait how long a poll waits that names no end */
    public PollingChannelUri(ResourceReader store, EntityIds ids, PollingChannels channels, Duration wait) {
        this.wait = wait;
        this.store = store;
        this.ids = ids;
        this.channels = channels;
    }

    @Override
    public CompletionStage<ResponsePrimitive> handle(RequestContext context, Place place) {
        RequestPrimitive request = context.request();
        Resource channel = place.resource();
        Operation operation = request.operation();
        if (operation != Operation.RETRIEVE && operation != Operation.NOTIFY) {
            throw Refusals.notAllowed("pcu is polled by RETRIEVE and answered by NOTIFY; there is no " + operation);
        }
        if (!owner(channel).equals(Optional.of(context.originator()))) {
            throw Refusals.noPrivilege("only its owner uses the polling channel " + channel.id());
        }
        return operation == Operation.RETRIEVE ? poll(context, channel) : answer(context, channel);
    }

    private Optional<String> owner(Resource channel) {
        return store.byId(channel.parentId()).flatMap(parent -> parent.type() == ResourceTypes.REMOTE_CSE
                ? parent.text("csi").flatMap(ids::shorten) : Optional.of(parent.id()));
    }

    private CompletionStage<ResponsePrimitive> poll(RequestContext context, Resource channel) {
        Instant end = RequestChecks.time(context.request(), "rqet", context.now()).orElse(context.now().plus(wait));
        boolean together = channel.attributes().flag("rqag").orElse(false);
        return channels.poll(channel.id(), end).thenApply(found -> found.map(request -> {
            Content content = together ? together(channel, request) : new Content(REQUEST, primitive(request));
            return ResultContents.response(context.request(), ResponseStatusCode.OK).content(content).build();
        }).orElseThrow(() -> Refusals.timeout("no request came to the polling channel")));
    }

    /** With all that waits besides (requestAggregation, TS-0001 9.6.21). */
    private Content together(Resource channel, RequestPrimitive first) {
        List<Attributes> requests = new ArrayList<>(List.of(primitive(first)));
        channels.others(channel.id()).forEach(other -> requests.add(primitive(other)));
        return new Content("m2m:agrp", Attributes.of(REQUEST, requests));
    }

    private static Attributes primitive(RequestPrimitive request) {
        Attributes.Builder primitive = request.parameters().toBuilder();
        request.content().ifPresent(content -> primitive.set("pc", Attributes.of(content.name(), content.value())));
        return primitive.build();
    }

    private CompletionStage<ResponsePrimitive> answer(RequestContext context, Resource channel) {
        Content content = context.request().content().filter(told -> told.name().equals(ResultReception.RESULT)
                || told.name().equals(RESPONSES)).orElseThrow(() -> Refusals.badRequest(
                        "an answer at a polling channel is a m2m:rsp, or several in m2m:agr"));
        List<ResponsePrimitive> responses = content.name().equals(RESPONSES)
                ? content.attributes().objects(ResultReception.RESULT).stream().map(ResultReception::response).toList()
                : List.of(ResultReception.response(content.attributes()));
        List<String> unknown = responses.stream().filter(response -> !channels.answer(channel.id(), response))
                .map(ResponsePrimitive::requestIdentifier).toList();
        if (responses.isEmpty() || !unknown.isEmpty()) {
            throw Refusals.badRequest("no request with rqi " + String.join(", ", unknown) + " waits for its answer");
        }
        return CompletableFuture.completedFuture(ResultContents.response(context.request(), ResponseStatusCode.OK).build());
    }
}
