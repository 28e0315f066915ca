// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/**
 * A request primitive as a case has it.
 *
 * @param operation  1 to 5
 * @param parameters all others by their short names: {@code ty}, {@code rcn}, {@code fc} …
 * @param from       null if there is none
 * @param release    null if there is none
 * @param content    null if there is none
 * @param raw        the bytes of the content, if the case says them itself; else null
 */
record Request(int operation, String to, String from, String identifier, String release, JsonObject parameters,
        JsonObject content, byte[] raw) {
    static final int CREATE = 1;
    static final int RETRIEVE = 2;
    static final int UPDATE = 3;
    static final int DELETE = 4;
    static final int NOTIFY = 5;

    /** The whole primitive except for its content. */
    JsonObject primitive() {
        JsonObject primitive = new JsonObject();
        primitive.addProperty("op", operation);
        primitive.addProperty("to", to);
        if (from != null) {
            primitive.addProperty("fr", from);
        }
        primitive.addProperty("rqi", identifier);
        if (release != null) {
            primitive.addProperty("rvi", release);
        }
        parameters.entrySet().forEach(entry -> primitive.add(entry.getKey(), entry.getValue()));
        return primitive;
    }

    /** A parameter as text; null if there is none. */
    String text(String name) {
        JsonElement value = parameters.get(name);
        return value == null ? null : value.getAsString();
    }
}
