// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import java.nio.charset.StandardCharsets;

/**
 * The Credential-IDs of what TLS and DTLS verify (TS-0003 10.4): {@code 33-} and an AE-ID stem, {@code 32-} and a CSE-ID
 * without its slash (an absolute one without both), {@code 31-} and the name of any other certificate, {@code 12-} and the
 * identity of a key that was agreed beforehand. Characters that a Credential-ID does not have are written as in URIs. Pure.
 */
public final class CredentialId {
    /** In front of an AE-ID. */
    public static final String AE = "33-";
    /** In front of a CSE-ID. */
    public static final String CSE = "32-";
    /** In front of the name of a certificate that carries no ID. */
    public static final String CERTIFICATE = "31-";
    /** In front of the identity of a key. */
    public static final String PSK = "12-";

    private CredentialId() {
    }

    /** @param ae in normal form: a stem, or a SP-relative AE-ID of another CSE's */
    public static String ofAe(String ae) {
        return AE + (ae.startsWith("/") ? ae.substring(1) : ae);
    }

    /** @param cseId SP-relative or absolute */
    public static String ofCse(String cseId) {
        return CSE + cseId.substring(cseId.startsWith("//") ? 2 : 1);
    }

    /** A certificate that carries no ID of an AE or CSE. */
    public static String ofCertificate(String name) {
        return CERTIFICATE + escaped(name);
    }

    /** @param identity the KpsaID */
    public static String ofPsk(String identity) {
        return PSK + escaped(identity);
    }

    /** A slash becomes a colon in an MQTT topic and is one again at the receiver, so it stays. */
    private static boolean isPlain(byte b) {
        return Ids.isElementCharacter((char) b) || b == '@' || b == '/';
    }

    /** The characters of a Credential-ID as they are, all others as {@code %} and two digits for each byte of UTF-8. */
    public static String escaped(String name) {
        StringBuilder text = new StringBuilder(name.length());
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            if (isPlain(b)) {
                text.append((char) b);
            } else {
                text.append('%').append(String.format("%02X", b & 0xFF));
            }
        }
        return text.toString();
    }

    /** The reverse of {@link #escaped}. */
    public static String unescaped(String text) {
        byte[] bytes = new byte[text.length()];
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int high = c == '%' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = high >= 0 ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (low >= 0) {
                bytes[length++] = (byte) (high * 16 + low);
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
