// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads certificates and private keys from PEM files (RFC 7468) with what the JDK has: of private keys PKCS#8 and the older
 * forms of OpenSSL for RSA and EC, which are PKCS#8 once an algorithm is put around them; all without password. What is wrong
 * with a file is an {@link IOException} with a sentence for an operator. Blocks on the disk.
 */
final class PemFile {
    private static final Pattern BLOCK = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);
    private static final byte[] VERSION_0 = {2, 1, 0};
    /** rsaEncryption with NULL (RFC 8017 A.1). */
    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    /** id-ecPublicKey (RFC 5480 2.1.1), and the curve P-256, for keys that name none. */
    private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");
    private static final byte[] P256 = HexFormat.of().parseHex("06082a8648ce3d030107");
    private static final int SEQUENCE = 0x30;
    private static final int OCTETS = 0x04;
    private static final int PARAMETERS = 0xA0;

    private record Block(String type, String body) {
    }

    private final Path file;

    PemFile(Path file) {
        this.file = file;
    }

    List<X509Certificate> certificates() throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (Block block : blocks()) {
                if (block.type().endsWith("CERTIFICATE")) {
                    certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(bytes(block))));
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

    PrivateKey privateKey() throws IOException {
        for (Block block : blocks()) {
            if (block.type().equals("ENCRYPTED PRIVATE KEY") || block.body().contains("ENCRYPTED")) {
                throw new UnusableFileException(file + " is protected by a password, which the node does not have; "
                        + "openssl pkcs8 -in KEY -out NEW takes it off");
            }
            switch (block.type()) {
                case "PRIVATE KEY" -> {
                    return key(bytes(block));
                }
                case "RSA PRIVATE KEY" -> {
                    return key(pkcs8(RSA, bytes(block)));
                }
                case "EC PRIVATE KEY" -> {
                    byte[] key = bytes(block);
                    return key(pkcs8(der(SEQUENCE, EC, curve(key)), key));
                }
                default -> {
                    // certificates and parameters may stand beside the key
                }
            }
        }
        throw new UnusableFileException(file + " holds no private key");
    }

    private PrivateKey key(byte[] pkcs8) throws IOException {
        for (String algorithm : new String[] {"EC", "RSA", "EdDSA"}) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException e) {
                // not of this kind
            }
        }
        throw new UnusableFileException(file + " holds a private key that is neither EC nor RSA nor EdDSA, or is damaged");
    }

    private static byte[] pkcs8(byte[] algorithm, byte[] key) {
        return der(SEQUENCE, VERSION_0, algorithm, der(OCTETS, key));
    }

    /** The curve that an ECPrivateKey names, with its tag (RFC 5915): version, key, then perhaps [0] parameters. */
    private byte[] curve(byte[] key) throws IOException {
        try {
            int at = content(key, 0);
            int end = at + length(key, 0);
            while (at < end) {
                int from = content(key, at);
                int size = length(key, at);
                if ((key[at] & 0xFF) == PARAMETERS) {
                    return java.util.Arrays.copyOfRange(key, from, from + size);
                }
                at = from + size;
            }
            return P256;
        } catch (IndexOutOfBoundsException e) {
            throw new UnusableFileException(file + " holds a private key that is damaged", e);
        }
    }

    private static int length(byte[] der, int at) {
        int first = der[at + 1] & 0xFF;
        int length = first < 0x80 ? first : 0;
        for (int i = 0; i < first - 0x80; i++) {
            length = length << 8 | der[at + 2 + i] & 0xFF;
        }
        return length;
    }

    private static int content(byte[] der, int at) {
        int first = der[at + 1] & 0xFF;
        return at + 2 + (first < 0x80 ? 0 : first - 0x80);
    }

    private static byte[] der(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream encoded = new ByteArrayOutputStream();
        encoded.write(tag);
        int size = content.size();
        if (size < 0x80) {
            encoded.write(size);
        } else if (size < 0x100) {
            encoded.write(0x81);
            encoded.write(size);
        } else {
            // No key is longer than two bytes of length can say.
            encoded.write(0x82);
            encoded.write(size >> 8);
            encoded.write(size);
        }
        encoded.writeBytes(content.toByteArray());
        return encoded.toByteArray();
    }

    private byte[] bytes(Block block) throws IOException {
        try {
            return Base64.getMimeDecoder().decode(block.body());
        } catch (IllegalArgumentException e) {
            throw new UnusableFileException(file + " is damaged: " + e.getMessage(), e);
        }
    }

    private List<Block> blocks() throws IOException {
        String text;
        try {
            text = Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            throw new UnusableFileException(file + " is not there", e);
        } catch (AccessDeniedException e) {
            throw new UnusableFileException(file + " may not be read by the node's user", e);
        }
        List<Block> blocks = new ArrayList<>();
        for (Matcher matcher = BLOCK.matcher(text); matcher.find();) {
            blocks.add(new Block(matcher.group(1), matcher.group(2)));
        }
        return blocks;
    }
}
