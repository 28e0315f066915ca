// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.tls.PeerIdentity;
import java.util.List;
import java.util.Optional;

/**
 * Who an authenticated client may be (TS-0003 8.2.3: one CSE-ID, one AE-ID, or a list of allowed AE-IDs), by what the
 * server verified.
 *
 * @param credential the Credential-ID of what it verified
 * @param ids        one CSE-ID, absolute if it is another service provider's, or AE-ID stems; with {@code *} for any run of
 *                   characters
 * @param asker      the client as the rules see it
 */
record Principal(String credential, List<String> ids, AccessRules.Asker asker) {
    Principal {
        ids = List.copyOf(ids);
    }

    /** The CSE that the credential says it is, so that no registration has to say it. */
    Optional<String> cse() {
        return ids.stream().filter(id -> id.startsWith("/") && id.indexOf('*') < 0).findFirst();
    }

    /** Whether it is the credential of a CSE, which one being left to its registration if need be. */
    boolean isCse() {
        return ids.stream().anyMatch(id -> id.startsWith("/"));
    }

    boolean coversCse(String cseId) {
        return ids.stream().anyMatch(id -> id.startsWith("/") && id.startsWith("//") == cseId.startsWith("//")
                && PeerIdentity.matches(id, cseId));
    }

    /** Whether the credential says just this AE, so that no registration has to say it. */
    boolean isExactly(String stem) {
        return !isCse() && ids.contains(stem);
    }

    boolean covers(String stem) {
        return !isCse() && ids.stream().anyMatch(id -> PeerIdentity.matches(id, stem));
    }

    List<String> exactStems() {
        return isCse() ? List.of() : ids.stream().filter(id -> id.indexOf('*') < 0).toList();
    }
}
