// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.CseIdentity.CseType;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.InMemoryResourceStore;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.ResourceReferences;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.registration.RegistrarSettings;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * One CSE of a test: the outbound side under test upon a store in memory, and of hosting just enough to give it work:
 * plain CRUD through the rules of the types, events, and the decision between here and elsewhere. No access control.
 */
public final class OutboundNode implements AutoCloseable {
    private static final Map<Integer, String> MEMBERS = Map.of(ResourceTypes.AE, "m2m:ae", ResourceTypes.CONTAINER, "m2m:cnt",
            ResourceTypes.CONTENT_INSTANCE, "m2m:cin", ResourceTypes.SUBSCRIPTION, "m2m:sub", ResourceTypes.REMOTE_CSE, "m2m:csr",
            10002, "m2m:aeA");

    public final CseIdentity identity;
    public final InMemoryResourceStore store = new InMemoryResourceStore(10_000);
    final OutboundNetwork network;
    final OutboundSettings settings;
    public final Optional<RegistrarSettings> registrar;
    final Clock clock;
    final EntityIds ids;
    final ResourceReferences references;
    public List<String> doors = List.of();
    public boolean mayRetrieve = true;
    public OutboundSide side;
    private ScheduledExecutorService executor;

    /** For tests that count what is sent: URIs in {@code nu} are not asked beforehand. */
    public static OutboundSettings settings() {
        return OutboundSettings.defaults().withVerification(OutboundSettings.Verification.ENTITIES);
    }

    public OutboundNode(String cseId, CseType type, OutboundNetwork network, OutboundSettings settings,
            Optional<RegistrarSettings> registrar,
            Clock clock) {
        this.identity = new CseIdentity("//lintel.example", cseId, cseId.substring(1) + "-name", "base", type, "CAdmin");
        this.network = network;
        this.settings = settings;
        this.registrar = registrar;
        this.clock = clock;
        this.ids = new EntityIds(identity);
        this.references = new ResourceReferences(ids);
        Attributes base = Attributes.builder().set("ri", "base").set("rn", identity.baseName()).set("pi", "").set("ty", 5)
                .set("csi", cseId).set("cst", type.code()).set("srv", List.of("2a", "3")).build();
        store.writeNow(writer -> {
            writer.insert(new Resource(5, "m2m:cb", "base", "", identity.baseName(), cseId, Long.MAX_VALUE, base));
            return true;
        });
        boot();
    }

    /** A new outbound side on what the store holds; {@link OutboundSide#start} is the test's. */
    public void boot() {
        executor = Executors.newScheduledThreadPool(2, r -> new Thread(r, "outbound-" + identity.cseIdElement()));
        side = new OutboundSide(identity, store, network::sender, new OutboundSide.Hosting(
                request -> handle(request, Hop.local("self")), (context, resource) -> mayRetrieve, () -> doors), settings,
                registrar, clock,
                executor);
    }

    /** As kill -9 does it: nothing is ended in order, what was on disk is there. */
    public void crash() {
        executor.shutdownNow();
        side.close();
    }

    public void crashAndBoot() {
        crash();
        boot();
    }

    @Override
    public void close() {
        crash();
        store.close();
    }

    /** Serves a request the way a CSE does. */
    public CompletionStage<ResponsePrimitive> handle(RequestPrimitive request, Hop hop) {
        CompletionStage<ResponsePrimitive> answer;
        try {
            answer = serve(request, hop);
        } catch (PrimitiveException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.exceptionally(failure -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            return ResponsePrimitive.refusal(request, cause instanceof PrimitiveException e ? e
                    : new PrimitiveException(ResponseStatusCode.INTERNAL_SERVER_ERROR, String.valueOf(cause)));
        });
    }

    ResponsePrimitive ask(RequestPrimitive request, Hop hop) {
        return handle(request, hop).toCompletableFuture().join();
    }

    /** As {@link #ask} for a sender of this machine that its transport does not name. */
    ResponsePrimitive ask(RequestPrimitive request) {
        return ask(request, Hop.plain(Binding.HTTP, "test", true));
    }

