// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ParameterKind;
import io.lintel.primitive.Primitive;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Between a tree, the same for every notation, and a primitive (TS-0004 7.2.1, 8.4). What peers write in different
 * ways is brought into one form here: numbers as texts and back by the parameter's kind, Release 1 wrappers, and the
 * forms of {@link ContentForms}. Parameters that no edition knows are dropped.
 */
final class PrimitiveMapping {
    static final String REQUEST = "m2m:rqp";
    static final String RESPONSE = "m2m:rsp";
    private static final String CONTENT = "pc";

    private PrimitiveMapping() {
    }

    /** The members of a primitive as they are written. */
    static Attributes tree(Primitive primitive) {
        Attributes parameters = primitive.parameters();
        return primitive.content().map(c -> parameters.toBuilder().set(CONTENT, Attributes.of(c.name(), c.value())).build())
                .orElse(parameters);
    }

    static boolean isWrapper(String name) {
        return name.equals(REQUEST) || name.equals(RESPONSE);
    }

    /**
     * A request if there is an operation, a response if there is a status.
     *
     * @throws PrimitiveException 4000 naming what is missing or of a wrong kind
     */
    static Primitive primitive(Attributes read) {
        Attributes tree = unwrap(read);
        if (tree.has(RequestParameter.OPERATION.shortName())) {
            return request(tree);
        }
        if (tree.has(ResponseParameter.RESPONSE_STATUS_CODE.shortName())) {
            return response(tree);
        }
        throw bad("neither a request, which has op, nor a response, which has rsc");
    }

    private static Attributes unwrap(Attributes tree) {
        if (tree.size() != 1) {
            return tree;
        }
        String only = tree.names().iterator().next();
        return isWrapper(only) ? tree.object(only).orElseThrow(() -> bad(only + " is not an object")) : tree;
    }

    private static RequestPrimitive request(Attributes tree) {
        long code = (Long) value(tree, "op", ParameterKind.INTEGER).orElseThrow(() -> missing("op", "operation"));
        Operation operation = Operation.ofCode(code)
                .orElseThrow(() -> bad("op must be a whole number from 1 to 5, but is " + code));
        String to = (String) value(tree, "to", ParameterKind.TEXT).orElseThrow(() -> missing("to", "target"));
        RequestPrimitive.Builder request = RequestPrimitive.builder(operation, to);
        for (RequestParameter parameter : RequestParameter.values()) {
            if (parameter != RequestParameter.OPERATION && parameter != RequestParameter.TO) {
                read(tree, parameter).ifPresent(value -> request.set(parameter, value));
            }
        }
        content(tree, CONTENT).ifPresent(request::content);
        RequestPrimitive built = request.build();
        requireIdentifier(built);
        return built;
    }

    private static Optional<Object> read(Attributes tree, RequestParameter parameter) {
        if (parameter == RequestParameter.GROUP_REQUEST_TARGET_MEMBERS && !tree.has(parameter.shortName())) {
            return value(tree, "grtm", parameter.kind());
        }
        return value(tree, parameter.shortName(), parameter.kind());
    }

    private static ResponsePrimitive response(Attributes tree) {
        long code = (Long) value(tree, "rsc", ParameterKind.INTEGER).orElseThrow(() -> missing("rsc", "responseStatusCode"));
        if (code < 1000 || code > 9999) {
            throw bad("rsc must be a whole number from 1000 to 9999, but is " + code);
        }
        String identifier = (String) value(tree, "rqi", ParameterKind.TEXT).orElse("");
        ResponsePrimitive.Builder response = ResponsePrimitive.builder((int) code, identifier);
        for (ResponseParameter parameter : ResponseParameter.values()) {
            if (parameter != ResponseParameter.RESPONSE_STATUS_CODE && parameter != ResponseParameter.REQUEST_IDENTIFIER) {
                value(tree, parameter.shortName(), parameter.kind()).ifPresent(value -> response.set(parameter, value));
            }
        }
        content(tree, CONTENT).ifPresent(response::content);
        ResponsePrimitive built = response.build();
        requireIdentifier(built);
        return built;
    }

    private static void requireIdentifier(Primitive primitive) {
        if (primitive.requestIdentifier().isEmpty()) {
            throw missing("rqi", "requestIdentifier");
        }
    }

