// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.nonblocking;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;

/**
 * {@code <request>} (TS-0004 7.4.13) in the hands of requests: no CREATE, no UPDATE; a DELETE calls back what has not begun
 * yet, and is refused while the outcome is open. Writer thread.
 */
public final class RequestRules implements TypeRules {
    private final RequestResources requests;

    public RequestRules(RequestResources requests) {
        this.requests = requests;
    }

    @Override
    public void delete(ResourceWriter writer, RequestContext context, Resource target) {
        if (!RequestResources.isOpen(target)) {
            return;
        }
        if (RequestResources.status(target) != RequestResources.PENDING || !requests.recall(writer, target)) {
            throw new PrimitiveException(ResponseStatusCode.UNABLE_TO_RECALL_REQUEST, "the request is under way and can't be"
                    + " called back: its status is " + RequestResources.status(target));
        }
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        requests.gone();
        if (deleted.expiration() <= context.now().toEpochMilli()) {
            requests.expired(writer, deleted, context.now());
        }
    }
}
