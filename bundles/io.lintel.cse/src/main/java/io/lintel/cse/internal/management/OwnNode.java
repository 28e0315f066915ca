// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.management;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.NodeManagement;
import io.lintel.cse.api.NodeManagement.ManagedObject;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.management.Executables.Executable;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code <node>} of the machine that this CSE runs on (TS-0001 9.6.18), and its management objects: made at the start,
 * linked with the CSEBase in both directions, kept up to date by what {@link NodeManagement} says, and executed by it. The
 * store's writer makes the changes; reads overlay what is known at the moment on any thread.
 */
public final class OwnNode {
    private static final Logger LOG = LoggerFactory.getLogger(OwnNode.class);
    private static final String NAME = "node";
    private static final int PAGE = 1000;
    private static final Duration FOR_EVER = Duration.ofDays(365L * 100);

    private final CseIdentity identity;
    private final ResourceStore store;
    private final EventSink events;
    private final Clock clock;
    private final Supplier<Optional<NodeManagement>> management;
    private volatile String id = "";
    private boolean opened;
    private boolean settled;

    public OwnNode(CseIdentity identity, ResourceStore store, EventSink events, Clock clock,
            Supplier<Optional<NodeManagement>> management) {
        this.identity = identity;
        this.store = store;
        this.events = events;
        this.clock = clock;
        this.management = management;
    }

    /** Whether a resource is a management object of this node. */
    boolean has(Resource object) {
        return !id.isEmpty() && object.parentId().equals(id);
    }

    /** Makes the node and its objects, or brings them up to date. Completes when all is on disk. */
    public CompletionStage<Void> open() {
        return store.write(writer -> {
            Resource base = writer.byId(identity.baseId()).orElseThrow();
            Resource node = base.text("nl").flatMap(writer::byId).filter(found -> found.type() == ResourceTypes.NODE)
                    .orElseGet(() -> create(writer, base));
            id = node.id();
            if (!base.text("nl").equals(Optional.of(id))) {
                writer.update(base.with(base.attributes().toBuilder().set("nl", id).build()));
            }
            return null;
        }).thenCompose(done -> refresh());
    }

    private Resource create(ResourceWriter writer, Resource base) {
        String nodeId = writer.newId(ResourceTypes.NODE, base.id());
        String name = writer.child(base.id(), NAME).isEmpty() ? NAME : nodeId;
        Attributes node = start(nodeId, base.id(), name, ResourceTypes.NODE).set("acpi", base.attributes().get("acpi"))
                .set("ni", identity.cseId().substring(1)).set("hcl", identity.cseId()).build();
        Resource created = new Resource(ResourceTypes.NODE, "m2m:nod", nodeId, base.id(), name, identity.cseId(),
                TargetResolver.expiration(node), node);
        writer.insert(created);
        return created;
    }

    private Attributes.Builder start(String objectId, String parentId, String name, int type) {
        String now = Timestamps.now(clock);
        return Attributes.builder().set("rn", name).set("ty", type).set("ri", objectId).set("pi", parentId).set("ct", now)
                .set("lt", now).set("et", Timestamps.format(clock.instant().plus(FOR_EVER)));
    }

    /** What was being executed when the CSE ended has failed, unless the machine says that it is done. */
    private void endInterrupted(ResourceWriter writer, Resource object, List<ManagedObject> seen) {
        Attributes known = seen.stream().filter(each -> isOf(each, object)).findFirst().map(ManagedObject::attributes)
                .orElse(Attributes.empty());
        Attributes.Builder ended = object.attributes().toBuilder();
        Executables.of(object.memberName()).stream().map(Executable::status).filter(status -> !status.isEmpty())
                .forEach(status -> object.attributes().object(status).filter(Executables::inProcess)
                        .ifPresent(value -> ended.set(status, Executables.ends(known.get(status), value)
                                ? known.get(status).get() : Executables.status(value.text("acn").orElse(""), 2))));
        change(writer, object, ended.build());
    }

