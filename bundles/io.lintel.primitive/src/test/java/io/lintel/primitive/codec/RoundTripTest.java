// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.primitive.AttributeDefinition;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.Primitive;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Serialization;
import io.lintel.primitive.internal.DataType;
import io.lintel.primitive.internal.Member;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever is written is read back the same: primitives made at random from the tables, always the same by a fixed seed. */
class RoundTripTest {
    private final Random random = new Random(2711);
    private boolean xml;

    @ParameterizedTest
    @EnumSource(Serialization.class)
    void requestsAndResponsesOfEveryResourceType(Serialization serialization) {
        xml = serialization == Serialization.XML;
        PrimitiveCodec codec = PrimitiveCodec.of(serialization);
        for (int round = 0; round < 12; round++) {
            for (ResourceType type : ResourceTypes.all()) {
                Content content = new Content(type.memberName(), representation(type, 2));
                Primitive primitive = random.nextBoolean() ? request(content) : response(content);

                byte[] bytes = codec.encode(primitive);
                assertThat(codec.decode(bytes)).as(() -> new String(bytes, StandardCharsets.UTF_8)).isEqualTo(primitive);
                assertThat(codec.decodeContent(codec.encodeContent(content))).isEqualTo(content);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Serialization.class)
    void textsWithEveryCharacterThatXmlKnows(Serialization serialization) {
        StringBuilder all = new StringBuilder("\t\n\r");
        for (int c = ' '; c < 0xFFFE; c++) {
            if (!Character.isSurrogate((char) c)) {
                all.append((char) c);
            }
        }
        all.append("\uD83D\uDE00");
        Content content = new Content("m2m:cin", Attributes.builder().set("con", all.toString()).set("rn", "a<\"'&\n\t>")
                .build());
        PrimitiveCodec codec = PrimitiveCodec.of(serialization);

        assertThat(codec.decodeContent(codec.encodeContent(content))).isEqualTo(content);
    }

    @ParameterizedTest
    @EnumSource(Serialization.class)
    void namesThatAreNoXmlNames(Serialization serialization) {
        Attributes.Builder attributes = Attributes.builder();
        for (String name : List.of("1a", "a b", "-x", "[y]", "_x0031_a", "_x", "ä", ":", "", "x_x_", "_x_")) {
            attributes.set(name, "v" + name);
        }
        Content content = new Content("hd:thing", attributes.build());
        PrimitiveCodec codec = PrimitiveCodec.of(serialization);

        assertThat(codec.decodeContent(codec.encodeContent(content))).isEqualTo(content);
    }

    @Test
    void charactersThatXmlDoesNotHaveAreReplacedThereAndKeptElsewhere() {
        Content content = new Content("m2m:cin", Attributes.of("con", "a\u0000b\u001Fc\uFFFF"));

        assertThat(again(Serialization.JSON, content)).isEqualTo(content);
        assertThat(again(Serialization.CBOR, content)).isEqualTo(content);
        assertThat(again(Serialization.XML, content).attributes().text("con")).contains("a\uFFFDb\uFFFDc\uFFFD");
    }

    private static Content again(Serialization serialization, Content content) {
        PrimitiveCodec codec = PrimitiveCodec.of(serialization);
        return codec.decodeContent(codec.encodeContent(content));
    }

    private RequestPrimitive request(Content content) {
        Operation operation = Operation.values()[random.nextInt(5)];
        RequestPrimitive.Builder request = RequestPrimitive.builder(operation, "/mn-cse/" + word()).requestIdentifier(word());
        if (random.nextInt(4) > 0) {
            request.content(content);
        }
        DataType type = io.lintel.primitive.internal.DataTypes.of("m2m:requestPrimitive");
        for (RequestParameter parameter : RequestParameter.values()) {
            if (parameter.ordinal() > 3 && random.nextInt(3) == 0) {
                request.set(parameter, parameter(type.member(parameter.shortName()).orElseThrow(), parameter.kind()));
            }
        }
        return request.build();
    }

    private ResponsePrimitive response(Content content) {
        ResponsePrimitive.Builder response = ResponsePrimitive.builder(1000 + random.nextInt(6000), word());
        if (random.nextInt(4) > 0) {
            response.content(content);
        }
        DataType type = io.lintel.primitive.internal.DataTypes.of("m2m:responsePrimitive");
        for (ResponseParameter parameter : ResponseParameter.values()) {
            if (parameter.ordinal() > 1 && random.nextInt(3) == 0) {
                response.set(parameter, parameter(type.member(parameter.shortName()).orElseThrow(), parameter.kind()));
            }
        }
        return response.build();
    }

    private Object parameter(Member member, io.lintel.primitive.ParameterKind kind) {
        return kind == io.lintel.primitive.ParameterKind.TEXT ? word()
                : kind == io.lintel.primitive.ParameterKind.OBJECT ? object(member.type(), 3) : value(member, 3);
    }

    private Attributes representation(ResourceType type, int depth) {
        Attributes.Builder attributes = Attributes.builder();
        for (AttributeDefinition definition : type.attributes()) {
            if (random.nextBoolean()) {
                if (definition.shortName().equals("[custom]")) {
                    attributes.set("own1", custom(2)).set("own2", custom(2)).set("own3", custom(2));
                } else if (random.nextInt(12) == 0 && !definition.shortName().equals("rn")) {
                    attributes.set(definition.shortName(), Attributes.NULL);
                } else {
                    attributes.set(definition.shortName(), value(Member.of(definition), 3));
                }
            }
        }
        if (depth > 0 && random.nextInt(4) == 0) {
            ResourceType child = ResourceTypes.all().stream().skip(random.nextInt(79)).findFirst().orElseThrow();
            List<Attributes> children = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                children.add(representation(child, depth - 1));
            }
            attributes.set(child.memberName(), children);
        }
        if (random.nextInt(6) == 0) {
            attributes.set("ch", List.of(Attributes.builder().set("nm", word()).set("typ", 3).set("val", word()).build()));
        }
        return attributes.build();
    }

    private Object value(Member member, int depth) {
        if (!member.isList()) {
            return one(member.type(), depth);
        }
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(member.kind() == Member.Kind.SPACED_LIST ? listElement(member.type())
                    : member.type().shape() == DataType.Shape.TEXT ? "x" + one(member.type(), depth) : one(member.type(), depth));
        }
        return list.equals(List.of(Attributes.empty())) ? List.of() : list;
    }

