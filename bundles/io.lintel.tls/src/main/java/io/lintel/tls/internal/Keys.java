// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls.internal;

import io.lintel.tls.UnusableFileException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;

/** Private keys that go with a certificate. Blocks on the disk; stateless. */
public final class Keys {
    private Keys() {
    }

    /** A key store in memory. */
    public static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** The key in a file, if it is that of the certificate. */
    public static PrivateKey keyOf(Path certificateFile, X509Certificate certificate, Path keyFile)
            throws IOException, GeneralSecurityException {
        PrivateKey key = Pem.privateKey(keyFile);
        if (!belong(certificate, key)) {
            throw new UnusableFileException(keyFile + " is not the key of the first certificate in " + certificateFile);
        }
        return key;
    }

    private static boolean belong(X509Certificate certificate, PrivateKey key) throws GeneralSecurityException {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> key.getAlgorithm();
        };
        if (!certificate.getPublicKey().getAlgorithm().equals(key.getAlgorithm())) {
            return false;
        }
        byte[] sample = certificate.getSignature();
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(sample);
        byte[] signed = signature.sign();
        signature.initVerify(certificate.getPublicKey());
        signature.update(sample);
        return signature.verify(signed);
    }
}
