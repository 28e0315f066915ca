// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import io.lintel.primitive.Attributes;

/** Reads one JSON object that is no primitive, such as the claims of a token, within the default limits. Pure; any thread. */
public final class JsonObjects {
    private JsonObjects() {
    }

    /** @throws io.lintel.primitive.PrimitiveException 4000, saying what is wrong with the text */
    public static Attributes read(byte[] utf8) {
        if (utf8.length > DecodeLimits.DEFAULT.maxBytes()) {
            throw new MalformedException("longer than " + DecodeLimits.DEFAULT.maxBytes() + " bytes");
        }
        return new JsonFormat().read(utf8, new ReadProgress(DecodeLimits.DEFAULT));
    }
}
