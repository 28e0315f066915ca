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
 * @param modified for {@link Kind#UPDATED} the attributes that changed, for {@link Kind#UPDATE_ASKED} those that are to be,
 *                 for {@link Kind#MISSING_DATA} the new missing points, else none
 * @param context  the request that caused it
 */
public record ResourceEvent(Kind kind, Resource subject, Resource affected, Attributes modified, RequestContext context) {

    public enum Kind {
        UPDATED(1), DELETED(2), CHILD_CREATED(3), CHILD_DELETED(4), NO_INSTANCE(5), UPDATE_ASKED(7), MISSING_DATA(8),
        /** Reported to those alone who monitor operations. */
        RETRIEVED(0), NOTIFIED(0);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** Whether the tree is another than before. */
        public boolean isChange() {
            return code >= UPDATED.code && code <= CHILD_DELETED.code;
        }

        /** The number in {@code net}. */
        public int code() {
            return code;
        }
    }
}
