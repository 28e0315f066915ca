// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

import org.eclipse.jetty.http.BadMessageException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;

/** Refusals that Jetty itself makes of what is no HTTP: they carry X-M2M-RSC and a debug text like all others. */
final class OneM2mErrorHandler implements Request.Handler {
    private static final Representation PLAIN = new Representation(EntityTags.NEVER, 0, Optional.empty());

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Object cause = request.getAttribute(ErrorHandler.ERROR_EXCEPTION);
        Object message = request.getAttribute(ErrorHandler.ERROR_MESSAGE);
        int status = cause instanceof HttpException failure ? failure.getCode() : errorStatus(response);
        String reason = cause instanceof BadMessageException bad && bad.getReason() != null ? bad.getReason()
                : message != null ? message.toString() : HttpStatus.getMessage(status);
        int rsc = status >= 500 ? 5000 : HttpStatusCodes.toRsc(status, Operation.RETRIEVE);
        String requestIdentifier = request.getHeaders().get(Headers.REQUEST_ID);
        ResponsePrimitive answer = ResponsePrimitive.builder(rsc, requestIdentifier == null ? "" : requestIdentifier)
                .content(Content.debugInfo(printable(reason))).build();
        ResponseWriter.write(answer, MediaTypes.Negotiated.plain(Serialization.JSON), new ResponseWriter.Context("",
                request.getMethod(), Head.of(request.getHeaders()), PLAIN), status, response, callback);
        return true;
    }

    /** Jetty's own choice, if it made one. */
    private static int errorStatus(Response response) {
        return response.getStatus() < 400 ? HttpStatus.INTERNAL_SERVER_ERROR_500 : response.getStatus();
    }

    private static String printable(String reason) {
        return new String(reason.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII);
    }
}