    private Object listElement(DataType type) {
        return type.shape() == DataType.Shape.TEXT ? word() : one(type, 0);
    }

    private Object one(DataType type, int depth) {
        return switch (type.shape()) {
            case TEXT -> type.mayHoldBlanks() ? text() : word();
            case INTEGER -> random.nextLong();
            case NUMBER -> random.nextInt(1000) / 8.0;
            case BOOLEAN -> random.nextBoolean();
            case SIMPLE -> xml ? text() : custom(2);
            case ANY -> custom(2);
            case OBJECT -> type.alternative().isPresent() && random.nextInt(4) == 0 ? one(type.alternative().get(), 0)
                    : type.name().equals("m2m:primitiveContent") || type.name().equals("m2m:representation") ? content()
                    : object(type, depth);
        };
    }

    private Attributes content() {
        return switch (random.nextInt(3)) {
            case 0 -> Attributes.of("m2m:uri", word());
            case 1 -> Attributes.of("m2m:cin", Attributes.of("con", text()));
            default -> Attributes.of("m2m:uril", List.of(word(), word()));
        };
    }

    private Attributes object(DataType type, int depth) {
        Attributes.Builder object = Attributes.builder();
        for (Member member : type.members()) {
            if (member.name().equals("grtm") || member.name().equals("mi") || member.name().indexOf(':') > 0) {
                continue;
            }
            if (member.place() == Member.Place.TEXT || depth > 0 && random.nextInt(3) == 0) {
                object.set(member.name(), member.place() == Member.Place.XML_ATTRIBUTE && xml && member.type()
                        .shape() == DataType.Shape.ANY
                        ? word() : value(member, depth - 1));
            }
        }
        if (type.members().isEmpty()) {
            object.set(name(), custom(1));
        }
        return object.build();
    }

    /**
     * A value that no table describes. In XML empty objects, lists of fewer than two, and lists in lists are beyond
     * what can be told.
     */
    private Object custom(int depth) {
        return switch (random.nextInt(depth > 0 ? 9 : 6)) {
            case 0 -> random.nextBoolean();
            case 1 -> random.nextLong();
            case 2 -> random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20);
            case 3 -> new BigDecimal("123456789012345678901234567890").movePointLeft(random.nextInt(60));
            case 4 -> "";
            case 5 -> text();
            case 6 -> Attributes.builder().set(name(), custom(depth - 1)).set(name(), Attributes.NULL).build();
            case 7 -> List.of(word(), random.nextLong(), custom(0));
            default -> xml ? word() : List.of(List.of(), List.of(1L), Attributes.NULL);
        };
    }

    /** A colon in a name would mean a namespace. */
    private String name() {
        return word().replace(':', '.');
    }

    private String word() {
        String alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/:äß€";
        StringBuilder word = new StringBuilder("w");
        for (int i = random.nextInt(12); i > 0; i--) {
            word.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return word.toString();
    }

    private String text() {
        String alphabet = " \t\n\r<>&\"'abc]]>{}[]\\/\u0085\u2028\u00a0ü";
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            text.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return random.nextInt(5) == 0 ? text.append("\uD83D\uDE00").toString() : text.toString();
    }
}
