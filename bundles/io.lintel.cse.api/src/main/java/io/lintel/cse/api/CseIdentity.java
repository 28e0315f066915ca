// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.api;

import io.lintel.primitive.Identifiers;

/**
 * Who this CSE is.
 *
 * @param spId     the service provider's ID with two slashes, such as {@code //lintel.example}
 * @param cseId    the SP-relative CSE-ID, such as {@code /mn-cse}
 * @param baseName the resource name of the CSEBase
 * @param baseId   the unstructured resource ID of the CSEBase
 * @param type     IN, MN or ASN
 * @param administrator the originator that may do everything (on loopback only, unless credentials are set up)
 */
public record CseIdentity(String spId, String cseId, String baseName, String baseId, CseType type, String administrator) {
    public CseIdentity {
        if (!Identifiers.isCseId(cseId)) {
            throw new IllegalArgumentException("cse.id must be a slash and one element of letters, digits, '-', '.' and '_': "
                    + cseId);
        }
        if (!spId.startsWith("//") || !Identifiers.isElement(spId.substring(2))) {
            throw new IllegalArgumentException("sp.id must be two slashes and a domain name: " + spId);
        }
        if (!Identifiers.isElement(baseName) || !Identifiers.isElement(baseId)) {
            throw new IllegalArgumentException("cse.name and cse.ri must be one element each: " + baseName + ", " + baseId);
        }
    }

    /** The kinds of CSE ({@code cst}). */
    public enum CseType {
        IN(1), MN(2), ASN(3);

        private final int code;

        CseType(int code) {
            this.code = code;
        }

        public int code() {
            return code;
        }
    }

    /** The CSE-ID without its slash, as MQTT topics and client identifiers use it. */
    public String cseIdElement() {
        return cseId.substring(1);
    }
}
