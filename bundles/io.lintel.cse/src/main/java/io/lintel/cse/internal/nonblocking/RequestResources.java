// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.nonblocking;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.operation.CommonAttributes;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.outbound.EventCategory;
import io.lintel.cse.internal.outbound.OutboundEnqueuing;
import io.lintel.cse.internal.outbound.RequestOutcomes;
import io.lintel.cse.internal.outbound.ResponseTypes;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
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
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code <request>} resources below the CSEBase (TS-0001 9.6.12, TS-0004 7.4.13): each stands for a request that was
 * accepted and is answered later. Made in the task that holds the acknowledgement, changed in the task that holds the
 * result, which is told to the targets of {@code rt} by the same commit. Who made the request owns it. Changes are the
 * writer's; everything else may be called by any thread.
 */
public final class RequestResources implements RequestOutcomes {
    private static final Logger LOG = LoggerFactory.getLogger(RequestResources.class);
    static final long COMPLETED = 1;
    static final long FAILED = 2;
    static final long PENDING = 3;
    static final long FORWARDED = 4;
    static final long PARTIALLY_COMPLETED = 5;
    private static final String MEMBER = "m2m:req";
    private static final int PAGE = 200;

    private final EntityIds ids;
    private final ResourceStore store;
    private final EventSink events;
    private final OutboundEnqueuing queue;
    private final RequestLife life;
    private final Clock clock;
    private final AtomicInteger count = new AtomicInteger();

    public RequestResources(CseIdentity identity, ResourceStore store, EventSink events, OutboundEnqueuing queue,
            RequestLife life, Clock clock) {
        this.ids = new EntityIds(identity);
        this.store = store;
        this.events = events;
        this.queue = queue;
        this.life = life;
        this.clock = clock;
    }

    /** Whether one more may be made, as far as is known now. */
    public boolean hasRoom() {
        return count.get() < life.limit();
    }

    /** How many there are. */
    public int count() {
        return count.get();
    }

    /**
     * Makes the resource for a request that is accepted by the task under way.
     *
     * @param end when the operation is over at the latest
     * @return empty if there are as many as are allowed
     */
    public Optional<Resource> create(ResourceWriter writer, RequestContext context, Instant end) {
        if (!hasRoom()) {
            return Optional.empty();
        }
        RequestPrimitive request = context.request();
        String base = ids.identity().baseId();
        String id = writer.newId(ResourceTypes.REQUEST, base);
        String name = "req-" + RequestIdentifiers.next();
        String now = Timestamps.format(context.now());
        Instant expiration = life.end(request.parameters(), end.isAfter(context.now()) ? end : context.now());
        Attributes.Builder attributes = Attributes.builder().set("rn", name).set("ty", ResourceTypes.REQUEST).set("ri", id)
                .set("pi", base).set("ct", now).set("lt", now).set("et", Timestamps.format(expiration)).set("st", 0)
                .set("op", request.operation().code()).set("tg", request.to()).set("org", context.originator())
                .set("rid", request.requestIdentifier()).set("mi", metaInformation(request));
        request.content().ifPresent(content -> attributes.set("pc", Attributes.of(content.name(), content.value())));
        Attributes complete = attributes.set("rs", PENDING).build();
        Resource created = new Resource(ResourceTypes.REQUEST, MEMBER, id, base, name, context.originator(),
                Timestamps.parse(complete.text("et").orElseThrow()).orElseThrow().toEpochMilli(), complete);
        writer.insert(created);
        writer.byId(base).ifPresent(parent -> events.on(writer, new ResourceEvent(ResourceEvent.Kind.CHILD_CREATED, parent,
                created, Attributes.empty(), context)));
        return Optional.of(created);
    }

    /** All parameters that have no attribute of their own. */
    private static Attributes metaInformation(RequestPrimitive request) {
        return request.parameters().toBuilder().remove("op").remove("to").remove("fr").remove("rqi").build();
    }

    /** The request that a resource stands for, as it was made; the choice that flexBlocking left is made. */
    static RequestPrimitive requestOf(Resource resource) {
        Attributes attributes = resource.attributes();
        RequestPrimitive.Builder builder = RequestPrimitive.builder(operation(resource), attributes.text("tg").orElse(""))
                .from(attributes.text("org").orElse("")).requestIdentifier(attributes.text("rid").orElse(""));
        attributes.object("mi").orElse(Attributes.empty()).forEach((name, value) ->
                RequestParameter.ofShortName(name).ifPresent(parameter -> builder.set(parameter, value)));
        attributes.object("pc").flatMap(RequestResources::content).ifPresent(builder::content);
        RequestPrimitive request = builder.build();
        return ResponseTypes.asynchronous(request);
    }

