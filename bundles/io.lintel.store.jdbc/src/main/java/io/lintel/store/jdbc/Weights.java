// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc;

import io.lintel.primitive.Attributes;
import java.util.List;

/** About how many bytes a value takes on the heap. */
final class Weights {
    private static final int MEMBER = 56;

    private Weights() {
    }

    static int of(Object value) {
        if (value instanceof String s) {
            return 48 + s.length();
        }
        if (value instanceof Attributes attributes) {
            int[] sum = {80};
            attributes.forEach((name, member) -> sum[0] += MEMBER + of(member));
            return sum[0];
        }
        if (value instanceof List<?> list) {
            int sum = 48;
            for (Object element : list) {
                sum += 8 + of(element);
            }
            return sum;
        }
        return 24;
    }
}
