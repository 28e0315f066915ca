// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.Content;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Serialization;
import io.lintel.rest.internal.mapping.CseLink;

/**
 * Serves HTTP requests: reads the primitive on Jetty's thread, hands it to the CSE, writes the answer when it comes.
 * An answer that comes later than the call is encoded on Jetty's pool, so that the CSE's writer is free at once.
 */
final class OneM2mHandler extends Handler.Abstract.NonBlocking {
    private static final Logger LOG = LoggerFactory.getLogger(OneM2mHandler.class);

    private final CseLink cse;
    private final RequestReader reader;
    private final String prefix;
    private final ListenerLimits limits;
    private final int maxBodyBytes;
    private final Representation representation;
    private final Hops hops;

    OneM2mHandler(CseLink cse, String prefix, ListenerLimits limits, int maxBodyBytes, Representation representation, Hops hops) {
        this.cse = cse;
        this.reader = new RequestReader(prefix);
        this.prefix = prefix;
        this.limits = limits;
        this.maxBodyBytes = maxBodyBytes;
        this.representation = representation;
        this.hops = hops;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Exchange exchange = new Exchange(request, response, callback);
        String method = request.getMethod();
        if (representation.origins().isPresent()
                && representation.origins().get().preflight(request, exchange.head, response, callback)) {
            return true;
        }
        if (request.getLength() > maxBodyBytes) {
            exchange.refuse(new BodyReader.TooLarge(maxBodyBytes));
        } else if (!method.equals("POST") && !method.equals("PUT") || request.getLength() == 0) {
            exchange.serve(Optional.empty());
        } else {
            BodyReader reading = new BodyReader(request, maxBodyBytes);
            CompletableFuture<byte[]> body = reading.read();
            if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2) {
                new StreamWatch(request, reading, limits).begin();
            }
            body.whenComplete((bytes, failure) -> {
                if (failure == null) {
                    exchange.serve(bytes.length == 0 ? Optional.empty() : Optional.of(bytes));
                } else if (unwrap(failure) instanceof PrimitiveException refusal) {
                    exchange.refuse(refusal);
                } else {
                    callback.failed(unwrap(failure));
                }
            });
        }
        return true;
    }

    private static Throwable unwrap(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** One request and its answer. */
    private final class Exchange {
        private final Request request;
        private final Response response;
        private final Callback callback;
        private final Head head;
        private MediaTypes.Negotiated form = MediaTypes.Negotiated.plain(Serialization.JSON);

        Exchange(Request request, Response response, Callback callback) {
            this.request = request;
            this.response = response;
            this.callback = callback;
            this.head = Head.of(request.getHeaders());
        }

        void serve(Optional<byte[]> body) {
            RequestPrimitive primitive;
            Hop hop;
            try {
                form = negotiate();
                primitive = reader.read(request, head, body);
                hop = hops.of(request, primitive);
            } catch (PrimitiveException e) {
                refuse(e);
                return;
            } catch (RuntimeException e) {
                LOG.error("Reading {} {} failed", request.getMethod(), request.getHttpURI(), e);
                refuse(new PrimitiveException(ResponseStatusCode.INTERNAL_SERVER_ERROR, "the request could not be read"));
                return;
            }
            CompletableFuture<ResponsePrimitive> answer = answer(primitive, hop).toCompletableFuture();
            if (answer.isDone()) {
                finish(answer);
            } else {
                request.addIdleTimeoutListener(timeout -> false);
                answer.whenComplete((result, failure) -> request.getContext().execute(() -> finish(answer)));
            }
        }

        private CompletionStage<ResponsePrimitive> answer(RequestPrimitive primitive, Hop hop) {
            if (representation.tags() != EntityTags.NEVER && Preconditions.concern(primitive, head)) {
                return Preconditions.serve(primitive, head, form.serialization(),
                        each -> cse.handle(each, hops.of(request, each)));
            }
            return hops.needCse() && cse.identity().isEmpty()
                    ? CompletableFuture.completedFuture(Busy.refusal(primitive, "the CSE is not available at the moment"))
                    : cse.handle(primitive, hop);
        }

        private void finish(CompletableFuture<ResponsePrimitive> answer) {
            try {
                write(answer.join(), 0);
            } catch (CompletionException e) {
                refuse(e.getCause() instanceof PrimitiveException refusal ? refusal
                        : new PrimitiveException(ResponseStatusCode.INTERNAL_SERVER_ERROR, "it could not be served"));
            }
        }

        /** What the answer shall be written in; refusals before this are JSON. */
        private MediaTypes.Negotiated negotiate() {
            Serialization own = head.contentType == null ? Serialization.JSON : Serialization.ofMediaType(head.contentType)
                    .orElse(Serialization.JSON);
            form = MediaTypes.Negotiated.plain(own);
            return MediaTypes.negotiate(head.accept, own).orElseThrow(() -> new PrimitiveException(
                    ResponseStatusCode.NOT_ACCEPTABLE, "Accept names none of JSON, XML and CBOR: " + head.accept));
        }

        void refuse(PrimitiveException refusal) {
            LOG.debug("Refused {} {}: {}", request.getMethod(), request.getHttpURI(), refusal.getMessage());
            String requestIdentifier = request.getHeaders().get(Headers.REQUEST_ID);
            String release = request.getHeaders().get(Headers.RELEASE_VERSION);
            ResponsePrimitive.Builder answer = ResponsePrimitive.builder(refusal.status(), requestIdentifier == null ? ""
                    : requestIdentifier)
                    .content(Content.debugInfo(refusal.getMessage()));
            if (release != null) {
                answer.set(ResponseParameter.RELEASE_VERSION_INDICATOR, release);
            }
            int telling = refusal instanceof BodyReader.TooLarge ? 413 : refusal instanceof Preconditions.Failed ? 412 : 0;
            write(answer.build(), telling);
        }

        private void write(ResponsePrimitive answer, int telling) {
            try {
                ResponseWriter.write(answer, form, new ResponseWriter.Context(prefix, request.getMethod(), head, representation),
                        telling, response, callback);
            } catch (RuntimeException e) {
                LOG.error("Writing the answer to {} {} failed", request.getMethod(), request.getHttpURI(), e);
                Response.writeError(request, response, callback, e);
            }
        }
    }
}