    private static Operation operation(Resource resource) {
        return Operation.ofCode(resource.attributes().number("op").orElse(0L).intValue()).orElseThrow();
    }

    private static Optional<Content> content(Attributes wrapped) {
        return wrapped.names().stream().findFirst().map(name -> new Content(name, wrapped.get(name).orElseThrow()));
    }

    /** How its originator addresses the resource: who is registered elsewhere needs to be told where it is. */
    public String reference(Resource resource) {
        String own = ids.identity().baseName() + "/" + resource.name();
        String originator = resource.creator();
        String here = ids.identity().cseId() + "/" + own;
        return originator.startsWith("//") ? ids.identity().spId() + here : originator.startsWith("/") ? here : own;
    }

    static long status(Resource resource) {
        return resource.attributes().number("rs").orElse(PENDING);
    }

    static boolean isOpen(Resource resource) {
        return status(resource) != COMPLETED && status(resource) != FAILED;
    }

    private static boolean isUnderWay(Resource resource) {
        return status(resource) == PENDING || status(resource) == PARTIALLY_COMPLETED;
    }

    @Override
    public void completed(ResourceWriter writer, String request, ResponsePrimitive response) {
        writer.byId(request).filter(found -> found.type() == ResourceTypes.REQUEST && isOpen(found))
                .ifPresent(found -> complete(writer, found, response));
    }

    /**
     * A resource whose time has come before there was a result, as after days without power: its request is over, and whoever
     * was promised a result is told so. In the task that deletes it.
     */
    void expired(ResourceWriter writer, Resource resource, Instant now) {
        if (isOpen(resource)) {
            RequestPrimitive request = requestOf(resource);
            queue.results().items(request, resource.creator(), ResponsePrimitive.refusal(request, new PrimitiveException(
                    ResponseStatusCode.REQUEST_TIMEOUT, "the request expired before there was a result")), now,
                    now.plus(queue.life())).forEach(item -> queue.enqueue(writer, item));
        }
    }

    /** The result, which is dropped if nobody wants it so late. */
    private void complete(ResourceWriter writer, Resource resource, ResponsePrimitive response) {
        Instant now = clock.instant();
        RequestPrimitive request = requestOf(resource);
        Instant origin = request.parameters().text("ot").flatMap(Timestamps::parse)
                .or(() -> resource.text("ct").flatMap(Timestamps::parse)).orElse(now);
        boolean late = RequestLife.time(request.parameters(), "rset", origin).filter(end -> !end.isAfter(now)).isPresent();
        ResponsePrimitive result = late ? ResponsePrimitive.refusal(request, new PrimitiveException(
                ResponseStatusCode.REQUEST_TIMEOUT, "rset, the time for which the result is of use, has passed"))
                : response.toBuilder().requestIdentifier(request.requestIdentifier()).build();
        Instant end = life.end(request.parameters(), now);
        change(writer, resource, Attributes.builder().set("rs", result.isSuccess() ? COMPLETED : FAILED)
                .set("ors", operationResult(result)).set("et", Timestamps.format(end)).build());
        if (!late) {
            queue.results().items(request, resource.creator(), result, now, now.plus(queue.life()))
                    .forEach(item -> queue.enqueue(writer, item));
        }
    }

    private void change(ResourceWriter writer, Resource resource, Attributes changes) {
        Attributes after = resource.attributes().toBuilder().setAll(changes).set("lt", Timestamps.format(clock.instant()))
                .set("st", CommonAttributes.nextStateTag(resource.attributes())).build();
        Resource changed = resource.with(after,
                Timestamps.parse(after.text("et").orElseThrow()).orElseThrow().toEpochMilli());
        writer.update(changed);
        events.on(writer, new ResourceEvent(ResourceEvent.Kind.UPDATED, changed, changed, changes, own()));
    }

