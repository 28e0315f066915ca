// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.group;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.access.AccessControl;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * What is special about {@code <group>} (TS-0004 7.4.13): its members are counted, each once, and held against
 * {@code mt} by the consistency strategy. Members at other CSEs are asked for before the writer is; what could not be
 * reached stays a member, {@code mtv} is false, and {@link MemberValidation} asks again.
 */
public final class GroupRules implements TypeRules {
    private static final long ABANDON_MEMBER = 1;
    private static final long ABANDON_GROUP = 2;
    private static final long SET_MIXED = 3;

    private final ResourceStore store;
    private final TargetResolver resolver;
    private final AccessControl access;
    private final MemberTypes types;
    private final Consumer<String> unvalidated;
    /** What was found elsewhere, between the preparation of a request and its task; goes with the request. */
    private final Map<RequestPrimitive, Map<String, MemberTypes.Finding>> found =
            Collections.synchronizedMap(new WeakHashMap<>());

    /** @param unvalidated told the ID of a group whose members are not all known; on the writer's thread */
    public GroupRules(ResourceStore store, TargetResolver resolver, AccessControl access, MemberTypes types,
            Consumer<String> unvalidated) {
        this.store = store;
        this.resolver = resolver;
        this.access = access;
        this.types = types;
        this.unvalidated = unvalidated;
    }

    /** A group as its members have to be. */
    record Wanted(long memberType, Optional<Object> specialization, long strategy) {
        static Wanted of(Attributes group) {
            return new Wanted(group.number("mt").orElse(0L), group.get("spty").filter(value -> value != Attributes.NULL),
                    group.number("csy").orElse(ABANDON_MEMBER));
        }
    }

    /**
     * What became of the members.
     *
     * @param removed   those that do not fit, if such are removed
     * @param mixed     whether the group is of mixed types from now on
     * @param validated whether all are known to fit
     */
    record Verdict(Set<String> removed, boolean mixed, boolean validated) {
    }

    @Override
    public boolean prepares() {
        return true;
    }

    @Override
    public CompletionStage<Void> prepareCreate(RequestContext context, Resource parent, Attributes requested) {
        return ask(context, Wanted.of(requested), members(store, requested), limit(requested));
    }

    @Override
    public CompletionStage<Void> prepareUpdate(RequestContext context, Resource target, Attributes changes) {
        if (!changes.has("mid")) {
            return CompletableFuture.completedFuture(null);
        }
        long limit = changes.has("mnm") ? limit(changes) : limit(target.attributes());
        return ask(context, Wanted.of(target.attributes()), added(store, target, changes), limit);
    }

    private CompletionStage<Void> ask(RequestContext context, Wanted wanted, List<Member> members, long limit) {
        requireRoom(members.size(), limit);
        if (wanted.memberType() == 0 || members.stream().allMatch(Member::here)) {
            return CompletableFuture.completedFuture(null);
        }
        return types.elsewhere(context, members).thenAccept(findings -> found.put(context.request(), findings));
    }

    private List<Member> members(ResourceReader reader, Attributes group) {
        return Member.distinct(reader, resolver, group.texts("mid"));
    }

    private List<Member> added(ResourceReader reader, Resource before, Attributes changes) {
        Set<String> known = new HashSet<>();
        members(reader, before.attributes()).forEach(member -> known.add(member.key()));
        List<Member> added = new ArrayList<>(members(reader, changes));
        added.removeIf(member -> known.contains(member.key()));
        return added;
    }

    private static long limit(Attributes group) {
        return group.number("mnm").orElse(Long.MAX_VALUE);
    }

    private static void requireRoom(int members, long limit) {
        if (members > limit) {
            throw new PrimitiveException(ResponseStatusCode.MAX_NUMBER_OF_MEMBER_EXCEEDED, members
                    + " members are more than mnm, " + limit + ", allows");
        }
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes requested = attributes.build();
        access.checkPolicies(writer, requested, "macp");
        List<Member> members = members(writer, requested);
        requireRoom(members.size(), limit(requested));
        Wanted wanted = Wanted.of(requested);
        if (wanted.specialization().isPresent() && wanted.memberType() == 0) {
            throw Refusals.badRequest("spty, the members' specialization, needs mt, their type");
        }
        Verdict verdict = judge(writer, context, context.originator(), wanted, members, taken(context));
        fill(attributes, members, verdict, wanted.memberType());
        attributes.set("csy", wanted.strategy()).set("ssi", false);
    }

