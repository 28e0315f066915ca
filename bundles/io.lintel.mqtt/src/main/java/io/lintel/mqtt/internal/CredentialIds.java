// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.primitive.Identifiers;
import io.lintel.tls.CredentialId;
import java.util.Optional;

/**
 * The Credential-IDs that come in topics (TS-0010 7.3): those of certificates as {@link CredentialId} forms them, and for
 * users a setting, {@code 12-} and the user name at first. Pure.
 */
final class CredentialIds {
    static final String USER_NAME = "%u";
    private static final String AE = CredentialId.AE;
    private static final String CSE = CredentialId.CSE;
    private static final String CERTIFICATE = CredentialId.CERTIFICATE;

    private final String beforeUser;
    private final String afterUser;

    /** @param userForm the Credential-ID of a user, with {@code %u} for the name */
    CredentialIds(String userForm) {
        int at = userForm.indexOf(USER_NAME);
        String fixed = userForm.replace(USER_NAME, "");
        if (at < 0 || userForm.length() - fixed.length() != USER_NAME.length() || !isShaped(userForm.replace(USER_NAME, "u"))
                || !CredentialId.escaped(fixed).equals(fixed)) {
            throw new IllegalArgumentException("security.userCredential must be two digits, a dash and a value with one %u for"
                    + " the user name, such as 12-%u@gateway.example: " + userForm);
        }
        beforeUser = userForm.substring(0, at);
        afterUser = userForm.substring(at + USER_NAME.length());
    }

    String ofUser(String name) {
        return beforeUser + CredentialId.escaped(name) + afterUser;
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
            return CredentialId.ofAe(segments.normalise(credential.substring(AE.length())));
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
            return Optional.of(new Owner(Kind.CERTIFICATE, CredentialId.unescaped(credential.substring(CERTIFICATE.length()))));
        }
        if (credential.length() > beforeUser.length() + afterUser.length() && credential.startsWith(beforeUser)
                && credential.endsWith(afterUser)) {
            return Optional.of(new Owner(Kind.USER, CredentialId.unescaped(credential.substring(beforeUser.length(),
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
}
