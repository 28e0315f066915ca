// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.nonblocking.Acknowledgements;
import io.lintel.cse.internal.notification.NotificationTarget;
import io.lintel.cse.internal.outbound.OutboundEnqueuing;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * nonBlockingRequestAsynch without {@code <request>} resources (TS-0001 8.2.2.3), of which there are as many as are allowed:
 * the request is executed, the answer is
 * 1002 without a reference, and the result goes by NOTIFY to the targets that {@code rt} names, or to the originator.
 * The answer waits until the change and the result are on disk; the result then waits in the outbound queue for as long
 * as a notification does, or until the request's {@code rset}. A repeated delivery does not send it again.
 */
public final class AsynchronousResults {
    private final ResourceStore store;
    private final OutboundEnqueuing queue;
    private final CseSettings settings;

    public AsynchronousResults(ResourceStore store, OutboundEnqueuing queue, CseSettings settings) {
        this.store = store;
        this.queue = queue;
        this.settings = settings;
    }

    /** Refuses targets that are none before anything is done for them. */
    static void check(RequestPrimitive request) {
        request.notificationTargets().forEach(NotificationTarget::parse);
    }

    /** @param work what executes the request; it is not begun while there is no room for the result */
    CompletionStage<ResponsePrimitive> deliver(RequestContext context, Supplier<CompletionStage<ResponsePrimitive>> work) {
        RequestPrimitive request = context.request();
        ResponsePrimitive accepted = Acknowledgements.of(request);
        List<String> targets = queue.results().targets(request, context.originator());
        Optional<ResponsePrimitive> full = refusalIfFull(context);
        if (full.isPresent()) {
            return CompletableFuture.completedFuture(full.get());
        }
        CompletionStage<ResponsePrimitive> result = work.get();
        if (targets.isEmpty()) {
            return result.thenApply(response -> accepted);
        }
        return result.thenCompose(response -> Busy.isBusy(response) ? CompletableFuture.completedFuture(response)
                : store.write(writer -> {
                    enqueue(writer, context, response, accepted);
                    return accepted;
                }));
    }

    /** A request whose result could not be kept is not begun. */
    Optional<ResponsePrimitive> refusalIfFull(RequestContext context) {
        RequestPrimitive request = context.request();
        return queue.results().targets(request, context.originator()).stream().filter(target -> !queue.hasRoom(target))
                .findFirst().map(target -> Busy.refusal(request, "as much waits for " + target + " as is allowed"));
    }

    private void enqueue(ResourceWriter writer, RequestContext context, ResponsePrimitive response, ResponsePrimitive accepted) {
        Optional<String> key = context.hop().deliveryKey().map(delivery -> delivery + " accepted");
        if (key.flatMap(writer::storedResponse).isPresent()) {
            return;
        }
        queue.results().items(context.request(), context.originator(), response, context.now(), context.now().plus(queue.life()))
                .forEach(item -> queue.enqueue(writer, item));
        key.ifPresent(accepting -> writer.storeResponse(accepting, accepted,
                context.now().plus(settings.storedResponse()).toEpochMilli()));
    }
}
