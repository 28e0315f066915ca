// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;

/** An encoder of its own for the documents that the CBOR codec is held against: RFC 8949 section 3, definite lengths only. */
final class TestCbor {
    private TestCbor() {
    }

    /** The CBOR that says the same as this JSON. */
    static byte[] of(String json) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, JsonParser.parseString(json));
        return out.toByteArray();
    }

    /** Bytes from hexadecimal text in which blanks mean nothing. */
    static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static void write(ByteArrayOutputStream out, JsonElement value) {
        if (value instanceof JsonObject object) {
            head(out, 5, object.size());
            for (Map.Entry<String, JsonElement> member : object.entrySet()) {
                text(out, member.getKey());
                write(out, member.getValue());
            }
        } else if (value instanceof JsonArray array) {
            head(out, 4, array.size());
            array.forEach(element -> write(out, element));
        } else if (value.isJsonNull()) {
            out.write(0xF6);
        } else if (value.getAsJsonPrimitive().isBoolean()) {
            out.write(value.getAsBoolean() ? 0xF5 : 0xF4);
        } else if (value.getAsJsonPrimitive().isString()) {
            text(out, value.getAsString());
        } else if (value.getAsString().matches("-?\\d+")) {
            long number = value.getAsLong();
            head(out, number < 0 ? 1 : 0, number < 0 ? -1 - number : number);
        } else {
            out.write(0xFB);
            out.writeBytes(ByteBuffer.allocate(8).putDouble(value.getAsDouble()).array());
        }
    }

    private static void text(ByteArrayOutputStream out, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        head(out, 3, bytes.length);
        out.writeBytes(bytes);
    }

    private static void head(ByteArrayOutputStream out, int major, long argument) {
        int top = major << 5;
        if (argument < 24) {
            out.write(top | (int) argument);
        } else if (argument < 0x100) {
            out.write(top | 24);
            out.write((int) argument);
        } else if (argument < 0x10000) {
            out.write(top | 25);
            out.writeBytes(ByteBuffer.allocate(2).putShort((short) argument).array());
        } else {
            out.write(top | 26);
            out.writeBytes(ByteBuffer.allocate(4).putInt((int) argument).array());
        }
    }
}
