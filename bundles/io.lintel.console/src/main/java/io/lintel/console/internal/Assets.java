// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Style sheets and drawings in this bundle. */
final class Assets {
    private Assets() {
    }

    static String text(String name) {
        try (InputStream in = Assets.class.getResourceAsStream("res/" + name)) {
            if (in == null) {
                throw new IllegalStateException("this bundle lacks " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
