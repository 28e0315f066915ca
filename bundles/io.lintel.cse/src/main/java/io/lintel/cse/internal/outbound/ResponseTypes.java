// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import java.util.List;

/** What becomes of a request's response type ({@code rt}) once a CSE has chosen, and on the next hop. Stateless. */
public final class ResponseTypes {
    private static final int SYNCH = 1;
    private static final int ASYNCH = 2;
    private static final int FLEX = 4;

    private ResponseTypes() {
    }

    /** What is left of flexBlocking once the choice is made. */
    public static RequestPrimitive asynchronous(RequestPrimitive request) {
        return request.responseType() != FLEX ? request : request.toBuilder().set(RequestParameter.RESPONSE_TYPE,
                request.parameters().object("rt").orElseThrow().toBuilder().set("rtv",
                        request.notificationTargets().isEmpty() ? SYNCH : ASYNCH).build()).build();
    }

    /** Whose answer this CSE waits for is asked for it: a reference to something at the next CSE would lead nowhere. */
    static RequestPrimitive answeredHere(RequestPrimitive request) {
        return request.responseType() != SYNCH && request.responseType() != FLEX ? request
                : request.toBuilder().remove(RequestParameter.RESPONSE_TYPE).build();
    }

    /** The response type with other targets of the result; with none, as it is, for they may be left out or be empty. */
    static Attributes resultsTo(RequestPrimitive request, List<String> targets) {
        Attributes responseType = request.parameters().object("rt").orElseThrow();
        return targets.isEmpty() ? responseType : responseType.toBuilder().set("nu", targets).build();
    }
}
