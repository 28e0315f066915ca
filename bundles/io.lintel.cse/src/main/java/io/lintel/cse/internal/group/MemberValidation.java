// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.group;

import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks again for the members that could not be reached when they were named (TS-0004 7.4.13.2.1): of each group whose
 * {@code mtv} is false, with growing pauses, in the name of the group's creator. What is found then decides as it would
 * have before; a group that is to be abandoned is deleted. Which groups these are is read from the store at the start.
 * The ticks come from the executor; what follows them runs wherever the answers come.
 */
public final class MemberValidation {
    private static final Logger LOG = LoggerFactory.getLogger(MemberValidation.class);
    private static final int PAGE = 200;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final ResourceStore store;
    private final TargetResolver resolver;
    private final EntityIds ids;
    private final MemberTypes types;
    private final EventSink events;
    private final Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> internal;
    private final Clock clock;
    private final Map<String, Due> waiting = new ConcurrentHashMap<>();
    private GroupRules rules;

    private record Due(Instant at, Duration pause) {
    }

    MemberValidation(ResourceStore store, TargetResolver resolver, EntityIds ids, MemberTypes types, EventSink events,
            Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> internal, Clock clock) {
        this.store = store;
        this.resolver = resolver;
        this.ids = ids;
        this.types = types;
        this.events = events;
        this.internal = internal;
        this.clock = clock;
    }

    void judgeBy(GroupRules judging) {
        this.rules = judging;
    }

    /** Takes up what was not known when the last run ended. */
    void load() {
        String after = "";
        List<Resource> page;
        do {
            page = store.ofType(ResourceTypes.GROUP, after, PAGE);
            for (Resource group : page) {
                if (!group.attributes().flag("mtv").orElse(true)) {
                    add(group.id());
                }
                after = group.id();
            }
        } while (page.size() == PAGE);
    }

    void add(String id) {
        waiting.put(id, new Due(clock.instant().plus(FIRST_PAUSE), FIRST_PAUSE));
    }

    /** How many groups have members that are not known. */
    int size() {
        return waiting.size();
    }

    void tick() {
        Instant now = clock.instant();
        waiting.forEach((id, due) -> {
            if (!due.at().isAfter(now)) {
                Duration pause = due.pause().multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE
                        : due.pause().multipliedBy(2);
                waiting.put(id, new Due(now.plus(pause), pause));
                validate(id);
            }
        });
    }

    private void validate(String id) {
        Optional<Resource> group = store.byId(id).filter(found -> !found.attributes().flag("mtv").orElse(true));
        if (group.isEmpty()) {
            waiting.remove(id);
            return;
        }
        String creator = group.get().creator();
        RequestPrimitive question = RequestPrimitive.builder(Operation.RETRIEVE, id).from(ids.spRelative(creator))
                .requestIdentifier(RequestIdentifiers.next()).set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").build();
        RequestContext context = new RequestContext(question, creator, Hop.local(RequestContext.SELF), clock.instant());
        types.elsewhere(context, Member.distinct(store, resolver, group.get().attributes().texts("mid")))
                .thenCompose(findings -> store.write(writer -> settle(writer, context, id, known(findings))))
                .thenCompose(abandoned -> abandoned ? delete(id) : CompletableFuture.completedFuture(null))
                .whenComplete((done, failure) -> {
                    if (failure != null) {
                        LOG.debug("the members of group {} are looked at later: {}", id, failure.toString());
                    }
                });
    }

    /** Nobody waits who could be refused: what may not be looked at does not fit. */
    private static Map<String, MemberTypes.Finding> known(Map<String, MemberTypes.Finding> findings) {
        Map<String, MemberTypes.Finding> known = new ConcurrentHashMap<>(findings);
        known.replaceAll((key, finding) -> finding.state() == MemberTypes.State.FORBIDDEN
                ? MemberTypes.Finding.of(MemberTypes.State.MISSING) : finding);
        return known;
    }

    /** Whether the group has to go. */
    private boolean settle(ResourceWriter writer, RequestContext context, String id, Map<String, MemberTypes.Finding> findings) {
        Optional<Resource> found = writer.byId(id).filter(group -> !group.attributes().flag("mtv").orElse(true));
        if (found.isEmpty()) {
            waiting.remove(id);
            return false;
        }
        Resource before = found.get();
        List<Member> members = Member.distinct(writer, resolver, before.attributes().texts("mid"));
        GroupRules.Wanted wanted = GroupRules.Wanted.of(before.attributes());
        GroupRules.Verdict verdict;
        try {
            // as this CSE itself: members here were looked at in their originator's name when they were named
            verdict = rules.judge(writer, context, ids.identity().cseId(), wanted, members, findings);
        } catch (PrimitiveException inconsistent) {
            LOG.info("group {} is deleted, as its consistency strategy says: {}", id, inconsistent.getMessage());
            waiting.remove(id);
            return true;
        }
        Attributes.Builder attributes = before.attributes().toBuilder();
        GroupRules.fill(attributes, members, verdict, wanted.memberType());
        if (verdict.validated()) {
            waiting.remove(id);
        }
        change(writer, context, before, attributes);
        return false;
    }

    /** Writes a change that no request asked for, if it is one, and tells of it as of any other. */
    private void change(ResourceWriter writer, RequestContext context, Resource before, Attributes.Builder attributes) {
        if (!attributes.build().equals(before.attributes())) {
            GroupChanges.write(writer, events, context, before, attributes.set("lt", Timestamps.format(clock.instant())).build());
        }
    }

    private CompletionStage<ResponsePrimitive> delete(String id) {
        return internal.apply(RequestPrimitive.builder(Operation.DELETE, id).from(ids.identity().cseId())
                .requestIdentifier(RequestIdentifiers.next()).set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a").build());
    }
}
