// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.nonblocking;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.operation.ResultContents;
import io.lintel.primitive.Content;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.Optional;
import java.util.Set;

/**
 * The answers that come before the result (TS-0004 7.3.2, step B): 1001 or 1002 by the response type, 1000 to senders of
 * Release 1 and 2 and to those that want no response; with the address of the {@code <request>} if there is one. Stateless.
 */
public final class Acknowledgements {
    private static final int ASYNCH = 2;
    private static final int FLEX = 4;
    private static final int NO_RESPONSE = 5;
    private static final Set<String> ONE_STATUS_ONLY = Set.of("1", "2");

    private Acknowledgements() {
    }

    /** Whether the result is to be told, and not only kept. */
    public static boolean isAsynchronous(RequestPrimitive request) {
        return request.responseType() == ASYNCH
                || request.responseType() == FLEX && !request.notificationTargets().isEmpty();
    }

    private static ResponseStatusCode status(RequestPrimitive request) {
        if (request.responseType() == NO_RESPONSE || ONE_STATUS_ONLY.contains(request.releaseVersionIndicator().orElse("1"))) {
            return ResponseStatusCode.ACCEPTED;
        }
        return isAsynchronous(request) ? ResponseStatusCode.ACCEPTED_NON_BLOCKING_ASYNCH
                : ResponseStatusCode.ACCEPTED_NON_BLOCKING_SYNCH;
    }

    /** Without a reference. */
    public static ResponsePrimitive of(RequestPrimitive request) {
        return ResultContents.response(request, status(request)).build();
    }

    /** With that of the resource, if there is one. */
    public static ResponsePrimitive of(RequestPrimitive request, RequestResources requests, Optional<Resource> resource) {
        return resource.map(kept -> ResultContents.response(request, status(request))
                .content(Content.uri(requests.reference(kept))).build()).orElseGet(() -> of(request));
    }
}
