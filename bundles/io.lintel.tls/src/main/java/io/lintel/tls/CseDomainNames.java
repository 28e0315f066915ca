// SPDX-License-Identifier: Apache-2.0
package io.lintel.tls;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Which CSE the DNS name of a certificate means (TS-0001 6.5.1.1, TS-0003 10.1): patterns of labels, because DNS names need
 * not follow the CSE-IDs literally. Pure.
 */
final class CseDomainNames {
    private static final String CSE = "%c";
    private static final String DOMAIN = "%d";
    private static final String ANY = "*";

    private final List<String> patterns;

    /** @throws IllegalArgumentException if a pattern does not say where the CSE-ID is */
    CseDomainNames(List<String> patterns) {
        for (String pattern : patterns) {
            if (List.of(pattern.split("\\.", -1)).stream().filter(CSE::equals).count() != 1) {
                throw new IllegalArgumentException("security.cseDomainNames: one label of each pattern is %c, the CSE-ID: "
                        + pattern);
            }
        }
        this.patterns = List.copyOf(patterns);
    }

    /** The SP-relative CSE-ID in a DNS name; the rest of the name counts without regard to case, as in DNS. */
    Optional<String> cseId(String dnsName, String spId) {
        for (String pattern : patterns) {
            Optional<String> id = match(pattern.replace(DOMAIN, spId.substring(2)).split("\\.", -1), dnsName.split("\\.", -1));
            if (id.isPresent()) {
                return id;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> match(String[] pattern, String[] labels) {
        if (pattern.length != labels.length) {
            return Optional.empty();
        }
        Optional<String> id = Optional.empty();
        for (int i = 0; i < labels.length; i++) {
            if (pattern[i].equals(CSE)) {
                id = Optional.of("/" + labels[i]).filter(Ids::isCseId);
                if (id.isEmpty()) {
                    return id;
                }
            } else if (!pattern[i].equals(ANY)
                    && !pattern[i].toLowerCase(Locale.ROOT).equals(labels[i].toLowerCase(Locale.ROOT))) {
                return Optional.empty();
            }
        }
        return id;
    }
}
