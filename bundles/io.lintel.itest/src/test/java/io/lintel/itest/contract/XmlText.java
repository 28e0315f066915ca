// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.Primitive;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.codec.PrimitiveCodec;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * XML by the product's codec, since it takes a table of all types to know lists from repeated elements. The cases of
 * {@code serialisation/xml} have documents written by hand, as a check on that.
 */
final class XmlText implements Format {
    private static final PrimitiveCodec CODEC = PrimitiveCodec.of(Serialization.XML);
    private static final String END = "</m2m:rqp>";

    @Override
    public String name() {
        return "xml";
    }

    @Override
    public boolean untyped() {
        return true;
    }

    @Override
    public byte[] content(JsonObject content) {
        return CODEC.encodeContent(contentOf(content));
    }

    private static Content contentOf(JsonObject content) {
        if (content.size() != 1) {
            throw new ContractFault("XML has one root element; say 'in json cbor'");
        }
        String name = content.keySet().iterator().next();
        Object value = value(content.get(name));
        return new Content(name, value instanceof Attributes || value instanceof List ? value : value.toString());
    }

    @Override
    public byte[] primitive(JsonObject primitive) {
        if (primitive.has("rsc")) {
            ResponsePrimitive.Builder response = ResponsePrimitive.builder(primitive.get("rsc").getAsInt(),
                    primitive.get("rqi").getAsString());
            primitive.entrySet().forEach(entry -> ResponseParameter.ofShortName(entry.getKey())
                    .ifPresent(parameter -> response.set(parameter, value(entry.getValue()))));
            if (primitive.has("pc")) {
                response.content(contentOf(primitive.getAsJsonObject("pc")));
            }
            return CODEC.encode(response.build());
        }
        return CODEC.encode(request(primitive));
    }

    private static RequestPrimitive request(JsonObject primitive) {
        RequestPrimitive.Builder request = RequestPrimitive.builder(
                Operation.ofCode(primitive.get("op").getAsInt()).orElseThrow(), primitive.get("to").getAsString());
        primitive.entrySet().forEach(entry -> RequestParameter.ofShortName(entry.getKey())
                .ifPresent(parameter -> request.set(parameter, value(entry.getValue()))));
        if (primitive.has("pc")) {
            request.content(contentOf(primitive.getAsJsonObject("pc")));
        }
        return request.build();
    }

    @Override
    public byte[] primitive(JsonObject parameters, byte[] content) {
        String head = new String(CODEC.encode(request(parameters)), StandardCharsets.UTF_8);
        String body = new String(content, StandardCharsets.UTF_8).replaceFirst("^\\s*<\\?xml[^>]*\\?>", "");
        return head.replace(END, "<pc>" + body + "</pc>" + END).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public JsonObject readContent(byte[] bytes) {
        return json(CODEC.decodeContent(bytes));
    }

    private static JsonObject json(Content content) {
        JsonObject object = new JsonObject();
        object.add(content.name(), json(content.value()));
        return object;
    }

    @Override
    public JsonObject readPrimitive(byte[] bytes) {
        Primitive primitive = CODEC.decode(bytes);
        JsonObject object = json(primitive.parameters()).getAsJsonObject();
        primitive.content().ifPresent(content -> object.add("pc", json(content)));
        return object;
    }

    private static Object value(JsonElement element) {
        if (element instanceof JsonObject object) {
            Attributes.Builder attributes = Attributes.builder();
            object.entrySet().forEach(member -> attributes.set(member.getKey(), value(member.getValue())));
            return attributes.build();
        } else if (element instanceof JsonArray array) {
            List<Object> list = new ArrayList<>();
            array.forEach(one -> list.add(value(one)));
            return list;
        } else if (element instanceof JsonPrimitive primitive) {
            if (primitive.isBoolean()) {
                return primitive.getAsBoolean();
            } else if (primitive.isNumber()) {
                BigDecimal number = primitive.getAsBigDecimal();
                try {
                    return number.longValueExact();
                } catch (ArithmeticException e) {
                    return number;
                }
            }
            return primitive.getAsString();
        }
        return Attributes.NULL;
    }

    private static JsonElement json(Object value) {
        if (value instanceof Attributes attributes) {
            JsonObject object = new JsonObject();
            attributes.forEach((name, member) -> object.add(name, json(member)));
            return object;
        } else if (value instanceof List<?> list) {
            JsonArray array = new JsonArray();
            list.forEach(one -> array.add(json(one)));
            return array;
        } else if (value instanceof Boolean flag) {
            return new JsonPrimitive(flag);
        } else if (value instanceof Number number) {
            return new JsonPrimitive(number);
        } else if (value instanceof String text) {
            return new JsonPrimitive(text);
        }
        return JsonNull.INSTANCE;
    }
}
