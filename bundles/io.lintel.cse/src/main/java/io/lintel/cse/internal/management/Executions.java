// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.management;

import io.lintel.cse.api.NodeManagement.ManagedObject;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.access.AccessControl;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.record.DueTimes;
import io.lintel.cse.internal.record.Records;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes the commands of {@code <mgmtCmd>} resources on the machine of this CSE, each as an {@code <execInstance>} below its
 * command (TS-0001 10.2.8): pending, initiated, finished, or cancelled. What is left to be done of an execution is kept as a
 * record beside it, so that it goes on after a restart; one that the process ended by is not begun again. Changes are made on
 * the writer's thread; {@link #tick} runs on the executor, or once behind a commit.
 */
public final class Executions {
    static final int INITIATED = 1;
    static final int PENDING = 2;
    static final int FINISHED = 3;
    static final int CANCELLING = 4;
    static final int CANCELLED = 5;
    private static final int RESULT_UNSUPPORTED = 1;
    private static final int RESULT_DENIED = 2;
    private static final int RESULT_INTERNAL_ERROR = 4;

    private static final Logger LOG = LoggerFactory.getLogger(Executions.class);
    private static final String RECORD = "exec/";
    private static final String MEMBER = "m2m:exin";
    /** Most execInstances of a command; older ones that are over make place for new ones. */
    private static final int MOST = 100;
    private static final int PAGE = 50;
    private static final long AGAIN_MILLIS = 250;

    private final ResourceStore store;
    private final OwnNode own;
    private final ExecTargets targets;
    private final AccessControl access;
    private final EventSink events;
    private final Clock clock;
    private final DueTimes due = new DueTimes();

    /** What one step of an execution has to do outside of the store. */
    private record Step(Resource instance, Command command, ManagedObject object) {
    }

    public Executions(ResourceStore store, OwnNode own, ExecTargets targets, AccessControl access, EventSink events,
            Clock clock) {
        this.store = store;
        this.own = own;
        this.targets = targets;
        this.access = access;
        this.events = events;
        this.clock = clock;
    }

    static boolean isRunning(Resource instance) {
        long status = status(instance);
        return status == INITIATED || status == CANCELLING;
    }

    private static long status(Resource instance) {
        return instance.attributes().number("exs").orElse((long) FINISHED);
    }

    /**
     * Makes the execution that an UPDATE asks for, of a command for a group one for each member; it begins when {@link #tick}
     * is called after the commit.
     */
    void begin(ResourceWriter writer, RequestContext context, Resource command, Command what) {
        String target = command.text("ext").orElse("");
        Optional<Resource> group = targets.group(writer, target);
        if (group.isEmpty()) {
            requireAccess(writer, context, targets.require(writer, target), what);
            begin(writer, context, command, what, target);
            return;
        }
        access.require(writer, context, group.get(), Operation.RETRIEVE);
        List<String> members = group.get().attributes().texts("mid");
        requireAccess(writer, context, ownAmong(writer, target, members), what);
        members.forEach(member -> begin(writer, context, command, what, member));
    }

    /** The node of this machine, which a group has to have as a member; for the others each execution says what came of it. */
    private Resource ownAmong(ResourceReader reader, String group, List<String> members) {
        PrimitiveException refused = new PrimitiveException(ResponseStatusCode.NO_MEMBERS, "the group in ext has no members: "
                + group);
        for (String member : members) {
            try {
                return targets.require(reader, member);
            } catch (PrimitiveException refusal) {
                refused = refusal;
            }
        }
        throw refused;
    }

    private void begin(ResourceWriter writer, RequestContext context, Resource command, Command what, String target) {
        makePlace(writer, command);
        String id = writer.newId(ExecInstanceRules.TYPE, command.id());
        long now = clock.millis();
        long first = now + random(what.delay());
        Attributes.Builder instance = Attributes.builder().set("rn", id).set("ty", ExecInstanceRules.TYPE).set("ri", id)
                .set("pi", command.id()).set("ct", Timestamps.now(clock)).set("lt", Timestamps.now(clock))
                .set("et", command.attributes().get("et")).set("acpi", command.attributes().get("acpi"))
                .set("exs", PENDING).set("exd", false);
        instance.set("ext", target);
        for (String name : List.of("exm", "exf", "exy", "exn", "exra")) {
            instance.set(name, command.attributes().get(name));
        }
        Resource created = new Resource(ExecInstanceRules.TYPE, MEMBER, id, command.id(), id, context.originator(),
                command.expiration(), instance.build());
        writer.insert(created);
        keep(writer, id, what.type(), what.times(), first);
        due.set(id, first);
        events.on(writer, new ResourceEvent(ResourceEvent.Kind.CHILD_CREATED, command, created, Attributes.empty(), context));
    }

