// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls.internal;

import io.lintel.tls.PrivateFiles;
import io.lintel.tls.internal.NodeCertificates.ClientCertificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * {@code lintel certificate NAME}: issues a client certificate from the node's own authority, in the forms that clients
 * take: PEM, and PKCS#12 with a password of its own; or revokes one. A process of its own, started by the start script,
 * which also says what subject alternative names a oneM2M entity gets; here they are only names.
 */
public final class CertificateCommand {
    private static final int WRONG_ARGUMENTS = 2;
    private static final int FAILED = 1;
    private static final int PASSWORD_BYTES = 12;
    private static final int MOST_DAYS = 36_500;

    private final NodeCertificates own;
    private final Path folder;

    private CertificateCommand(Path tls) {
        own = new NodeCertificates(tls);
        folder = tls.resolve("clients");
    }

    /**
     * @param arguments the folder of the node's certificates, days of validity or {@code revoke}, the name, then names as
     *                  {@code URI:…} or {@code DNS:…}
     */
    public static void main(String[] arguments) {
        String name = arguments[2];
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")) {
            stop(WRONG_ARGUMENTS, "the name is also that of the files: letters, digits, . _ - @, at most 64");
        }
        List<String> names = List.of(arguments).subList(3, arguments.length);
        if (names.stream().anyMatch(each -> !each.matches("(URI|DNS):[\\x21-\\x7e]+"))) {
            stop(WRONG_ARGUMENTS, "an ID in a certificate has visible ASCII characters only");
        }
        try {
            CertificateCommand command = new CertificateCommand(Path.of(arguments[0]));
            if (arguments[1].equals("revoke")) {
                command.revoke(name);
            } else {
                command.issue(name, names, days(arguments[1]));
            }
        } catch (IOException | GeneralSecurityException e) {
            stop(FAILED, e.getMessage());
        }
    }

    private static void stop(int status, String why) {
        System.err.println("lintel: " + why);
        System.exit(status);
    }

    private static Duration days(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MOST_DAYS) {
            stop(WRONG_ARGUMENTS, "--days is from 1 to " + MOST_DAYS + ", not " + text);
        }
        return Duration.ofDays(Integer.parseInt(text));
    }

    private void revoke(String name) throws IOException {
        Path certificate = folder.resolve(name + ".crt");
        own.revoke(Pem.certificates(certificate));
        for (String kind : List.of(".crt", ".key", ".p12", ".p12.password")) {
            Files.deleteIfExists(folder.resolve(name + kind));
        }
        System.out.println("certificate " + name + " revoked; a connection that is open stays until it is closed");
    }

    private void issue(String name, List<String> names, Duration life) throws IOException, GeneralSecurityException {
        Path certificate = folder.resolve(name + ".crt");
        if (Files.exists(certificate)) {
            stop(FAILED, certificate + " is there already; remove it for a new one");
        }
        own.ensureServer();
        ClientCertificate issued = own.issueClient(name, names, life);
        byte[] random = new byte[PASSWORD_BYTES];
        new SecureRandom().nextBytes(random);
        String password = HexFormat.of().formatHex(random);
        PrivateFiles.write(folder.resolve(name + ".key"), Pem.text("PRIVATE KEY", issued.key().getEncoded()));
        PrivateFiles.write(folder.resolve(name + ".p12"), keyStore(issued, name, password));
        PrivateFiles.write(folder.resolve(name + ".p12.password"), (password + "\n").getBytes(StandardCharsets.UTF_8));
        PrivateFiles.writePublic(certificate, Pem.text("CERTIFICATE", issued.certificate().getEncoded()));
        List<String> lines = new ArrayList<>();
        lines.add("certificate  " + certificate);
        lines.add("key          " + folder.resolve(name + ".key"));
        lines.add("both         " + folder.resolve(name + ".p12") + " (PKCS#12; its password: " + name + ".p12.password)");
        lines.add("authority    " + own.authorityFile());
        lines.add("names        " + String.join(", ", names.isEmpty() ? List.of("CN:" + name) : names));
        lines.add("valid until  " + issued.certificate().getNotAfter().toInstant());
        lines.forEach(System.out::println);
    }

    private static byte[] keyStore(ClientCertificate issued, String name, String password)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry(name, issued.key(), password.toCharArray(),
                new Certificate[] {issued.certificate(), issued.authority()});
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        store.store(bytes, password.toCharArray());
        return bytes.toByteArray();
    }
}
