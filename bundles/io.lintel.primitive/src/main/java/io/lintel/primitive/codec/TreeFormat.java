// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import io.lintel.primitive.Attributes;

/**
 * One notation for trees of {@link Attributes}. It knows syntax only; what the tree means is {@link PrimitiveMapping}'s
 * part. Both together are a {@link TreeCodec}.
 */
interface TreeFormat {

    /**
     * Reads one document. XML's root element becomes the only member.
     *
     * @param progress bounds the work, and is told what was read, for the case that reading fails
     * @throws MalformedException saying what is wrong and where
     */
    Attributes read(byte[] bytes, ReadProgress progress);

    /** Writes one document. XML's root element is the only member. */
    byte[] write(Attributes tree);

    /** Whether a primitive stands inside {@code m2m:rqp} or {@code m2m:rsp}. */
    boolean wrapsPrimitives();

    /** How much of a broken document is searched, and how long an identifier found there may be. */
    int SCANNED = 64 * 1024;
    int LONGEST_FOUND = 256;

    /** Searches bytes that could not be read for the text of a parameter, {@code rqi} for instance; empty text if in vain. */
    String scan(byte[] bytes, String parameter);
}
