// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.nonblocking;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.operation.ResultContents;
import io.lintel.cse.internal.operation.Writes;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.concurrent.CompletionStage;

/**
 * The result of a request that was sent on asynchronously, as the next CSE tells it to this one (TS-0001 8.2.2.3). Its
 * identifier leads to the {@code <request>} that stands for it here. Called on a door's thread.
 */
public final class ResultReception {
    /** The content of a NOTIFY that tells a result. */
    public static final String RESULT = "m2m:rsp";
    private static final int FIRST_FINAL = 2000;

    private final CseIdentity identity;
    private final RequestResources requests;
    private final Writes writes;

    public ResultReception(CseIdentity identity, RequestResources requests, Writes writes) {
        this.identity = identity;
        this.requests = requests;
        this.writes = writes;
    }

    /** Takes the result; on disk, with what follows from it, before it is acknowledged. */
    public CompletionStage<ResponsePrimitive> handle(RequestContext context) {
        if (!EntityIds.isCseForm(context.originator())) {
            throw Refusals.noPrivilege("the result of a request comes from a CSE, not from " + context.originator());
        }
        ResponsePrimitive result = response(context.request().content().map(Content::attributes).orElse(Attributes.empty()));
        String name = RequestIdentifiers.carrier(identity.cseId(), result.requestIdentifier()).orElseThrow(() ->
                Refusals.badRequest("rqi of the result is that of no request that was sent on from here: "
                        + result.requestIdentifier()));
        return writes.run(context, (writer, effects) -> {
            Resource resource = requests.named(writer, name).orElseThrow(() -> Refusals.badRequest(
                    "nobody waits for the result of " + result.requestIdentifier() + " any more"));
            if (result.statusCode() >= FIRST_FINAL) {
                requests.completed(writer, resource.id(), result);
            }
            return ResultContents.response(context.request(), ResponseStatusCode.OK).build();
        });
    }

    /** A response that was told as content. */
    public static ResponsePrimitive response(Attributes told) {
        int status = told.number("rsc").orElseThrow(() -> Refusals.badRequest("m2m:rsp has no rsc, the response status code"))
                .intValue();
        ResponsePrimitive.Builder response = ResponsePrimitive.builder(status, told.text("rqi").orElseThrow(() ->
                Refusals.badRequest("m2m:rsp has no rqi, the request identifier")));
        for (ResponseParameter parameter : ResponseParameter.values()) {
            told.get(parameter.shortName()).filter(value -> parameter != ResponseParameter.RESPONSE_STATUS_CODE)
                    .ifPresent(value -> response.set(parameter, value));
        }
        told.object("pc").ifPresent(pc -> pc.forEach((name, value) -> response.content(new Content(name, value))));
        return response.build();
    }
}
