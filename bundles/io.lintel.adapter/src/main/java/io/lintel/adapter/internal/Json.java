// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter.internal;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import java.io.StringReader;
import java.util.LinkedHashMap;
import java.util.Map;

/** What adapters need of JSON: is it an object, and what are its texts. */
final class Json {
    private static final int MAX_LENGTH = 64 * 1024;

    private Json() {
    }

    /** The text itself, if it is a JSON object. */
    static String checked(String text) {
        object(text);
        return text;
    }

    /** The object's members that are texts. */
    static Map<String, String> texts(String text) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, JsonElement> member : object(text).entrySet()) {
            if (member.getValue().isJsonPrimitive() && member.getValue().getAsJsonPrimitive().isString()) {
                texts.put(member.getKey(), member.getValue().getAsString());
            }
        }
        return texts;
    }

    /** Texts and numbers, also those of objects in the object, which stand before a slash. */
    static Map<String, Object> values(String text) {
        Map<String, Object> values = new LinkedHashMap<>();
        values(object(text), "", values);
        return values;
    }

    private static void values(JsonObject object, String prefix, Map<String, Object> values) {
        for (Map.Entry<String, JsonElement> member : object.entrySet()) {
            if (member.getValue().isJsonObject() && prefix.isEmpty()) {
                values(member.getValue().getAsJsonObject(), member.getKey() + "/", values);
            } else if (member.getValue().isJsonPrimitive() && member.getValue().getAsJsonPrimitive().isNumber()) {
                values.put(prefix + member.getKey(), member.getValue().getAsDouble());
            } else if (member.getValue().isJsonPrimitive() && member.getValue().getAsJsonPrimitive().isString()) {
                values.put(prefix + member.getKey(), member.getValue().getAsString());
            }
        }
    }

    private static JsonObject object(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new IllegalArgumentException("the message is longer than " + MAX_LENGTH + " characters");
        }
        try {
            JsonReader reader = new JsonReader(new StringReader(text));
            reader.setStrictness(Strictness.STRICT);
            JsonElement element = JsonParser.parseReader(reader);
            if (element.isJsonObject()) {
                return element.getAsJsonObject();
            }
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("the message is no JSON: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("the message is no JSON object");
    }
}
