// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.group;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.access.AccessControl;
import io.lintel.cse.internal.access.Privileges;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.operation.VirtualResource;
import io.lintel.cse.internal.operation.Writes;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestChecks;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fan-out point of a {@code <group>} (TS-0004 7.4.14): a request to {@code …/fopt} and what follows goes to each
 * member, some at a time, in the name of its originator and by the same way as if that had sent it; the answers come
 * back together. No thread waits for an answer, and a fan-out waits for none but its own members' answers, until its
 * deadline: groups that name each other can't hold each other up. Called on a door's thread.
 *
 * <p>A change that is delivered again reaches each member under the delivery key and the identifier that it had the
 * first time, so no member is changed twice.
 */
public final class FanOutPoint implements VirtualResource {
    private static final Logger LOG = LoggerFactory.getLogger(FanOutPoint.class);
    private static final int ABREAST = 32;
    static final int MOST_AT_A_TIME = 1000;
    private static final int MOST_CONTENTS = 32;
    private static final Duration MARGIN = Duration.ofSeconds(1);

    private final ResourceStore store;
    private final TargetResolver resolver;
    private final AccessControl access;
    private final CseSettings settings;
    private final Writes writes;
    private final EventSink events;
    private final GroupRequests requests;
    private final GroupNotifications notifications;
    private final Function<RequestContext, CompletionStage<ResponsePrimitive>> onBehalf;
    private final Executor executor;
    private final Clock clock;
    private final Map<FanOut, RequestContext> underWay = new ConcurrentHashMap<>();

    /** What a fan-out point is made of besides the store; see {@link Groups}. */
    record Parts(TargetResolver resolver, AccessControl access, CseSettings settings, Writes writes, EventSink events,
            GroupRequests requests, GroupNotifications notifications,
            Function<RequestContext, CompletionStage<ResponsePrimitive>> onBehalf, Executor executor, Clock clock) {
    }

    FanOutPoint(ResourceStore store, Parts parts) {
        this.store = store;
        this.resolver = parts.resolver();
        this.access = parts.access();
        this.settings = parts.settings();
        this.writes = parts.writes();
        this.events = parts.events();
        this.requests = parts.requests();
        this.notifications = parts.notifications();
        this.onBehalf = parts.onBehalf();
        this.executor = parts.executor();
        this.clock = parts.clock();
    }

    /** How a request is taken to the members: the same for each of them. */
    private record Course(RequestContext context, Resource group, List<String> rest, RequestPrimitive request, String gid,
            Instant memberDeadline) {
    }

    @Override
    public CompletionStage<ResponsePrimitive> handle(RequestContext context, Place place) {
        if (context.request().operation() == Operation.RETRIEVE) {
            return start(context, place);
        }
        return writes.unlessDone(context, () -> start(context, place)
                .thenCompose(response -> writes.keep(context, response)));
    }

    private CompletionStage<ResponsePrimitive> start(RequestContext context, Place place) {
        RequestPrimitive request = context.request();
        Resource group = place.resource();
        require(context, group);
        List<Member> members = wanted(request, Member.distinct(store, resolver, group.attributes().texts("mid")));
        checkChild(request, group, place.rest());
        if (underWay.size() >= MOST_AT_A_TIME) {
            return CompletableFuture.completedFuture(Busy.refusal(request, MOST_AT_A_TIME
                    + " requests are on their way to groups already"));
        }
        boolean nested = request.parameters().has("gid");
        String gid = nested ? request.parameters().text("gid").orElseThrow() : newIdentifier(context, "group");
        if (!nested) {
            requests.remember(gid, context, place);
        }
        return notifications.throughGroup(context, group).thenCompose(forMembers -> {
            Instant deadline = deadline(request, context.now());
            Course course = new Course(context, group, place.rest(), forMembers, gid, deadline.minus(margin(context, deadline)));
            FanOut fanOut = new FanOut(request, members.size(), deadline, (long) MOST_CONTENTS * settings.maximumContentBytes());
            underWay.put(fanOut, context);
            fanOut.response().whenComplete((response, failure) -> underWay.remove(fanOut));
            if (nested) {
                // however deep groups are nested, the stack is not
                executor.execute(() -> send(course, members, fanOut));
            } else {
                send(course, members, fanOut);
            }
            return fanOut.response();
        });
    }

