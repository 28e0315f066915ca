// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Fetches software into a file of the home: as much as is allowed, from where it was allowed and nowhere else (redirections
 * are not followed), held against its digest, and synced. Blocks for as long as it takes, a minute without a byte at most.
 *
 * @param folder    where it is put
 * @param mostBytes larger files are refused
 */
record Download(Path folder, long mostBytes) {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int BUFFER = 16_384;

    /** @throws IOException with a sentence; nothing is left behind then */
    Path fetch(Sources.Source source) throws IOException {
        Path file = Files.createTempFile(folder, "download", ".part");
        try {
            String found = copy(source, file);
            if (source.digest().filter(digest -> !digest.equals(found)).isPresent()) {
                throw new IOException("the digest of " + source.address() + " is " + found + ", not the one that was given");
            }
            return file;
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    private String copy(Sources.Source source, Path file) throws IOException {
        URLConnection connection = source.address().toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        connection.setUseCaches(false);
        if (connection instanceof HttpURLConnection http) {
            http.setInstanceFollowRedirects(false);
            if (http.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw new IOException(source.address() + " answers " + http.getResponseCode());
            }
        }
        MessageDigest digest = sha256();
        try (InputStream in = connection.getInputStream();
                OutputStream out = new DigestOutputStream(Files.newOutputStream(file), digest)) {
            byte[] buffer = new byte[BUFFER];
            long total = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                total += read;
                if (total > mostBytes) {
                    throw new IOException(source.address() + " has more than " + mostBytes + " bytes");
                }
                out.write(buffer, 0, read);
            }
        }
        try (FileChannel written = FileChannel.open(file, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
