// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.access.AccessControl;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.group.GroupNotifications;
import io.lintel.cse.internal.nonblocking.ResultReception;
import io.lintel.cse.internal.operation.Interest;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.outbound.Forwarding;
import io.lintel.cse.internal.type.TypeCatalog;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * NOTIFY for something hosted here: an AE gets it passed on (TS-0004 7.3.2.9); otherwise the rules of few types take them.
 *
 * <p>A CSE that notifies does so for a subscription whose target was verified, so that CSEs need no NOTIFY privilege
 * of their own; everyone else does. In a verification the subscription's creator is held against the policies, too.
 */
public final class HostedNotify {
    private static final Set<String> NOTIFICATIONS = Set.of("m2m:sgn", "m2m:agn", "m2m:rsp", "m2m:seci");

    private final ResourceStore store;
    private final TargetResolver resolver;
    private final AccessControl access;
    private final Forwarding forwarding;
    private final GroupNotifications groups;
    private final EntityIds ids;
    private final TypeCatalog catalog;
    private final Interest interest;
    private final ResultReception results;

    public HostedNotify(ResourceStore store, TargetResolver resolver, AccessControl access, Forwarding forwarding,
            GroupNotifications groups, TypeCatalog catalog, Interest interest, ResultReception results) {
        this.results = results;
        this.catalog = catalog;
        this.interest = interest;
        this.store = store;
        this.resolver = resolver;
        this.access = access;
        this.forwarding = forwarding;
        this.groups = groups;
        this.ids = new EntityIds(access.identity());
    }

    CompletionStage<ResponsePrimitive> handle(RequestContext context, Address address) {
        Place place = resolver.locate(store, address, context.request().to());
        Resource target = place.resource();
        if (!place.isVirtual() && target.type() == ResourceTypes.GROUP) {
            return groups.handle(context, target);
        }
        if (!place.isVirtual() && target.type() == ResourceTypes.CSE_BASE && context.request().content().map(Content::name)
                .filter(ResultReception.RESULT::equals).isPresent()) {
            return results.handle(context);
        }
        TypeRules rules = catalog.rules(target.type());
        if (place.isVirtual() || target.type() != ResourceTypes.AE && !rules.takesNotifications()) {
            throw Refusals.notAllowed(target.memberName() + " takes no notifications, only an AE does");
        }
        checkContent(context);
        Attributes notification = context.request().content().map(Content::attributes).orElse(Attributes.empty());
        boolean verification = notification.flag("vrq").orElse(false);
        boolean permitted = EntityIds.isCseForm(context.originator()) || permits(context, context.originator(), target);
        if (!permitted) {
            throw verification ? new PrimitiveException(ResponseStatusCode.SUBSCRIPTION_HOST_HAS_NO_PRIVILEGE,
                    context.originator() + " has no privilege to notify " + target.id())
                    : access.denied(store, context, target, Operation.NOTIFY);
        }
        if (verification) {
            notification.text("cr").flatMap(creator -> creator(context, creator))
                    .filter(creator -> !permits(context, creator, target)).ifPresent(creator -> {
                        throw new PrimitiveException(ResponseStatusCode.SUBSCRIPTION_CREATOR_HAS_NO_PRIVILEGE,
                                "the creator of the subscription, " + creator + ", has no privilege to notify " + target.id());
                    });
        }
        CompletionStage<ResponsePrimitive> answer = target.type() == ResourceTypes.AE
                ? forwarding.notifyAe(context.request(), target.id()) : rules.notified(context, target);
        return answer.thenApply(response -> {
            if (response.isSuccess()) {
                interest.accessed(ResourceEvent.Kind.NOTIFIED, target, context);
            }
            return response;
        });
    }

    /** Over HTTP, a CREATE whose {@code ty} was forgotten looks like a NOTIFY (TS-0009): no AE is troubled with it. */
    private static void checkContent(RequestContext context) {
        context.request().content().map(Content::name).filter(name -> !NOTIFICATIONS.contains(name)).ifPresent(name -> {
            throw Refusals.badRequest(name + " is no notification; a CREATE needs ty, the resource type");
        });
    }

    /** The creator in its short form here; a bare stem is one of the notifying CSE's. */
    private Optional<String> creator(RequestContext context, String creator) {
        boolean foreignStem = !creator.startsWith("/") && EntityIds.isCseForm(context.originator())
                && !context.originator().equals(access.identity().cseId()) && !creator.startsWith("S");
        return ids.shorten(foreignStem ? context.originator() + "/" + creator : creator);
    }

    private boolean permits(RequestContext context, String originator, Resource target) {
        return access.permits(store, context, originator, target, Operation.NOTIFY.accessControlBit(), Optional.empty());
    }
}