    /** The parameter in the form of its kind; a parameter that is null counts as missing. */
    private static Optional<Object> value(Attributes tree, String name, ParameterKind kind) {
        Optional<Object> given = tree.get(name).filter(value -> value != Attributes.NULL);
        return given.map(value -> {
            Object normal = switch (kind) {
                case TEXT -> textOf(value).isEmpty() && !"".equals(value) ? null : textOf(value);
                case INTEGER -> value instanceof String text ? integer(text) : value instanceof Long ? value : null;
                case BOOLEAN -> value instanceof String text ? flag(text) : value instanceof Boolean ? value : null;
                case TEXT_LIST -> texts(value);
                case OBJECT -> object(name, value);
            };
            if (normal == null) {
                throw bad(name + " must be " + inWords(kind) + ", but is " + shown(value));
            }
            return normal;
        });
    }

    private static String inWords(ParameterKind kind) {
        return switch (kind) {
            case TEXT -> "a text";
            case INTEGER -> "a whole number";
            case BOOLEAN -> "true or false";
            case TEXT_LIST -> "a list of texts";
            case OBJECT -> "an object";
        };
    }

    private static String shown(Object value) {
        String text = value instanceof String s ? '"' + s + '"' : value.toString();
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }

    /** A text, or a whole number as text; the empty text for anything else. */
    static String textOf(Object value) {
        return value instanceof String text ? text : value instanceof Long number ? number.toString() : "";
    }

    private static Long integer(String text) {
        try {
            return Long.valueOf(text.trim());
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static Boolean flag(String text) {
        return switch (text.trim()) {
            case "true", "1" -> Boolean.TRUE;
            case "false", "0" -> Boolean.FALSE;
            default -> null;
        };
    }

    private static List<String> texts(Object value) {
        List<?> elements = value instanceof List<?> list ? list : value instanceof String text ? ContentForms.words(text) : null;
        if (elements == null) {
            return null;
        }
        List<String> texts = new ArrayList<>(elements.size());
        for (Object element : elements) {
            if (!(element instanceof String) && !(element instanceof Long)) {
                return null;
            }
            texts.add(textOf(element));
        }
        return texts;
    }

    /** {@code rt} may be its bare number; {@code fc} gets lists where the table has lists. */
    private static Attributes object(String name, Object value) {
        if (name.equals("rt") && !(value instanceof Attributes)) {
            Object number = value instanceof String text ? integer(text) : value;
            return number instanceof Long ? Attributes.of("rtv", number) : null;
        }
        if (!(value instanceof Attributes object)) {
            return null;
        }
        return name.equals("fc") ? ContentForms.normalised("m2m:filterCriteria", object)
                : name.equals("rt") ? ContentForms.normalised("m2m:responseTypeInfo", object) : object;
    }

    /** Content that is there; an empty object counts as missing. */
    private static Optional<Content> content(Attributes tree, String name) {
        Object value = tree.get(name).orElse(Attributes.NULL);
        if (value == Attributes.NULL || value.equals("")) {
            return Optional.empty();
        }
        if (!(value instanceof Attributes object)) {
            throw bad(name + " must be an object with one member, but is " + shown(value));
        }
        return object.isEmpty() ? Optional.empty() : Optional.of(content(object));
    }

    /**
     * The content in its only member.
     *
     * @throws PrimitiveException 4000 if there is not exactly one member with a value fit for content
     */
    static Content content(Attributes tree) {
        if (tree.size() != 1) {
            throw bad("primitiveContent must have exactly one member, but has " + (tree.isEmpty() ? "none" : tree.names()));
        }
        String name = tree.names().iterator().next();
        Object value = ContentForms.normalised(name, tree.get(name).orElseThrow());
        if (!(value instanceof Attributes || value instanceof String || value instanceof List)) {
            throw bad(name + " in primitiveContent must be an object, a text or a list, but is " + shown(value));
        }
        return new Content(name, value);
    }

    private static PrimitiveException missing(String name, String longName) {
        return bad(name + " (" + longName + ") is missing");
    }

    private static PrimitiveException bad(String sentence) {
        return new PrimitiveException(ResponseStatusCode.BAD_REQUEST, sentence);
    }
}
