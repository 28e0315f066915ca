// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import java.util.ArrayList;
import java.util.List;

import io.lintel.primitive.Attributes;

/**
 * {@code assignedTokenIdentifiers} of a response as text: {@code lti:tkid} pairs joined by "+" (TS-0009 6.4, TS-0008
 * 6.2.4). In the primitive it is {@code {"ltia":[{"lti":…,"tkid":…}]}}.
 */
public final class TokenAssignments {
    private TokenAssignments() {
    }

    public static String write(Attributes assignments) {
        return String.join("+", assignments.objects("ltia").stream()
                .map(pair -> pair.text("lti").orElse("") + ":" + pair.text("tkid").orElse("")).toList());
    }

    public static Attributes read(String text) {
        List<Attributes> pairs = new ArrayList<>();
        for (String pair : text.split("\\+")) {
            int colon = pair.indexOf(':');
            if (colon > 0) {
                pairs.add(Attributes.builder().set("lti", pair.substring(0, colon)).set("tkid", pair.substring(colon + 1))
                        .build());
            }
        }
        return Attributes.of("ltia", pairs);
    }
}
