// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.location.LocationPolicyRules;
import io.lintel.cse.internal.location.Positions;
import io.lintel.cse.internal.operation.Deletion;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.semantic.SemanticDescriptorRules;
import io.lintel.cse.internal.timeseries.MissingData;
import io.lintel.cse.internal.timeseries.TimeSeriesInstanceRules;
import io.lintel.cse.internal.timeseries.TimeSeriesRules;
import io.lintel.cse.internal.type.ContainerRules;
import io.lintel.cse.internal.type.ContentInstanceRules;
import io.lintel.cse.internal.type.ContentLimits;
import io.lintel.cse.internal.type.FlexContainerInstanceRules;
import io.lintel.cse.internal.type.FlexContainerRules;
import io.lintel.cse.internal.type.InstanceChildren;
import io.lintel.cse.internal.type.Instances;
import io.lintel.cse.internal.type.TypeRules;
import io.lintel.primitive.ResourceTypes;
import java.time.Clock;
import java.util.Map;

/** The types that hold data, and what they share: instances, what may be below them, missing data, positions. */
final class ContentTypes {
    private final ResourceStore store;
    private final InstanceChildren children = new InstanceChildren();
    private final Instances instances;
    private final ContentLimits limits;
    private final ContainerRules containers;
    private final FlexContainerRules flexContainers;
    private final MissingData missingData;
    private final Positions positions;
    private final LocationPolicyRules locationPolicies;

    ContentTypes(CseSettings settings, ResourceStore store, EventSink events, Clock clock) {
        this.store = store;
        this.instances = new Instances(clock, children);
        this.limits = new ContentLimits(settings);
        this.positions = new Positions(store, clock);
        this.containers = new ContainerRules(store, instances, positions::gone);
        this.flexContainers = new FlexContainerRules(store, instances, events, settings);
        this.missingData = new MissingData(settings.identity(), store, events, clock);
        this.locationPolicies = new LocationPolicyRules(events, containers, positions);
    }

    Map<Integer, TypeRules> rules() {
        return Map.of(ResourceTypes.CONTAINER, containers,
                ResourceTypes.CONTENT_INSTANCE, new ContentInstanceRules(instances, limits, positions::arrived),
                ResourceTypes.TIME_SERIES, new TimeSeriesRules(containers, missingData),
                ResourceTypes.TIME_SERIES_INSTANCE, new TimeSeriesInstanceRules(instances, limits, missingData),
                ResourceTypes.FLEX_CONTAINER, flexContainers,
                ResourceTypes.FLEX_CONTAINER_INSTANCE, new FlexContainerInstanceRules(instances),
                ResourceTypes.SEMANTIC_DESCRIPTOR, new SemanticDescriptorRules(limits, children),
                ResourceTypes.LOCATION_POLICY, locationPolicies);
    }

    InstanceChildren children() {
        return children;
    }

    /** Instances that give way, and containers of location policies, are deleted with what is below them. */
    void deleteBy(Deletion deletion) {
        instances.clearing(deletion::clearBelow);
        locationPolicies.removing(deletion::remove);
    }

    /** Takes up what was there before the start. */
    void load() {
        children.load(store);
        missingData.load();
        positions.load(store);
    }

    /** Looks for what is overdue. */
    void tick() {
        missingData.tick();
        positions.tick();
    }

    MissingData missingData() {
        return missingData;
    }
}
