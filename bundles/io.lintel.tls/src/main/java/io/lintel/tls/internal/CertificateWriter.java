// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls.internal;

import io.lintel.tls.internal.CertificateRequest.Usage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.Date;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectKeyIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.RuntimeOperatorException;

/**
 * Makes X.509 v3 certificates and revocation lists (RFC 5280) with ECDSA on SHA-256, as TS-0003 wants them: P-256 keys,
 * keyUsage with digitalSignature, no wildcards. In this process, since the JDK's keytool would be four processes at the
 * first start, each dearer than all this, and keeps keys in key stores only. Stateless.
 */
final class CertificateWriter {
    private static final int SERIAL_BITS = 127;
    private static final int IDENTIFIER_BYTES = 20;
    private static final SecureRandom RANDOM = new SecureRandom();

    private CertificateWriter() {
    }

    /** @param issuer null for a certificate that signs itself */
    static X509Certificate write(CertificateRequest request, PublicKey holder, X509Certificate issuer, PrivateKey issuerKey)
            throws GeneralSecurityException, IOException {
        X500Name subject = new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, request.commonName()).build();
        X509v3CertificateBuilder builder = new X509v3CertificateBuilder(issuer == null ? subject : subject(issuer),
                new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS - 1), Date.from(request.from()),
                Date.from(request.until()), subject, SubjectPublicKeyInfo.getInstance(holder.getEncoded()));
        builder.addExtension(Extension.subjectKeyIdentifier, false, new SubjectKeyIdentifier(identifier(holder)));
        builder.addExtension(Extension.authorityKeyIdentifier, false,
                authorityKeyIdentifier(issuer == null ? holder : issuer.getPublicKey()));
        if (request.usage() == Usage.AUTHORITY) {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
        } else {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(
                    request.usage() == Usage.SERVER ? KeyPurposeId.id_kp_serverAuth : KeyPurposeId.id_kp_clientAuth));
        }
        if (!request.names().isEmpty()) {
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(
                    request.names().stream().map(CertificateWriter::generalName).toArray(GeneralName[]::new)));
        }
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(
                    new ByteArrayInputStream(builder.build(new EcdsaSigner(issuerKey)).getEncoded()));
        } catch (RuntimeOperatorException e) {
            throw new GeneralSecurityException(e.getMessage(), e);
        }
    }

    /** A revocation list (RFC 5280 section 5) of these serial numbers, in DER. */
    static byte[] revocationList(Collection<BigInteger> serials, X509Certificate issuer, PrivateKey issuerKey, Instant now,
            Instant until) throws GeneralSecurityException, IOException {
        X509v2CRLBuilder builder = new X509v2CRLBuilder(subject(issuer), Date.from(now)).setNextUpdate(Date.from(until));
        serials.forEach(serial -> builder.addCRLEntry(serial, Date.from(now), CRLReason.unspecified));
        builder.addExtension(Extension.authorityKeyIdentifier, false,
                authorityKeyIdentifier(issuer.getPublicKey()));
        builder.addExtension(Extension.cRLNumber, false, new CRLNumber(BigInteger.valueOf(now.toEpochMilli())));
        try {
            return builder.build(new EcdsaSigner(issuerKey)).getEncoded();
        } catch (RuntimeOperatorException e) {
            throw new GeneralSecurityException(e.getMessage(), e);
        }
    }

    private static X500Name subject(X509Certificate certificate) {
        return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    }

    /** Method 1 of RFC 5280 4.2.1.2, with SHA-256 cut to the same length (RFC 7093). */
    private static byte[] identifier(PublicKey key) throws GeneralSecurityException {
        return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()), IDENTIFIER_BYTES);
    }

    /** By keyIdentifier only (RFC 5280 4.2.1.1). The library's class for it does not load without its message digests. */
    private static DERSequence authorityKeyIdentifier(PublicKey key) throws GeneralSecurityException {
        return new DERSequence(new DERTaggedObject(false, 0, new DEROctetString(identifier(key))));
    }

    private static GeneralName generalName(String name) {
        int kind = switch (name.substring(0, name.indexOf(':'))) {
            case "DNS" -> GeneralName.dNSName;
            case "URI" -> GeneralName.uniformResourceIdentifier;
            case "IP" -> GeneralName.iPAddress;
            default -> throw new IllegalArgumentException("a name is DNS:, URI: or IP:, not " + name);
        };
        return new GeneralName(kind, name.substring(name.indexOf(':') + 1));
    }
}
