// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import io.lintel.primitive.Attributes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** JSON as no codec of ours would write it: requests that lack what they need. */
final class Json {
    private Json() {
    }

    static byte[] of(Attributes attributes) {
        return text(attributes).getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Object value) {
        if (value instanceof Attributes attributes) {
            List<String> members = new ArrayList<>();
            attributes.forEach((name, member) -> members.add('"' + name + "\":" + text(member)));
            return '{' + String.join(",", members) + '}';
        }
        return value instanceof String string ? '"' + string + '"' : String.valueOf(value);
    }
}