    private CompletionStage<ResponsePrimitive> serve(RequestPrimitive request, Hop hop) {
        Address address = Address.parse(request.to());
        String originator = shorten(request.from().orElse(""));
        RequestContext context = new RequestContext(request, originator, hop, clock.instant());
        if (!ids.isHere(address)) {
            return side.forwarding().forward(request, originator, hop, address);
        }
        Resource target = references.resolve(store, address).orElseThrow(
                () -> new PrimitiveException(ResponseStatusCode.NOT_FOUND, "there is no " + request.to()));
        return switch (request.operation()) {
            case CREATE -> create(context, target);
            case RETRIEVE -> CompletableFuture.completedFuture(retrieve(request, target));
            case UPDATE -> update(context, target);
            case DELETE -> store.write(writer -> delete(writer, context, target));
            case NOTIFY -> target.type() == ResourceTypes.AE ? side.forwarding().notifyAe(request, target.id())
                    : CompletableFuture.completedFuture(ok(request, ResponseStatusCode.OK));
        };
    }

    private String shorten(String from) {
        String own = identity.cseId() + "/";
        return from.startsWith(own) ? from.substring(own.length()) : from;
    }

    private TypeRules rules(int type) {
        return side.rules().getOrDefault(type, new TypeRules() { });
    }

    private static ResponsePrimitive ok(RequestPrimitive request, ResponseStatusCode status) {
        return ResponsePrimitive.builder(status, request.requestIdentifier()).build();
    }

    private CompletionStage<ResponsePrimitive> create(RequestContext context, Resource parent) {
        RequestPrimitive request = context.request();
        int type = request.resourceType().orElseThrow();
        Attributes requested = request.content().orElseThrow().attributes();
        return rules(type).prepareCreate(context, parent, requested).thenCompose(ready -> store.write(writer -> {
            String id = type == ResourceTypes.AE ? context.originator() : writer.newId(type, parent.id());
            String name = requested.text("rn").orElse(id);
            if (writer.child(parent.id(), name).isPresent()) {
                throw new PrimitiveException(ResponseStatusCode.CONFLICT, "there is a " + name);
            }
            Attributes.Builder attributes = requested.toBuilder().set("ri", id).set("pi", parent.id()).set("rn", name).set("ty",
                    type)
                    .set("ct", Timestamps.format(context.now())).set("lt", Timestamps.format(context.now()));
            rules(type).create(writer, context, parent, attributes);
            Attributes complete = attributes.build();
            Resource created = new Resource(type, MEMBERS.get(type), id, parent.id(), name, context.originator(),
                    expiration(complete), complete);
            writer.insert(created);
            rules(type).created(writer, context, parent, created);
            side.events().on(writer, new ResourceEvent(ResourceEvent.Kind.CHILD_CREATED, parent, created, Attributes.empty(),
                    context));
            return ResponsePrimitive.builder(ResponseStatusCode.CREATED, request.requestIdentifier())
                    .content(new Content(created.memberName(), complete)).build();
        }));
    }

    private static long expiration(Attributes attributes) {
        return attributes.text("et").flatMap(Timestamps::parse).map(Instant::toEpochMilli).orElse(Long.MAX_VALUE);
    }

    private ResponsePrimitive retrieve(RequestPrimitive request, Resource target) {
        ResponsePrimitive.Builder response = ResponsePrimitive.builder(ResponseStatusCode.OK, request.requestIdentifier());
        if (request.filterCriteria().isEmpty()) {
            return response.content(new Content(target.memberName(), target.attributes())).build();
        }
        List<Long> types = request.filterCriteria().get().numbers("ty");
        return response.content(new Content("m2m:uril", store.children(target.id(), "", 1000).stream()
                .filter(child -> types.contains((long) child.type())).map(child -> target.name() + "/"
                + child.name()).toList())).build();
    }

    private CompletionStage<ResponsePrimitive> update(RequestContext context, Resource target) {
        Attributes changes = context.request().content().orElseThrow().attributes();
        return rules(target.type()).prepareUpdate(context, target, changes).thenCompose(ready -> store.write(writer -> {
            Resource before = writer.byId(target.id()).orElseThrow();
            Attributes.Builder after = before.attributes().toBuilder();
            changes.forEach((name, value) -> {
                if (value == Attributes.NULL) {
                    after.remove(name);
                } else {
                    after.set(name, value);
                }
            });
            after.set("lt", Timestamps.format(context.now()));
            rules(before.type()).update(writer, context, before, changes, after);
            Attributes complete = after.build();
            Resource updated = before.with(complete, expiration(complete));
            writer.update(updated);
            rules(before.type()).updated(writer, context, before, updated);
            side.events().on(writer, new ResourceEvent(ResourceEvent.Kind.UPDATED, updated, updated, changes, context));
            return ResponsePrimitive.builder(ResponseStatusCode.UPDATED, context.request().requestIdentifier())
                    .content(new Content(updated.memberName(), complete)).build();
        }));
    }

