// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;

/**
 * Conditions of a change (RFC 9110 13.1): the resource is retrieved in the sender's name, its tag compared, and only then is it
 * changed. In between another may change it; who needs more than that has to keep others away by privileges. What cannot be
 * retrieved is not changed: the refusal of the retrieval is the answer.
 */
final class Preconditions {
    /** The representation is not the one that the sender knows: 412. */
    static final class Failed extends PrimitiveException {
        private static final long serialVersionUID = 1L;

        Failed(String sentence) {
            super(ResponseStatusCode.CONFLICT, sentence);
        }
    }

    private Preconditions() {
    }

    /** Whether a request is to be held against conditions before it is served. */
    static boolean concern(RequestPrimitive request, Head head) {
        return (head.ifMatch != null || head.ifNoneMatch != null)
                && (request.operation() == Operation.UPDATE || request.operation() == Operation.DELETE);
    }

    /**
     * Serves a request if its conditions hold.
     *
     * @param serialization of the representation that the sender compares with
     * @param cse           serves a request
     * @return completes exceptionally with {@link Failed} if they do not hold
     */
    static CompletionStage<ResponsePrimitive> serve(RequestPrimitive request, Head head, Serialization serialization,
            Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> cse) {
        RequestPrimitive.Builder look = RequestPrimitive.builder(Operation.RETRIEVE, request.to())
                .requestIdentifier(request.requestIdentifier());
        request.from().ifPresent(look::from);
        for (RequestParameter parameter : new RequestParameter[] {RequestParameter.RELEASE_VERSION_INDICATOR,
            RequestParameter.TOKENS, RequestParameter.REQUEST_EXPIRATION_TIMESTAMP}) {
            request.parameters().get(parameter.shortName()).ifPresent(value -> look.set(parameter, value));
        }
        return cse.apply(look.build()).thenCompose(seen -> {
            if (!seen.isSuccess() || seen.content().isEmpty()) {
                return CompletableFuture.completedFuture(seen);
            }
            String tag = tag(seen.content().get(), serialization);
            if (head.ifMatch != null && !EntityTags.matches(head.ifMatch, tag, false)) {
                return CompletableFuture.failedFuture(new Failed("If-Match has not the tag of the resource, " + tag));
            }
            if (head.ifNoneMatch != null && EntityTags.matches(head.ifNoneMatch, tag, true)) {
                return CompletableFuture.failedFuture(new Failed("If-None-Match has the tag of the resource, " + tag));
            }
            return cse.apply(request);
        });
    }

    private static String tag(Content content, Serialization serialization) {
        return EntityTags.of(PrimitiveCodec.of(serialization).encodeContent(content), serialization.suffix());
    }
}
