// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.ws;

import java.nio.charset.StandardCharsets;

/** A sentence as the reason of a close frame, which has room for {@value Link#REASON_BYTES} bytes (RFC 6455 5.5.1). Pure. */
final class CloseReason {
    private CloseReason() {
    }

    static String fitting(String reason) {
        String fitting = reason;
        while (fitting.getBytes(StandardCharsets.UTF_8).length > Link.REASON_BYTES) {
            int end = fitting.length() - 1;
            fitting = fitting.substring(0, Character.isLowSurrogate(fitting.charAt(end)) ? end - 1 : end);
        }
        return fitting;
    }
}