    private static boolean isOf(ManagedObject object, Resource resource) {
        return object.name().equals(resource.name()) && object.memberName().equals(resource.memberName());
    }

    private List<Resource> objects(ResourceWriter writer) {
        return objects(writer, id);
    }

    /** The management objects of a node. */
    static List<Resource> objects(ResourceReader reader, String nodeId) {
        return reader.children(nodeId, ResourceTypes.MGMT_OBJ, "", PAGE);
    }

    /** The node itself, once it is there. */
    Optional<Resource> node(ResourceReader reader) {
        return id.isEmpty() ? Optional.empty() : reader.byId(id);
    }

    /** Brings the stored objects in step with the machine; subscribers learn what has changed. */
    public CompletionStage<Void> refresh() {
        if (id.isEmpty()) {
            return CompletableFuture.completedFuture(null);
        }
        Optional<NodeManagement> present = management.get();
        List<ManagedObject> seen = present.map(NodeManagement::objects).orElse(List.of());
        return store.write(writer -> {
            // Who knows the machine may come a little later than the CSE.
            if (!settled && (present.isPresent() || opened)) {
                objects(writer).forEach(object -> endInterrupted(writer, object, seen));
                settled = true;
            }
            opened = true;
            if (present.isPresent()) {
                settle(writer, seen);
            }
            return null;
        });
    }

    private void settle(ResourceWriter writer, List<ManagedObject> seen) {
        Set<String> kept = new HashSet<>();
        Optional<Resource> node = writer.byId(id);
        node.ifPresent(parent -> seen.forEach(object -> kept.add(settle(writer, parent, object))));
        objects(writer).stream().filter(object -> object.creator().equals(identity.cseId()) && !kept.contains(object.id()))
                .filter(object -> writer.children(object.id(), "", 1).isEmpty()).forEach(writer::delete);
    }

    /** Creates or changes the stored object; the result is its ID. */
    private String settle(ResourceWriter writer, Resource node, ManagedObject object) {
        Optional<Resource> stored = writer.child(node.id(), object.name())
                .filter(found -> found.memberName().equals(object.memberName()));
        if (stored.isPresent()) {
            Attributes now = overlaid(stored.get(), object);
            if (isWorthKeeping(stored.get().attributes(), now, object.fleeting())) {
                change(writer, stored.get(), now);
            }
            return stored.get().id();
        }
        ResourceType type = ResourceTypes.ofMember(object.memberName()).orElseThrow();
        String objectId = writer.newId(ResourceTypes.MGMT_OBJ, node.id());
        String name = writer.child(node.id(), object.name()).isEmpty() ? object.name() : objectId;
        Attributes.Builder attributes = start(objectId, node.id(), name, ResourceTypes.MGMT_OBJ)
                .set("acpi", node.attributes().get("acpi")).set("mgd", type.mgmtDefinition().orElseThrow());
        Executables.of(object.memberName()).forEach(executable -> attributes.set(executable.attribute(), false));
        Attributes complete = attributes.setAll(object.initial()).setAll(object.attributes()).build();
        Resource created = new Resource(ResourceTypes.MGMT_OBJ, object.memberName(), objectId, node.id(), name, identity.cseId(),
                TargetResolver.expiration(complete), complete);
        writer.insert(created);
        events.on(writer, new ResourceEvent(ResourceEvent.Kind.CHILD_CREATED, node, created, Attributes.empty(), context()));
        return objectId;
    }

    /**
     * What the machine says now. The status of what is being executed stays, and of what has failed, unless the machine says
     * that it is done nevertheless.
     */
    private static Attributes overlaid(Resource stored, ManagedObject object) {
        Attributes.Builder now = stored.attributes().toBuilder();
        object.attributes().forEach((name, value) -> {
            Object before = stored.attributes().get(name).orElse("");
            if (!Executables.isOpen(before) || !Executables.inProcess(before)
                    && Executables.ends(Optional.of(value), (Attributes) before)) {
                now.set(name, value);
            }
        });
        return now.build();
    }

