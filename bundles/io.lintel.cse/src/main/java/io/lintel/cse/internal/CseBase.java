// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.type.TypeCatalog;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The {@code <CSEBase>} (TS-0001 9.6.3), which only the CSE itself makes and changes: created at the first start
 * together with an accessControlPolicy that puts it under the administrator, brought up to date at every further one,
 * and whenever the points of access of the open doors are not those it lists.
 */
final class CseBase {
    private static final String MEMBER = "m2m:cb";
    private static final String POLICY_NAME = "administration";

    private final CseSettings settings;
    private final CseIdentity identity;
    private final ResourceStore store;
    private final Clock clock;
    private final TypeCatalog catalog;
    private final Supplier<List<String>> doors;

    CseBase(CseSettings settings, ResourceStore store, Clock clock, TypeCatalog catalog, Supplier<List<String>> doors) {
        this.settings = settings;
        this.identity = settings.identity();
        this.store = store;
        this.clock = clock;
        this.catalog = catalog;
        this.doors = doors;
    }

    /** Completes when the CSEBase is on disk; fails with an {@code IllegalStateException} if the store is another CSE's. */
    CompletionStage<Void> ensure() {
        return store.write(writer -> {
            Optional<Resource> base = writer.ofType(ResourceTypes.CSE_BASE, "", 1).stream().findFirst();
            if (base.isEmpty()) {
                create(writer);
            } else {
                requireOwn(base.get());
                update(writer, base.get());
            }
            return null;
        });
    }

    private void requireOwn(Resource base) {
        String csi = base.text("csi").orElse("");
        if (!csi.equals(identity.cseId()) || !base.id().equals(identity.baseId()) || !base.name().equals(identity.baseName())) {
            throw new IllegalStateException("the store holds the tree of CSE " + csi + " (name " + base.name() + ", ri "
                    + base.id()
                    + "), but the configuration says " + identity.cseId() + " (name " + identity.baseName() + ", ri "
                    + identity.baseId()
                    + "): set cse.id, cse.name and cse.ri accordingly, or use another store.directory");
        }
    }

    private void create(ResourceWriter writer) {
        String now = Timestamps.now(clock);
        String policyId = writer.newId(ResourceTypes.ACCESS_CONTROL_POLICY, identity.baseId());
        Attributes base = Attributes.builder().set("rn", identity.baseName()).set("ty", ResourceTypes.CSE_BASE)
                .set("ri", identity.baseId()).set("pi", "").set("ct", now).set("lt", now).set("acpi", List.of(policyId))
                .setAll(own()).build();
        writer.insert(new Resource(ResourceTypes.CSE_BASE, MEMBER, identity.baseId(), "", identity.baseName(), identity.cseId(),
                Long.MAX_VALUE, base));
        Attributes everything = Attributes.of("acr", List.of(Attributes.builder()
                .set("acor", List.of(identity.administrator())).set("acop", 63).build()));
        String end = Timestamps.format(clock.instant().plus(java.time.Duration.ofDays(365L * 100)));
        Attributes policy = Attributes.builder().set("rn", POLICY_NAME).set("ty", ResourceTypes.ACCESS_CONTROL_POLICY)
                .set("ri", policyId).set("pi", identity.baseId()).set("ct", now).set("lt", now).set("et", end)
                .set("pv", everything).set("pvs", everything).build();
        writer.insert(new Resource(ResourceTypes.ACCESS_CONTROL_POLICY, "m2m:acp", policyId, identity.baseId(), POLICY_NAME,
                identity.cseId(), TargetResolver.expiration(policy), policy));
    }

    /** Updates the points of access if the doors have changed; says whether it did. */
    boolean refresh() {
        Optional<Resource> base = store.byId(identity.baseId());
        if (base.isEmpty() || base.get().attributes().texts("poa").equals(pointsOfAccess())) {
            return false;
        }
        store.write(writer -> {
            writer.byId(identity.baseId()).ifPresent(current -> update(writer, current));
            return null;
        });
        return true;
    }

    private void update(ResourceWriter writer, Resource base) {
        Attributes updated = base.attributes().toBuilder().setAll(own()).build();
        if (!updated.equals(base.attributes())) {
            writer.update(base.with(updated.toBuilder().set("lt", Timestamps.now(clock)).build()));
        }
    }

    /** What the CSEBase says of this CSE. */
    private Attributes own() {
        return Attributes.builder().set("cst", identity.type().code()).set("csi", identity.cseId())
                .set("srt", catalog.supported().stream().toList())
                .set("poa", pointsOfAccess()).set("srv", settings.releaseVersions())
                .set("csz", Arrays.stream(Serialization.values()).map(Serialization::suffix).toList()).build();
    }

    private List<String> pointsOfAccess() {
        Set<String> points = new LinkedHashSet<>(settings.pointsOfAccess());
        points.addAll(doors.get());
        return new ArrayList<>(points);
    }
}
