// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * The names in a verified client certificate, the most telling first: URIs, host names, the common name. For whoever has
 * finished a handshake, on any thread; stateless.
 */
public final class CertificateNames {
    private static final int LONGEST = 1024;

    private CertificateNames() {
    }

    /**
     * All names of a certificate, each with its kind in front: {@code URI:} and {@code DNS:} for subject alternative names,
     * {@code CN:} for the subject's common name. Empty if it has none that could be used.
     */
    public static List<String> of(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        GeneralName[] alternatives = alternatives(certificate);
        addAlternatives(alternatives, GeneralName.uniformResourceIdentifier, "URI:", names);
        addAlternatives(alternatives, GeneralName.dNSName, "DNS:", names);
        addCommonName(certificate, names);
        return names;
    }

    /**
     * Not the JDK's reading: that gives none of the names if one of them is a URI without scheme, which is how TS-0003
     * leaves the form of an AE-ID open. An authority that signs what cannot be read vouches for no name.
     */
    private static GeneralName[] alternatives(X509Certificate certificate) {
        byte[] extension = certificate.getExtensionValue(Extension.subjectAlternativeName.getId());
        if (extension == null) {
            return new GeneralName[0];
        }
        try {
            return GeneralNames.getInstance(ASN1OctetString.getInstance(extension).getOctets()).getNames();
        } catch (IllegalArgumentException | IllegalStateException e) {
            return new GeneralName[0];
        }
    }

    private static void addAlternatives(GeneralName[] alternatives, int kind, String mark, List<String> names) {
        for (GeneralName alternative : alternatives) {
            if (alternative.getTagNo() == kind && isUsable(((ASN1IA5String) alternative.getName()).getString())) {
                names.add(mark + ((ASN1IA5String) alternative.getName()).getString());
            }
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
            // what cannot be read is no name
        }
    }

    private static boolean isUsable(String name) {
        return !name.isEmpty() && name.length() <= LONGEST && name.chars().noneMatch(Character::isISOControl);
    }
}