    /** A command is no way around the rights on what it changes. */
    private void requireAccess(ResourceWriter writer, RequestContext context, Resource node, Command what) {
        Optional<Resource> object = object(writer, node, what);
        if (object.isPresent()) {
            access.require(writer, context, object.get(), Operation.UPDATE);
        } else {
            access.require(writer, context, node, Operation.CREATE);
        }
    }

    /** The object of the node that a command is about, if there is one. */
    private static Optional<Resource> object(ResourceReader reader, Resource node, Command what) {
        return what.memberName().flatMap(member -> OwnNode.objects(reader, node.id()).stream()
                .filter(object -> object.memberName().equals(member)).filter(object -> !member.equals("m2m:swr")
                        || object.name().equals(what.software()) || object.text("swn").equals(Optional.of(what.software())))
                .findFirst());
    }

    private void makePlace(ResourceWriter writer, Resource command) {
        List<Resource> there = writer.children(command.id(), ExecInstanceRules.TYPE, "", MOST);
        if (there.size() >= MOST) {
            Resource oldest = there.stream().filter(each -> status(each) == FINISHED || status(each) == CANCELLED)
                    .filter(each -> writer.children(each.id(), "", 1).isEmpty()).findFirst().orElseThrow(() ->
                            new PrimitiveException(ResponseStatusCode.NOT_ACCEPTABLE, MOST + " executions of this command are not"
                                    + " over yet"));
            forget(writer, oldest);
            writer.delete(oldest);
        }
    }

    private static void keep(ResourceWriter writer, String id, int type, long left, long next) {
        Records.put(writer, RECORD + id, Attributes.builder().set("cmt", type).set("left", left).set("next", next).build());
    }

    void forget(ResourceWriter writer, Resource instance) {
        Records.remove(writer, RECORD + instance.id());
    }

    /** Takes up what was not over when the CSE ended. */
    public void load() {
        List<String> running = new ArrayList<>();
        Records.each(store, RECORD, (id, record) -> {
            due.set(id, record.number("next").orElse(0L));
            store.byId(id).filter(Executions::isRunning).ifPresent(instance -> running.add(id));
        });
        if (!running.isEmpty()) {
            store.write(writer -> {
                running.forEach(id -> interrupted(writer, id));
                return null;
            }).exceptionally(failure -> {
                LOG.error("what was being executed when the CSE ended could not be looked at", failure);
                return null;
            });
        }
    }

    private void interrupted(ResourceWriter writer, String id) {
        writer.byId(id).filter(Executions::isRunning).ifPresent(instance -> {
            Optional<Command> command = Records.get(writer, RECORD + id).flatMap(record -> command(instance, record));
            boolean done = command.filter(Command::endsTheProcess).isPresent();
            ended(writer, instance, command, done ? 0 : RESULT_INTERNAL_ERROR);
        });
    }

    /** Executes what has its time now. */
    public void tick() {
        for (String id : due.take(clock.millis(), PAGE)) {
            store.write(writer -> step(writer, id)).whenComplete((step, failure) -> {
                if (failure != null) {
                    LOG.warn("execution {} could not be begun; it is tried again: {}", id, failure.toString());
                    due.set(id, clock.millis() + AGAIN_MILLIS);
                } else {
                    step.ifPresent(this::run);
                }
            });
        }
    }

    private Optional<Step> step(ResourceWriter writer, String id) {
        Optional<Resource> found = writer.byId(id).filter(instance -> status(instance) == PENDING);
        Optional<Attributes> record = Records.get(writer, RECORD + id);
        if (found.isEmpty() || record.isEmpty()) {
            return Optional.empty();
        }
        long next = record.get().number("next").orElse(0L);
        if (next > clock.millis() || !own.isSettled()) {
            due.set(id, Math.max(next, clock.millis() + AGAIN_MILLIS));
            return Optional.empty();
        }
        Resource instance = found.get();
        Optional<Command> command = command(instance, record.get());
        try {
            Resource node = targets.require(writer, instance.text("ext").orElse(""));
            Command what = command.orElseThrow(() -> new PrimitiveException(ResponseStatusCode.NOT_IMPLEMENTED, "no command"));
            ManagedObject object = managed(writer, node, what);
            own.check(object, what.executable());
            Resource begun = change(writer, instance, instance.attributes().toBuilder().set("exs", INITIATED).build());
            return Optional.of(new Step(begun, what, object));
        } catch (PrimitiveException refusal) {
            LOG.info("execution {} is refused: {}", id, refusal.getMessage());
            ended(writer, instance, command, refusal.status() == ResponseStatusCode.NOT_IMPLEMENTED ? RESULT_UNSUPPORTED
                    : RESULT_DENIED);
            return Optional.empty();
        }
    }

