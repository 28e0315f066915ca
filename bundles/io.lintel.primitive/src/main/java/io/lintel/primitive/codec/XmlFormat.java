// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import io.lintel.primitive.Attributes;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * XML (TS-0004 8.3). Read with the platform's StAX parser, which is told to know neither document types nor entities
 * besides the five predefined ones.
 *
 * <p>Limits of XML against JSON: an element of a list may not be empty or hold blanks ({@code lbl}), {@code con} is
 * always a text, among members that no table knows a list of one becomes a single value and an empty object an empty text, and
 * characters that XML 1.0 does not have become U+FFFD.
 */
final class XmlFormat implements TreeFormat {
    private static final String NAMESPACE_FAULTS = "http://www.w3.org/TR/";

    private final XMLInputFactory factory = hardened();

    private static XMLInputFactory hardened() {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.IS_NAMESPACE_AWARE, true);
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
        factory.setXMLResolver((publicId, systemId, baseUri, namespace) -> {
            throw new XMLStreamException("external entities are refused");
        });
        return factory;
    }

    @Override
    public boolean wrapsPrimitives() {
        return true;
    }

    @Override
    public Attributes read(byte[] bytes, ReadProgress progress) {
        String text = Utf8.decode(bytes);
        try {
            XMLStreamReader reader = reader(text.startsWith("\uFEFF") ? text.substring(1) : text);
            return XmlTreeReader.document(root(reader, progress));
        } catch (XMLStreamException e) {
            throw new MalformedException(sentence(e));
        }
    }

    /** The platform's factory keeps a reader to itself while it makes the next one. */
    private XMLStreamReader reader(String text) throws XMLStreamException {
        synchronized (factory) {
            return factory.createXMLStreamReader(new StringReader(text));
        }
    }

    private static String sentence(XMLStreamException e) {
        String text = String.valueOf(e.getMessage());
        int message = text.indexOf("Message: ");
        String what = message < 0 ? text : text.substring(message + "Message: ".length());
        String where = e.getLocation() == null ? ""
                : " (line " + e.getLocation().getLineNumber() + ", column " + e.getLocation().getColumnNumber() + ")";
        return namespaceFault(what.lines().findFirst().orElse("not well-formed")) + where;
    }

    /** For faults of namespaces the platform's parser has no sentence, but an address with a name and what it is about. */
    private static String namespaceFault(String what) {
        int name = what.indexOf('#') + 1;
        int about = what.indexOf('?', name);
        if (!what.startsWith(NAMESPACE_FAULTS) || name == 0 || about < 0) {
            return what;
        }
        String fault = what.substring(name, about);
        return (fault.endsWith("PrefixUnbound") ? "a prefix stands for no namespace" : fault) + ": "
                + what.substring(about + 1).replace("&", ", ");
    }

    private static XmlElement root(XMLStreamReader reader, ReadProgress progress) throws XMLStreamException {
        XmlElement root = null;
        while (reader.hasNext()) {
            int event = reader.next();
            if (event == XMLStreamConstants.START_ELEMENT) {
                root = element(reader, progress);
            } else if (event == XMLStreamConstants.DTD) {
                throw new MalformedException("a document type declaration is refused");
            }
        }
        if (root == null) {
            throw new MalformedException("the document ends too early");
        }
        return root;
    }

    /** The element at which the reader stands, with all that is in it. Recursion is bounded by the limits' depth. */
    private static XmlElement element(XMLStreamReader reader, ReadProgress progress) throws XMLStreamException {
        XmlElement element = start(reader, progress);
        while (true) {
            switch (reader.next()) {
                case XMLStreamConstants.START_ELEMENT -> {
                    progress.enter();
                    XmlElement child = element(reader, progress);
                    progress.member(child.localName(), child.text());
                    progress.leave();
                    element.children().add(child);
                }
                case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA, XMLStreamConstants.SPACE ->
                    element.append(reader.getTextCharacters(), reader.getTextStart(), reader.getTextLength());
                case XMLStreamConstants.END_ELEMENT -> {
                    return element;
                }
                case XMLStreamConstants.ENTITY_REFERENCE ->
                    throw new MalformedException("the entity '" + reader.getLocalName() + "' is refused");
                default -> {
                    // Comments and processing instructions mean nothing here.
                }
            }
        }
    }

    private static XmlElement start(XMLStreamReader reader, ReadProgress progress) {
        progress.count();
        String namespace = text(reader.getNamespaceURI());
        String prefix = XmlNames.prefix(namespace, text(reader.getPrefix()));
        XmlElement element = new XmlElement(prefix, reader.getLocalName(), namespace.equals(XmlNames.ONEM2M));
        for (int i = 0; i < reader.getAttributeCount(); i++) {
            progress.count();
            boolean instance = XmlNames.INSTANCE.equals(reader.getAttributeNamespace(i));
            element.attributes().put((instance ? "xsi:" : "") + reader.getAttributeLocalName(i), reader.getAttributeValue(i));
        }
        return element;
    }

    private static String text(String mayBeNull) {
        return mayBeNull == null ? "" : mayBeNull;
    }

    @Override
    public byte[] write(Attributes tree) {
        return XmlTreeWriter.write(tree).getBytes(StandardCharsets.UTF_8);
    }

    /** Looks for {@code <name>text</name>}, anywhere. */
    @Override
    public String scan(byte[] bytes, String parameter) {
        String text = new String(bytes, 0, Math.min(bytes.length, SCANNED), StandardCharsets.UTF_8);
        int at = text.indexOf("<" + parameter + ">");
        int start = at + parameter.length() + 2;
        int end = at < 0 ? -1 : text.indexOf('<', start);
        String found = end < 0 ? "" : text.substring(start, end);
        return found.indexOf('&') >= 0 || found.indexOf('\uFFFD') >= 0 || found.length() > LONGEST_FOUND ? "" : found;
    }
}
