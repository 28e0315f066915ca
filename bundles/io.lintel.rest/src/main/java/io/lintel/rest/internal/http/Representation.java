// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;

/**
 * How a listener gives its answers beyond what oneM2M says.
 *
 * @param tags             when there are entity tags
 * @param compressionBytes the least size of a body that is compressed; 0 for none
 * @param origins          whose web pages may use it
 */
record Representation(EntityTags tags, int compressionBytes, Optional<CrossOrigin> origins) {
    private static final String GZIP = "gzip";

    /** Whether a body of this size may be compressed for some clients. */
    boolean compressible(int bytes) {
        return compressionBytes > 0 && bytes >= compressionBytes;
    }

    /** Whether a client takes gzip, by its Accept-Encoding (RFC 9110 12.5.3); null if it has none. */
    static boolean acceptsGzip(String acceptEncoding) {
        if (acceptEncoding == null) {
            return false;
        }
        boolean any = false;
        for (String each : acceptEncoding.split(",")) {
            int semicolon = each.indexOf(';');
            String coding = (semicolon < 0 ? each : each.substring(0, semicolon)).trim();
            boolean refused = semicolon >= 0 && each.substring(semicolon + 1).trim().matches("q=0(\\.0*)?");
            if (coding.equalsIgnoreCase(GZIP) || coding.equalsIgnoreCase("x-gzip")) {
                return !refused;
            }
            any |= coding.equals("*") && !refused;
        }
        return any;
    }

    static byte[] gzip(byte[] body) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream(body.length / 4);
        try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);   // memory takes everything
        }
        return compressed.toByteArray();
    }
}
