// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.JsonWriter;
import com.google.gson.stream.MalformedJsonException;
import io.lintel.primitive.Attributes;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** JSON (TS-0004 8.4) with Gson's streaming reader and writer, in its strict mode. */
final class JsonFormat implements TreeFormat {

    @Override
    public boolean wrapsPrimitives() {
        return false;
    }

    @Override
    public Attributes read(byte[] bytes, ReadProgress progress) {
        try (JsonReader reader = new JsonReader(new StringReader(Utf8.decode(bytes)))) {
            reader.setStrictness(Strictness.STRICT);
            if (reader.peek() != JsonToken.BEGIN_OBJECT) {
                throw new MalformedException("the document is not an object");
            }
            Attributes document = object(reader, progress);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw new MalformedException("something follows the object");
            }
            return document;
        } catch (EOFException e) {
            throw new MalformedException("the document ends too early");
        } catch (MalformedJsonException | IllegalStateException | NumberFormatException e) {
            throw new MalformedException(sentence(e));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gson's sentence without its hints for programmers. */
    private static String sentence(Exception e) {
        String text = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        int where = text.indexOf(" at line ");
        return text.startsWith("Use JsonReader") && where >= 0 ? "not what JSON allows" + text.substring(where) : text;
    }

    private static Object value(JsonReader reader, ReadProgress progress) throws IOException {
        JsonToken token = reader.peek();
        switch (token) {
            case BEGIN_OBJECT:
                return object(reader, progress);
            case BEGIN_ARRAY:
                return list(reader, progress);
            case STRING:
                return Utf8.checked(reader.nextString());
            case BOOLEAN:
                return reader.nextBoolean();
            case NUMBER:
                return number(reader);
            case NULL:
                reader.nextNull();
                return Attributes.NULL;
            default:
                throw new MalformedException("unexpected " + token + " at " + reader.getPath());
        }
    }

    private static Object number(JsonReader reader) throws IOException {
        String text = reader.nextString();
        Number number = Numbers.parse(text);
        if (number == null) {
            throw new MalformedException("a number beyond all measure at " + reader.getPreviousPath());
        }
        return number;
    }

    private static Attributes object(JsonReader reader, ReadProgress progress) throws IOException {
        progress.enter();
        reader.beginObject();
        Attributes.Builder object = Attributes.builder();
        while (reader.hasNext()) {
            String name = Utf8.checked(reader.nextName());
            progress.name(name);
            progress.put(object, name, value(reader, progress));
        }
        reader.endObject();
        progress.leave();
        return object.build();
    }

    private static List<Object> list(JsonReader reader, ReadProgress progress) throws IOException {
        progress.enter();
        reader.beginArray();
        List<Object> list = new ArrayList<>();
        while (reader.hasNext()) {
            progress.count();
            list.add(value(reader, progress));
        }
        reader.endArray();
        progress.leave();
        return list;
    }

    @Override
    public byte[] write(Attributes tree) {
        return text(tree).getBytes(StandardCharsets.UTF_8);
    }

    /** A value as JSON text. */
    static String text(Object value) {
        TextWriter text = new TextWriter();
        try (JsonWriter writer = new JsonWriter(text)) {
            writer.setStrictness(Strictness.STRICT);
            write(writer, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    private static void write(JsonWriter writer, Object value) throws IOException {
        if (value instanceof Attributes object) {
            writer.beginObject();
            for (String name : object.names()) {
                writer.name(name);
                write(writer, object.get(name).orElseThrow());
            }
            writer.endObject();
        } else if (value instanceof List<?> list) {
            writer.beginArray();
            for (Object element : list) {
                write(writer, element);
            }
            writer.endArray();
        } else if (value instanceof String text) {
            writer.value(text);
        } else if (value instanceof Number number) {
            writer.value(number);
        } else if (value instanceof Boolean flag) {
            writer.value(flag);
        } else {
            writer.nullValue();
        }
    }

    /** Looks for {@code "name" : "text"}, anywhere. */
    @Override
    public String scan(byte[] bytes, String parameter) {
        String text = new String(bytes, 0, Math.min(bytes.length, SCANNED), StandardCharsets.UTF_8);
        int at = text.indexOf('"' + parameter + '"');
        if (at < 0) {
            return "";
        }
        int start = skip(text, at + parameter.length() + 2);
        if (start >= text.length() || text.charAt(start) != ':') {
            return "";
        }
        start = skip(text, start + 1);
        int end = start < text.length() && text.charAt(start) == '"' ? text.indexOf('"', start + 1) : -1;
        String found = end < 0 ? "" : text.substring(start + 1, end);
        return found.indexOf('\\') >= 0 || found.indexOf('\uFFFD') >= 0 || found.length() > LONGEST_FOUND ? "" : found;
    }

    private static int skip(String text, int from) {
        int i = from;
        while (i < text.length() && text.charAt(i) <= ' ') {
            i++;
        }
        return i;
    }
}
