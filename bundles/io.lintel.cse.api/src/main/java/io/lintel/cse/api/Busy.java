// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import io.lintel.primitive.Content;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;

/**
 * "Not now": the one refusal that asks for the same request again later, because the CSE is full (store, queue) or
 * away. oneM2M has no status of its own for it, so it is 5103 with a debug text that begins with {@code busy:}, which
 * survives every binding and hop. HTTP shows it as 503 with Retry-After, CoAP as 5.03 with Max-Age; MQTT withholds its
 * acknowledgement instead.
 */
public final class Busy {
    /** When to try again, in seconds. */
    public static final int RETRY_AFTER_SECONDS = 2;
    private static final String PREFIX = "busy: ";

    private Busy() {
    }

    /** @param why a sentence for a person, such as "the store is full" */
    public static ResponsePrimitive refusal(RequestPrimitive request, String why) {
        return ResponsePrimitive.refusal(request, new PrimitiveException(ResponseStatusCode.TARGET_NOT_REACHABLE, PREFIX + why));
    }

    /** Whether the response is such a refusal. */
    public static boolean isBusy(ResponsePrimitive response) {
        return response.statusCode() == ResponseStatusCode.TARGET_NOT_REACHABLE.code()
                && response.content().map(Content::value)
                        .filter(text -> text instanceof String s && s.startsWith(PREFIX)).isPresent();
    }
}
