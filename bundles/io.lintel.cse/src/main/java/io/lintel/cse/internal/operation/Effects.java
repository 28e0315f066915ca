// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.Resource;
import io.lintel.primitive.ResourceTypes;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What one write task leaves to be done after its commit: registrations to be looked at again. */
public final class Effects {
    private final Set<String> registrations = new LinkedHashSet<>();

    private final List<Runnable> afterCommit = new ArrayList<>();

    /** Keeps what is to be started once the task is on disk. */
    void afterCommit(Runnable start) {
        afterCommit.add(start);
    }

    List<Runnable> afterCommit() {
        return afterCommit;
    }

    /** Called for every resource that the task inserts, updates or deletes. */
    void touched(Resource resource) {
        if (resource.type() == ResourceTypes.AE || resource.type() == ResourceTypes.REMOTE_CSE) {
            registrations.add(resource.id());
        }
    }

    Set<String> registrations() {
        return registrations;
    }
}