    private void require(RequestContext context, Resource group) {
        RequestPrimitive request = context.request();
        List<String> policies = group.attributes().texts("macp");
        Resource guarded = policies.isEmpty() ? group
                : group.with(group.attributes().toBuilder().set("acpi", policies).build());
        boolean discovery = request.filterCriteria().flatMap(criteria -> criteria.number("fu")).filter(fu -> fu == 1).isPresent();
        if (request.operation() == Operation.CREATE) {
            int type = request.resourceType().orElseThrow();
            if (type == ResourceTypes.AE || type == ResourceTypes.REMOTE_CSE) {
                throw Refusals.badRequest("registration is made at the registrar itself, not through a group");
            }
            access.requireCreate(store, context, guarded, type);
        } else if (discovery) {
            if (!access.permits(store, context, guarded, Privileges.DISCOVERY)) {
                throw Refusals.noPrivilege(context.originator() + " has no privilege to discover through group " + group.id());
            }
        } else {
            access.require(store, context, guarded, request.operation());
        }
    }

    /** All members, or those that the request asks for. */
    private List<Member> wanted(RequestPrimitive request, List<Member> members) {
        if (members.isEmpty()) {
            throw new PrimitiveException(ResponseStatusCode.NO_MEMBERS, "the group has no members");
        }
        if (!request.parameters().has("gtm")) {
            return members;
        }
        Set<String> keys = new HashSet<>();
        Member.distinct(store, resolver, request.parameters().texts("gtm")).forEach(member -> keys.add(member.key()));
        List<Member> wanted = members.stream().filter(member -> keys.contains(member.key())).toList();
        if (wanted.isEmpty()) {
            throw new PrimitiveException(ResponseStatusCode.NO_MEMBERS, "none of the members in gtm is one of this group");
        }
        return wanted;
    }

    private static void checkChild(RequestPrimitive request, Resource group, List<String> rest) {
        if (request.operation() != Operation.CREATE || !rest.isEmpty()) {
            return;
        }
        MemberTypes.parentType(group.attributes().number("mt").orElse(0L)).ifPresent(parent ->
                ResourceTypes.ofNumber(request.resourceType().orElseThrow()).filter(child -> !parent.allowsChild(child))
                        .ifPresent(child -> {
                            throw new PrimitiveException(ResponseStatusCode.INVALID_CHILD_RESOURCE_TYPE,
                                    "members of type " + parent + " can't have a child of type " + child);
                        }));
    }

    /** Until when the members' answers are waited for: what the request says, but no longer than any request waits. */
    private Instant deadline(RequestPrimitive request, Instant now) {
        Instant deadline = clock.instant().plus(settings.requestTimeout());
        for (String parameter : List.of("rqet", "rset")) {
            Optional<Instant> asked = RequestChecks.time(request, parameter, now);
            if (asked.isPresent() && asked.get().isBefore(deadline)) {
                deadline = asked.get();
            }
        }
        return deadline;
    }

    /** Members that fan out themselves have to answer before this group's own time is over. */
    private static Duration margin(RequestContext context, Instant deadline) {
        Duration fifth = Duration.between(context.now(), deadline).dividedBy(5);
        return fifth.isNegative() ? Duration.ZERO : fifth.compareTo(MARGIN) < 0 ? fifth : MARGIN;
    }

