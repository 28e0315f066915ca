// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.group;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.ResourceReferences;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.notification.NotificationTarget;
import io.lintel.cse.internal.operation.ResultContents;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Subscriptions that were made through a group with {@code nfu} (TS-0001 10.2.7.12, TS-0004 7.4.14.3): at the members they
 * name the group as their target; what comes here is gathered by the group's {@code nar}, goes to {@code nfu} as one
 * aggregated notification, and what is answered there is the answer to each of them. Nothing is acknowledged before, so
 * nothing is lost with this process: its sender tries again. Any thread; holds none.
 */
public final class GroupNotifications {
    private static final String NOTIFICATION = "m2m:sgn";
    private static final String AGGREGATED = "m2m:agn";
    static final int MOST_WAITING = 10_000;

    private final ResourceStore store;
    private final TargetResolver resolver;
    private final EntityIds ids;
    private final ResourceReferences references;
    private final CseSettings settings;
    private final OutboundEnqueuing queue;
    private final Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> internal;
    private final Clock clock;
    private final Map<Key, Batch> batches = new HashMap<>();
    private int waiting;

    private record Key(String group, String target) {
    }

    private record Waiting(RequestPrimitive request, CompletableFuture<ResponsePrimitive> answer) {
    }

    /** What waits to go to one target together. */
    private record Batch(Instant due, long full, List<Attributes> notifications, List<Waiting> senders) {
    }

    GroupNotifications(ResourceStore store, TargetResolver resolver, EntityIds ids, CseSettings settings,
            OutboundEnqueuing queue, Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> internal, Clock clock) {
        this.store = store;
        this.resolver = resolver;
        this.ids = ids;
        this.references = new ResourceReferences(ids);
        this.settings = settings;
        this.queue = queue;
        this.internal = internal;
        this.clock = clock;
    }

    /**
     * The request as the members get it: a subscription with {@code nfu} names the group instead of its target. Fails with
     * 5204 if the target in {@code nfu} does not want the notifications.
     */
    CompletionStage<RequestPrimitive> throughGroup(RequestContext context, Resource group) {
        RequestPrimitive request = context.request();
        Optional<Content> subscription = request.content().filter(content -> content.name().equals("m2m:sub")
                && (request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE));
        Optional<String> target = subscription.flatMap(content -> content.attributes().text("nfu"));
        if (target.isEmpty()) {
            return CompletableFuture.completedFuture(request);
        }
        Content redirected = new Content("m2m:sub", subscription.get().attributes().toBuilder()
                .set("nu", List.of(references.reference(store, group))).set("nfu", spRelative(target.get())).build());
        return verify(context, group, target.get()).thenApply(agreed -> request.toBuilder().content(redirected).build());
    }

    /** Targets named by their short IDs are those of this CSE, also elsewhere. */
    private String spRelative(String target) {
        boolean uri = NotificationTarget.parse(target).uri().isPresent();
        return uri ? target : ids.spRelative(target);
    }

    private CompletionStage<Void> verify(RequestContext context, Resource group, String target) {
        NotificationTarget named = NotificationTarget.parse(target);
        boolean itself = ids.shorten(named.name()).filter(context.originator()::equals).isPresent();
        if (named.uri().isPresent() || itself || !queue.verifiesTargets()) {
            return CompletableFuture.completedFuture(null);
        }
        Attributes question = Attributes.builder().set("vrq", true).set("sur", references.reference(store, group))
                .set("cr", ids.spRelative(context.originator())).build();
        return internal.apply(notify(named.name(), new Content(NOTIFICATION, question))).thenAccept(response -> {
            if (!response.isSuccess()) {
                throw new PrimitiveException(ResponseStatusCode.SUBSCRIPTION_VERIFICATION_INITIATION_FAILED,
                        "notification forwarding target " + target + " could not be verified: it answered "
                                + response.statusCode());
            }
        });
    }

    private RequestPrimitive notify(String to, Content content) {
        return RequestPrimitive.builder(Operation.NOTIFY, to).from(ids.identity().cseId())
                .requestIdentifier(RequestIdentifiers.next()).set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a")
                .content(content).build();
    }

    /** A notification to the group itself: from the host of a member, about a subscription that was made through the group. */
    public CompletionStage<ResponsePrimitive> handle(RequestContext context, Resource group) {
        Content content = context.request().content().orElseThrow();
        if (!content.name().equals(NOTIFICATION)) {
            throw Refusals.badRequest("a group takes notifications of its members' subscriptions, m2m:sgn, not "
                    + content.name());
        }
        requireMember(context, group);
        Attributes notification = content.attributes();
        if (!notification.has("nev")) {
            return CompletableFuture.completedFuture(ResultContents.response(context.request(), ResponseStatusCode.OK).build());
        }
        String target = notification.text("nfu").or(() -> ofSubscription(notification)).orElseThrow(() ->
                Refusals.badRequest("nfu, where the group is to forward the notification, is missing"));
        return gather(context.request(), group, target, notification);
    }

