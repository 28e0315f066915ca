// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.tls;

import io.lintel.mqtt.server.internal.tls.CertificateRequest.Usage;
import io.netty.util.NetUtil;
import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Makes X.509 v3 certificates (RFC 5280) with ECDSA on SHA-256, as TS-0003 wants them: P-256 keys, keyUsage with
 * digitalSignature, no wildcards. In this process, since the JDK's keytool would be four processes at the first start,
 * each dearer than all this, and keeps keys in key stores only. Stateless.
 */
final class CertificateWriter {
    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
    private static final String COMMON_NAME = "2.5.4.3";
    private static final String SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
    private static final String CRL_NUMBER = "2.5.29.20";
    private static final String BASIC_CONSTRAINTS = "2.5.29.19";
    private static final String AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
    private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
    private static final byte DIGITAL_SIGNATURE = (byte) 0x80;
    private static final byte CERT_AND_CRL_SIGN = 0x06;
    private static final int SERIAL_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private CertificateWriter() {
    }

    /** @param issuer null for a certificate that signs itself */
    static X509Certificate write(CertificateRequest request, PublicKey holder, X509Certificate issuer, PrivateKey issuerKey)
            throws GeneralSecurityException {
        byte[] subject = name(request.commonName());
        byte[] issuerName = issuer == null ? subject : issuer.getSubjectX500Principal().getEncoded();
        byte[] body = Der.sequence(
                Der.explicit(0, Der.integer(2)),
                Der.integer(new BigInteger(SERIAL_BYTES * 8 - 1, RANDOM).setBit(SERIAL_BYTES * 8 - 2)),
                ECDSA_WITH_SHA256,
                issuerName,
                Der.sequence(Der.time(request.from()), Der.time(request.until())),
                subject,
                holder.getEncoded(),
                Der.explicit(3, Der.sequence(extensions(request, holder, issuer == null ? holder : issuer.getPublicKey()))));
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(signed(body, issuerKey)));
    }

    /** A revocation list (RFC 5280 section 5) of these serial numbers, in DER. */
    static byte[] revocationList(Collection<BigInteger> serials, X509Certificate issuer, PrivateKey issuerKey, Instant now,
            Instant until) throws GeneralSecurityException {
        byte[][] entries = serials.stream().map(serial -> Der.sequence(Der.integer(serial), Der.time(now)))
                .toArray(byte[][]::new);
        byte[] extensions = Der.explicit(0, Der.sequence(
                extension(AUTHORITY_KEY_IDENTIFIER, false, Der.sequence(Der.implicit(0, identifier(issuer.getPublicKey())))),
                extension(CRL_NUMBER, false, Der.integer(now.toEpochMilli()))));
        byte[] body = Der.sequence(Der.integer(1), ECDSA_WITH_SHA256, issuer.getSubjectX500Principal().getEncoded(),
                Der.time(now), Der.time(until), entries.length == 0 ? new byte[0] : Der.sequence(entries), extensions);
        return signed(body, issuerKey);
    }

    private static byte[] signed(byte[] body, PrivateKey key) throws GeneralSecurityException {
        Signature signature = Signature.getInstance("SHA256withECDSA");
        signature.initSign(key);
        signature.update(body);
        return Der.sequence(body, ECDSA_WITH_SHA256, Der.bits(0, signature.sign()));
    }

    private static byte[] name(String commonName) {
        return Der.sequence(Der.set(Der.sequence(Der.oid(COMMON_NAME), Der.utf8(commonName))));
    }

    private static byte[][] extensions(CertificateRequest request, PublicKey holder, PublicKey issuer)
            throws GeneralSecurityException {
        List<byte[]> all = new ArrayList<>();
        all.add(extension(SUBJECT_KEY_IDENTIFIER, false, Der.octets(identifier(holder))));
        all.add(extension(AUTHORITY_KEY_IDENTIFIER, false, Der.sequence(Der.implicit(0, identifier(issuer)))));
        if (request.usage() == Usage.AUTHORITY) {
            all.add(extension(BASIC_CONSTRAINTS, true, Der.sequence(Der.bool(true), Der.integer(0))));
            all.add(extension(KEY_USAGE, true, Der.bits(1, CERT_AND_CRL_SIGN)));
        } else {
            all.add(extension(BASIC_CONSTRAINTS, true, Der.sequence()));
            all.add(extension(KEY_USAGE, true, Der.bits(7, DIGITAL_SIGNATURE)));
            String purpose = request.usage() == Usage.SERVER ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2";
            all.add(extension(EXTENDED_KEY_USAGE, false, Der.sequence(Der.oid(purpose))));
        }
        if (!request.names().isEmpty()) {
            byte[][] names = request.names().stream().map(CertificateWriter::generalName).toArray(byte[][]::new);
            all.add(extension(SUBJECT_ALTERNATIVE_NAME, false, Der.sequence(names)));
        }
        return all.toArray(byte[][]::new);
    }

    private static byte[] extension(String oid, boolean critical, byte[] value) {
        return critical ? Der.sequence(Der.oid(oid), Der.bool(true), Der.octets(value))
                : Der.sequence(Der.oid(oid), Der.octets(value));
    }

    /** Method 1 of RFC 5280 4.2.1.2, with SHA-256 cut to the same length (RFC 7093). */
    private static byte[] identifier(PublicKey key) throws GeneralSecurityException {
        return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(key.getEncoded()), 20);
    }

    private static byte[] generalName(String name) {
        String value = name.substring(name.indexOf(':') + 1);
        return switch (name.substring(0, name.indexOf(':'))) {
            case "DNS" -> Der.implicit(2, value.getBytes(StandardCharsets.US_ASCII));
            case "URI" -> Der.implicit(6, value.getBytes(StandardCharsets.US_ASCII));
            case "IP" -> Der.implicit(7, NetUtil.createByteArrayFromIpAddressString(value));
            default -> throw new IllegalArgumentException("a name is DNS:, URI: or IP:, not " + name);
        };
    }
}
