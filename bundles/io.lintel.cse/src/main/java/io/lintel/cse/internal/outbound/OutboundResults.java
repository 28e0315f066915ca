// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.delivery.AggregatedRequests;
import io.lintel.cse.internal.notification.NotificationTarget;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.cse.internal.request.StoredContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the notifications by which the result of an accepted request is told (TS-0001 8.2.2.3): to the targets that its
 * {@code rt} names, else to its originator; none for noResponse. Stateless.
 */
public final class OutboundResults {
    private static final String RESULT = "m2m:rsp";
    private static final int ASYNCH = 2;

    private final EntityIds ids;
    private volatile RequestOutcomes outcomes = RequestOutcomes.NONE;

    public OutboundResults(EntityIds ids) {
        this.ids = ids;
    }

    /** From now on these are told what becomes of requests for which a resource stands. */
    public void tell(RequestOutcomes listeners) {
        outcomes = listeners;
    }

    public RequestOutcomes outcomes() {
        return outcomes;
    }

    /** Who is told the result of a request; the administrator, who is nowhere, only if {@code rt} names targets. */
    public List<String> targets(RequestPrimitive request, String originator) {
        if (request.parameters().object("rt").filter(rt -> rt.has("nu")).isPresent()) {
            return request.notificationTargets();
        }
        return originator.equals(ids.identity().administrator()) || originator.isEmpty() ? List.of() : List.of(originator);
    }

    /**
     * None for a request that wants no response.
     *
     * @param until when the result is of no use any more, besides what {@code rset} says
     */
    public List<OutboundItem> items(RequestPrimitive request, String originator, ResponsePrimitive response, Instant now,
            Instant until) {
        List<OutboundItem> items = new ArrayList<>();
        if (request.responseType() != ASYNCH) {
            return items;
        }
        long expiration = expiration(request, now, until);
        for (String target : targets(request, originator)) {
            items.add(new OutboundItem(0, target, notification(request, target, response), "", expiration,
                    OutboundItem.Kind.RESULT, EventCategory.rank(request), "", now.toEpochMilli(), 0));
        }
        return items;
    }

    /**
     * What is to be told of an item's outcome: by the resource that stands for the request, if there is one, else by these.
     */
    List<OutboundItem> told(ResourceWriter writer, OutboundItem item, ResponsePrimitive response, Instant now, Duration life) {
        Optional<String> request = RequestOutcomes.requestOf(item);
        if (request.isPresent()) {
            outcomes.completed(writer, request.get(), response);
            return List.of();
        }
        return switch (item.kind()) {
            case REQUEST -> AggregatedRequests.isDelivery(item.request()) ? ofDelivery(item, response, now, now.plus(life))
                    : ofTransit(item, response, now, now.plus(life));
            case EXECUTION -> items(item.request(), StoredContext.originator(item), response, now, now.plus(life));
            case NOTIFICATION, RESULT, ANNOUNCEMENT -> List.of();
        };
    }

    /** What a request in transit came to. Its own identifier is in the item's. */
    List<OutboundItem> ofTransit(OutboundItem item, ResponsePrimitive response, Instant now, Instant until) {
        RequestPrimitive request = item.request();
        String first = RequestIdentifiers.carried(ids.identity().cseId(), request.requestIdentifier())
                .orElse(request.requestIdentifier());
        String originator = request.from().flatMap(ids::shorten).orElse("");
        return items(request, originator, response.toBuilder().requestIdentifier(first).build(), now, until);
    }

    /**
     * What becomes of the requests in a delivery that was passed on: nothing is told once the next CSE has them; where it
     * takes no deliveries they go on by themselves; else each has failed.
     */
    private List<OutboundItem> ofDelivery(OutboundItem item, ResponsePrimitive response, Instant now, Instant until) {
        List<OutboundItem> told = new ArrayList<>();
        if (response.isSuccess() || response.statusCode() == ResponseStatusCode.CONFLICT.code()) {
            return told;
        }
        for (RequestPrimitive request : AggregatedRequests.in(item.request())) {
            if (AggregatedRequests.isUnsupported(response.statusCode())) {
                RequestPrimitive alone = request.toBuilder().remove(RequestParameter.DELIVERY_AGGREGATION).build();
                told.add(new OutboundItem(0, item.target(), alone, item.reason(), RequestTimes.deadline(request, now,
                        Instant.ofEpochMilli(item.expiration())).toEpochMilli(), OutboundItem.Kind.REQUEST,
                        EventCategory.rank(request), "", now.toEpochMilli(), 0));
            } else {
                told.addAll(items(request, request.from().orElse(""), response.toBuilder().requestIdentifier(
                        request.requestIdentifier()).build(), now, until));
            }
        }
        return told;
    }

    private static long expiration(RequestPrimitive request, Instant now, Instant until) {
        Instant base = request.parameters().text("ot").flatMap(Timestamps::parse).orElse(now);
        return request.parameters().get("rset").flatMap(rset -> Timestamps.parseAbsoluteOrRelative(rset.toString(), base))
                .filter(until::isAfter).orElse(until).toEpochMilli();
    }

    private RequestPrimitive notification(RequestPrimitive request, String target, ResponsePrimitive response) {
        Attributes.Builder primitive = response.parameters().toBuilder();
        response.content().ifPresent(content -> primitive.set("pc", Attributes.of(content.name(), content.value())));
        return RequestPrimitive.builder(Operation.NOTIFY, NotificationTarget.parse(target).name())
                .from(ids.identity().cseId()).requestIdentifier(RequestIdentifiers.next())
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, request.releaseVersionIndicator().orElse("2a"))
                .content(new Content(RESULT, primitive.build())).build();
    }
}
