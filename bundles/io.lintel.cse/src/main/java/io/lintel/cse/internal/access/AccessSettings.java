// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.internal.profile.ServiceSubscriptions;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The validated configuration of access control.
 *
 * @param country     where the node and what registers at it are, two letters; empty text if nobody said
 * @param roleIssuers IDs, with {@code *}, of those whose {@code <role>} resources are believed
 * @param tokenKeys   the keys of the issuers whose tokens are believed, by the issuer's ID in any form
 * @param subscriptions whether AEs need a service subscription
 */
public record AccessSettings(String country, List<String> roleIssuers, Map<String, TokenKey> tokenKeys,
        ServiceSubscriptions.Mode subscriptions) {
    public AccessSettings {
        country = country.trim().toUpperCase(Locale.ROOT);
        roleIssuers = List.copyOf(roleIssuers);
        tokenKeys = Map.copyOf(tokenKeys);
        if (!country.isEmpty() && !country.matches("[A-Z]{2}")) {
            throw new IllegalArgumentException("cse.country must be a country code of two letters, or empty: " + country);
        }
    }

    /** Without a look at service subscriptions. */
    public AccessSettings(String country, List<String> roleIssuers, Map<String, TokenKey> tokenKeys) {
        this(country, roleIssuers, tokenKeys, ServiceSubscriptions.Mode.OFF);
    }

    /** No country, and nobody is believed but the administrator and this CSE itself. */
    public static AccessSettings defaults() {
        return new AccessSettings("", List.of(), Map.of());
    }
}
