// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;

/** Input that breaks its notation or our limits; {@link TreeCodec} adds the identifiers that the refusal needs. */
final class MalformedException extends PrimitiveException {
    private static final long serialVersionUID = 1L;

    MalformedException(String sentence) {
        super(ResponseStatusCode.BAD_REQUEST, sentence);
    }
}
