// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.util.BitSet;
import java.util.Optional;

import org.eclipse.californium.core.coap.CoAP.ResponseCode;
import org.eclipse.californium.core.coap.Option;
import org.eclipse.californium.core.coap.OptionSet;

/**
 * Options that must not be passed over (RFC 7252 5.4.1): a critical one that means nothing here, or stands a second time, is a
 * Bad Option, and this is no proxy. Elective ones are ignored, and of those that stand twice the first counts (5.4.5). Options
 * that Californium does not know at all it has refused before. Stateless.
 */
final class OptionCheck {
    private OptionCheck() {
    }

    /**
     * Why a request is refused for its options.
     *
     * @param code what it is refused with
     * @param text a sentence for a person
     */
    record Objection(ResponseCode code, String text) {
    }

    static Optional<Objection> of(OptionSet options) {
        if (options.hasProxyUri() || options.hasProxyScheme()) {
            return Optional.of(new Objection(ResponseCode.PROXY_NOT_SUPPORTED, "this is no proxy: address the CSE itself"));
        }
        if (options.getIfMatchCount() > 0) {
            return bad("If-Match");
        }
        if (options.hasIfNoneMatch()) {
            return bad("If-None-Match");
        }
        if (options.hasOscore()) {
            return bad("OSCORE");
        }
        BitSet seen = new BitSet();
        for (Option option : options.getOthers()) {
            int number = option.getNumber();
            Optional<OneM2mOption> known = OneM2mOption.ofNumber(number);
            if (option.isCritical() && known.isEmpty()) {
                return bad(Integer.toString(number));
            }
            if (option.isCritical() && seen.get(number) && known.get() != OneM2mOption.RTURI) {
                return Optional.of(new Objection(ResponseCode.BAD_OPTION, "the option " + number + " occurs twice"));
            }
            seen.set(number);
        }
        return Optional.empty();
    }

    private static Optional<Objection> bad(String option) {
        return Optional.of(new Objection(ResponseCode.BAD_OPTION, "the option " + option + " has no meaning here"));
    }
}
