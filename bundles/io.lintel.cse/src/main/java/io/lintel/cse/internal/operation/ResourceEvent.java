// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;

/**
 * Something happened that subscriptions may be interested in (TS-0004 7.4.8, notificationEventType).
 *
 * @param kind     what
 * @param subject  the resource whose subscriptions are asked: the resource itself, or the parent for the child events
 * @param affected the resource the event is about, in its state after (before, for deletions)
 * @param modified for {@link Kind#UPDATED} the attributes that changed, for {@link Kind#MISSING_DATA} the new missing points
 * @param context  the request that caused it
 */
public record ResourceEvent(Kind kind, Resource subject, Resource affected, Attributes modified, RequestContext context) {

    public enum Kind {
        UPDATED(1), DELETED(2), CHILD_CREATED(3), CHILD_DELETED(4), MISSING_DATA(8);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** The number in {@code net}. */
        public int code() {
            return code;
        }
    }
}
