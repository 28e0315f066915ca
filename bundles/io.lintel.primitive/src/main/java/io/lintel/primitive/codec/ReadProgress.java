// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import io.lintel.primitive.Attributes;

/**
 * Goes along while one document is read: counts against the {@link DecodeLimits}, and remembers the identifiers of
 * the primitive, so that a refusal can carry them although the rest was broken.
 */
final class ReadProgress {
    private final DecodeLimits limits;
    private int depth;
    private int members;
    private boolean wrapped;
    private String requestIdentifier = "";
    private String releaseVersionIndicator = "";

    ReadProgress(DecodeLimits limits) {
        this.limits = limits;
    }

    /** An object or list begins. */
    void enter() {
        if (++depth > limits.maxDepth()) {
            throw new MalformedException("nested deeper than " + limits.maxDepth() + " levels");
        }
    }

    /** An object or list ends. */
    void leave() {
        depth--;
    }

    /** A member or a list element begins. */
    void count() {
        if (++members > limits.maxMembers()) {
            throw new MalformedException("more than " + limits.maxMembers() + " members and list elements");
        }
    }

    /** A member of an object begins. */
    void name(String name) {
        count();
        if (depth == 1 && PrimitiveMapping.isWrapper(name)) {
            wrapped = true;
        }
    }

    /** A member of an object was read. */
    void member(String name, Object value) {
        if (depth == (wrapped ? 2 : 1)) {
            if (name.equals("rqi") && requestIdentifier.isEmpty()) {
                requestIdentifier = PrimitiveMapping.textOf(value);
            } else if (name.equals("rvi") && releaseVersionIndicator.isEmpty()) {
                releaseVersionIndicator = PrimitiveMapping.textOf(value);
            }
        }
    }

    String requestIdentifier() {
        return requestIdentifier;
    }

    String releaseVersionIndicator() {
        return releaseVersionIndicator;
    }

    /** Adds a member, once. */
    void put(Attributes.Builder object, String name, Object value) {
        if (object.has(name)) {
            throw new MalformedException("member '" + name + "' occurs twice");
        }
        object.set(name, value);
        member(name, value);
    }
}
