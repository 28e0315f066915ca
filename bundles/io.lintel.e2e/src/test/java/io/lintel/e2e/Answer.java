// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import io.lintel.primitive.Attributes;

/** The response to a request, by whatever binding it came. */
record Answer(int status, Attributes attributes) {

    Answer expect(int wanted) {
        if (status != wanted) {
            throw new AssertionError("expected " + wanted + ", the answer is " + status + " " + attributes);
        }
        return this;
    }
}
