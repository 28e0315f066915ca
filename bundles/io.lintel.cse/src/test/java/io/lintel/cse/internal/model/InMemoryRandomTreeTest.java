// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.model;

import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.InMemoryResourceStore;

/** On the store of the CSE's own tests, which outlives the CSE. */
class InMemoryRandomTreeTest extends RandomTreeContract {
    @Override
    protected ResourceStore open(String run, ResourceStore last) {
        return last == null ? new InMemoryResourceStore(10_000) : last;
    }

    @Override
    protected void end(ResourceStore opened) {
        ((InMemoryResourceStore) opened).close();
    }
}
