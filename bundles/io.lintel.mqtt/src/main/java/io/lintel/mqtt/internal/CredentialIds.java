// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.primitive.Identifiers;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The Credential-IDs that this server forms for what it verified (TS-0003 10.4, TS-0010 7.3): {@code 33-} and an AE-ID
 * stem, {@code 32-} and a CSE-ID without its slash
 * (an absolute one without both), {@code 31-} and the name of any other certificate, and for users a
 * setting, {@code 12-} and the user name at first. Characters that a Credential-ID does not have are written as in URIs.
 * Pure.
 */
final class CredentialIds {
    static final String USER_NAME = "%u";
    private static final String AE = "33-";
    private static final String CSE = "32-";
    private static final String CERTIFICATE = "31-";

    private final String beforeUser;
    private final String afterUser;

    /** @param userForm the Credential-ID of a user, with {@code %u} for the name */
    CredentialIds(String userForm) {
        int at = userForm.indexOf(USER_NAME);
        String fixed = userForm.replace(USER_NAME, "");
        if (at < 0 || userForm.length() - fixed.length() != USER_NAME.length() || !isShaped(userForm.replace(USER_NAME, "u"))
                || !escaped(fixed).equals(fixed)) {
            throw new IllegalArgumentException("security.userCredential must be two digits, a dash and a value with one %u for"
                    + " the user name, such as 12-%u@gateway.example: " + userForm);
        }
        beforeUser = userForm.substring(0, at);
        afterUser = userForm.substring(at + USER_NAME.length());
    }

    String ofUser(String name) {
        return beforeUser + escaped(name) + afterUser;
    }

    /** A certificate that carries no ID of an AE or CSE. */
    static String ofCertificate(String name) {
        return CERTIFICATE + escaped(name);
    }

    /** @param ae in normal form: a stem, or a SP-relative AE-ID of another CSE's */
    static String ofAe(String ae) {
        return AE + (ae.startsWith("/") ? ae.substring(1) : ae);
    }

    static String ofCse(String cseId) {
        return CSE + cseId.substring(Identifiers.isAbsoluteCseId(cseId) ? 2 : 1);
    }

    /** Whether a client identifier is written like a Credential-ID: two digits, a dash, and more. */
    static boolean isShaped(String text) {
        return text.length() > 3 && Character.isDigit(text.charAt(0)) && Character.isDigit(text.charAt(1))
                && text.charAt(2) == '-';
    }

    /**
     * The one spelling of a Credential-ID as it may come in a topic: certificates of AEs and CSEs in any form that the ID
     * itself has ({@code 33-mn-cse:CAE01}, {@code 32-:asn-cse}).
     */
    static String canonical(String credential, Segments segments) {
        if (credential.startsWith(AE)) {
            return ofAe(segments.normalise(credential.substring(AE.length())));
        }
        if (credential.startsWith(CSE)) {
            String id = credential.substring(CSE.length());
            return CSE + id.substring(Identifiers.isAbsoluteCseId(id) ? 2 : Identifiers.isAbsoluteCseId("/" + id)
                    || id.startsWith("/") ? 1 : 0);
        }
        return credential;
    }

    /** Whom a Credential-ID in canonical form stands for, if it is one that this server forms. */
    Optional<Owner> owner(String credential) {
        if (credential.startsWith(AE)) {
            return Optional.of(new Owner(Kind.AE, credential.substring(AE.length())));
        }
        if (credential.startsWith(CSE)) {
            String id = "/" + credential.substring(CSE.length());
            return Optional.of(new Owner(Kind.CSE, Identifiers.isAbsoluteCseId("/" + id) ? "/" + id : id));
        }
        if (credential.startsWith(CERTIFICATE)) {
            return Optional.of(new Owner(Kind.CERTIFICATE, unescaped(credential.substring(CERTIFICATE.length()))));
        }
        if (credential.length() > beforeUser.length() + afterUser.length() && credential.startsWith(beforeUser)
                && credential.endsWith(afterUser)) {
            return Optional.of(new Owner(Kind.USER, unescaped(credential.substring(beforeUser.length(),
                    credential.length() - afterUser.length()))));
        }
        return Optional.empty();
    }

    /** What a Credential-ID is made of. */
    enum Kind {
        AE, CSE, CERTIFICATE, USER
    }

    /** @param name an AE-ID or CSE-ID, the name of a certificate, or a user name */
    record Owner(Kind kind, String name) {
    }

    /** A slash becomes a colon in the topic and is one again at the receiver, so it stays. */
    private static boolean isPlain(byte b) {
        return Identifiers.isElement("x" + (char) b) || b == '@' || b == '/';
    }

    private static String escaped(String name) {
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

    private static String unescaped(String text) {
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