    /** Whether anything has changed but what changes all the time, or that by more than a tenth. */
    private static boolean isWorthKeeping(Attributes before, Attributes now, Set<String> fleeting) {
        return now.names().stream().filter(name -> !now.get(name).equals(before.get(name))).anyMatch(name ->
                !fleeting.contains(name) || isFar(before.number(name), now.number(name)));
    }

    private static boolean isFar(Optional<Long> before, Optional<Long> now) {
        return now.isPresent() && Math.abs(before.orElse(0L) - now.get()) > before.orElse(0L) / 10;
    }

    private void change(ResourceWriter writer, Resource before, Attributes now) {
        if (before.attributes().equals(now)) {
            return;
        }
        Attributes dated = now.toBuilder().set("lt", Timestamps.now(clock)).build();
        Attributes.Builder modified = Attributes.builder();
        dated.forEach((name, value) -> {
            if (!Optional.of(value).equals(before.attributes().get(name))) {
                modified.set(name, value);
            }
        });
        Resource after = before.with(dated);
        writer.update(after);
        events.on(writer, new ResourceEvent(ResourceEvent.Kind.UPDATED, after, after, modified.build(), context()));
    }

    /** Whether it is known who knows the machine, or that nobody does. On the writer's thread. */
    boolean isSettled() {
        return settled;
    }

    /** As whose doing events of the machine are told. */
    RequestContext context() {
        String own = identity.cseId();
        RequestPrimitive request = RequestPrimitive.builder(Operation.UPDATE, own).from(own).requestIdentifier("management")
                .build();
        return new RequestContext(request, own, Hop.local("io.lintel.cse"), clock.instant());
    }

    /** The resource as it is now, if it is an object of this machine; else as it is stored. */
    public Resource live(Resource resource) {
        if (resource.type() != ResourceTypes.MGMT_OBJ || !has(resource)) {
            return resource;
        }
        return management.get().flatMap(present -> present.objects().stream()
                .filter(object -> isOf(object, resource)).findFirst())
                .map(object -> resource.with(overlaid(resource, object))).orElse(resource);
    }

    void check(ManagedObject object, String executable) {
        management.get().orElseThrow(() -> Refusals.notImplemented("nothing here executes " + executable + ": no bundle manages"
                + " this machine")).check(object, executable);
    }

    /** Begins what was asked for, once it is on disk; its end is seen in the status attribute. */
    void execute(Resource object, Executable executable) {
        run(new ManagedObject(object.name(), object.memberName(), object.attributes()), executable.attribute())
                .whenComplete((said, failure) -> ended(object.id(), executable, said, failure == null));
    }

    /** Executes what was checked; the stage tells its end. */
    CompletionStage<Attributes> run(ManagedObject object, String executable) {
        LOG.info("{} of {} is executed", executable, object.name());
        CompletionStage<Attributes> end;
        try {
            end = management.get().map(present -> present.execute(object, executable)).orElseGet(() ->
                    CompletableFuture.failedFuture(new IllegalStateException("the bundle that manages this machine is gone")));
        } catch (RuntimeException e) {
            end = CompletableFuture.failedFuture(e);
        }
        return end.whenComplete((said, failure) -> {
            if (failure != null) {
                LOG.warn("{} of {} failed: {}", executable, object.name(), failure.toString());
            }
        });
    }

    private void ended(String objectId, Executable executable, Attributes said, boolean success) {
        store.write(writer -> {
            writer.byId(objectId).ifPresent(object -> {
                Attributes.Builder now = object.attributes().toBuilder();
                if (success && said != null) {
                    now.setAll(said);
                }
                if (!executable.status().isEmpty()) {
                    now.set(executable.status(), Executables.status(executable.attribute(), success ? 1 : 2));
                }
                change(writer, object, now.build());
            });
            return null;
        }).thenCompose(done -> refresh()).exceptionally(failure -> {
            LOG.error("the end of {} could not be kept", executable.attribute(), failure);
            return null;
        });
    }
}
