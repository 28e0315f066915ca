// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.tls;

import io.lintel.mqtt.server.Identity;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** The names in a verified client certificate, the most telling first: URIs, host names, the common name. Stateless. */
final class CertificateNames {
    private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
    private static final int OCTETS = 0x04;
    private static final int SEQUENCE = 0x30;
    private static final int CONTEXT = 0x80;
    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int LONGEST = 1024;

    private CertificateNames() {
    }

    /** Who the certificate's holder is; empty if it has no name that could be used. */
    static Optional<Identity> identity(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        addAlternatives(certificate, URI, "URI:", names);
        addAlternatives(certificate, DNS, "DNS:", names);
        addCommonName(certificate, names);
        return names.isEmpty() ? Optional.empty() : Optional.of(Identity.certificate(names));
    }

    /**
     * Reads the extension itself: the JDK gives none of the names if one of them is a URI without scheme, which is how
     * TS-0003 leaves the form of an AE-ID open.
     */
    private static void addAlternatives(X509Certificate certificate, int kind, String mark, List<String> names) {
        byte[] extension = certificate.getExtensionValue(SUBJECT_ALTERNATIVE_NAME);
        if (extension == null) {
            return;
        }
        try {
            DerReader alternatives = new DerReader(extension).enter(OCTETS).enter(SEQUENCE);
            while (alternatives.hasMore()) {
                byte[] content = alternatives.next();
                String value = new String(content, StandardCharsets.ISO_8859_1);
                if (alternatives.tag() == (CONTEXT | kind) && isUsable(value)) {
                    names.add(mark + value);
                }
            }
        } catch (IllegalArgumentException e) {
            // an authority that signs what cannot be read vouches for no name
        }
    }

    private static void addCommonName(X509Certificate certificate, List<String> names) {
        try {
            List<Rdn> parts = new LdapName(certificate.getSubjectX500Principal().getName()).getRdns();
            for (int i = parts.size() - 1; i >= 0; i--) {
                if (parts.get(i).getType().equalsIgnoreCase("CN") && parts.get(i).getValue() instanceof String value
                        && isUsable(value)) {
                    names.add("CN:" + value);
                    return;
                }
            }
        } catch (InvalidNameException e) {
            // as above
        }
    }

    private static boolean isUsable(String name) {
        return !name.isEmpty() && name.length() <= LONGEST && name.chars().noneMatch(Character::isISOControl);
    }
}
