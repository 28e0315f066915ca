// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import java.util.Map;

/** Namespaces, prefixes, and names that XML cannot write as they are. */
final class XmlNames {
    static final String ONEM2M = "http://www.onem2m.org/xml/protocols";
    static final String INSTANCE = "http://www.w3.org/2001/XMLSchema-instance";
    static final String SCHEMA = "http://www.w3.org/2001/XMLSchema";
    static final String PREFIX = "m2m";

    /** Domains of TS-0023; Release 2 wrote {@code hd} for the one that later releases write {@code hod} for. */
    private static final Map<String, String> DOMAINS = Map.of("hd", ONEM2M + "/homedomain", "hod", ONEM2M + "/homedomain",
            "cod", ONEM2M + "/commondomain");

    private XmlNames() {
    }

    /** The namespace that a prefix of our names stands for. */
    static String namespace(String prefix) {
        return switch (prefix) {
            case PREFIX -> ONEM2M;
            case "xsi" -> INSTANCE;
            case "xs" -> SCHEMA;
            default -> DOMAINS.getOrDefault(prefix, ONEM2M + "/" + prefix);
        };
    }

    /** The prefix that our names use for a namespace; the document's own one for a namespace we do not know. */
    static String prefix(String namespace, String written) {
        if (namespace.isEmpty() || namespace.equals(ONEM2M)) {
            return written.isEmpty() ? "" : PREFIX;
        }
        if (namespace.equals(DOMAINS.get(written))) {
            return written;
        }
        if (namespace.equals(DOMAINS.get("hd"))) {
            return "hd";
        }
        for (Map.Entry<String, String> domain : DOMAINS.entrySet()) {
            if (domain.getValue().equals(namespace)) {
                return domain.getKey();
            }
        }
        String domain = namespace.startsWith(ONEM2M + "/") ? namespace.substring(ONEM2M.length() + 1) : "";
        return isPlain(domain) ? domain : written;
    }

    /**
     * A name that XML accepts: {@code _x0031_a} stands for {@code 1a}, as XML tools write it. A name may have one prefix.
     */
    static String encode(String name) {
        if (isPlain(name)) {
            return name;
        }
        StringBuilder encoded = new StringBuilder(name.length() + 12);
        int colon = name.indexOf(':');
        boolean prefixed = colon > 0 && isPlain(name.substring(0, colon)) && colon < name.length() - 1;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean start = i == 0 || prefixed && i == colon + 1;
            if (prefixed && i == colon || isNameChar(c, start) && !looksEncoded(name, i)) {
                encoded.append(c);
            } else {
                encoded.append(String.format("_x%04X_", (int) c));
            }
        }
        return encoded.isEmpty() ? "_x_" : encoded.toString();
    }

    /** The name that was encoded. */
    static String decode(String written) {
        int at = written.indexOf("_x");
        if (at < 0) {
            return written;
        }
        if (written.equals("_x_")) {
            return "";
        }
        StringBuilder name = new StringBuilder(written.length());
        for (int i = 0; i < written.length(); i++) {
            if (looksEncoded(written, i)) {
                name.append((char) Integer.parseInt(written.substring(i + 2, i + 6), 16));
                i += 6;
            } else {
                name.append(written.charAt(i));
            }
        }
        return name.toString();
    }

    private static boolean looksEncoded(String name, int at) {
        if (name.equals("_x_")) {
            return at == 0;
        }
        return name.startsWith("_x", at) && at + 6 < name.length() && name.charAt(at + 6) == '_'
                && name.substring(at + 2, at + 6).chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 0x80);
    }

    private static boolean isPlain(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (!isNameChar(name.charAt(i), i == 0)) {
                return false;
            }
        }
        return !name.isEmpty() && !name.contains("_x");
    }

    private static boolean isNameChar(char c, boolean start) {
        boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
        return letter || !start && (c >= '0' && c <= '9' || c == '-' || c == '.');
    }
}
