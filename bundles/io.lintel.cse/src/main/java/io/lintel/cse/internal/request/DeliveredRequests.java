// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.delivery.DeliveryRules;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import java.util.Optional;

/**
 * Requests that come in a {@code <delivery>} are looked at as if each had come by itself over the same hop: who sent them,
 * what they carry, what is served (TS-0004 7.3.2.1). Access is decided when each is executed. On the writer's thread.
 */
public final class DeliveredRequests implements DeliveryRules.Executions {
    private final RequestChecks checks;
    private final OriginatorCheck originators;
    private final Accepting accepting;

    /** Puts a request among those that are executed, in the task under way. */
    public interface Accepting {
        void accept(ResourceWriter writer, RequestContext request, String key);
    }

    public DeliveredRequests(RequestChecks checks, OriginatorCheck originators, Accepting accepting) {
        this.checks = checks;
        this.originators = originators;
        this.accepting = accepting;
    }

    @Override
    public RequestContext admit(RequestContext delivery, RequestPrimitive request) {
        checks.beforeOriginator(request, delivery.now());
        String originator = originators.check(request, delivery.hop());
        checks.operation(request);
        checks.hosted(request);
        Hop hop = delivery.hop();
        Hop once = new Hop(hop.binding(), hop.peer(), hop.loopback(), hop.secured(), hop.verified(), hop.originator(),
                hop.credential(), Optional.empty(), true, hop.permitted());
        return new RequestContext(request, originator, once, delivery.now());
    }

    @Override
    public void requireSource(RequestContext delivery, String source) {
        originators.check(RequestPrimitive.builder(Operation.RETRIEVE, delivery.request().to()).from(source)
                .requestIdentifier(delivery.request().requestIdentifier()).build(), delivery.hop());
    }

    @Override
    public void accept(ResourceWriter writer, RequestContext request, String key) {
        accepting.accept(writer, request, key);
    }
}