    private void send(Course course, List<Member> members, FanOut fanOut) {
        List<Integer> places = new ArrayList<>();
        for (int i = 0; i < members.size(); i++) {
            places.add(i);
        }
        Set<String> gone = ConcurrentHashMap.newKeySet();
        Abreast.each(places, ABREAST, executor, fanOut::isUnderWay, place -> ask(course, members.get(place), fanOut, place, gone))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        fanOut.fail(failure);
                    } else {
                        end(course, fanOut, gone);
                    }
                });
    }

    private CompletionStage<?> ask(Course course, Member member, FanOut fanOut, int place, Set<String> gone) {
        RequestContext asked = forMember(course, member);
        return onBehalf.apply(asked).thenAccept(response -> {
            boolean removes = course.request().operation() == Operation.DELETE && course.rest().isEmpty()
                    && response.statusCode() == ResponseStatusCode.DELETED.code()
                    && member.virtual() == Place.Virtual.NONE;
            if (removes) {
                gone.add(member.id());
            }
            boolean came = member.here() || !isSilence(response);
            boolean inTime = fanOut.answer(place, member, response, came);
            if (removes && !inTime) {
                remove(course, Set.of(member.id()));
            }
        });
    }

    /** What this CSE, or one on the way, says when no answer came. */
    private static boolean isSilence(ResponsePrimitive response) {
        ResponseStatusCode status = response.status().orElse(ResponseStatusCode.OK);
        return status == ResponseStatusCode.TARGET_NOT_REACHABLE || status == ResponseStatusCode.REQUEST_TIMEOUT
                || status == ResponseStatusCode.REMOTE_ENTITY_NOT_REACHABLE;
    }

    private void end(Course course, FanOut fanOut, Set<String> gone) {
        if (gone.isEmpty() || !fanOut.isUnderWay()) {
            fanOut.end();
        } else {
            remove(course, gone).whenComplete((done, failure) -> fanOut.end());
        }
    }

    /** Members that were deleted are members no more. */
    private CompletionStage<?> remove(Course course, Set<String> gone) {
        return store.write(writer -> {
            Optional<Resource> found = writer.byId(course.group().id());
            found.ifPresent(before -> {
                List<String> left = before.attributes().texts("mid").stream().filter(id -> !gone.contains(id)).toList();
                Attributes after = before.attributes().toBuilder().set("mid", left).set("cnm", left.size())
                        .set("lt", Timestamps.format(clock.instant())).build();
                if (left.size() < before.attributes().texts("mid").size()) {
                    GroupChanges.write(writer, events, course.context(), before, after);
                }
            });
            return found.isPresent();
        }).exceptionally(failure -> {
            LOG.warn("deleted members of group {} could not be taken out: {}", course.group().id(), failure.toString());
            return false;
        });
    }

    private RequestContext forMember(Course course, Member member) {
        RequestContext context = course.context();
        String to = course.rest().isEmpty() ? member.id() : member.id() + "/" + String.join("/", course.rest());
        boolean repeatable = isRepeatable(context);
        RequestPrimitive.Builder builder = course.request().toBuilder().to(to)
                .requestIdentifier(newIdentifier(context, "to " + to))
                .set(RequestParameter.GROUP_REQUEST_IDENTIFIER, course.gid())
                .remove(RequestParameter.GROUP_REQUEST_TARGET_MEMBERS).remove(RequestParameter.RESPONSE_TYPE);
        if (!repeatable) {
            builder.set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, Timestamps.formatFine(course.memberDeadline()));
        }
        return new RequestContext(builder.build(), context.originator(), hop(context, member, to), context.now());
    }

    /** A member here is asked in the sender's own way, one elsewhere by this CSE; each under a key of its own. */
    private Hop hop(RequestContext context, Member member, String to) {
        Hop came = context.hop();
        Optional<String> key = came.deliveryKey().map(delivery -> delivery + " to " + to);
        if (!member.here()) {
            return key.map(own -> Hop.local(RequestContext.SELF, own, came.first()))
                    .orElseGet(() -> Hop.local(RequestContext.SELF));
        }
        return new Hop(came.binding(), came.peer(), came.loopback(), came.secured(), came.verified(), came.originator(),
                came.credential(), key, came.first(), came.permitted());
    }

    /** Whether the same request may come again and has to look the same then. */
    private static boolean isRepeatable(RequestContext context) {
        return context.hop().deliveryKey().isPresent() && !context.hop().first()
                && context.request().operation() != Operation.RETRIEVE;
    }

    private String newIdentifier(RequestContext context, String what) {
        return isRepeatable(context) ? RequestIdentifiers.ofDelivery(access.identity().cseId(),
                context.hop().deliveryKey().orElseThrow() + " " + what) : RequestIdentifiers.next();
    }

    /** Tells how things stand, and ends what has waited long enough; every second or so. */
    void tick() {
        Instant now = clock.instant();
        underWay.forEach((fanOut, context) -> {
            fanOut.news().ifPresent(context.alongside()::soFar);
            fanOut.endIfLate(now);
        });
    }
}
