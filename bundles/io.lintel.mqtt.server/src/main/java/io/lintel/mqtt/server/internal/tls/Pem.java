// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads and writes PEM files (RFC 7468): certificates, private keys and revocation lists. Of private keys it takes
 * PKCS#8 and the older forms of OpenSSL for RSA and EC, all without password. What is wrong with a file is an
 * {@link IOException} with a sentence for an operator. Blocks on the disk.
 */
final class Pem {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final String RSA = "1.2.840.113549.1.1.1";
    private static final String EC = "1.2.840.10045.2.1";
    private static final byte[] OID_P256 = Der.oid("1.2.840.10045.3.1.7");

    private record Block(String type, byte[] content) {
    }

    private Pem() {
    }

    static List<X509Certificate> certificates(Path file) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks(file)) {
                if (block.type.endsWith("CERTIFICATE")) {
                    certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.content)));
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds a certificate that cannot be read: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw new IOException(file + " holds no certificate");
        }
        return certificates;
    }

    static List<CRL> revocationLists(Path file) throws IOException {
        List<CRL> lists = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks(file)) {
                if (block.type.equals("X509 CRL")) {
                    lists.add(factory.generateCRL(new ByteArrayInputStream(block.content)));
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " holds a revocation list that cannot be read: " + e.getMessage(), e);
        }
        if (lists.isEmpty()) {
            throw new IOException(file + " holds no revocation list");
        }
        return lists;
    }

    static PrivateKey privateKey(Path file) throws IOException {
        for (Block block : blocks(file)) {
            switch (block.type) {
                case "PRIVATE KEY" -> {
                    return key(file, block.content);
                }
                case "RSA PRIVATE KEY" -> {
                    return key(file, pkcs8(Der.sequence(Der.oid(RSA), Der.nothing()), block.content));
                }
                case "EC PRIVATE KEY" -> {
                    return key(file, pkcs8(Der.sequence(Der.oid(EC), curve(block.content)), block.content));
                }
                case "ENCRYPTED PRIVATE KEY" -> throw new IOException(file + " is protected by a password, which the node does "
                        + "not have; openssl pkcs8 -in KEY -out NEW takes it off");
                default -> {
                    // certificates and parameters may stand beside the key
                }
            }
        }
        throw new IOException(file + " holds no private key");
    }

    /** Wraps an older form as RFC 5208 says. */
    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return Der.sequence(Der.integer(0), algorithm, Der.octets(key));
    }

    /** The curve in an ECPrivateKey (RFC 5915): the object identifier within its element [0]; P-256 if it names none. */
    private static byte[] curve(byte[] key) {
        for (int i = 2; i + 4 < key.length; i++) {
            int length = key[i + 1];
            boolean named = key[i] == (byte) 0xa0 && key[i + 2] == 0x06 && length > 2 && key[i + 3] == length - 2;
            if (named && i + 2 + length <= key.length) {
                return Arrays.copyOfRange(key, i + 2, i + 2 + length);
            }
        }
        return OID_P256;
    }

    private static PrivateKey key(Path file, byte[] pkcs8) throws IOException {
        for (String algorithm : new String[] {"EC", "RSA", "EdDSA"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException e) {
                // not of this kind
            }
        }
        throw new IOException(file + " holds a private key that is neither EC nor RSA nor EdDSA, or is damaged");
    }

    private static List<Block> blocks(Path file) throws IOException {
        List<Block> blocks = new ArrayList<>();
        String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new IOException(file + " is not there", e);
        }
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            try {
                blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2).trim())));
            } catch (IllegalArgumentException e) {
                throw new IOException(file + " is damaged: " + e.getMessage(), e);
            }
        }
        return blocks;
    }

    static byte[] text(String type, byte[] content) {
        String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return ("-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n").getBytes(StandardCharsets.US_ASCII);
    }
}
