// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An authority and certificates of it, made by OpenSSL, as PEM files in a folder. */
final class Certificates {
    private final Path folder;
    private final String authority;

    Certificates(Path folder, String authority) {
        this.folder = folder;
        this.authority = authority;
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=" + authority, "-keyout", file(authority + ".key"), "-out", file(authority + ".crt"));
    }

    /** The authority's certificate. */
    Path ca() {
        return folder.resolve(authority + ".crt");
    }

    Path crt(String name) {
        return folder.resolve(name + ".crt");
    }

    Path key(String name) {
        return folder.resolve(name + ".key");
    }

    /** @param subjectAlternativeName as OpenSSL writes it */
    Certificates issue(String name, String subjectAlternativeName) {
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name, "-keyout",
                file(name + ".key"), "-out", file(name + ".csr"));
        try {
            Files.writeString(folder.resolve(name + ".ext"), "subjectAltName=" + subjectAlternativeName + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        openssl("x509", "-req", "-days", "2", "-in", file(name + ".csr"), "-CA", file(authority + ".crt"), "-CAkey",
                file(authority + ".key"), "-CAcreateserial", "-extfile", file(name + ".ext"), "-out", file(name + ".crt"));
        return this;
    }

    static void openssl(String... arguments) {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError(String.join(" ", command) + ": " + said);
            }
        } catch (IOException e) {
            throw new AssertionError("install the Debian package openssl", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }
}
