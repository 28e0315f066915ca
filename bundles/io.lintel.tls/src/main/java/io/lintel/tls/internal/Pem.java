// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls.internal;

import io.lintel.tls.UnusableFileException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CRL;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1Object;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.pkcs.RSAPrivateKey;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemHeader;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * Reads and writes PEM files (RFC 7468): certificates, private keys and revocation lists. Of private keys it takes
 * PKCS#8 and the older forms of OpenSSL for RSA and EC, all without password. What is wrong with a file is an
 * {@link UnusableFileException} with a sentence for an operator. Blocks on the disk.
 */
public final class Pem {
    private Pem() {
    }

    public static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (PemObject block : blocks(file)) {
                if (block.getType().endsWith("CERTIFICATE")) {
                    certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.getContent())));
                }
            }
        } catch (GeneralSecurityException e) {
            throw new UnusableFileException(file + " holds a certificate that cannot be read: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw new UnusableFileException(file + " holds no certificate");
        }
        return certificates;
    }

    static List<CRL> revocationLists(Path file) throws IOException {
        List<CRL> lists = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (PemObject block : blocks(file)) {
                if (block.getType().equals("X509 CRL")) {
                    lists.add(factory.generateCRL(new ByteArrayInputStream(block.getContent())));
                }
            }
        } catch (GeneralSecurityException e) {
            throw new UnusableFileException(file + " holds a revocation list that cannot be read: " + e.getMessage(), e);
        }
        if (lists.isEmpty()) {
            throw new UnusableFileException(file + " holds no revocation list");
        }
        return lists;
    }

    static PrivateKey privateKey(Path file) throws IOException {
        for (PemObject block : blocks(file)) {
            if (isEncrypted(block)) {
                throw new UnusableFileException(file + " is protected by a password, which the node does not have; "
                        + "openssl pkcs8 -in KEY -out NEW takes it off");
            }
            try {
                switch (block.getType()) {
                    case "PRIVATE KEY" -> {
                        return key(file, block.getContent());
                    }
                    case "RSA PRIVATE KEY" -> {
                        return key(file, new PrivateKeyInfo(new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption,
                                DERNull.INSTANCE), RSAPrivateKey.getInstance(block.getContent())).getEncoded());
                    }
                    case "EC PRIVATE KEY" -> {
                        ECPrivateKey key = ECPrivateKey.getInstance(block.getContent());
                        return key(file, new PrivateKeyInfo(new AlgorithmIdentifier(X9ObjectIdentifiers.id_ecPublicKey,
                                curve(key)), key).getEncoded());
                    }
                    default -> {
                        // certificates and parameters may stand beside the key
                    }
                }
            } catch (IllegalArgumentException | IllegalStateException e) {
                throw new UnusableFileException(file + " holds a private key that cannot be read: " + e.getMessage(), e);
            }
        }
        throw new UnusableFileException(file + " holds no private key");
    }

    /** In PKCS#8, or the older way, which says so in headers (RFC 1421). */
    private static boolean isEncrypted(PemObject block) {
        return block.getType().equals("ENCRYPTED PRIVATE KEY") || ((List<?>) block.getHeaders()).stream()
                .anyMatch(header -> ((PemHeader) header).getValue().contains("ENCRYPTED"));
    }

    /** The curve that the key names (RFC 5915); P-256 if it names none. */
    private static ASN1Object curve(ECPrivateKey key) {
        return key.getParametersObject() == null ? X9ObjectIdentifiers.prime256v1 : key.getParametersObject();
    }

    private static PrivateKey key(Path file, byte[] pkcs8) throws IOException {
        for (String algorithm : new String[] {"EC", "RSA", "EdDSA"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException e) {
                // not of this kind
            }
        }
        throw new UnusableFileException(file + " holds a private key that is neither EC nor RSA nor EdDSA, or is damaged");
    }

    private static List<PemObject> blocks(Path file) throws IOException {
        List<PemObject> blocks = new ArrayList<>();
        String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new UnusableFileException(file + " is not there", e);
        } catch (AccessDeniedException e) {
            throw new UnusableFileException(file + " may not be read by the node's user", e);
        }
        try (PemReader reader = new PemReader(new StringReader(text))) {
            for (PemObject block = reader.readPemObject(); block != null; block = reader.readPemObject()) {
                blocks.add(block);
            }
        } catch (IOException | IllegalStateException | IllegalArgumentException e) {
            throw new UnusableFileException(file + " is damaged: " + e.getMessage(), e);
        }
        return blocks;
    }

    public static byte[] text(String type, byte[] content) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);   // a string takes everything
        }
        return text.toString().replace(System.lineSeparator(), "\n").getBytes(StandardCharsets.US_ASCII);
    }
}
