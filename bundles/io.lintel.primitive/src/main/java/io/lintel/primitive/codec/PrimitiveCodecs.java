// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import io.lintel.primitive.Serialization;

/** Where the codecs are made; callers use {@link PrimitiveCodec#of}. */
final class PrimitiveCodecs {
    private PrimitiveCodecs() {
    }

    static PrimitiveCodec of(Serialization serialization) {
        return switch (serialization) {
            case JSON -> Json.CODEC;
            case XML -> throw new IllegalStateException("no codec for " + serialization);
            case CBOR -> throw new IllegalStateException("no codec for " + serialization);
        };
    }

    /** With other limits than the default ones. */
    static PrimitiveCodec of(Serialization serialization, DecodeLimits limits) {
        return new TreeCodec(serialization, format(serialization), limits);
    }

    private static TreeFormat format(Serialization serialization) {
        return switch (serialization) {
            case JSON -> new JsonFormat();
            case XML -> throw new IllegalStateException("no codec for " + serialization);
            case CBOR -> throw new IllegalStateException("no codec for " + serialization);
        };
    }

    private static final class Json {
        private static final PrimitiveCodec CODEC = of(Serialization.JSON, DecodeLimits.DEFAULT);
    }
}
