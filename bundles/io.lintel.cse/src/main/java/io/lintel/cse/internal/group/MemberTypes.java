// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.group;

import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.access.AccessControl;
import io.lintel.cse.internal.address.Place;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Finds out of what type the members of a group are (TS-0004 7.4.13.2.1): members here by a look at them, those elsewhere
 * by a RETRIEVE in the name of whoever names them, a few at a time. Of a virtual member the parent is looked at, of a
 * fan-out point its group's own {@code mt}. Any thread; holds none.
 */
final class MemberTypes {
    private static final int ABREAST = 16;
    private static final long OLDEST = 20001;
    private static final long LATEST = 20002;

    private final AccessControl access;
    private final Function<RequestContext, CompletionStage<ResponsePrimitive>> onBehalf;
    private final Executor executor;

    /** What is known of a member. */
    enum State {
        KNOWN, MISSING, UNREACHABLE, FORBIDDEN
    }

    /**
     * What was found.
     *
     * @param types          the member types that it may be taken for
     * @param specialization {@code mgd} or {@code cnd}, if it has one
     */
    record Finding(State state, Set<Long> types, Optional<Object> specialization) {
        static Finding of(State state) {
            return new Finding(state, Set.of(), Optional.empty());
        }

        boolean fits(long memberType, Optional<Object> wanted) {
            return state == State.KNOWN && types.contains(memberType) && (wanted.isEmpty() || wanted.equals(specialization));
        }
    }

    /** @param onBehalf serves or passes on a request of this CSE in the name of another's originator */
    MemberTypes(AccessControl access, Function<RequestContext, CompletionStage<ResponsePrimitive>> onBehalf, Executor executor) {
        this.access = access;
        this.onBehalf = onBehalf;
        this.executor = executor;
    }

    /** Asks about the members that other CSEs host. */
    CompletionStage<Map<String, Finding>> elsewhere(RequestContext context, List<Member> members) {
        Map<String, Finding> found = new ConcurrentHashMap<>();
        List<Member> remote = new ArrayList<>(members);
        remote.removeIf(Member::here);
        return Abreast.each(remote, ABREAST, executor, () -> true, member -> ask(context, member)
                .thenAccept(finding -> found.put(member.key(), finding))).thenApply(done -> found);
    }

    private CompletionStage<Finding> ask(RequestContext context, Member member) {
        RequestPrimitive.Builder retrieve = RequestPrimitive.builder(Operation.RETRIEVE, member.withoutVirtual())
                .from(context.request().from().orElse(context.originator())).requestIdentifier(RequestIdentifiers.next())
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, context.request().releaseVersionIndicator().orElse("2a"));
        context.request().requestExpirationTimestamp().ifPresent(end -> retrieve
                .set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, end));
        context.request().parameters().get("ot").ifPresent(time -> retrieve.set(RequestParameter.ORIGINATING_TIMESTAMP, time));
        RequestContext asking = new RequestContext(retrieve.build(), context.originator(), Hop.local(RequestContext.SELF),
                context.now());
        return onBehalf.apply(asking).thenApply(response -> read(member, response));
    }

    private static Finding read(Member member, ResponsePrimitive response) {
        ResponseStatusCode status = response.status().orElse(ResponseStatusCode.INTERNAL_SERVER_ERROR);
        if (response.isSuccess() && response.content().isPresent()) {
            Content content = response.content().get();
            Attributes attributes = content.attributes();
            Optional<Long> type = attributes.number("ty")
                    .or(() -> ResourceTypes.ofMember(content.name()).map(found -> (long) found.number()));
            return type.map(number -> finding(member.virtual(), List.of(), number, attributes))
                    .orElse(Finding.of(State.MISSING));
        }
        return Finding.of(switch (status) {
            case ORIGINATOR_HAS_NO_PRIVILEGE, ORIGINATOR_NOT_AUTHENTICATED, SECURITY_ASSOCIATION_REQUIRED -> State.FORBIDDEN;
            default -> response.statusCode() >= 5000 || status == ResponseStatusCode.REQUEST_TIMEOUT ? State.UNREACHABLE
                    : State.MISSING;
        });
    }

    /** Looks at a member that this CSE hosts, for this originator. */
    Finding here(ResourceReader reader, RequestContext context, String originator, Member member) {
        if (member.place().isEmpty()) {
            return Finding.of(State.MISSING);
        }
        Place place = member.place().get();
        Resource resource = place.resource();
        if (!access.permits(reader, context, originator, resource, Operation.RETRIEVE.accessControlBit(), Optional.empty())) {
            return Finding.of(State.FORBIDDEN);
        }
        return finding(place.virtual(), place.rest(), resource.type(), resource.attributes());
    }

    private static Finding finding(Place.Virtual virtual, List<String> rest, long type, Attributes attributes) {
        Set<Long> types = new HashSet<>();
        switch (virtual) {
            case NONE -> types.add(type);
            case LATEST -> types.addAll(Set.of(LATEST, type));
            case OLDEST -> types.addAll(Set.of(OLDEST, type));
            case FAN_OUT_POINT -> {
                if (rest.isEmpty() && type == ResourceTypes.GROUP) {
                    attributes.number("mt").ifPresent(types::add);
                }
            }
            default -> { }
        }
        Optional<Object> specialization = attributes.get("mgd").or(() -> attributes.get("cnd"));
        if (virtual == Place.Virtual.FAN_OUT_POINT) {
            specialization = attributes.get("spty");
        }
        return new Finding(State.KNOWN, types, specialization);
    }

    /** The type that a member type stands for, if it is one that may have children. */
    static Optional<ResourceType> parentType(long memberType) {
        return memberType <= 0 || memberType == OLDEST || memberType == LATEST ? Optional.empty()
                : ResourceTypes.ofNumber((int) memberType);
    }
}