    private ResponsePrimitive delete(ResourceWriter writer, RequestContext context, Resource target) {
        side.events().on(writer, new ResourceEvent(ResourceEvent.Kind.DELETED, target, target, Attributes.empty(), context));
        remove(writer, context, target);
        writer.byId(target.parentId()).ifPresent(parent -> side.events().on(writer,
                new ResourceEvent(ResourceEvent.Kind.CHILD_DELETED, parent, target, Attributes.empty(), context)));
        return ok(context.request(), ResponseStatusCode.DELETED);
    }

    private void remove(ResourceWriter writer, RequestContext context, Resource resource) {
        for (Resource child : new ArrayList<>(writer.children(resource.id(), "", Integer.MAX_VALUE))) {
            remove(writer, context, child);
        }
        writer.delete(resource);
        rules(resource.type()).deleted(writer, context, resource);
    }

    // ---- what tests say ----

    /** An AE registered here, without further ceremony. */
    public Resource ae(String stem, String... pointsOfAccess) {
        Attributes.Builder attributes = Attributes.builder().set("ri", stem).set("rn", "ae-" + stem).set("aei", stem).set("rr",
                true);
        if (pointsOfAccess.length > 0) {
            attributes.set("poa", List.of(pointsOfAccess));
        }
        return put(new Resource(ResourceTypes.AE, "m2m:ae", stem, "base", "ae-" + stem, stem, Long.MAX_VALUE,
                attributes.build()));
    }

    /** A remoteCSE, made past the rules. */
    public Resource remote(String cseId, String pointOfAccess, List<String> descendants) {
        Attributes attributes = Attributes.builder().set("csi", cseId).set("cb", cseId + "/base").set("rr", true)
                .set("poa", List.of(pointOfAccess)).set("dcse", descendants).build();
        return put(new Resource(ResourceTypes.REMOTE_CSE, "m2m:csr", "csr" + cseId.substring(1), "base", cseId.substring(1),
                cseId,
                Long.MAX_VALUE, attributes));
    }

    public Resource container(String name) {
        Attributes attributes = Attributes.builder().set("ri", "id-" + name).set("rn", name).set("ty", 3).set("st", 0).build();
        return put(new Resource(ResourceTypes.CONTAINER, "m2m:cnt", "id-" + name, "base", name, "CAdmin", Long.MAX_VALUE,
                attributes));
    }

    public Resource put(Resource resource) {
        return store.writeNow(writer -> {
            if (writer.byId(resource.id()).isPresent()) {
                writer.update(resource);
            } else {
                writer.insert(resource);
            }
            return resource;
        });
    }

    RequestPrimitive.Builder request(Operation operation, String to, String from) {
        return RequestPrimitive.builder(operation, to).from(from).requestIdentifier(RequestIdentifiers.next());
    }

    public ResponsePrimitive create(String to, String from, int type, Attributes attributes) {
        return ask(request(Operation.CREATE, to, from).resourceType(type).content(new Content(MEMBERS.get(type),
                attributes)).build());
    }

    public ResponsePrimitive update(String to, String from, int type, Attributes changes) {
        return ask(request(Operation.UPDATE, to, from).content(new Content(MEMBERS.get(type), changes)).build());
    }

    public ResponsePrimitive delete(String to, String from) {
        return ask(request(Operation.DELETE, to, from).build());
    }

    /** Makes one contentInstance; the answer must be success. */
    public void instance(String container, String content) {
        ResponsePrimitive response = create(identity.baseName() + "/" + container, "CAdmin", ResourceTypes.CONTENT_INSTANCE,
                Attributes.builder().set("con", content).set("cs", content.length()).build());
        if (!response.isSuccess()) {
            throw new AssertionError(response);
        }
    }

    public ResponsePrimitive subscribe(String container, String name, String from, Attributes.Builder attributes) {
        return create(identity.baseName() + "/" + container, from, ResourceTypes.SUBSCRIPTION, attributes.set("rn",
                name).build());
    }
}
