// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.ResourceReferences;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Makes the NOTIFY requests of subscriptions (TS-0004 7.4.8, 7.5.1.2): events, verification, notice of deletion. Any thread. */
public final class Notifications {
    static final String NOTIFICATION = "m2m:sgn";
    static final String AGGREGATED = "m2m:agn";
    private static final int ALL_ATTRIBUTES = 1;
    private static final int MODIFIED_ATTRIBUTES = 2;
    private static final int RESOURCE_ID = 3;
    private static final int TIME_SERIES_NOTIFICATION = 5;

    private final EntityIds ids;
    private final ResourceReferences references;
    private final String releaseVersion;

    public Notifications(EntityIds ids, String releaseVersion) {
        this.ids = ids;
        this.references = new ResourceReferences(ids);
        this.releaseVersion = releaseVersion;
    }

    /** The notification object of an event; the same for all targets of the subscription. */
    Content event(ResourceReader reader, Resource subscription, String reference, ResourceEvent event) {
        Attributes.Builder notified = Attributes.builder().set("rep", representation(reader, subscription, event));
        if (SubscriptionCriteria.of(subscription.attributes()).watchesOperations()) {
            notified.set("om", Attributes.builder().set("op", event.context().request().operation().code())
                    .set("or", ids.spRelative(event.context().originator())).build());
        } else {
            notified.set("net", event.kind().code());
        }
        return new Content(NOTIFICATION, Attributes.builder().set("nev", notified.build()).set("sur", reference)
                .set("cr", subscription.text("cr").map(ids::spRelative)).set("nfu", subscription.text("nfu")).build());
    }

    /** Several notifications in one. */
    static Content aggregated(List<Content> notifications) {
        return new Content(AGGREGATED, Attributes.of(NOTIFICATION, notifications.stream().map(Content::attributes).toList()));
    }

    /** Tells the target of a cross resource subscription that all it is about has happened. */
    Content crossResource(String reference, Optional<String> creator) {
        return new Content(NOTIFICATION, Attributes.builder().set("sur", reference).set("cr", creator.map(ids::spRelative))
                .build());
    }

    private Attributes representation(ResourceReader reader, Resource subscription, ResourceEvent event) {
        Resource about = event.affected();
        if (event.kind() == ResourceEvent.Kind.UPDATE_ASKED) {
            return Attributes.of(about.memberName(), event.modified());
        }
        int contentType = subscription.attributes().number("nct").map(Long::intValue).orElse(ALL_ATTRIBUTES);
        return switch (contentType) {
            case MODIFIED_ATTRIBUTES -> Attributes.of(about.memberName(),
                    event.kind() == ResourceEvent.Kind.UPDATED ? event.modified() : about.attributes());
            case RESOURCE_ID -> Attributes.of("m2m:uri", references.reference(reader, about));
            case TIME_SERIES_NOTIFICATION -> Attributes.of("m2m:tsn", event.modified());
            default -> Attributes.of(about.memberName(), about.attributes());
        };
    }

    /** Asks a target whether it wants the notifications of a subscription that is about to be made. */
    Content verification(Optional<String> reference, String creator) {
        return new Content(NOTIFICATION, Attributes.builder().set("vrq", true).set("sur", reference).set("cr",
                ids.spRelative(creator))
                .build());
    }

    /** Tells {@code su} that the subscription is no more. */
    Content deletion(String reference) {
        return new Content(NOTIFICATION, Attributes.builder().set("sud", true).set("sur", reference).build());
    }

    /** The request that carries a notification object to one target. */
    RequestPrimitive request(String target, Content notification, Optional<Long> eventCategory, Instant now) {
        RequestPrimitive.Builder builder = RequestPrimitive.builder(Operation.NOTIFY, NotificationTarget.parse(target).name())
                .from(ids.identity().cseId()).requestIdentifier(RequestIdentifiers.next())
                .set(RequestParameter.ORIGINATING_TIMESTAMP, Timestamps.format(now));
        eventCategory.ifPresent(category -> builder.set(RequestParameter.EVENT_CATEGORY, category));
        return builder.set(RequestParameter.RELEASE_VERSION_INDICATOR, releaseVersion).content(notification).build();
    }
}
