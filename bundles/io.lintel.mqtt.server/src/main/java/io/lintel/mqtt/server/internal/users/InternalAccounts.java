// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal.users;

import io.lintel.tls.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The accounts of this node's own clients, which connect without an operator's doing even where anonymous clients are
 * refused. Each has a random secret in a file that only the node's user can read, {@code name:secret} a line; the first
 * start of the server makes it, and the clients read it whenever they connect. Good from loopback only.
 */
final class InternalAccounts {
    private static final List<String> NAMES = List.of("lintel.adapter", "lintel.cse");
    private static final int SECRET_BYTES = 32;

    private final Map<String, byte[]> secrets = new LinkedHashMap<>();

    private InternalAccounts() {
    }

    /** Reads the file, having added what it lacks. */
    static InternalAccounts in(Path file) throws IOException {
        InternalAccounts accounts = new InternalAccounts();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                int colon = line.indexOf(':');
                if (colon > 0 && line.length() >= colon + 2 * SECRET_BYTES) {
                    accounts.secrets.put(line.substring(0, colon), line.substring(colon + 1).getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        if (!accounts.secrets.keySet().containsAll(NAMES)) {
            accounts.complete(file);
        }
        return accounts;
    }

    private void complete(Path file) throws IOException {
        SecureRandom random = new SecureRandom();
        for (String name : NAMES) {
            byte[] secret = new byte[SECRET_BYTES];
            random.nextBytes(secret);
            secrets.putIfAbsent(name, HexFormat.of().formatHex(secret).getBytes(StandardCharsets.UTF_8));
        }
        StringBuilder text = new StringBuilder();
        secrets.forEach((name, secret) -> text.append(name).append(':').append(new String(secret, StandardCharsets.UTF_8))
                .append('\n'));
        PrivateFiles.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
    }

    static InternalAccounts none() {
        return new InternalAccounts();
    }

    static boolean isInternal(String name) {
        return name.startsWith(UserFile.RESERVED);
    }

    boolean matches(String name, byte[] secret) {
        byte[] expected = secrets.get(name);
        return expected != null && MessageDigest.isEqual(expected, secret);
    }
}
