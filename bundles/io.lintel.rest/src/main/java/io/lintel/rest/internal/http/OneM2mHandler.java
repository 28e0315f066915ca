// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.lintel.cse.api.Binding;
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
    private final int maxBodyBytes;

    OneM2mHandler(CseLink cse, String prefix, int maxBodyBytes) {
        this.cse = cse;
        this.reader = new RequestReader(prefix);
        this.prefix = prefix;
        this.maxBodyBytes = maxBodyBytes;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Exchange exchange = new Exchange(request, response, callback);
        String method = request.getMethod();
        if (request.getLength() > maxBodyBytes) {
            exchange.refuse(new BodyReader.TooLarge(maxBodyBytes));
        } else if (!method.equals("POST") && !method.equals("PUT") || request.getLength() == 0) {
            exchange.serve(Optional.empty());
        } else {
            CompletableFuture<byte[]> body = BodyReader.read(request, maxBodyBytes);
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

    /** How a request came. */
    static Hop hop(Request request) {
        SocketAddress remote = request.getConnectionMetaData().getRemoteSocketAddress();
        boolean loopback = remote instanceof InetSocketAddress address && address.getAddress() != null
                && address.getAddress().isLoopbackAddress();
        return Hop.plain(Binding.HTTP, remote == null ? "unknown" : remote.toString(), loopback);
    }

    /** One request and its answer. */
    private final class Exchange {
        private final Request request;
        private final Response response;
        private final Callback callback;
        private MediaTypes.Negotiated form = MediaTypes.Negotiated.plain(Serialization.JSON);

        Exchange(Request request, Response response, Callback callback) {
            this.request = request;
            this.response = response;
            this.callback = callback;
        }

        void serve(Optional<byte[]> body) {
            RequestPrimitive primitive;
            try {
                form = negotiate();
                primitive = reader.read(request, body);
            } catch (PrimitiveException e) {
                refuse(e);
                return;
            } catch (RuntimeException e) {
                LOG.error("Reading {} {} failed", request.getMethod(), request.getHttpURI(), e);
                refuse(new PrimitiveException(ResponseStatusCode.INTERNAL_SERVER_ERROR, "the request could not be read"));
                return;
            }
            CompletableFuture<ResponsePrimitive> answer = cse.handle(primitive, hop(request)).toCompletableFuture();
            if (answer.isDone()) {
                write(answer.join());
            } else {
                request.addIdleTimeoutListener(timeout -> false);
                answer.whenComplete((result, never) -> request.getContext().execute(() -> write(result)));
            }
        }

        /** What the answer shall be written in; refusals before this are JSON. */
        private MediaTypes.Negotiated negotiate() {
            HttpFields headers = request.getHeaders();
            String contentType = headers.get("Content-Type");
            Serialization own = contentType == null ? Serialization.JSON : Serialization.ofMediaType(contentType)
                    .orElse(Serialization.JSON);
            form = MediaTypes.Negotiated.plain(own);
            String accept = headers.get("Accept") == null ? "" : String.join(",", headers.getValuesList("Accept"));
            return MediaTypes.negotiate(accept, own).orElseThrow(() -> new PrimitiveException(ResponseStatusCode.NOT_ACCEPTABLE,
                    "Accept names none of JSON, XML and CBOR: " + accept));
        }

        void refuse(PrimitiveException refusal) {
            LOG.debug("Refused {} {}: {}", request.getMethod(), request.getHttpURI(), refusal.getMessage());
            HttpFields headers = request.getHeaders();
            String requestIdentifier = headers.get(Headers.REQUEST_ID);
            String release = headers.get(Headers.RELEASE_VERSION);
            ResponsePrimitive.Builder answer = ResponsePrimitive.builder(refusal.status(), requestIdentifier == null ? ""
                    : requestIdentifier)
                    .content(Content.debugInfo(refusal.getMessage()));
            if (release != null) {
                answer.set(ResponseParameter.RELEASE_VERSION_INDICATOR, release);
            }
            write(answer.build(), refusal instanceof BodyReader.TooLarge ? 413 : 0);
        }

        private void write(ResponsePrimitive answer) {
            write(answer, 0);
        }

        private void write(ResponsePrimitive answer, int telling) {
            try {
                ResponseWriter.write(answer, form, prefix, request.getMethod().equals("HEAD"), telling, response, callback);
            } catch (RuntimeException e) {
                LOG.error("Writing the answer to {} {} failed", request.getMethod(), request.getHttpURI(), e);
                Response.writeError(request, response, callback, e);
            }
        }
    }
}
