// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Map;

/** CBOR by Jackson, so not by the codec under test. */
final class CborBytes implements Format {
    private static final CBORFactory FACTORY = new CBORFactory();
    private static final int MAP = 0xA0;
    private static final int SHORT_MAP = 24;

    @Override
    public String name() {
        return "cbor";
    }

    @Override
    public boolean untyped() {
        return false;
    }

    @Override
    public byte[] content(JsonObject content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(bytes)) {
            write(generator, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public byte[] primitive(JsonObject primitive) {
        return content(primitive);
    }

    /** The map is made by hand, since Jackson can't be told to take over bytes. */
    @Override
    public byte[] primitive(JsonObject parameters, byte[] content) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (parameters.size() + 1 >= SHORT_MAP) {
            throw new ContractFault("too many parameters for a short map");
        }
        bytes.write(MAP + parameters.size() + 1);
        for (Map.Entry<String, JsonElement> parameter : parameters.entrySet()) {
            bytes.writeBytes(item(new JsonPrimitive(parameter.getKey())));
            bytes.writeBytes(item(parameter.getValue()));
        }
        bytes.writeBytes(item(new JsonPrimitive("pc")));
        bytes.writeBytes(content);
        return bytes.toByteArray();
    }

    private static byte[] item(JsonElement element) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator generator = FACTORY.createGenerator(bytes)) {
            write(generator, element);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator generator, JsonElement element) throws IOException {
        if (element instanceof JsonObject object) {
            generator.writeStartObject();
            for (Map.Entry<String, JsonElement> member : object.entrySet()) {
                generator.writeFieldName(member.getKey());
                write(generator, member.getValue());
            }
            generator.writeEndObject();
        } else if (element instanceof JsonArray array) {
            generator.writeStartArray();
            for (JsonElement one : array) {
                write(generator, one);
            }
            generator.writeEndArray();
        } else if (element instanceof JsonPrimitive primitive) {
            if (primitive.isBoolean()) {
                generator.writeBoolean(primitive.getAsBoolean());
            } else if (primitive.isNumber()) {
                writeNumber(generator, primitive.getAsBigDecimal());
            } else {
                generator.writeString(primitive.getAsString());
            }
        } else {
            generator.writeNull();
        }
    }

    private static void writeNumber(JsonGenerator generator, BigDecimal number) throws IOException {
        try {
            generator.writeNumber(number.longValueExact());
        } catch (ArithmeticException e) {
            generator.writeNumber(number.doubleValue());
        }
    }

    @Override
    public JsonObject readContent(byte[] bytes) {
        try (JsonParser parser = FACTORY.createParser(bytes)) {
            parser.nextToken();
            JsonObject read = read(parser).getAsJsonObject();
            if (parser.nextToken() != null) {
                throw new ContractFault("something behind the CBOR item");
            }
            return read;
        } catch (IOException | RuntimeException e) {
            throw new ContractFault("no CBOR map: " + Arrays.toString(bytes), e);
        }
    }

    @Override
    public JsonObject readPrimitive(byte[] bytes) {
        return readContent(bytes);
    }

    private static JsonElement read(JsonParser parser) throws IOException {
        switch (parser.currentToken()) {
            case START_OBJECT -> {
                JsonObject object = new JsonObject();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    object.add(name, read(parser));
                }
                return object;
            }
            case START_ARRAY -> {
                JsonArray array = new JsonArray();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    array.add(read(parser));
                }
                return array;
            }
            case VALUE_STRING -> {
                return new JsonPrimitive(parser.getText());
            }
            case VALUE_TRUE, VALUE_FALSE -> {
                return new JsonPrimitive(parser.getBooleanValue());
            }
            case VALUE_NUMBER_INT -> {
                return new JsonPrimitive(parser.getBigIntegerValue());
            }
            case VALUE_NUMBER_FLOAT -> {
                return new JsonPrimitive(BigDecimal.valueOf(parser.getDoubleValue()));
            }
            case VALUE_NULL -> {
                return JsonNull.INSTANCE;
            }
            default -> throw new ContractFault("a CBOR item that JSON does not have: " + parser.currentToken());
        }
    }
}
