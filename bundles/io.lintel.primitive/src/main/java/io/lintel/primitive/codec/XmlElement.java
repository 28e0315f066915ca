// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One element of a document while it is read, before the tables have told what it means. */
final class XmlElement {
    /** As our names have it; empty if none was written. */
    private final String prefix;
    private final String localName;
    /** In oneM2M's namespace, be it by prefix or by default. */
    private final boolean qualified;
    private final Map<String, String> attributes = new HashMap<>(2);
    private final List<XmlElement> children = new ArrayList<>(4);
    private final StringBuilder text = new StringBuilder(0);

    XmlElement(String prefix, String localName, boolean qualified) {
        this.prefix = prefix;
        this.localName = XmlNames.decode(localName);
        this.qualified = qualified;
    }

    String prefix() {
        return prefix;
    }

    String localName() {
        return localName;
    }

    boolean isQualified() {
        return qualified;
    }

    String text() {
        return text.toString();
    }

    void append(char[] characters, int start, int length) {
        text.append(characters, start, length);
    }

    List<XmlElement> children() {
        return children;
    }

    /** Attributes by local name; {@code xsi:nil} and {@code xsi:type} with that prefix. */
    Map<String, String> attributes() {
        return attributes;
    }

    boolean hasChildren() {
        return !children.isEmpty();
    }

    /** Neither text nor elements. */
    boolean isEmpty() {
        return children.isEmpty() && text.length() == 0;
    }

    boolean isBlank() {
        return children.isEmpty() && text.toString().isBlank();
    }

    /** {@code xsi:nil="true"}: null for sure. */
    boolean saysNull() {
        String nil = attributes.get("xsi:nil");
        return "true".equals(nil) || "1".equals(nil);
    }

    /** {@code xsi:nil="false"}: an empty value, and not the null that an empty element else stands for. */
    boolean saysNotNull() {
        String nil = attributes.get("xsi:nil");
        return "false".equals(nil) || "0".equals(nil);
    }
}
