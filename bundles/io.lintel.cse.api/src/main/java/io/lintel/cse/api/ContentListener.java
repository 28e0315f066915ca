// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Whiteboard service: told when something has changed directly below a resource that it watches, or when that resource is gone,
 * so that a binding can offer its protocol's own way of watching. It says that there is a reason to look, not what is there: who
 * is told asks the {@link Cse} in the name of whom it asks for. Not told of what happened before it was there.
 */
@ConsumerType
public interface ContentListener {
    /**
     * Whether to tell of changes below this resource. Asked for every change, on the store's writer: answers at once, from
     * memory.
     *
     * @param resourceId the unstructured resource ID
     */
    boolean watches(String resourceId);

    /**
     * A child was added, changed or removed, or the resource itself was removed, and that is on disk. Several changes of one
     * request are told once. Called on a thread of the store's, which it must not block.
     */
    void changed(String resourceId);
}
