// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.address;

import io.lintel.cse.api.store.Resource;
import java.util.List;

/**
 * Where a hosted address leads.
 *
 * @param resource the resource, or the parent of the virtual one
 * @param virtual  which virtual child of it is meant, if any
 * @param rest     the names that follow a fan-out point, to be looked for below each member
 */
public record Place(Resource resource, Virtual virtual, List<String> rest) {
    public Place {
        rest = List.copyOf(rest);
    }

    public Place(Resource resource, Virtual virtual) {
        this(resource, virtual, List.of());
    }

    /** The virtual children that this CSE serves (TS-0001 9.6). */
    public enum Virtual {
        NONE("", ""), LATEST("la", "latest"), OLDEST("ol", "oldest"), FAN_OUT_POINT("fopt", "fanOutPoint"),
        POLLING_CHANNEL_URI("pcu", "pollingChannelURI"),
        NOTIFICATION_TARGET_SELF_REFERENCE("ntsr", "notificationTargetSelfReference");

        private final String shortName;
        private final String longName;

        Virtual(String shortName, String longName) {
            this.shortName = shortName;
            this.longName = longName;
        }

        /** As the table of types lists it among the virtual children. */
        public String longName() {
            return longName;
        }

        /** The one with this name in an address, {@link #NONE} if it is no such name. */
        public static Virtual named(String name) {
            for (Virtual virtual : values()) {
                if (virtual != NONE && virtual.shortName.equals(name)) {
                    return virtual;
                }
            }
            return NONE;
        }
    }

    public boolean isVirtual() {
        return virtual != Virtual.NONE;
    }
}
