// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import io.lintel.primitive.ResponsePrimitive;
import java.util.concurrent.CompletionStage;

/**
 * What stands around each operation on a hosted resource, such as dynamic authorisation: it starts the work, once or, after
 * a refusal, again, and sees the response. On the door's thread, which it does not block.
 */
public interface Around {

    /** The operation; throws or completes with the refusal. */
    interface Work {
        CompletionStage<ResponsePrimitive> start(RequestContext context);
    }

    CompletionStage<ResponsePrimitive> serve(RequestContext context, Work work);
}
