// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.address;

import io.lintel.cse.api.store.Resource;

/**
 * Where a hosted address leads.
 *
 * @param resource the resource, or the parent of the virtual one
 * @param virtual  which virtual child of it is meant, if any
 */
public record Place(Resource resource, Virtual virtual) {

    /** The virtual children that this CSE serves (TS-0001 9.6.27, 9.6.28). */
    public enum Virtual {
        NONE, LATEST, OLDEST
    }

    public boolean isVirtual() {
        return virtual != Virtual.NONE;
    }
}