    @Override
    public void created(ResourceWriter writer, RequestContext context, Resource parent, Resource created) {
        watch(created);
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        if (changes.has("macp") && !changes.isNull("macp")) {
            access.checkPolicies(writer, changes, "macp");
        }
        Attributes updated = after.build();
        if (!changes.has("mid")) {
            requireRoom(members(writer, before.attributes()).size(), limit(updated));
            return;
        }
        List<Member> members = members(writer, updated);
        requireRoom(members.size(), limit(updated));
        Wanted wanted = Wanted.of(before.attributes());
        Verdict verdict = judge(writer, context, context.originator(), wanted, added(writer, before, changes), taken(context));
        boolean validated = verdict.validated() && (verdict.mixed() || before.attributes().flag("mtv").orElse(true));
        fill(after, members, new Verdict(verdict.removed(), verdict.mixed(), validated), wanted.memberType());
    }

    @Override
    public void updated(ResourceWriter writer, RequestContext context, Resource before, Resource after) {
        watch(after);
    }

    private void watch(Resource group) {
        if (!group.attributes().flag("mtv").orElse(true)) {
            unvalidated.accept(group.id());
        }
    }

    private Map<String, MemberTypes.Finding> taken(RequestContext context) {
        Map<String, MemberTypes.Finding> findings = found.remove(context.request());
        return findings == null ? Map.of() : findings;
    }

    /** Holds members against the group's type; 5105 if one may not be looked at, 4110 if one ends the group. */
    Verdict judge(ResourceReader reader, RequestContext context, String originator, Wanted wanted, List<Member> members,
            Map<String, MemberTypes.Finding> elsewhere) {
        Set<String> removed = new HashSet<>();
        boolean validated = true;
        for (Member member : wanted.memberType() == 0 ? List.<Member>of() : members) {
            MemberTypes.Finding finding = member.here() ? types.here(reader, context, originator, member)
                    : elsewhere.getOrDefault(member.key(), MemberTypes.Finding.of(MemberTypes.State.UNREACHABLE));
            if (finding.state() == MemberTypes.State.FORBIDDEN) {
                throw new PrimitiveException(ResponseStatusCode.RECEIVER_HAS_NO_PRIVILEGE, "the type of member " + member.id()
                        + " can't be read, for " + originator + " has no privilege to RETRIEVE it");
            }
            if (finding.state() == MemberTypes.State.UNREACHABLE) {
                validated = false;
            } else if (!finding.fits(wanted.memberType(), wanted.specialization())) {
                if (wanted.strategy() == ABANDON_GROUP) {
                    throw new PrimitiveException(ResponseStatusCode.GROUP_MEMBER_TYPE_INCONSISTENT, "member " + member.id()
                            + (finding.state() == MemberTypes.State.MISSING ? " does not exist"
                            : " is not of the group's type, " + wanted.memberType()));
                }
                removed.add(member.key());
            }
        }
        boolean mixed = !removed.isEmpty() && wanted.strategy() == SET_MIXED;
        return new Verdict(mixed ? Set.of() : removed, mixed, validated || mixed);
    }

    /** Writes the members and what is known of them into the representation. */
    static void fill(Attributes.Builder attributes, List<Member> members, Verdict verdict, long memberType) {
        List<String> kept = members.stream().filter(member -> !verdict.removed().contains(member.key())).map(Member::id).toList();
        attributes.set("mt", verdict.mixed() ? 0 : memberType).set("cnm", kept.size()).set("mid", kept)
                .set("mtv", verdict.validated());
        if (verdict.mixed()) {
            attributes.remove("spty");
        }
    }
}
