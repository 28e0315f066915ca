// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;

/** JSON by Gson alone. */
final class JsonText implements Format {
    static final Gson GSON = new GsonBuilder().serializeNulls().disableHtmlEscaping().create();

    @Override
    public String name() {
        return "json";
    }

    @Override
    public boolean untyped() {
        return false;
    }

    @Override
    public byte[] content(JsonObject content) {
        return GSON.toJson(content).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public byte[] primitive(JsonObject primitive) {
        return content(primitive);
    }

    @Override
    public byte[] primitive(JsonObject parameters, byte[] content) {
        String head = GSON.toJson(parameters);
        return (head.substring(0, head.length() - 1) + ",\"pc\":" + new String(content, StandardCharsets.UTF_8) + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public JsonObject readContent(byte[] bytes) {
        return read(new String(bytes, StandardCharsets.UTF_8));
    }

    @Override
    public JsonObject readPrimitive(byte[] bytes) {
        return readContent(bytes);
    }

    static JsonObject read(String text) {
        try (JsonReader reader = new JsonReader(new StringReader(text))) {
            reader.setStrictness(Strictness.STRICT);
            JsonElement element = JsonParser.parseReader(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new ContractFault("more than one JSON value: " + text);
            }
            return element.getAsJsonObject();
        } catch (IOException | RuntimeException e) {
            throw new ContractFault("no JSON object: " + text, e);
        }
    }
}
