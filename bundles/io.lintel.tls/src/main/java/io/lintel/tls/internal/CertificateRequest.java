// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls.internal;

import java.time.Instant;
import java.util.List;

/**
 * What a certificate is to say of its holder.
 *
 * @param commonName the subject's common name
 * @param names      subject alternative names with their kind in front: {@code DNS:}, {@code URI:} or {@code IP:}
 * @param usage      what its holder may be
 */
record CertificateRequest(String commonName, List<String> names, Usage usage, Instant from, Instant until) {
    /** By key usage and extended key usage: a client cannot pose as the server with its certificate. */
    enum Usage {
        AUTHORITY, SERVER, CLIENT
    }
}
