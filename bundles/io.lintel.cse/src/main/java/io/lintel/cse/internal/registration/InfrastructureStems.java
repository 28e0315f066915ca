// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.registration;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.CseCore;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.outbound.Forwarding;
import io.lintel.cse.internal.outbound.OutboundEnqueuing;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * S-type AE-ID stems at a CSE that is no IN-CSE: only the IN-CSE assigns them (TS-0001 10.2.2.2 case b and c). The
 * registrar creates or updates an {@code <AEAnnc>} there, whose resource ID is the stem, and later says through the
 * outbound queue what became of the AE. What is asked of it goes by the registrar, if that is another.
 */
public final class InfrastructureStems {
    private static final Logger LOG = LoggerFactory.getLogger(InfrastructureStems.class);
    private static final String RELEASE = "2a";

    private final CseSettings settings;
    private final CseIdentity identity;
    private final RegistrationView registrations;
    private final ResourceStore store;
    private final Forwarding forwarding;
    private final OutboundEnqueuing queue;
    private final Optional<String> infrastructure;
    private final Clock clock;

    public InfrastructureStems(CseSettings settings, RegistrationView registrations, ResourceStore store,
            CseCore.Outbound outbound,
            Clock clock) {
        this.settings = settings;
        this.identity = settings.identity();
        this.registrations = registrations;
        this.store = store;
        this.forwarding = outbound.forwarding();
        this.queue = outbound.queue();
        this.infrastructure = outbound.infrastructure();
        this.clock = clock;
    }

    /**
     * Obtains the stem and has the AE made with it. If that fails after all, the IN-CSE learns that the stem is idle.
     * Fails with the IN-CSE's refusal, or 5103 when there is no IN-CSE that can be asked now.
     */
    CompletionStage<ResponsePrimitive> register(RequestContext context, Attributes requested,
            Function<String, CompletionStage<ResponsePrimitive>> creation) {
        String wish = context.originator();
        String inCse = inCse().orElseThrow(() -> unreachable("this CSE is not registered now"));
        // An "inactive" of an earlier registration that still waits may overtake what is asked now.
        boolean unsettled = !store.outbound(inCse + "/" + wish, 0, 1).isEmpty();
        Attributes announced = announced(context, requested, wish);
        return obtain(context, inCse, wish, requested, announced).thenCompose(stem -> creation.apply(stem)
                .handle((response, failure) -> settled(stem, announced, unsettled, response, failure)).thenCompose(stage ->
                stage));
    }

    /** The IN-CSE, as long as there is a way to it. */
    private Optional<String> inCse() {
        Optional<String> registrar = registrations.registrar();
        return registrar.isEmpty() ? registrar : infrastructure.or(() -> registrar);
    }

    private Attributes announced(RequestContext context, Attributes requested, String stem) {
        String expiration = requested.text("et").orElseGet(() -> Timestamps.format(context.now().plus(settings
                .defaultExpiration())));
        return Attributes.builder().set("lbl", List.of(AnnouncedAe.label(AnnouncedAe.credential(context.hop()))))
                .set("lnk", identity.cseId() + "/" + stem).set("et", expiration).build();
    }

    private CompletionStage<String> obtain(RequestContext context, String inCse, String wish, Attributes requested,
            Attributes announced) {
        RequestPrimitive create = RequestPrimitive.builder(Operation.CREATE, inCse).resourceType(AnnouncedAe.TYPE)
                .content(new Content(AnnouncedAe.MEMBER, announced.toBuilder().set("api", requested.get("api")).build())).build();
        if (wish.length() == 1) {
            return send(create, context).thenApply(response -> assigned(wish, response));
        }
        RequestPrimitive update = RequestPrimitive.builder(Operation.UPDATE, inCse + "/" + wish)
                .content(new Content(AnnouncedAe.MEMBER, announced)).build();
        return send(update, context).thenCompose(response -> response.statusCode() == ResponseStatusCode.NOT_FOUND.code()
                ? send(create, context).thenApply(created -> assigned(wish, created))
                : CompletableFuture.completedFuture(confirmed(wish, response)));
    }

