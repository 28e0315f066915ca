// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.delivery;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.api.store.StoreFullException;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.outbound.EventCategory;
import io.lintel.cse.internal.outbound.Forwarding;
import io.lintel.cse.internal.outbound.OutboundEnqueuing;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code <delivery>} resource (TS-0001 9.6.11, TS-0004 7.4.11): requests that another CSE hands over together. For this
 * CSE they are executed one after the other, each once, in the names of their originators; for another one the delivery is
 * passed on. All of that is on disk with the acknowledgement. The resource stays until its lifespan is over, because by its
 * name a repetition is known. On the writer's thread.
 */
public final class DeliveryRules implements TypeRules {
    private static final int PAGE = 200;

    private final EntityIds ids;
    private final ResourceStore store;
    private final OutboundEnqueuing queue;
    private final Forwarding forwarding;
    private final Executions executions;
    private final int limit;
    /** All that are here, oldest first; some may be gone. */
    private final Set<String> kept = new LinkedHashSet<>();

    /** The hosting side's part: requests in the names of others. */
    public interface Executions {
        /**
         * Looks at a request as if it had come by itself, over the hop by which the delivery came.
         *
         * @throws PrimitiveException what it is refused with
         */
        RequestContext admit(RequestContext delivery, RequestPrimitive request);

        /** Who the CSE in {@code sr} is; refused if it can't be behind the sender. */
        void requireSource(RequestContext delivery, String source);

        /** Puts a request among those that are executed, by this key, in the task under way. */
        void accept(ResourceWriter writer, RequestContext request, String key);
    }

    /** @param limit most resources at a time */
    public DeliveryRules(CseIdentity identity, ResourceStore store, OutboundEnqueuing queue, Forwarding forwarding,
            Executions executions, int limit) {
        this.ids = new EntityIds(identity);
        this.store = store;
        this.queue = queue;
        this.forwarding = forwarding;
        this.executions = executions;
        this.limit = limit;
    }

    /** Learns which are there; before the first request. */
    public void load() {
        String last = "";
        List<Resource> page;
        do {
            page = store.ofType(AggregatedRequests.TYPE, last, PAGE);
            for (Resource resource : page) {
                last = resource.id();
                kept.add(resource.id());
            }
        } while (page.size() == PAGE);
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes given = attributes.build();
        if (!EntityIds.isCseForm(context.originator())) {
            throw Refusals.notAllowed("a delivery is handed over by a CSE, not by " + context.originator());
        }
        String source = given.text("sr").orElse("");
        if (!EntityIds.isCseForm(source)) {
            throw Refusals.badRequest("sr, the source of a delivery, is no CSE-ID: " + source);
        }
        executions.requireSource(context, source);
        String target = target(given);
        Instant end = lifespan(given, context.now());
        List<RequestPrimitive> requests = AggregatedRequests.read(given.object("arq").orElse(Attributes.empty()));
        for (RequestPrimitive request : requests) {
            if (!forwarding.isOf(request, target)) {
                throw Refusals.badRequest("the delivery is for " + target + ", but one of its requests is for " + request.to());
            }
        }
        makeRoom(writer, context.now());
        attributes.set("st", 0).set("et", earlier(given.text("et"), end));
        traced(given).ifPresent(traced -> attributes.set("dmd", traced));
    }

    private String target(Attributes given) {
        String target = ids.spRelative(given.text("tg").orElse(""));
        if (!EntityIds.isCseForm(target)) {
            throw Refusals.badRequest("tg, the target of a delivery, is no CSE-ID: " + target);
        }
        return target;
    }

    private static Instant lifespan(Attributes given, Instant now) {
        String text = given.text("ls").orElse("");
        Instant end = Timestamps.parse(text).orElseThrow(() -> Refusals.badRequest("ls is no timestamp: " + text));
        if (!end.isAfter(now)) {
            throw Refusals.badRequest("ls, the lifespan of the delivery, is over already: " + text);
        }
        return end;
    }

    private static String earlier(Optional<String> expiration, Instant end) {
        return expiration.filter(text -> Timestamps.parse(text).filter(end::isAfter).isPresent())
                .orElse(Timestamps.format(end));
    }

    /** With this CSE among those that the delivery has passed, if it is traced. */
    private Optional<Attributes> traced(Attributes given) {
        return given.object("dmd").filter(meta -> meta.flag("tcop").orElse(false)).map(meta -> {
            List<String> passed = new ArrayList<>(meta.texts("tcin"));
            passed.add(ids.identity().cseId());
            return meta.toBuilder().set("tcin", passed).build();
        });
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        kept.add(created.id());
        String target = target(created.attributes());
        Instant end = lifespan(created.attributes(), context.now());
        if (!target.equals(ids.identity().cseId())) {
            passOn(writer, context, created);
            return;
        }
        int index = 0;
        for (RequestPrimitive request : requests(created)) {
            String key = AggregatedRequests.key(created.id(), String.valueOf(index++));
            try {
                executions.accept(writer, executions.admit(context, request), key);
            } catch (PrimitiveException refusal) {
                queue.results().items(request, request.from().orElse(""), ResponsePrimitive.refusal(request, refusal),
                        context.now(), end).forEach(item -> queue.enqueue(writer, item));
            }
        }
    }

