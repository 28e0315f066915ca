// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.util.List;
import java.util.Optional;

/**
 * Who an authenticated client may be (TS-0003 8.2.3: one CSE-ID, one AE-ID, or a list of allowed AE-IDs), by what the
 * server verified.
 *
 * @param credential the Credential-ID of what it verified
 * @param ids        one SP-relative CSE-ID; or AE-ID stems, with {@code *} for any run of characters
 * @param asker      the client as the rules see it
 */
record Principal(String credential, List<String> ids, AccessRules.Asker asker) {
    Principal {
        ids = List.copyOf(ids);
    }

    Optional<String> cse() {
        return ids.stream().filter(id -> id.startsWith("/")).findFirst();
    }

    /** Whether the credential says just this AE, so that no registration has to say it. */
    boolean isExactly(String stem) {
        return cse().isEmpty() && ids.contains(stem);
    }

    boolean covers(String stem) {
        return cse().isEmpty() && ids.stream().anyMatch(id -> AccessRules.glob(id, stem));
    }

    List<String> exactStems() {
        return cse().isPresent() ? List.of() : ids.stream().filter(id -> id.indexOf('*') < 0).toList();
    }
}
