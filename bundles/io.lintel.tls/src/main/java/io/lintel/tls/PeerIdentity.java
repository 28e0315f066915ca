// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import java.util.List;
import java.util.Optional;

/**
 * Who the peer of an association is (TS-0003 8.2.3: one CSE-ID, one AE-ID, or a list of allowed AE-IDs), by what the
 * handshake verified. Immutable.
 *
 * @param credential the Credential-ID of what was verified
 * @param ids        one CSE-ID, absolute if it is another service provider's; or AE-ID stems, with {@code *} for any run of
 *                   characters; empty: nobody who could be served here, such as an AE that is registered elsewhere
 */
public record PeerIdentity(String credential, List<String> ids) {
    public PeerIdentity {
        ids = List.copyOf(ids);
    }

    /** The one AE or CSE that it is, where the credential says which. */
    public Optional<String> exact() {
        return ids.size() == 1 && ids.get(0).indexOf('*') < 0 ? Optional.of(ids.get(0)) : Optional.empty();
    }

    /** Whether it is the credential of a CSE, which one being left to its registration if need be. */
    public boolean isCse() {
        return ids.stream().anyMatch(id -> id.startsWith("/"));
    }

    /** Whether a pattern, with {@code *} for any run of characters, is the text: as rules and IDs of credentials are meant. */
    public static boolean matches(String pattern, String text) {
        return Ids.glob(pattern, text);
    }

    /** Whether it may be this AE or CSE. */
    public boolean covers(String id) {
        return ids.stream().anyMatch(pattern -> pattern.startsWith("/") == id.startsWith("/")
                && pattern.startsWith("//") == id.startsWith("//") && Ids.glob(pattern, id));
    }
}
