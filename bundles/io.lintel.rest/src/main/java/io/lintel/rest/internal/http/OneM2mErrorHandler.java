// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
        String reason = reason(cause, message == null ? "" : message.toString(), status);
        int rsc = status >= 500 ? 5000 : HttpStatusCodes.toRsc(status, Operation.RETRIEVE);
        String requestIdentifier = request.getHeaders().get(Headers.REQUEST_ID);
        ResponsePrimitive answer = ResponsePrimitive.builder(rsc, requestIdentifier == null ? "" : requestIdentifier)
                .content(Content.debugInfo(printable(reason))).build();
        ResponseWriter.write(answer, MediaTypes.Negotiated.plain(Serialization.JSON), new ResponseWriter.Context("",
                request.getMethod(), Head.of(request.getHeaders()), PLAIN), status, response, callback);
        return true;
    }

    /** What was said first that is more than the name of the status; nothing is said of a target that can't be taken apart. */
    private static String reason(Object cause, String message, int status) {
        String name = HttpStatus.getMessage(status);
        List<String> said = new ArrayList<>();
        for (Throwable at = cause instanceof Throwable thrown ? thrown : null; at != null; at = at.getCause()) {
            said.add(at instanceof HttpException failure ? failure.getReason() : null);
        }
        said.add(message);
        return said.stream().filter(text -> text != null && !text.isBlank() && !text.equals(name)).findFirst()
                .orElse(status == HttpStatus.BAD_REQUEST_400 ? "the request target is no path with valid escapes" : name);
    }

    /** Jetty's own choice, if it made one. */
    private static int errorStatus(Response response) {
        return response.getStatus() < 400 ? HttpStatus.INTERNAL_SERVER_ERROR_500 : response.getStatus();
    }

    private static String printable(String reason) {
        return new String(reason.getBytes(StandardCharsets.US_ASCII), StandardCharsets.US_ASCII);
    }
}
