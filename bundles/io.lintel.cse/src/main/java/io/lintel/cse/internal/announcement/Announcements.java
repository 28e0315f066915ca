// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.announcement;

import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.outbound.AnnouncementSending;
import io.lintel.cse.internal.outbound.Forwarding;
import io.lintel.cse.internal.outbound.OutboundEnqueuing;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything about announcing resources of this CSE put together (TS-0001 10.2.18): what the outbound side sends for it,
 * what the requests that ask for it are answered, and the repetition after this CSE had to register anew.
 */
public final class Announcements implements AnnouncementSending {
    private static final Logger LOG = LoggerFactory.getLogger(Announcements.class);
    private static final int PAGE = 200;

    private final ResourceStore raw;
    private final ResourceStore store;
    private final TargetResolver resolver;
    private final Links links;
    private final Announcer announcer;
    private final AnnouncementOutcomes outcomes;
    private final AnnouncementDelivery delivery;
    private final Executor executor;

    /**
     * @param raw the store, whose tasks {@link #store()} watches
     */
    public Announcements(ResourceStore raw, CseSettings settings, TargetResolver resolver, OutboundEnqueuing queue,
            Forwarding forwarding, Clock clock, Executor executor) {
        EntityIds ids = new EntityIds(settings.identity());
        this.raw = raw;
        this.resolver = resolver;
        this.executor = executor;
        this.links = new Links(ids);
        AnnouncedForm form = new AnnouncedForm(ids, resolver, links);
        Duration patience = settings.requestTimeout().dividedBy(2);
        this.outcomes = new AnnouncementOutcomes(clock, patience);
        this.announcer = new Announcer(ids, links, form, queue, outcomes, clock);
        this.delivery = new AnnouncementDelivery(raw, ids, links, form, forwarding, outcomes, clock);
        this.store = new AnnouncingStore(raw, announcer);
        queue.sendAnnouncementsBy(this);
    }

    /** The store that has to be written to so that announced resources follow. */
    public ResourceStore store() {
        return store;
    }

    /** The same rules, with those for {@code at} and {@code aa} around them where a type can be announced. */
    public Map<Integer, TypeRules> around(Map<Integer, TypeRules> rules) {
        Map<Integer, TypeRules> around = new HashMap<>();
        rules.forEach((type, own) -> {
            boolean announceable = type < ResourceTypes.ANNOUNCED_OFFSET
                    && ResourceTypes.ofNumber(type).filter(found -> found.hasAttribute(Links.ANNOUNCE_TO)).isPresent();
            around.put(type, announceable ? new AnnouncingRules(own, links, announcer) : own);
        });
        return around;
    }

    @Override
    public CompletionStage<ResponsePrimitive> send(OutboundItem item) {
        CompletionStage<ResponsePrimitive> answered = delivery.send(item);
        answered.whenComplete((answer, failure) -> {
            if (failure != null || AnnouncementDelivery.isSilence(answer)) {
                delivery.failed(item);
            }
        });
        return answered;
    }

    @Override
    public void settled(ResourceWriter writer, OutboundItem item, Optional<ResponsePrimitive> answer) {
        announcer.settled(writer, item, answer);
    }

    /** The answer to a request that names {@code at} or {@code aa}: with what became of that, as far as it is known soon. */
    public CompletionStage<ResponsePrimitive> heard(RequestContext context, Address address,
            CompletionStage<ResponsePrimitive> answered) {
        boolean asks = context.request().content().filter(content -> content.value() instanceof Attributes)
                .filter(content -> content.attributes().has("at") || content.attributes().has("aa")).isPresent();
        return !asks ? answered : answered.thenCompose(response -> {
            Optional<String> id = response.isSuccess() ? resource(context, address, response) : Optional.empty();
            return id.isEmpty() ? CompletableFuture.completedFuture(response)
                    : outcomes.heard(id.get()).thenApply(heard -> withLinks(response, id.get()));
        });
    }

