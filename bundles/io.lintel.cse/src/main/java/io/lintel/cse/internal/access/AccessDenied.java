// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.store.Resource;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import java.util.Optional;

/**
 * 4103, with what was denied: {@link DynamicAuthorization} may ask somebody who grants it after all. Thrown by
 * {@link AccessControl} where an operation on a resource needs a privilege, and answered as any refusal if nobody does.
 */
public final class AccessDenied extends PrimitiveException {
    private static final long serialVersionUID = 1L;

    private final transient Resource target;
    private final transient Resource guarded;
    private final int bit;
    private final transient Optional<Integer> childType;

    AccessDenied(String text, Resource target, Resource guarded, int bit, Optional<Integer> childType) {
        super(ResponseStatusCode.ORIGINATOR_HAS_NO_PRIVILEGE, text);
        this.target = target;
        this.guarded = guarded;
        this.bit = bit;
        this.childType = childType;
    }

    /** What the operation is about; for a CREATE the parent. */
    Resource target() {
        return target;
    }

    /** The resource whose policies decide: the target, or the ancestor that it follows. */
    Resource guarded() {
        return guarded;
    }

    /** Of the operation in {@code acop}. */
    int bit() {
        return bit;
    }

    Optional<Integer> childType() {
        return childType;
    }
}