    private static Optional<Command> command(Resource instance, Attributes record) {
        try {
            return Optional.of(Command.of(instance.attributes().toBuilder().set("cmt", record.get("cmt")).build()));
        } catch (PrimitiveException e) {
            return Optional.empty();
        }
    }

    private static ManagedObject managed(ResourceReader reader, Resource node, Command what) {
        String member = what.memberName().orElseThrow(() -> new PrimitiveException(ResponseStatusCode.NOT_IMPLEMENTED,
                "files are neither uploaded nor downloaded here"));
        Attributes asked = what.arguments().has("url") ? Attributes.of("url", what.arguments().get("url").get())
                : Attributes.empty();
        return object(reader, node, what).map(object -> new ManagedObject(object.name(), member,
                object.attributes().toBuilder().setAll(asked).build())).orElseGet(() -> new ManagedObject(what.software(), member,
                        asked.toBuilder().set("swn", what.software()).build()));
    }

    private void run(Step step) {
        own.run(step.object(), step.command().executable()).whenComplete((said, failure) -> store.write(writer -> {
            writer.byId(step.instance().id()).filter(Executions::isRunning).ifPresent(instance ->
                    ended(writer, instance, Optional.of(step.command()), failure == null ? 0 : RESULT_INTERNAL_ERROR));
            return null;
        }).thenCompose(done -> own.refresh()).exceptionally(wrong -> {
            LOG.error("the end of execution {} could not be kept", step.instance().id(), wrong);
            return null;
        }));
    }

    /** One execution is over, well or with a result that says why not; the next one of a repeated command waits. */
    private void ended(ResourceWriter writer, Resource instance, Optional<Command> command, int result) {
        Attributes record = Records.get(writer, RECORD + instance.id()).orElse(Attributes.empty());
        long left = record.number("left").orElse(1L) - 1;
        boolean cancelled = status(instance) == CANCELLING;
        boolean more = left > 0 && !cancelled && command.isPresent();
        Attributes.Builder now = instance.attributes().toBuilder().set("exs", more ? PENDING : cancelled ? CANCELLED : FINISHED);
        if (result == 0) {
            now.remove("exr");
        } else {
            now.set("exr", result);
        }
        change(writer, instance, now.build());
        if (more) {
            long next = clock.millis() + command.get().interval().toMillis() + random(command.get().delay());
            keep(writer, instance.id(), command.get().type(), left, next);
            due.set(instance.id(), next);
        } else {
            forget(writer, instance);
        }
    }

    private static long random(Duration most) {
        return most.isZero() ? 0 : ThreadLocalRandom.current().nextLong(most.toMillis() + 1);
    }

    private Resource change(ResourceWriter writer, Resource before, Attributes now) {
        Attributes.Builder modified = Attributes.builder().set("exs", now.get("exs")).set("exr", now.get("exr"));
        Resource after = before.with(now.toBuilder().set("lt", Timestamps.now(clock)).build());
        writer.update(after);
        events.on(writer, new ResourceEvent(ResourceEvent.Kind.UPDATED, after, after, modified.build(), own.context()));
        return after;
    }

    /** Ends an execution that waits, and keeps one that runs from being repeated; one that does neither stays as it is. */
    void cancel(ResourceWriter writer, Resource instance, Attributes.Builder after) {
        long status = status(instance);
        if (status == FINISHED || status == CANCELLED) {
            throw Command.refusal(ResponseStatusCode.ALREADY_COMPLETE, "the execution is over");
        }
        if (status == PENDING) {
            after.set("exs", CANCELLED);
            forget(writer, instance);
            return;
        }
        if (Records.get(writer, RECORD + instance.id()).flatMap(record -> record.number("left")).orElse(1L) <= 1) {
            throw Command.refusal(ResponseStatusCode.MGMT_COMMAND_NOT_CANCELLABLE, "the command is being executed, and what has"
                    + " begun is not undone");
        }
        after.set("exs", CANCELLING);
    }

    /** A command goes with its executions, unless one of them runs. */
    void refuseWhileRunning(ResourceReader reader, Resource command) {
        if (reader.children(command.id(), ExecInstanceRules.TYPE, "", MOST).stream().anyMatch(Executions::isRunning)) {
            throw Command.refusal(ResponseStatusCode.MGMT_CANCELLATION_FAILED, "the command is being executed; it can be deleted"
                    + " when that is done");
        }
    }
}
