// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.internal.DataType;
import io.lintel.primitive.internal.Member;
import java.math.BigDecimal;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes a tree as XML in the order of the schemas (TS-0004 8.3). Where the schemas leave a value's kind open, the
 * element says it itself: {@code xsi:type} for numbers and booleans among a flexContainer's own attributes,
 * {@code xsi:nil} where an empty element would be taken for null or for an empty value wrongly.
 */
final class XmlTreeWriter {
    private final StringBuilder out = new StringBuilder(512);
    private final Set<String> prefixes = new LinkedHashSet<>();

    private XmlTreeWriter() {
    }

    /** The document whose root is the only member. */
    static String write(Attributes tree) {
        XmlTreeWriter writer = new XmlTreeWriter();
        writer.prefixes.add(XmlNames.PREFIX);
        String root = tree.names().iterator().next();
        Object value = tree.get(root).orElseThrow();
        boolean manyRoots = value instanceof List && XmlContext.document().child(root).member().kind() != Member.Kind.SPACED_LIST;
        writer.member(XmlContext.document(), root, manyRoots ? plain(value) : value);
        StringBuilder declarations = new StringBuilder();
        for (String prefix : writer.prefixes) {
            declarations.append(" xmlns:").append(prefix).append("=\"").append(XmlNames.namespace(prefix)).append('"');
        }
        writer.out.insert(1 + XmlNames.encode(root).length(), declarations);
        return writer.out.insert(0, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>").toString();
    }

    private void member(XmlContext outer, String name, Object value) {
        XmlContext.Inside inside = outer.child(name);
        Member member = inside.member();
        boolean emptyIsNull = outer.emptyMeansNull(member) && !inside.context().isResource();
        if (value == Attributes.NULL) {
            empty(name, emptyIsNull ? "" : " xsi:nil=\"true\"");
        } else if (member.kind() == Member.Kind.SPACED_LIST) {
            spaced(name, value instanceof List<?> list ? list : List.of(value), emptyIsNull);
        } else if (value instanceof List<?> list && (member.isList() || member.type().shape() == DataType.Shape.ANY)) {
            repeated(inside, name, list);
        } else {
            one(inside, name, value, emptyIsNull);
        }
    }

    private void spaced(String name, List<?> list, boolean emptyIsNull) {
        if (list.isEmpty()) {
            empty(name, emptyIsNull ? " xsi:nil=\"false\"" : "");
            return;
        }
        open(name, "");
        for (int i = 0; i < list.size(); i++) {
            text((i == 0 ? "" : " ") + plain(list.get(i)));
        }
        close(name);
    }

    private void repeated(XmlContext.Inside inside, String name, List<?> list) {
        if (list.isEmpty()) {
            empty(name, " xsi:nil=\"false\"");
        }
        for (Object element : list) {
            if (element == Attributes.NULL) {
                empty(name, " xsi:nil=\"true\"");
            } else {
                one(inside, name, element, false);
            }
        }
    }

    private void one(XmlContext.Inside inside, String name, Object value, boolean emptyIsNull) {
        DataType.Shape shape = inside.member().type().shape();
        boolean structured = inside.context().isResource() || shape == DataType.Shape.OBJECT || shape == DataType.Shape.ANY;
        if (value instanceof Attributes object && structured) {
            object(inside.context(), name, object, emptyIsNull);
            return;
        }
        String text = plain(value);
        if (text.isEmpty()) {
            empty(name, emptyIsNull ? " xsi:nil=\"false\"" : "");
            return;
        }
        open(name, shape == DataType.Shape.ANY ? schemaType(value) : "");
        text(text);
        close(name);
    }

    private void object(XmlContext context, String name, Attributes object, boolean emptyIsNull) {
        StringBuilder xmlAttributes = new StringBuilder();
        for (String member : object.names()) {
            Object value = object.get(member).orElseThrow();
            if (value != Attributes.NULL && context.xmlAttribute(member).isPresent()) {
                xmlAttributes.append(' ').append(member).append("=\"");
                escape(xmlAttributes, plain(value), true);
                xmlAttributes.append('"');
            }
        }
        if (object.isEmpty() && emptyIsNull) {
            xmlAttributes.append(" xsi:nil=\"false\"");
        }
        open(name, xmlAttributes.toString());
        Set<String> order = new LinkedHashSet<>();
        context.order().stream().filter(object::has).forEach(order::add);
        object.names().stream().filter(n -> n.indexOf(':') < 0).forEach(order::add);
        order.addAll(object.names());
        for (String member : order) {
            Object value = object.get(member).orElseThrow();
            if (context.textMember().filter(m -> m.name().equals(member)).isPresent()) {
                text(plain(value));
            } else if (value == Attributes.NULL || context.xmlAttribute(member).isEmpty()) {
                member(context, member, value);
            }
        }
        close(name);
    }

    private void open(String name, String xmlAttributes) {
        declare(name, xmlAttributes);
        out.append('<').append(XmlNames.encode(name)).append(xmlAttributes).append('>');
    }

    private void close(String name) {
        out.append("</").append(XmlNames.encode(name)).append('>');
    }

    private void empty(String name, String xmlAttributes) {
        declare(name, xmlAttributes);
        out.append('<').append(XmlNames.encode(name)).append(xmlAttributes).append("/>");
    }

    private void declare(String name, String xmlAttributes) {
        String encoded = XmlNames.encode(name);
        int colon = encoded.indexOf(':');
        if (colon > 0) {
            prefixes.add(encoded.substring(0, colon));
        }
        if (xmlAttributes.contains(" xsi:")) {
            prefixes.add("xsi");
        }
        if (xmlAttributes.contains("\"xs:")) {
            prefixes.add("xs");
        }
    }

    private void text(String text) {
        escape(out, text, false);
    }

    private static String schemaType(Object value) {
        return value instanceof Boolean ? " xsi:type=\"xs:boolean\"" : value instanceof Long ? " xsi:type=\"xs:integer\""
                : value instanceof Number ? " xsi:type=\"xs:double\"" : "";
    }

    /** A value as text; a structure where the schemas have none becomes its JSON. */
    private static String plain(Object value) {
        if (value instanceof BigDecimal || value instanceof String || value instanceof Boolean || value instanceof Number) {
            return value.toString();
        }
        return JsonFormat.text(value);
    }

    private static void escape(StringBuilder out, String text, boolean attribute) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '\r' -> out.append("&#13;");
                case '"' -> out.append(attribute ? "&quot;" : "\"");
                case '\n' -> out.append(attribute ? "&#10;" : "\n");
                case '\t' -> out.append(attribute ? "&#9;" : "\t");
                default -> out.append(c < ' ' || c == 0xFFFE || c == 0xFFFF ? '\uFFFD' : c);
            }
        }
    }
}
