// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.primitive.JsonWebToken;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key by which tokens of one issuer are verified (RFC 7518): a public EC or RSA key, or a secret for HMAC. The key
 * decides which algorithms count, never the token; {@code none} is none of them. Any thread.
 */
public final class TokenKey {
    private static final int SHORTEST_SECRET = 32;
    private static final int SHORTEST_RSA = 2048;

    private final Optional<PublicKey> publicKey;
    private final byte[] secret;

    private TokenKey(Optional<PublicKey> publicKey, byte[] secret) {
        this.publicKey = publicKey;
        this.secret = secret;
    }

    /**
     * Reads the content of a key file: a public key or certificate in PEM form, anything else is the secret itself.
     *
     * @throws IllegalArgumentException saying what is wrong with it
     */
    public static TokenKey read(byte[] content) {
        String text = new String(content, StandardCharsets.ISO_8859_1);
        if (text.contains("PRIVATE KEY-----")) {
            throw new IllegalArgumentException("a private key, where the public key or certificate of the issuer belongs");
        }
        try {
            if (text.contains("-----BEGIN CERTIFICATE-----")) {
                return ofPublicKey(CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(content)).getPublicKey());
            }
            int begin = text.indexOf("-----BEGIN PUBLIC KEY-----");
            if (begin >= 0) {
                int start = text.indexOf('\n', begin);
                int end = text.indexOf("-----END", begin);
                if (start < 0 || end < start) {
                    throw new IllegalArgumentException("the public key has no end");
                }
                return ofPublicKey(publicKey(Base64.getMimeDecoder().decode(text.substring(start, end))));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("no key that can be used: " + e.getMessage(), e);
        }
        byte[] secret = text.endsWith("\n") ? text.stripTrailing().getBytes(StandardCharsets.ISO_8859_1) : content.clone();
        if (secret.length < SHORTEST_SECRET) {
            throw new IllegalArgumentException("a secret of less than " + SHORTEST_SECRET + " bytes, or no key in PEM form");
        }
        return new TokenKey(Optional.empty(), secret);
    }

    private static PublicKey publicKey(byte[] encoded) throws GeneralSecurityException {
        X509EncodedKeySpec spec = new X509EncodedKeySpec(encoded);
        try {
            return KeyFactory.getInstance("EC").generatePublic(spec);
        } catch (GeneralSecurityException notAnEcKey) {
            return KeyFactory.getInstance("RSA").generatePublic(spec);
        }
    }

    /** @throws IllegalArgumentException for a kind or length of key that is not used */
    static TokenKey ofPublicKey(PublicKey key) {
        boolean strong = key instanceof ECPublicKey
                || key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() >= SHORTEST_RSA;
        if (!strong) {
            throw new IllegalArgumentException("neither an EC key nor an RSA key of at least " + SHORTEST_RSA + " bits");
        }
        return new TokenKey(Optional.of(key), new byte[0]);
    }

    /** Whether the issuer signed the token. */
    boolean verifies(JsonWebToken token) {
        try {
            return publicKey.isPresent() ? verifiesPublic(token, publicKey.get()) : verifiesSecret(token);
        } catch (GeneralSecurityException unusable) {
            return false;
        }
    }

    private boolean verifiesSecret(JsonWebToken token) throws GeneralSecurityException {
        Optional<String> size = size(token.algorithm(), "HS");
        if (size.isEmpty()) {
            return false;
        }
        Mac mac = Mac.getInstance("HmacSHA" + size.get());
        mac.init(new SecretKeySpec(secret, mac.getAlgorithm()));
        return MessageDigest.isEqual(mac.doFinal(token.signed()), token.signature());
    }

    private static boolean verifiesPublic(JsonWebToken token, PublicKey key) throws GeneralSecurityException {
        Optional<Signature> signature = signature(token.algorithm(), key);
        if (signature.isEmpty()) {
            return false;
        }
        signature.get().initVerify(key);
        signature.get().update(token.signed());
        return signature.get().verify(token.signature());
    }

    private static Optional<Signature> signature(String algorithm, PublicKey key) throws GeneralSecurityException {
        if (key instanceof ECPublicKey curve) {
            int bits = curve.getParams().getCurve().getField().getFieldSize();
            String fitting = bits == 256 ? "256" : bits == 384 ? "384" : bits == 521 ? "512" : "";
            return size(algorithm, "ES").filter(fitting::equals).isEmpty() ? Optional.empty()
                    : Optional.of(Signature.getInstance("SHA" + fitting + "withECDSAinP1363Format"));
        }
        Optional<String> plain = size(algorithm, "RS");
        if (plain.isPresent()) {
            return Optional.of(Signature.getInstance("SHA" + plain.get() + "withRSA"));
        }
        Optional<String> pss = size(algorithm, "PS");
        if (pss.isEmpty()) {
            return Optional.empty();
        }
        Signature signature = Signature.getInstance("RSASSA-PSS");
        String digest = "SHA-" + pss.get();
        signature.setParameter(new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest),
                Integer.parseInt(pss.get()) / 8, 1));
        return Optional.of(signature);
    }

    private static Optional<String> size(String algorithm, String family) {
        String size = algorithm.length() == 5 && algorithm.toUpperCase(Locale.ROOT).equals(algorithm)
                && algorithm.startsWith(family) ? algorithm.substring(2) : "";
        return size.equals("256") || size.equals("384") || size.equals("512") ? Optional.of(size) : Optional.empty();
    }
}
