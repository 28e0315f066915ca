// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import java.util.List;
import java.util.regex.Pattern;

/**
 * Whose requests are told apart by their messages, not by what is in them ({@code mqtt.reusedIdentifiers}): devices that
 * send every request under the same identifier, so that two equal readings are the same bytes. For all others equal bytes
 * are the same request, however the originator came to send it twice (decision 18).
 */
final class Repetitions {
    private final List<Pattern> patterns;

    private Repetitions(List<Pattern> patterns) {
        this.patterns = patterns;
    }

    /** @param originators as they stand in topics, with {@code *} for any run of characters */
    static Repetitions of(List<String> originators) {
        return new Repetitions(originators.stream()
                .map(text -> Pattern.compile(Pattern.quote(text).replace("*", "\\E.*\\Q"))).toList());
    }

    /** Whether each new message of this originator is a new request. */
    boolean areNone(String originator) {
        return patterns.stream().anyMatch(pattern -> pattern.matcher(originator).matches());
    }
}