    /** Changes of these resources are this CSE's own. */
    private RequestContext own() {
        String cse = ids.identity().cseId();
        RequestPrimitive update = RequestPrimitive.builder(Operation.UPDATE, cse).from(cse)
                .requestIdentifier(RequestIdentifiers.next()).build();
        return new RequestContext(update, cse, Hop.local("io.lintel.cse"), clock.instant());
    }

    @Override
    public void forwarded(String request) {
        if (store.byId(request).filter(found -> status(found) == PENDING).isPresent()) {
            store.write(writer -> {
                writer.byId(request).filter(found -> status(found) == PENDING)
                        .ifPresent(found -> change(writer, found, Attributes.of("rs", FORWARDED)));
                return true;
            }).whenComplete((done, failure) -> {
                if (failure != null) {
                    LOG.debug("<request> {} is forwarded, but still shown as pending: {}", request, failure.toString());
                }
            });
        }
    }

    /** Some of those whom the request is for have answered (TS-0001 9.6.12: partially completed). Any thread. */
    public void partially(String request, ResponsePrimitive response) {
        store.write(writer -> {
            writer.byId(request).filter(found -> found.type() == ResourceTypes.REQUEST && isOpen(found)).ifPresent(found ->
                    change(writer, found, Attributes.builder().set("rs", PARTIALLY_COMPLETED).set("ors", operationResult(response
                            .toBuilder().requestIdentifier(requestOf(found).requestIdentifier()).build())).build()));
            return true;
        }).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.debug("a part of the result of <request> {} is not noted: {}", request, failure.toString());
            }
        });
    }

    private static Attributes operationResult(ResponsePrimitive result) {
        Attributes.Builder told = result.parameters().toBuilder();
        result.content().ifPresent(content -> told.set("pc", Attributes.of(content.name(), content.value())));
        return told.build();
    }

    /** The resource that stands for a request that was sent on with this name in its identifier. */
    Optional<Resource> named(ResourceWriter writer, String name) {
        return writer.child(ids.identity().baseId(), name).filter(found -> found.type() == ResourceTypes.REQUEST);
    }

    /** What waits for its execution, or for another CSE, because of the resource. */
    Optional<OutboundItem> waiting(ResourceWriter writer, Resource resource) {
        RequestPrimitive request = requestOf(resource);
        Optional<OutboundItem> own = writer.outboundLatest(RequestOutcomes.key(resource.id()));
        return own.isPresent() || !EventCategory.isLatest(request) ? own
                : writer.outboundLatest(EventCategory.latestKey(request.operation(), ids.spRelative(resource.creator()),
                        request.to())).filter(item -> RequestOutcomes.requestOf(item).equals(Optional.of(resource.id())));
    }

    boolean recall(ResourceWriter writer, Resource resource) {
        return waiting(writer, resource).filter(item -> queue.recall(writer, item)).isPresent();
    }

    /** To be called when the commit succeeded by which one was made. */
    public void made(Optional<Resource> resource) {
        resource.ifPresent(kept -> count.incrementAndGet());
    }

    void gone() {
        count.decrementAndGet();
    }

    /**
     * After a start: counts what is there; what was being executed without waiting anywhere when the last run ended has
     * failed, since nobody knows how far it came.
     */
    public CompletionStage<Void> recover() {
        List<String> pending = new ArrayList<>();
        String last = "";
        List<Resource> page;
        int found = 0;
        do {
            page = store.ofType(ResourceTypes.REQUEST, last, PAGE);
            for (Resource resource : page) {
                found++;
                last = resource.id();
                if (isUnderWay(resource)) {
                    pending.add(resource.id());
                }
            }
        } while (page.size() == PAGE);
        count.addAndGet(found);
        return fail(pending, 0);
    }

    private CompletionStage<Void> fail(List<String> pending, int from) {
        if (from >= pending.size()) {
            return CompletableFuture.completedFuture(null);
        }
        List<String> some = pending.subList(from, Math.min(pending.size(), from + PAGE));
        return store.write(writer -> {
            some.forEach(id -> writer.byId(id).filter(resource -> isUnderWay(resource)
                    && waiting(writer, resource).isEmpty()).ifPresent(resource -> complete(writer, resource,
                            ResponsePrimitive.refusal(requestOf(resource), new PrimitiveException(
                                    ResponseStatusCode.INTERNAL_SERVER_ERROR,
                                    "the CSE was restarted while the request was executed; its result is not known")))));
            return true;
        }).thenCompose(done -> fail(pending, from + PAGE));
    }
}
