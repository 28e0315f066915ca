// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.cse.api.store.Resource;

/**
 * A resource with its keys in the database.
 *
 * @param resource the resource
 * @param parent   the number of its parent, 0 for the CSEBase
 * @param number   its own number: its place in the order of creation
 */
record Row(Resource resource, long parent, long number) {

    boolean isInstance() {
        return Keys.isInstance(resource.type());
    }

    Row with(Resource changed) {
        return new Row(changed, parent, number);
    }
}
