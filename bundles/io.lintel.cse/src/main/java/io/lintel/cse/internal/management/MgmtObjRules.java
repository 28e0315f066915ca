// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.management;

import io.lintel.cse.api.NodeManagement.ManagedObject;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.management.Executables.Executable;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@code <mgmtObj>} (TS-0004 7.4.15): what an executable attribute starts, and how it reads afterwards. On the CSE's own
 * node it is executed here, after the commit; on the node of a device, subscribers are told, and whoever manages the
 * device acts on it. On the writer's thread, inside the task of the request.
 */
public final class MgmtObjRules implements TypeRules {
    /** Links that a cmdhPolicy cannot do without: defaults, limits, network access rules, buffer. */
    private static final Set<Long> CMDH_PARTS = Set.of(1013L, 1016L, 1017L, 1019L);

    private final OwnNode own;

    public MgmtObjRules(OwnNode own) {
        this.own = own;
    }

    @Override
    public void create(ResourceWriter writer, RequestContext context, Resource parent, Attributes.Builder attributes) {
        Attributes requested = attributes.build();
        String memberName = memberName(requested);
        refuseOpposites(memberName, requested);
        checkLinks(memberName, requested);
        for (Executable executable : Executables.of(memberName)) {
            attributes.set(executable.attribute(), false);
            if (!executable.status().isEmpty() && !requested.has(executable.status())) {
                attributes.set(executable.status(), Attributes.of("sus", 0));
            }
        }
    }

    /** The specialisation, which {@code mgd} tells. */
    private static String memberName(Attributes attributes) {
        long definition = attributes.number("mgd").orElseThrow();
        return ResourceTypes.all().stream().filter(type -> type.number() == ResourceTypes.MGMT_OBJ
                && type.mgmtDefinition().filter(mgd -> mgd == definition).isPresent()).findFirst().orElseThrow().memberName();
    }

    @Override
    public void update(ResourceWriter writer, RequestContext context, Resource before, Attributes changes,
            Attributes.Builder after) {
        refuseOpposites(before.memberName(), changes);
        checkLinks(before.memberName(), after.build());
        List<Executable> asked = Executables.set(before.memberName(), changes);
        if (!asked.isEmpty() && own.has(before)) {
            ManagedObject object = new ManagedObject(before.name(), before.memberName(), after.build());
            asked.forEach(executable -> own.check(object, executable.attribute()));
        }
        for (Executable executable : Executables.of(before.memberName())) {
            if (changes.has(executable.attribute())) {
                after.set(executable.attribute(), false);
            }
        }
        for (Executable executable : asked) {
            if (!executable.status().isEmpty()) {
                if (Executables.inProcess(before.attributes().get(executable.status()).orElse(""))) {
                    throw Refusals.conflict("an action is in process: " + executable.status() + " says which");
                }
                after.set(executable.status(), Executables.status(executable.attribute(), Executables.IN_PROCESS));
            } else if (before.memberName().equals("m2m:evl")) {
                after.set("lgst", executable.attribute().equals("lga") ? 1 : 2);
            }
        }
    }

    @Override
    public Attributes executed(Resource target, Attributes changes) {
        Attributes.Builder executed = Attributes.builder();
        Executables.set(target.memberName(), changes).forEach(executable -> executed.set(executable.attribute(), true));
        return executed.build();
    }

    @Override
    public Optional<Runnable> afterCommit(Resource after, Attributes changes) {
        List<Executable> asked = Executables.set(after.memberName(), changes);
        return asked.isEmpty() || !own.has(after) ? Optional.empty()
                : Optional.of(() -> asked.forEach(executable -> own.execute(after, executable)));
    }

    private static void refuseOpposites(String memberName, Attributes attributes) {
        List<String> asked = Executables.set(memberName, attributes).stream().map(Executable::attribute).toList();
        Executables.set(memberName, attributes).stream().filter(executable -> asked.contains(executable.opposite())).findFirst()
                .ifPresent(executable -> {
                    throw Refusals.badRequest(executable.attribute() + " and " + executable.opposite()
                            + " ask for the opposite of each other");
                });
    }

    /** What the table cannot say of the links of CMDH policies (TS-0001 D.12). */
    private static void checkLinks(String memberName, Attributes attributes) {
        if (memberName.equals("m2m:cmp") && !attributes.objects("cmlk").stream().flatMap(link -> link.number("typ").stream())
                .toList().containsAll(CMDH_PARTS)) {
            throw Refusals.badRequest("cmlk of a cmdhPolicy needs links to defaults (1013), limits (1016), network access"
                    + " rules (1017) and buffer (1019)");
        }
    }
}
