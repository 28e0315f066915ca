// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.CseIdentity;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/**
 * S-type AE-ID stems, which only the IN-CSE assigns (TS-0001 10.2.2.2 case b and c): the registrar creates or updates
 * an {@code <AEAnnc>} there, whose resource ID is the stem. The IN-CSE is taken to be this CSE's registrar.
 */
final class InfrastructureStems {
    private static final int AE_ANNC = 10002;

    private final CseIdentity identity;
    private final RegistrationView registrations;
    private final Forwarding forwarding;

    InfrastructureStems(CseIdentity identity, RegistrationView registrations, Forwarding forwarding) {
        this.identity = identity;
        this.registrations = registrations;
        this.forwarding = forwarding;
    }

    /** Completes with the stem; fails with the IN-CSE's refusal, or 5001 when there is no IN-CSE to ask. */
    CompletionStage<String> obtain(RequestContext context, Attributes requested) {
        String wish = context.originator();
        String registrar = registrations.registrar().orElseThrow(() -> Refusals.notImplemented(
                "an AE-ID of type S is assigned by the IN-CSE, and this CSE is not registered at one: register with C"));
        String credential = context.hop().credential().orElse("");
        Attributes common = Attributes.builder().set("lbl",
                List.of("Credential-ID:" + (credential.isEmpty() ? "None" : credential)))
                .set("lnk", identity.cseId() + "/" + wish).build();
        boolean stemGiven = wish.length() > 1;
        if (!stemGiven) {
            return send(create(wish, registrar, requested, common), context).thenApply(response -> assigned(wish, response));
        }
        RequestPrimitive update = RequestPrimitive.builder(Operation.UPDATE, registrar + "/" + wish)
                .content(new Content("m2m:aeA", common)).build();
        return send(update, context).thenCompose(response -> response.statusCode() == 4004
                ? send(create(wish, registrar, requested, common), context).thenApply(created -> assigned(wish, created))
                : java.util.concurrent.CompletableFuture.completedFuture(confirmed(wish, response)));
    }

    private RequestPrimitive create(String wish, String registrar, Attributes requested, Attributes common) {
        Attributes content = common.toBuilder().set("api", requested.get("api")).build();
        return RequestPrimitive.builder(Operation.CREATE, registrar).resourceType(AE_ANNC)
                .content(new Content("m2m:aeA", content)).build();
    }

    private CompletionStage<ResponsePrimitive> send(RequestPrimitive request, RequestContext context) {
        String originator = identity.cseId() + "/" + context.originator();
        RequestPrimitive complete = request.toBuilder().from(originator).requestIdentifier(UUID.randomUUID().toString())
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, context.request().releaseVersionIndicator().orElse("2a"))
                .build();
        return forwarding.forward(complete, originator, context.hop(), io.lintel.primitive.Address.parse(complete.to()));
    }

    private static String assigned(String wish, ResponsePrimitive response) {
        refuseFailure(wish, response);
        String stem = response.content().flatMap(content -> content.attributes().text("ri")).orElse("");
        String last = stem.substring(stem.lastIndexOf('/') + 1);
        if (!last.startsWith("S") || last.length() < 2 || wish.length() > 1 && !last.equals(wish)) {
            throw Refusals.notImplemented("the IN-CSE assigned no AE-ID stem of type S but " + stem);
        }
        return last;
    }

    private static String confirmed(String wish, ResponsePrimitive response) {
        refuseFailure(wish, response);
        return wish;
    }

    private static void refuseFailure(String wish, ResponsePrimitive response) {
        if (!response.isSuccess()) {
            String text = response.content().filter(c -> c.value() instanceof String).map(c -> ": " + c.value()).orElse("");
            throw new PrimitiveException(response.status().orElse(io.lintel.primitive.ResponseStatusCode.NOT_IMPLEMENTED),
                    "the IN-CSE refused AE-ID " + wish + " with " + response.statusCode() + text);
        }
    }
}
