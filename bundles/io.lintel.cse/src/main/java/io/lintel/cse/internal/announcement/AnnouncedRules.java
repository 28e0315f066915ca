// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.announcement;

import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.access.AnnouncedResources;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.outbound.Forwarding;
import io.lintel.cse.internal.registration.AeAnncRules;
import io.lintel.cse.internal.registration.AnnouncedAe;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.cse.internal.type.TypeRules;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Announced resources at the CSE that hosts them (TS-0001 10.2.18, TS-0004 7.4.31): made and changed by the original's own
 * CSE, which {@code lnk} names. Where {@code ast} says bi-directional (R4), others may change them by the policies, and the
 * original is changed first. An {@code <AEAnnc>} below the CSEBase keeps an AE-ID stem and has rules of its own.
 */
public final class AnnouncedRules implements TypeRules {
    private final EntityIds ids;
    private final AeAnncRules stems;
    private final Forwarding forwarding;

    public AnnouncedRules(EntityIds ids, AeAnncRules stems, Forwarding forwarding) {
        this.ids = ids;
        this.stems = stems;
        this.forwarding = forwarding;
    }

    @Override
    public boolean prepares() {
        return true;
    }

    @Override
    public CompletionStage<Void> prepareUpdate(RequestContext context, Resource target, Attributes changes) {
        boolean follows = changes.has("lnk") || changes.has("ast") || changes.has("et");
        boolean bothWays = AnnouncedResources.isBidirectional(target);
        if (AnnouncedAe.isStem(target, ids.identity()) || isHost(context, target)
                || context.originator().equals(ids.identity().cseId())
                || context.originator().equals(ids.identity().administrator()) && (follows || !bothWays)) {
            return CompletableFuture.completedFuture(null);
        }
        if (!bothWays) {
            return CompletableFuture.failedFuture(notTheHost(context, target));
        }
        if (follows) {
            return CompletableFuture.failedFuture(Refusals.notAllowed("lnk, ast and et of an announced resource follow its"
                    + " original alone"));
        }
        return changeOriginal(context, target, changes);
    }

    private CompletionStage<Void> changeOriginal(RequestContext context, Resource target, Attributes changes) {
        String link = target.text("lnk").orElse("");
        String announced = target.memberName();
        int suffix = target.type() == ResourceTypes.ANNOUNCED_OFFSET + ResourceTypes.FLEX_CONTAINER ? "Annc".length() : 1;
        String member = announced.substring(0, announced.length() - suffix);
        RequestPrimitive update = RequestPrimitive.builder(Operation.UPDATE, link).from(ids.identity().cseId())
                .requestIdentifier(RequestIdentifiers.next()).set(RequestParameter.RESULT_CONTENT, 0)
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, "4").content(new Content(member, changes)).build();
        Hop hop = context.hop().deliveryKey().map(key -> Hop.local(RequestContext.SELF, key + " original", context.hop().first()))
                .orElseGet(() -> Hop.local(RequestContext.SELF));
        return forwarding.forward(update, ids.identity().cseId(), hop, Address.parse(link)).thenAccept(answer -> {
            if (!answer.isSuccess()) {
                throw refused(link, answer);
            }
        });
    }

    private static PrimitiveException refused(String link, ResponsePrimitive answer) {
        String why = answer.content().map(Content::value).filter(String.class::isInstance).map(text -> ": " + text).orElse("");
        return new PrimitiveException(answer.status().orElse(ResponseStatusCode.NOT_ACCEPTABLE), "the original " + link
                + " could not be changed, " + answer.statusCode() + why);
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes requested = attributes.build();
        if (AnnouncedAe.makesStem(requested.number("ty").orElse(0L).intValue(), parent)) {
            stems.create(writer, context, parent, attributes);
            return;
        }
        requireLink(context, requested);
        if (requested.number("ty").filter(type -> type == AnnouncedResources.BASE).isPresent()) {
            boolean second = writer.children(parent.id(), AnnouncedResources.BASE, "", Integer.MAX_VALUE).stream()
                    .anyMatch(other -> isHost(context, other));
            if (second) {
                throw Refusals.conflict(context.originator() + " has a CSEBaseAnnc here already");
            }
        }
    }

    private void requireLink(RequestContext context, Attributes announced) {
        String link = announced.text("lnk").orElse("");
        boolean host = AnnouncedResources.host(ids, announced).filter(context.originator()::equals).isPresent();
        if (!EntityIds.isCseForm(context.originator())) {
            throw Refusals.noPrivilege("a resource is announced by its CSE, not by " + context.originator());
        }
        if (!host) {
            throw Refusals.badRequest("lnk has to lead to the original at " + context.originator() + ", not to " + link);
        }
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        if (AnnouncedAe.isStem(before, ids.identity())) {
            stems.update(writer, context, before, changes, after);
        } else if (changes.has("lnk")) {
            requireLink(context, changes);
        }
    }

    private boolean isHost(RequestContext context, Resource announced) {
        return AnnouncedResources.host(ids, announced.attributes()).filter(context.originator()::equals).isPresent();
    }

    private static PrimitiveException notTheHost(RequestContext context, Resource target) {
        return Refusals.noPrivilege("only the original's CSE, " + target.text("lnk").orElse("") + ", changes " + target.id()
                + ", not " + context.originator());
    }
}
