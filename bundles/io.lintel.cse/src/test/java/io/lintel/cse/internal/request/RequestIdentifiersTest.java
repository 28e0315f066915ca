// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Identifiers of the CSE's own requests: each is another, and who knows some can't tell the next. */
class RequestIdentifiersTest {
    @Test
    void theEndOfEachIsRandom() {
        Set<String> whole = new HashSet<>();
        Set<String> ends = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            String identifier = RequestIdentifiers.next();
            whole.add(identifier);
            ends.add(identifier.substring(identifier.lastIndexOf('-') + 1));
        }
        assertThat(whole).hasSize(1_000);
        assertThat(ends).hasSize(1_000);
        assertThat(ends.stream().mapToInt(String::length).average().orElseThrow()).isGreaterThan(11);
    }
}
