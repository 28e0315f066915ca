// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WildcardTest {
    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource({
        "C*, CLamp, true",
        "C*mp, CLamp, true",
        "C.mp, CLmp, false",
        "/mn*, /mn-cse/CLamp, false",
        "*, '', true",
        "CLamp, CLamps, false"})
    void aStarIsAnyRunThatCrossesNoSlash(String pattern, String text, boolean matches) {
        assertThat(Wildcard.matches(pattern, text)).isEqualTo(matches);
    }

    @ParameterizedTest(name = "{0} {1}: {2}")
    @CsvSource({
        "C*, CLamp, true",
        "D*;E*, CLamp, false",
        "!CGuest*;*, CGuest7, false",
        "*;!CGuest*, CGuest7, false",
        "!CGuest*;*, CLamp, true",
        "!CGuest*, CLamp, true",
        "!CGuest*, CGuest7, false",
        "!CGuest*;D*, CLamp, false"})
    void anExceptionKeepsOutWhateverTheOthersSay(String entries, String text, boolean admitted) {
        assertThat(Wildcard.admits(List.of(entries.split(";")), text)).isEqualTo(admitted);
    }

    @org.junit.jupiter.api.Test
    void anEmptyListLetsNobodyIn() {
        assertThat(Wildcard.admits(List.of(), "CLamp")).isFalse();
    }
}
