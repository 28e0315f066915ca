// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * nonBlockingRequestAsynch without {@code <request>} resources (TS-0001 8.2.2.3): the request is executed, the answer is
 * 1002 without a reference, and the result goes by NOTIFY to the targets that {@code rt} names, or to the originator.
 * The answer waits for the commit, so that an accepted change is not lost; the notification is tried once.
 */
final class AsynchronousResults {
    private static final Logger LOG = LoggerFactory.getLogger(AsynchronousResults.class);

    private final Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> internal;
    private final String cseId;

    AsynchronousResults(Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> internal, String cseId) {
        this.internal = internal;
        this.cseId = cseId;
    }

    /** Refuses targets that are no oneM2M IDs before anything is done for them. */
    static void check(RequestPrimitive request) {
        request.notificationTargets().stream().filter(target -> target.contains("://")).findFirst().ifPresent(target -> {
            throw Refusals.notImplemented("rt: results go to oneM2M targets only, not to " + target);
        });
    }

    CompletionStage<ResponsePrimitive> deliver(RequestContext context, CompletionStage<ResponsePrimitive> result) {
        return result.thenApply(response -> {
            targets(context).forEach(target -> notify(context, target, response));
            return ResultContents.response(context.request(), ResponseStatusCode.ACCEPTED_NON_BLOCKING_ASYNCH).build();
        });
    }

    private static List<String> targets(RequestContext context) {
        boolean named = context.request().parameters().object("rt").filter(rt -> rt.has("nu")).isPresent();
        return named ? context.request().notificationTargets() : List.of(context.originator());
    }

    private void notify(RequestContext context, String target, ResponsePrimitive response) {
        Attributes.Builder primitive = response.parameters().toBuilder();
        response.content().ifPresent(content -> primitive.set("pc", Attributes.of(content.name(), content.value())));
        RequestPrimitive request = RequestPrimitive.builder(Operation.NOTIFY, target).from(cseId)
                .requestIdentifier(RequestIdentifiers.next()).set(RequestParameter.RELEASE_VERSION_INDICATOR,
                        context.request().releaseVersionIndicator().orElse("2a"))
                .content(new Content("m2m:rsp", primitive.build())).build();
        internal.apply(request).thenAccept(answer -> {
            if (!answer.isSuccess()) {
                LOG.debug("result of {} not taken by {}: {}", context.request().requestIdentifier(), target, answer.statusCode());
            }
        });
    }
}
