// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import io.lintel.primitive.Serialization;

/** Where the codecs are made; callers use {@link PrimitiveCodec#of}. */
final class PrimitiveCodecs {
    private PrimitiveCodecs() {
    }

    static PrimitiveCodec of(Serialization serialization) {
        throw new IllegalStateException("no codec for " + serialization);
    }
}