    private Optional<String> resource(RequestContext context, Address address, ResponsePrimitive response) {
        if (context.request().operation() == Operation.UPDATE) {
            return resolver.find(raw, address).map(Place::resource).map(Resource::id);
        }
        return response.content().map(Content::attributes).flatMap(Announcements::identifier);
    }

    /** {@code ri} of the representation, or of the one inside ({@code rcn} 3). */
    private static Optional<String> identifier(Attributes content) {
        Optional<String> own = content.text("ri");
        return own.isPresent() ? own : content.names().stream().map(content::object).flatMap(Optional::stream)
                .map(inner -> inner.text("ri")).flatMap(Optional::stream).findFirst();
    }

    private ResponsePrimitive withLinks(ResponsePrimitive response, String id) {
        Optional<Resource> now = raw.byId(id);
        Optional<Content> content = response.content().filter(found -> found.value() instanceof Attributes);
        if (now.isEmpty() || content.isEmpty()) {
            return response;
        }
        String member = now.get().memberName();
        Attributes shown = content.get().attributes();
        Attributes corrected = content.get().name().equals(member) ? corrected(shown, now.get())
                : shown.object(member).map(inner -> shown.toBuilder().set(member, corrected(inner, now.get())).build())
                        .orElse(shown);
        return response.toBuilder().content(new Content(content.get().name(), corrected)).build();
    }

    private static Attributes corrected(Attributes shown, Resource now) {
        Attributes.Builder corrected = shown.toBuilder();
        for (String name : List.of("at", "aa")) {
            Optional<Object> value = now.attributes().get(name);
            if (value.isPresent()) {
                corrected.set(name, value.get());
            } else {
                corrected.remove(name);
            }
        }
        return corrected.build();
    }

    /** This CSE had to register anew: what was announced there may have gone with the registration. */
    @Override
    public void registeredAnew(String cse) {
        List<Integer> types = new ArrayList<>();
        ResourceTypes.all().stream().filter(type -> type.hasAttribute(Links.ANNOUNCE_TO) && !isInstance(type))
                .map(ResourceType::number).distinct().forEach(types::add);
        repeat(cse, types, 0, "");
    }

    private static boolean isInstance(ResourceType type) {
        return ResourceTypes.isInstance(type.number());
    }

    private void repeat(String cse, List<Integer> types, int index, String after) {
        if (index == types.size()) {
            return;
        }
        List<Resource> page = raw.ofType(types.get(index), after, PAGE);
        List<Resource> linked = page.stream().filter(found -> links.of(found).containsKey(cse)).toList();
        CompletionStage<?> written = linked.isEmpty() ? CompletableFuture.completedFuture(null) : raw.write(writer -> {
            linked.forEach(found -> repeat(writer, found.id(), cse));
            return null;
        });
        written.whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.warn("not all that is announced to {} could be repeated: {}", cse, failure.toString());
            }
            boolean more = page.size() == PAGE;
            next(() -> repeat(cse, types, more ? index : index + 1, more ? page.get(page.size() - 1).id() : ""));
        });
    }

    private void next(Runnable step) {
        try {
            executor.execute(step);
        } catch (RejectedExecutionException closing) {
            LOG.debug("closing: announcements are not repeated further");
        }
    }

    /** The resource, and the instances in it that are announced there. */
    private void repeat(ResourceWriter writer, String id, String cse) {
        writer.byId(id).filter(found -> links.of(found).containsKey(cse)).ifPresent(found -> {
            announcer.repeat(writer, found, cse);
            for (int type : new int[] {ResourceTypes.CONTENT_INSTANCE, ResourceTypes.TIME_SERIES_INSTANCE,
                    ResourceTypes.FLEX_CONTAINER_INSTANCE}) {
                String after = "";
                List<Resource> page;
                do {
                    page = writer.children(id, type, after, PAGE);
                    for (Resource instance : page) {
                        if (links.of(instance).containsKey(cse)) {
                            announcer.repeat(writer, instance, cse);
                        }
                        after = instance.id();
                    }
                } while (page.size() == PAGE);
            }
        });
    }

    /** What has its time now; every second or so, on the executor. */
    public void tick() {
        outcomes.tick();
    }
}
