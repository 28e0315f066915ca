// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.Hop;
import io.lintel.primitive.Address;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.util.concurrent.CompletionStage;

/** The transit side: requests whose target is another CSE, and NOTIFY requests for an AE registered here (TS-0004 7.3.2). */
interface Forwarding {

    /**
     * Sends the request one hop on and completes with the response, its identifier being that of {@code request}.
     * Fails with a {@code PrimitiveException}: 4004 no way there, 5103 not reachable, 4008 no answer in time.
     */
    CompletionStage<ResponsePrimitive> forward(RequestPrimitive request, String originator, Hop hop, Address target);

    /** Retargets a NOTIFY to an AE registered here: its pointsOfAccess in order, until one answers. */
    CompletionStage<ResponsePrimitive> notifyAe(RequestPrimitive request, String stem);
}
