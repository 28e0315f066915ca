// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Identifiers of the requests that this CSE makes: none is used twice, in this run or another. Any thread. */
final class RequestIdentifiers {
    private static final String RUN_PREFIX = Long.toString(new SecureRandom().nextLong() >>> 12, 36) + "-";
    private static final AtomicLong SEQUENCE = new AtomicLong();

    private RequestIdentifiers() {
    }

    static String next() {
        return RUN_PREFIX + Long.toString(SEQUENCE.incrementAndGet(), 36);
    }
}
