// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * nonBlockingRequestAsynch without {@code <request>} resources (TS-0001 8.2.2.3): the request is executed, the answer is
 * 1002 without a reference, and the result goes by NOTIFY to the targets that {@code rt} names, or to the originator.
 * The answer waits until the change and the result are on disk; the result then waits in the outbound queue for as long
 * as a notification does, or until the request's {@code rset}. A repeated delivery does not send it again.
 */
final class AsynchronousResults {
    private final ResourceStore store;
    private final OutboundEnqueuing queue;
    private final CseSettings settings;

    AsynchronousResults(ResourceStore store, OutboundEnqueuing queue, CseSettings settings) {
        this.store = store;
        this.queue = queue;
        this.settings = settings;
    }

    /** Refuses targets that are no oneM2M IDs before anything is done for them. */
    static void check(RequestPrimitive request) {
        request.notificationTargets().forEach(target -> {
            if (NotificationTarget.parse(target).uri().isPresent()) {
                throw Refusals.notImplemented("rt: results go to oneM2M targets only, not to " + target);
            }
        });
    }

    CompletionStage<ResponsePrimitive> deliver(RequestContext context, CompletionStage<ResponsePrimitive> result) {
        ResponsePrimitive accepted = ResultContents.response(context.request(), ResponseStatusCode.ACCEPTED_NON_BLOCKING_ASYNCH)
                .build();
        List<String> targets = targets(context);
        if (targets.isEmpty()) {
            return result.thenApply(response -> accepted);
        }
        return result.thenCompose(response -> Busy.isBusy(response) ? CompletableFuture.completedFuture(response)
                : store.write(writer -> {
                    enqueue(writer, context, targets, response, accepted);
                    return accepted;
                }));
    }

    private List<String> targets(RequestContext context) {
        boolean named = context.request().parameters().object("rt").filter(rt -> rt.has("nu")).isPresent();
        if (named) {
            return context.request().notificationTargets();
        }
        boolean nowhere = context.originator().equals(settings.identity().administrator());
        return nowhere ? List.of() : List.of(context.originator());
    }

    private void enqueue(ResourceWriter writer, RequestContext context, List<String> targets, ResponsePrimitive response,
            ResponsePrimitive accepted) {
        Optional<String> key = context.hop().deliveryKey().map(delivery -> delivery + " accepted");
        if (key.flatMap(writer::storedResponse).isPresent()) {
            return;
        }
        long until = expiration(context);
        for (String target : targets) {
            queue.enqueue(writer, new OutboundItem(0, target, notification(context, target, response), "", until));
        }
        key.ifPresent(accepting -> writer.storeResponse(accepting, accepted,
                context.now().plus(settings.storedResponse()).toEpochMilli()));
    }

    private long expiration(RequestContext context) {
        Attributes parameters = context.request().parameters();
        Instant base = parameters.text("ot").flatMap(Timestamps::parse).orElse(context.now());
        Instant latest = context.now().plus(queue.life());
        return parameters.get("rset").flatMap(rset -> Timestamps.parseAbsoluteOrRelative(rset.toString(), base))
                .filter(latest::isAfter).orElse(latest).toEpochMilli();
    }

    private RequestPrimitive notification(RequestContext context, String target, ResponsePrimitive response) {
        Attributes.Builder primitive = response.parameters().toBuilder();
        response.content().ifPresent(content -> primitive.set("pc", Attributes.of(content.name(), content.value())));
        return RequestPrimitive.builder(Operation.NOTIFY, NotificationTarget.parse(target).name()).from(settings.identity()
                .cseId())
                .requestIdentifier(RequestIdentifiers.next()).set(RequestParameter.RELEASE_VERSION_INDICATOR,
                        context.request().releaseVersionIndicator().orElse("2a"))
                .content(new Content("m2m:rsp", primitive.build())).build();
    }
}