    private static List<RequestPrimitive> requests(Resource delivery) {
        return AggregatedRequests.read(delivery.attributes().object("arq").orElse(Attributes.empty()));
    }

    private void passOn(ResourceWriter writer, RequestContext context, Resource delivery) {
        Attributes attributes = delivery.attributes();
        Attributes content = AggregatedRequests.head(attributes).toBuilder().set("rn", AggregatedRequests.name(
                ids.identity().cseId(), delivery.id())).set("arq", attributes.get("arq")).build();
        pass(writer, context, delivery, Operation.CREATE, Optional.of(content), AggregatedRequests.key(delivery.id()));
    }

    /** A request about a delivery to the next CSE; where exactly it goes is settled when it is sent. */
    private void pass(ResourceWriter writer, RequestContext context, Resource delivery, Operation operation,
            Optional<Attributes> content, String key) {
        Attributes attributes = delivery.attributes();
        RequestPrimitive.Builder request = RequestPrimitive.builder(operation, target(attributes))
                .from(ids.identity().cseId()).requestIdentifier(RequestIdentifiers.next())
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, context.request().releaseVersionIndicator().orElse("2a"));
        attributes.number("ec").ifPresent(category -> request.set(RequestParameter.EVENT_CATEGORY, category));
        if (operation == Operation.CREATE) {
            request.resourceType(AggregatedRequests.TYPE).set(RequestParameter.RESULT_CONTENT, 0);
        }
        content.ifPresent(given -> request.content(new Content(AggregatedRequests.MEMBER, given)));
        RequestPrimitive outgoing = request.build();
        forwarding.acceptOwn(writer, context, outgoing, lifespan(attributes, Instant.EPOCH), key,
                EventCategory.rank(outgoing));
    }

    /** Room is made by what has been done with; there is no other as long as as many are under way as may be. */
    private void makeRoom(ResourceWriter writer, Instant now) {
        if (kept.size() < limit) {
            return;
        }
        for (Iterator<String> oldest = kept.iterator(); oldest.hasNext();) {
            Optional<Resource> delivery = writer.byId(oldest.next());
            if (delivery.isPresent() && isUnderWay(writer, delivery.get())) {
                continue;
            }
            delivery.ifPresent(done -> writer.update(done.with(done.attributes().toBuilder()
                    .set("et", Timestamps.format(now)).build(), now.toEpochMilli())));
            oldest.remove();
            return;
        }
        throw new StoreFullException("there are as many <delivery> resources as are allowed, and all are under way");
    }

    private static boolean isUnderWay(ResourceWriter writer, Resource delivery) {
        return !waiting(writer, delivery).isEmpty();
    }

    private static List<OutboundItem> waiting(ResourceWriter writer, Resource delivery) {
        List<OutboundItem> waiting = new ArrayList<>();
        writer.outboundLatest(AggregatedRequests.key(delivery.id())).ifPresent(waiting::add);
        int count = delivery.attributes().object("arq").map(requests -> requests.objects("rqp").size()).orElse(0);
        for (int i = 0; i < count; i++) {
            writer.outboundLatest(AggregatedRequests.key(delivery.id(), String.valueOf(i))).ifPresent(waiting::add);
        }
        return waiting;
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        Attributes changed = after.build();
        after.set("et", earlier(changes.text("et"), lifespan(changed, context.now())));
        if (changes.has("dmd")) {
            traced(changed).ifPresent(traced -> after.set("dmd", traced));
        }
    }

    /** What waits here waits as is said now; where the delivery has gone already the change follows it. */
    @Override
    public void updated(ResourceWriter writer, RequestContext context, Resource before, Resource after) {
        if (target(after.attributes()).equals(ids.identity().cseId())) {
            return;
        }
        Optional<OutboundItem> waits = writer.outboundLatest(AggregatedRequests.key(after.id()));
        if (waits.isPresent() && queue.recall(writer, waits.get())) {
            passOn(writer, context, after);
            return;
        }
        Attributes head = AggregatedRequests.head(after.attributes()).toBuilder().remove("sr").remove("tg").build();
        pass(writer, context, after, Operation.UPDATE, Optional.of(head), AggregatedRequests.key(after.id(), "update"));
    }

    /** A DELETE calls back what has not begun, here or at the next CSE. */
    @Override
    public void delete(ResourceWriter writer, RequestContext context, Resource target) {
        boolean here = target(target.attributes()).equals(ids.identity().cseId());
        boolean recalled = false;
        for (OutboundItem item : waiting(writer, target)) {
            recalled |= queue.recall(writer, item);
        }
        if (!here && !recalled && lifespan(target.attributes(), Instant.EPOCH).isAfter(context.now())) {
            pass(writer, context, target, Operation.DELETE, Optional.empty(), AggregatedRequests.key(target.id(), "delete"));
        }
    }

    @Override
    public void deleted(ResourceWriter writer, RequestContext context, Resource deleted) {
        kept.remove(deleted.id());
    }
}
