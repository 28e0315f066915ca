// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.profile;

import io.lintel.cse.internal.address.Wildcard;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import java.util.ArrayList;
import java.util.List;

/**
 * Holds the registration of an AE against {@code <serviceSubscribedAppRule>}s (TS-0001 9.6.29): a rule fits if it is for the
 * credential and the App-ID, and those that fit say which AE-ID stems there may be. A list that is missing limits nothing.
 * Pure.
 */
final class AppRules {
    private static final String NO_CREDENTIAL = "None";

    private AppRules() {
    }

    /**
     * The stem that the AE gets, or the wish ({@code C}, {@code S}) that it is registered by.
     *
     * @param credential empty text for none
     * @throws PrimitiveException 4126 if no rule allows the registration
     */
    static String permitted(List<Attributes> rules, String credential, String appId, String wish) {
        List<String> stems = new ArrayList<>();
        for (Attributes rule : rules) {
            if (allows(rule, "apci", credential.isEmpty() ? NO_CREDENTIAL : credential) && allows(rule, "aai", appId)) {
                stems.addAll(rule.has("aae") ? rule.texts("aae") : List.of("*"));
            }
        }
        String described = "App-ID " + appId + " with "
                + (credential.isEmpty() ? "no credential" : "Credential-ID " + credential);
        if (stems.isEmpty()) {
            throw refused("no rule of the service subscription allows " + described);
        }
        if (wish.length() > 1) {
            if (!Wildcard.matchesAny(stems, wish)) {
                throw refused("the service subscription allows " + described + " the AE-IDs " + String.join(", ", stems)
                        + ", not " + wish);
            }
            return wish;
        }
        for (String type : wish.isEmpty() ? List.of("C", "S") : List.of(wish)) {
            if (stems.contains(type + "*") || stems.contains("*")) {
                return type;
            }
        }
        List<String> fitting = stems.stream().filter(stem -> stem.startsWith(wish) && stem.indexOf('*') < 0).toList();
        if (fitting.size() != 1) {
            throw refused("the service subscription allows " + described + " the AE-IDs " + String.join(", ", stems)
                    + ": fr has to be one of them");
        }
        return fitting.get(0);
    }

    private static boolean allows(Attributes rule, String list, String value) {
        return !rule.has(list) || Wildcard.matchesAny(rule.texts(list), value);
    }

    private static PrimitiveException refused(String text) {
        return new PrimitiveException(ResponseStatusCode.APP_RULE_VALIDATION_FAILED, text);
    }
}
