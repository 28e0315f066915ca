// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.internal.DataType;
import io.lintel.primitive.internal.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns elements into the tree that JSON would give, by what {@link XmlContext} says: lists, numbers, booleans and
 * nested objects. A text that does not fit its type stays a text: to refuse it is the attribute rules' part.
 */
final class XmlTreeReader {
    private XmlTreeReader() {
    }

    /** The document as an object with its root as only member. */
    static Attributes document(XmlElement root) {
        XmlContext.Inside inside = XmlContext.document().child(root);
        return Attributes.of(inside.member().name(), value(XmlContext.document(), inside, List.of(root)));
    }

    private static Object value(XmlContext outer, XmlContext.Inside inside, List<XmlElement> elements) {
        Member member = inside.member();
        XmlElement first = elements.get(0);
        if (elements.size() == 1 && first.saysNull()) {
            return Attributes.NULL;
        }
        if (elements.size() == 1 && first.isBlank() && first.attributes().isEmpty() && outer.emptyMeansNull(member)
                && (first.isEmpty() || member.isList())) {
            return inside.context().isResource() ? repeated(inside, elements) : Attributes.NULL;
        }
        return switch (member.kind()) {
            case SINGLE -> single(inside, elements);
            case SPACED_LIST -> spaced(member, elements);
            case REPEATED -> repeated(inside, elements);
        };
    }

    private static Object single(XmlContext.Inside inside, List<XmlElement> elements) {
        if (elements.size() == 1) {
            return one(inside, elements.get(0));
        }
        if (inside.member().type().shape() == DataType.Shape.ANY && !inside.context().isResource()) {
            return each(inside, elements);
        }
        throw new MalformedException("element '" + inside.member().name() + "' occurs twice");
    }

    private static List<Object> spaced(Member member, List<XmlElement> elements) {
        List<Object> values = new ArrayList<>();
        for (XmlElement element : elements) {
            if (element.hasChildren()) {
                values.add(object(XmlContext.of(member.type()), element));
            } else {
                ContentForms.words(element.text()).forEach(word -> values.add(scalar(member.type(), word, element)));
            }
        }
        return values;
    }

    private static List<Object> repeated(XmlContext.Inside inside, List<XmlElement> elements) {
        XmlElement first = elements.get(0);
        boolean object = inside.context().isResource() || inside.member().type().shape() == DataType.Shape.OBJECT;
        DataType type = inside.member().type();
        DataType simple = type.alternative().orElse(type);
        boolean splits = simple.shape() != DataType.Shape.OBJECT && !simple.mayHoldBlanks();
        if (elements.size() == 1 && (first.isBlank() && first.saysNotNull() || first.isEmpty() && !object)) {
            return List.of();
        }
        List<Object> values = new ArrayList<>();
        for (XmlElement element : elements) {
            if (splits && !element.hasChildren()) {
                ContentForms.words(element.text()).forEach(word -> values.add(scalar(simple, word, element)));
            } else {
                values.add(one(inside, element));
            }
        }
        return values;
    }

    private static List<Object> each(XmlContext.Inside inside, List<XmlElement> elements) {
        List<Object> values = new ArrayList<>();
        elements.forEach(element -> values.add(one(inside, element)));
        return values;
    }

    private static Object one(XmlContext.Inside inside, XmlElement element) {
        DataType type = inside.member().type();
        if (element.saysNull()) {
            return Attributes.NULL;
        }
        if (element.hasChildren() || inside.context().isResource() && element.isBlank()) {
            return object(inside.context(), element);
        }
        if (type.shape() != DataType.Shape.OBJECT) {
            return scalar(type, element.text(), element);
        }
        if (inside.context().textMember().isPresent() || element.isBlank()) {
            return object(inside.context(), element);
        }
        return scalar(type.alternative().orElse(type), element.text(), element);
    }

    private static Attributes object(XmlContext context, XmlElement element) {
        Attributes.Builder object = Attributes.builder();
        element.attributes().forEach((name, value) -> context.xmlAttribute(name)
                .ifPresent(member -> object.set(name, scalar(member.type(), value, element))));
        context.textMember().filter(member -> !element.hasChildren())
                .ifPresent(member -> object.set(member.name(), scalar(member.type(), element.text(), element)));
        if (context.textMember().isEmpty() && !element.text().isBlank()) {
            throw new MalformedException("text beside the elements of '" + element.localName() + "'");
        }
        Map<String, List<XmlElement>> groups = new LinkedHashMap<>();
        Map<String, XmlContext.Inside> insides = new LinkedHashMap<>();
        for (XmlElement child : element.children()) {
            XmlContext.Inside inside = context.child(child);
            insides.putIfAbsent(inside.member().name(), inside);
            groups.computeIfAbsent(inside.member().name(), name -> new ArrayList<>(1)).add(child);
        }
        groups.forEach((name, elements) -> {
            if (object.has(name)) {
                throw new MalformedException("'" + name + "' is there as an XML attribute and as an element");
            }
            object.set(name, value(context, insides.get(name), elements));
        });
        return object.build();
    }

    private static Object scalar(DataType type, String text, XmlElement element) {
        return switch (type.shape()) {
            case INTEGER, NUMBER -> number(text);
            case BOOLEAN -> flag(text);
            case TEXT -> type.mayHoldBlanks() ? text : text.strip();
            case SIMPLE, OBJECT -> text;
            case ANY -> typed(text, element.attributes().getOrDefault("xsi:type", ""));
        };
    }

    /** A value that no table describes, but the document itself does. */
    private static Object typed(String text, String schemaType) {
        return switch (schemaType.substring(schemaType.indexOf(':') + 1)) {
            case "boolean" -> flag(text);
            case "integer", "decimal", "double", "float", "int", "long", "short", "nonNegativeInteger", "positiveInteger",
                    "unsignedInt", "unsignedLong" -> number(text);
            default -> text;
        };
    }

    private static Object number(String text) {
        Number number = Numbers.parse(text.strip());
        return number == null ? text : number;
    }

    private static Object flag(String text) {
        return switch (text.strip()) {
            case "true", "1" -> Boolean.TRUE;
            case "false", "0" -> Boolean.FALSE;
            default -> text;
        };
    }
}
