// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.access.Entitlements;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * A request that has passed the checks on its sender, as the rules of the types see it.
 *
 * @param request    as it came
 * @param originator the sender's ID in its shortest valid form here: AE-ID stem for an AE registered here,
 *                   SP-relative for everyone else
 * @param hop        how it came
 * @param now        the one instant that all timestamps of this request are taken from
 * @param alongside  what has to be on disk together with the change that the request makes
 * @param entitlements what the request proves of its originator: roles and tokens
 */
public record RequestContext(RequestPrimitive request, String originator, Hop hop, Instant now, Alongside alongside,
        Entitlements entitlements) {

    public RequestContext(RequestPrimitive request, String originator, Hop hop, Instant now, Alongside alongside) {
        this(request, originator, hop, now, alongside, Entitlements.NONE);
    }

    /** The sender of requests that this CSE makes itself, also in the name of others. */
    public static final String SELF = "io.lintel.cse";

    public RequestContext(RequestPrimitive request, String originator, Hop hop, Instant now) {
        this(request, originator, hop, now, (writer, response) -> { });
    }

    /** The same request, with what is known of its originator now. */
    public RequestContext with(Entitlements proved) {
        return new RequestContext(request, originator, hop, now, alongside, proved);
    }

    /** Runs in the task that makes the change, after it, with the response. */
    public interface Alongside {
        void write(ResourceWriter writer, ResponsePrimitive response);

        /** What the response consists of until now, if it comes from many; any thread. */
        default void soFar(ResponsePrimitive part) {
        }
    }

    /** The same request, whose parts of a response somebody else is told of. */
    public RequestContext telling(Consumer<ResponsePrimitive> parts) {
        return new RequestContext(request, originator, hop, now, new Alongside() {
            @Override
            public void write(ResourceWriter writer, ResponsePrimitive response) {
                alongside.write(writer, response);
            }

            @Override
            public void soFar(ResponsePrimitive part) {
                parts.accept(part);
            }
        }, entitlements);
    }
}
