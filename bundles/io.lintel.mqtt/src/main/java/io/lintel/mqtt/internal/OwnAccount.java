// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The account that the co-located MQTT server keeps for this CSE's client, so that it gets in where anonymous clients are
 * refused. The server makes the secret before it listens, in a file that only the node's user reads; it is read with
 * every connection, and shown to no other server. Reads the disk: not on a callback thread.
 */
final class OwnAccount implements Account {
    static final String NAME = OneM2mTopicPolicy.OWN_ACCOUNT;

    private static final Logger LOG = LoggerFactory.getLogger(OwnAccount.class);

    private final boolean enabled;
    private final Path file;

    /** @param enabled whether there is such a server at all */
    OwnAccount(boolean enabled, Path file) {
        this.enabled = enabled;
        this.file = file;
    }

    /** Empty while the server has made none. */
    @Override
    public Optional<Login> login() {
        return secret().map(secret -> new Login(NAME, Optional.of(secret)));
    }

    private Optional<String> secret() {
        if (!enabled || !Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8).stream().filter(line -> line.startsWith(NAME + ":"))
                    .map(line -> line.substring(NAME.length() + 1)).findFirst();
        } catch (IOException e) {
            LOG.warn("{} cannot be read, so this CSE connects to its own MQTT server without account: {}", file, e.toString());
            return Optional.empty();
        }
    }
}
