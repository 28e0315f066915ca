// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The table of resource types: data, read once when this class is first used. */
public final class ResourceTypes {
    public static final int ACCESS_CONTROL_POLICY = 1;
    public static final int AE = 2;
    public static final int CONTAINER = 3;
    public static final int CONTENT_INSTANCE = 4;
    public static final int CSE_BASE = 5;
    public static final int EVENT_CONFIG = 7;
    public static final int GROUP = 9;
    public static final int LOCATION_POLICY = 10;
    public static final int M2M_SERVICE_SUBSCRIPTION_PROFILE = 11;
    public static final int MGMT_OBJ = 13;
    public static final int NODE = 14;
    public static final int POLLING_CHANNEL = 15;
    public static final int REMOTE_CSE = 16;
    public static final int REQUEST = 17;
    public static final int SCHEDULE = 18;
    public static final int SERVICE_SUBSCRIBED_APP_RULE = 19;
    public static final int SERVICE_SUBSCRIBED_NODE = 20;
    public static final int STATS_COLLECT = 21;
    public static final int STATS_CONFIG = 22;
    public static final int SUBSCRIPTION = 23;
    public static final int SEMANTIC_DESCRIPTOR = 24;
    public static final int NOTIFICATION_TARGET_MGMT_POLICY_REF = 25;
    public static final int NOTIFICATION_TARGET_POLICY = 26;
    public static final int POLICY_DELETION_RULES = 27;
    public static final int FLEX_CONTAINER = 28;
    public static final int TIME_SERIES = 29;
    public static final int TIME_SERIES_INSTANCE = 30;
    public static final int CROSS_RESOURCE_SUBSCRIPTION = 48;
    public static final int FLEX_CONTAINER_INSTANCE = 58;
    /** Announced variants are numbered original + this. */
    public static final int ANNOUNCED_OFFSET = 10000;

    private static final Set<Integer> INSTANCES = Set.of(CONTENT_INSTANCE, TIME_SERIES_INSTANCE, FLEX_CONTAINER_INSTANCE);
    private static final Set<Integer> PARENTS_OF_INSTANCES = Set.of(CONTAINER, TIME_SERIES, FLEX_CONTAINER);

    private ResourceTypes() {
    }

    /**
     * Whether resources of this type are instances: never updated, without {@code acpi}, as many as their parent may hold,
     * reached by its {@code la} and {@code ol}.
     */
    public static boolean isInstance(int number) {
        return INSTANCES.contains(number);
    }

    /** Whether a resource of this type may have instances below it, which then may be many. */
    public static boolean holdsInstances(int number) {
        return PARENTS_OF_INSTANCES.contains(number);
    }

    /** By the number in {@code ty}; for 13 and 28 the generic entry. */
    public static Optional<ResourceType> ofNumber(int number) {
        return Optional.ofNullable(Table.BY_NUMBER.get(number));
    }

    /**
     * By the root element of a representation, such as {@code m2m:cnt}, {@code m2m:fwr}, or, for a specialisation of
     * {@code flexContainer} whose definition is in force, {@code hd:binSh} (see {@link FlexContainerTypes}).
     */
    public static Optional<ResourceType> ofMember(String memberName) {
        ResourceType type = Table.BY_MEMBER.get(memberName);
        return type != null ? Optional.of(type) : FlexContainerTypes.ofMember(memberName);
    }

    /** Every type, specialisation and announced variant. */
    public static Collection<ResourceType> all() {
        return Table.ALL;
    }

    /** Read on first use. */
    private static final class Table {
        private static final List<ResourceType> ALL = ResourceTypeTable.read();
        private static final Map<Integer, ResourceType> BY_NUMBER = new HashMap<>();
        private static final Map<String, ResourceType> BY_MEMBER = new HashMap<>();

        static {
            for (ResourceType type : ALL) {
                BY_NUMBER.putIfAbsent(type.number(), type);
                BY_MEMBER.put(type.memberName(), type);
            }
        }
    }
}
