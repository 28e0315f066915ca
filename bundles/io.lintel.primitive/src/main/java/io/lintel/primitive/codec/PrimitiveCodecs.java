// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import io.lintel.primitive.Serialization;

/**
 * Where the codecs are made, each when it is first asked for: a gateway that speaks JSON only never loads the others.
 * Callers use {@link PrimitiveCodec#of}.
 */
final class PrimitiveCodecs {
    private PrimitiveCodecs() {
    }

    static PrimitiveCodec of(Serialization serialization) {
        return switch (serialization) {
            case JSON -> Json.CODEC;
            case XML -> Xml.CODEC;
            case CBOR -> Cbor.CODEC;
        };
    }

    /** With other limits than the default ones. */
    static PrimitiveCodec of(Serialization serialization, DecodeLimits limits) {
        return new TreeCodec(serialization, format(serialization), limits);
    }

    private static TreeFormat format(Serialization serialization) {
        return switch (serialization) {
            case JSON -> new JsonFormat();
            case XML -> new XmlFormat();
            case CBOR -> new CborFormat();
        };
    }

    private static final class Json {
        private static final PrimitiveCodec CODEC = of(Serialization.JSON, DecodeLimits.DEFAULT);
    }

    private static final class Xml {
        private static final PrimitiveCodec CODEC = of(Serialization.XML, DecodeLimits.DEFAULT);
    }

    private static final class Cbor {
        private static final PrimitiveCodec CODEC = of(Serialization.CBOR, DecodeLimits.DEFAULT);
    }
}