    /** The notification has to come from a CSE that hosts a member. */
    private void requireMember(RequestContext context, Resource group) {
        String sender = EntityIds.isCseForm(context.originator()) ? context.originator() : "";
        boolean member = group.attributes().texts("mid").stream().map(id -> Member.of(store, resolver, id).host(ids))
                .anyMatch(sender::equals);
        if (!member) {
            throw Refusals.noPrivilege(context.originator() + " hosts no member of group " + group.id());
        }
    }

    /** Where a subscription of this CSE wants to be forwarded to, if its notification does not say it. */
    private Optional<String> ofSubscription(Attributes notification) {
        return notification.text("sur").map(Address::parse).filter(address -> !resolver.isTransit(address))
                .flatMap(address -> resolver.find(store, address)).map(Place::resource)
                .filter(found -> found.type() == ResourceTypes.SUBSCRIPTION).flatMap(found -> found.text("nfu"));
    }

    private CompletionStage<ResponsePrimitive> gather(RequestPrimitive request, Resource group, String target,
            Attributes notification) {
        CompletableFuture<ResponsePrimitive> answer = new CompletableFuture<>();
        Key key = new Key(group.id(), target);
        Optional<Batch> full = Optional.empty();
        synchronized (batches) {
            if (waiting >= MOST_WAITING) {
                return CompletableFuture.completedFuture(Busy.refusal(request, MOST_WAITING
                        + " notifications to groups are waiting already"));
            }
            waiting++;
            Batch batch = batches.computeIfAbsent(key, none -> new Batch(clock.instant().plus(duration(group)), number(group),
                    new ArrayList<>(), new ArrayList<>()));
            batch.notifications().add(notification.toBuilder().remove("nfu").build());
            batch.senders().add(new Waiting(request, answer));
            if (batch.senders().size() >= batch.full()) {
                full = Optional.of(batches.remove(key));
            }
        }
        full.ifPresent(batch -> forward(key, batch));
        return answer;
    }

    private static long number(Resource group) {
        return group.attributes().object("nar").flatMap(nar -> nar.number("num")).filter(number -> number > 0)
                .orElseGet(() -> Math.max(1, group.attributes().number("cnm").orElse(1L)));
    }

    /** As long as {@code nar} says, but the senders' patience sets a limit: they wait for the target's answer. */
    private Duration duration(Resource group) {
        Duration most = settings.requestTimeout().dividedBy(2);
        Optional<Object> wanted = group.attributes().object("nar").flatMap(nar -> nar.get("dur"));
        Duration asked = wanted.flatMap(GroupNotifications::read).orElse(most);
        return asked.compareTo(most) < 0 ? asked : most;
    }

    /** A duration, or, from older peers, a number of seconds. */
    private static Optional<Duration> read(Object value) {
        try {
            return Optional.of(value instanceof Long seconds ? Duration.ofSeconds(seconds) : Duration.parse(value.toString()));
        } catch (DateTimeParseException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** Forwards what has waited long enough; every second or so. */
    void tick() {
        Instant now = clock.instant();
        Map<Key, Batch> due = new HashMap<>();
        synchronized (batches) {
            for (Iterator<Map.Entry<Key, Batch>> entries = batches.entrySet().iterator(); entries.hasNext();) {
                Map.Entry<Key, Batch> entry = entries.next();
                if (!entry.getValue().due().isAfter(now)) {
                    due.put(entry.getKey(), entry.getValue());
                    entries.remove();
                }
            }
        }
        due.forEach(this::forward);
    }

    private void forward(Key key, Batch batch) {
        CompletionStage<ResponsePrimitive> answered;
        try {
            NotificationTarget target = NotificationTarget.parse(key.target());
            RequestPrimitive request = notify(target.name(), new Content(AGGREGATED, Attributes.of(NOTIFICATION,
                    batch.notifications())));
            answered = target.uri().isPresent() ? queued(key.target(), request) : internal.apply(request);
        } catch (PrimitiveException e) {
            answered = CompletableFuture.failedFuture(e);
        }
        answered.whenComplete((response, failure) -> {
            synchronized (batches) {
                waiting -= batch.senders().size();
            }
            for (Waiting sender : batch.senders()) {
                if (failure != null) {
                    sender.answer().completeExceptionally(failure);
                } else {
                    sender.answer().complete(response.toBuilder()
                            .requestIdentifier(sender.request().requestIdentifier()).build());
                }
            }
        });
    }

    /** Nobody answers at a URI: what is for one waits on disk like any notification, and that is the answer. */
    private CompletionStage<ResponsePrimitive> queued(String target, RequestPrimitive request) {
        return store.write(writer -> {
            queue.enqueue(writer, new OutboundItem(0, target, request, "", clock.instant().plus(queue.life()).toEpochMilli()));
            return ResultContents.response(request, ResponseStatusCode.OK).build();
        });
    }
}
