// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import io.lintel.primitive.Attributes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * CBOR (TS-0004 8.5, RFC 8949) with Jackson's streaming parser and generator. What JSON cannot say is refused: byte
 * strings, undefined, simple values, names that are no texts, and numbers that are none.
 */
final class CborFormat implements TreeFormat {
    private static final int MAX_DIGITS = 400;
    private static final int MAX_SCALE = 800;

    /** Without canonical names and recycled buffers: a peer must not fill tables, and no thread keeps our classes. */
    private final CBORFactory factory = CBORFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .enable(CBORParser.Feature.READ_UNDEFINED_AS_EMBEDDED_OBJECT)
            .enable(CBORParser.Feature.READ_SIMPLE_VALUE_AS_EMBEDDED_OBJECT)
            .enable(CBORParser.Feature.DECODE_USING_STANDARD_NEGATIVE_BIGINT_ENCODING)
            .enable(CBORGenerator.Feature.ENCODE_USING_STANDARD_NEGATIVE_BIGINT_ENCODING)
            .enable(CBORGenerator.Feature.LENIENT_UTF_ENCODING)
            .build();

    @Override
    public boolean wrapsPrimitives() {
        return false;
    }

    @Override
    public Attributes read(byte[] bytes, ReadProgress progress) {
        try (CBORParser parser = factory.createParser(bytes)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedException("the document is not a map");
            }
            Attributes document = new Reading(parser, bytes, progress).object();
            if (parser.nextToken() != null || parser.currentLocation().getByteOffset() < bytes.length) {
                throw new MalformedException("something follows the map");
            }
            return document;
        } catch (JsonProcessingException e) {
            throw new MalformedException(e.getOriginalMessage().lines().findFirst().orElse("not well-formed"));
        } catch (IOException | RuntimeException e) {
            if (e instanceof MalformedException malformed) {
                throw malformed;
            }
            throw new MalformedException("not well-formed");
        }
    }

    /** One document on its way through the parser. */
    private static final class Reading {
        private final CBORParser parser;
        private final byte[] bytes;
        private final ReadProgress progress;

        private Reading(CBORParser parser, byte[] bytes, ReadProgress progress) {
            this.parser = parser;
            this.bytes = bytes;
            this.progress = progress;
        }

        Attributes object() throws IOException {
            progress.enter();
            Attributes.Builder object = Attributes.builder();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                CborText.check(bytes, offset(), "a name");
                String name = parser.currentName();
                progress.name(name);
                progress.put(object, name, value(next()));
            }
            if (parser.currentToken() != JsonToken.END_OBJECT) {
                throw tooShort();
            }
            progress.leave();
            return object.build();
        }

        private List<Object> list() throws IOException {
            progress.enter();
            List<Object> list = new ArrayList<>();
            for (JsonToken token = next(); token != JsonToken.END_ARRAY; token = next()) {
                progress.count();
                list.add(value(token));
            }
            progress.leave();
            return list;
        }

        private JsonToken next() throws IOException {
            JsonToken token = parser.nextToken();
            if (token == null) {
                throw tooShort();
            }
            return token;
        }

        private static MalformedException tooShort() {
            return new MalformedException("the document ends too early");
        }

        private int offset() {
            return (int) parser.currentTokenLocation().getByteOffset();
        }

        private Object value(JsonToken token) throws IOException {
            return switch (token) {
                case START_OBJECT -> object();
                case START_ARRAY -> list();
                case VALUE_STRING -> {
                    CborText.check(bytes, offset(), "a text");
                    yield parser.getText();
                }
                case VALUE_TRUE -> Boolean.TRUE;
                case VALUE_FALSE -> Boolean.FALSE;
                case VALUE_NULL -> Attributes.NULL;
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(parser.getNumberValue());
                default -> throw new MalformedException("an item at byte " + offset() + " that JSON does not have");
            };
        }

        private Object number(Number number) {
            if (number instanceof Integer || number instanceof Long) {
                return number.longValue();
            }
            if (number instanceof BigInteger big) {
                return big.bitLength() < Long.SIZE ? (Object) big.longValue() : checked(new BigDecimal(big));
            }
            if (number instanceof BigDecimal decimal) {
                boolean longer = decimal.scale() != 0 || decimal.toBigInteger().bitLength() >= Long.SIZE;
                return longer ? Numbers.narrowed(checked(decimal)) : (Object) decimal.longValueExact();
            }
            double value = number.doubleValue();
            if (Double.isNaN(value) || Double.isInfinite(value)) {
                throw new MalformedException("a number at byte " + offset() + " that is none");
            }
            return value;
        }

        private BigDecimal checked(BigDecimal number) {
            if (number.precision() > MAX_DIGITS || Math.abs((long) number.scale()) > MAX_SCALE) {
                throw new MalformedException("a number beyond all measure at byte " + offset());
            }
            return number;
        }
    }

    @Override
    public byte[] write(Attributes tree) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (CBORGenerator generator = factory.createGenerator(bytes)) {
            write(generator, tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator generator, Object value) throws IOException {
        if (value instanceof Attributes object) {
            generator.writeStartObject(object, object.size());
            for (String name : object.names()) {
                generator.writeFieldName(name);
                write(generator, object.get(name).orElseThrow());
            }
            generator.writeEndObject();
        } else if (value instanceof List<?> list) {
            generator.writeStartArray(list, list.size());
            for (Object element : list) {
                write(generator, element);
            }
            generator.writeEndArray();
        } else if (value instanceof String text) {
            generator.writeString(text);
        } else if (value instanceof Long number) {
            generator.writeNumber(number);
        } else if (value instanceof Double number) {
            generator.writeNumber(number);
        } else if (value instanceof BigDecimal number) {
            writeBig(generator, number);
        } else if (value instanceof Boolean flag) {
            generator.writeBoolean(flag);
        } else {
            generator.writeNull();
        }
    }

    private static void writeBig(JsonGenerator generator, BigDecimal number) throws IOException {
        if (number.scale() == 0) {
            generator.writeNumber(number.unscaledValue());
        } else {
            generator.writeNumber(number);
        }
    }

    /** Looks for the name as a short text, followed by another of up to 255 bytes. */
    @Override
    public String scan(byte[] bytes, String parameter) {
        byte[] name = parameter.getBytes(StandardCharsets.US_ASCII);
        int last = Math.min(bytes.length, SCANNED) - name.length - 2;
        for (int i = 0; i <= last; i++) {
            int end = i + 1 + name.length;
            if ((bytes[i] & 0xFF) == 0x60 + name.length && Arrays.equals(bytes, i + 1, end, name, 0, name.length)) {
                return CborText.shortText(bytes, end);
            }
        }
        return "";
    }
}