    private CompletionStage<ResponsePrimitive> send(RequestPrimitive request, RequestContext context) {
        String originator = identity.cseId() + "/" + context.originator();
        RequestPrimitive complete = request.toBuilder().from(originator).requestIdentifier(RequestIdentifiers.next())
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, context.request().releaseVersionIndicator().orElse(RELEASE))
                .build();
        return forwarding.forward(complete, originator, Hop.local("io.lintel.cse"), Address.parse(complete.to()));
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
        if (response.isSuccess()) {
            return;
        }
        ResponseStatusCode status = response.status().orElse(ResponseStatusCode.NOT_IMPLEMENTED);
        if (status == ResponseStatusCode.ORIGINATOR_NOT_AUTHENTICATED
                || status == ResponseStatusCode.SECURITY_ASSOCIATION_REQUIRED) {
            throw unreachable("it does not know this CSE now");
        }
        String text = response.content().filter(c -> c.value() instanceof String).map(c -> ": " + c.value()).orElse("");
        throw new PrimitiveException(status, "the IN-CSE refused AE-ID " + wish + " with " + response.statusCode() + text);
    }

    private static PrimitiveException unreachable(String why) {
        return new PrimitiveException(ResponseStatusCode.TARGET_NOT_REACHABLE,
                "an AE-ID of type S is assigned by the IN-CSE, but " + why + ": try again later, or register with C");
    }

    private CompletionStage<ResponsePrimitive> settled(String stem, Attributes announced, boolean unsettled,
            ResponsePrimitive response,
            Throwable failure) {
        CompletionStage<ResponsePrimitive> result = failure == null ? CompletableFuture.completedFuture(response)
                : CompletableFuture.failedFuture(failure);
        if (failure == null && !unsettled) {
            return result;
        }
        Attributes change = failure == null ? announced : Attributes.of("lnk", AnnouncedAe.INACTIVE);
        return store.write(writer -> {
            tell(writer, stem, change);
            return stem;
        }).handle((done, broken) -> {
            if (broken != null) {
                LOG.warn("the IN-CSE can't be told about AE {}: {}", stem, broken.toString());
            }
            return result;
        }).thenCompose(stage -> stage);
    }

    /** The AE is registered here no more; in the task that deletes it. */
    void deregistered(ResourceWriter writer, String stem) {
        tell(writer, stem, Attributes.of("lnk", AnnouncedAe.INACTIVE));
    }

    /** The AE's registration ends at another time than before; in the task that updates it. */
    void prolonged(ResourceWriter writer, Resource ae) {
        ae.text("et").ifPresent(expiration -> tell(writer, ae.id(), Attributes.of("et", expiration)));
    }

    private void tell(ResourceWriter writer, String stem, Attributes change) {
        Optional<String> inCse = inCse();
        if (inCse.isEmpty()) {
            LOG.warn("AE {} has changed, but there is no IN-CSE to tell: this CSE is registered nowhere", stem);
            return;
        }
        String target = inCse.get() + "/" + stem;
        RequestPrimitive update = RequestPrimitive.builder(Operation.UPDATE, target).from(identity.cseId())
                .requestIdentifier(RequestIdentifiers.next()).set(RequestParameter.RELEASE_VERSION_INDICATOR, RELEASE)
                .content(new Content(AnnouncedAe.MEMBER, change)).build();
        long giveUp = clock.instant().plus(settings.defaultExpiration()).toEpochMilli();
        queue.enqueue(writer, new OutboundItem(0, target, update, stem, giveUp));
    }

    /** Whether what waits for the IN-CSE is still true: the AE has not come back since, or gone. */
    public static boolean isWanted(ResourceReader reader, OutboundItem item) {
        boolean inactive = item.request().content().flatMap(content -> content.attributes().text("lnk"))
                .filter(AnnouncedAe.INACTIVE::equals).isPresent();
        boolean registered = reader.byId(item.reason()).filter(resource -> resource.type() == ResourceTypes.AE).isPresent();
        return registered != inactive;
    }
}
