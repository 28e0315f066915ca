// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.lintel.primitive.Address.Scope;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every form of a resource's address (TS-0001 7.2, TS-0004 6.2.3). */
class AddressTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            // unstructured
            "cnt0007                               | CSE_RELATIVE |              |         | cnt0007",
            "/mn-cse/cnt0007                       | SP_RELATIVE  |              | /mn-cse | cnt0007",
            "//sp.example/mn-cse/cnt0007           | ABSOLUTE     | //sp.example | /mn-cse | cnt0007",
            // structured
            "mn-base/ae1/data                      | CSE_RELATIVE |              |         | mn-base ae1 data",
            "/mn-cse/mn-base/ae1/data              | SP_RELATIVE  |              | /mn-cse | mn-base ae1 data",
            "//sp.example/mn-cse/mn-base/ae1/data  | ABSOLUTE     | //sp.example | /mn-cse | mn-base ae1 data",
            // structured, the CSEBase as a dash
            "-/ae1/data                            | CSE_RELATIVE |              |         | - ae1 data",
            "/mn-cse/-/ae1/data                    | SP_RELATIVE  |              | /mn-cse | - ae1 data",
            "//sp.example/mn-cse/-/ae1/data        | ABSOLUTE     | //sp.example | /mn-cse | - ae1 data",
            "-                                     | CSE_RELATIVE |              |         | -",
            "/mn-cse/-                             | SP_RELATIVE  |              | /mn-cse | -",
            // hybrid
            "cnt0007/cin_3                         | CSE_RELATIVE |              |         | cnt0007 cin_3",
            "/mn-cse/cnt0007/la                    | SP_RELATIVE  |              | /mn-cse | cnt0007 la",
            "//sp.example/mn-cse/cnt0007/la        | ABSOLUTE     | //sp.example | /mn-cse | cnt0007 la",
            // virtual children, also with what follows a fan-out point
            "mn-base/grp/fopt/x/la                 | CSE_RELATIVE |              |         | mn-base grp fopt x la",
            "pch1/pcu                              | CSE_RELATIVE |              |         | pch1 pcu",
            // only a CSE, and an S-type AE-ID in the CSE-ID's place
            "/mn-cse                               | SP_RELATIVE  |              | /mn-cse | ''",
            "//sp.example/mn-cse                   | ABSOLUTE     | //sp.example | /mn-cse | ''",
            "/S5634                                | SP_RELATIVE  |              | /S5634  | ''",
            "/mn-cse/C3532ea3                      | SP_RELATIVE  |              | /mn-cse | C3532ea3",
            // a slash too many at the end does no harm
            "mn-base/ae1/                          | CSE_RELATIVE |              |         | mn-base ae1",
            "/mn-cse/                              | SP_RELATIVE  |              | /mn-cse | ''"})
    void everyFormIsUnderstood(String to, Scope scope, String spId, String cseId, String segments) {
        Address address = Address.parse(to);

        assertThat(address.scope()).isEqualTo(scope);
        assertThat(address.spId()).isEqualTo(Optional.ofNullable(spId));
        assertThat(address.cseId()).isEqualTo(Optional.ofNullable(cseId));
        assertThat(address.segments()).isEqualTo(segments.isEmpty() ? List.of() : List.of(segments.split(" ")));
        assertThat(address.attribute()).isEmpty();
    }

    @Test
    void oneAttributeMayBeNamed() {
        assertThat(Address.parse("cnt0007#lbl")).isEqualTo(new Address(Optional.empty(), Optional.empty(), List.of("cnt0007"),
                Optional.of("lbl")));
        assertThat(Address.parse("/mn-cse/-/ae1#poa").attribute()).contains("poa");
        assertThat(Address.parse("/mn-cse#srt").segments()).isEmpty();
    }

    @Test
    void caseMatters() {
        assertThat(Address.parse("Mn-Base/AE1").segments()).containsExactly("Mn-Base", "AE1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "//", "///", "//sp.example", "//sp.example/", "///mn-cse/x", "//sp.example//x", "a//b",
            "/mn-cse//x", "a/-/b",
        "a/..", ".", "a b", "a/ä", "~/mn-cse/x", "a:b", "http://host/x", "a#", "#lbl", "a#b#c", "a#b/c", "a?x=1", "a\u0000b",
                "//sp example/x"})
    void whatIsNoAddressIsRefused(String to) {
        PrimitiveException refusal = catchThrowableOfType(PrimitiveException.class, () -> Address.parse(to));

        assertThat(refusal).isNotNull();
        assertThat(refusal.status()).isEqualTo(ResponseStatusCode.BAD_REQUEST);
        assertThat(refusal.getMessage()).startsWith("to ");
    }

    @Test
    void lengthIsBounded() {
        assertThat(Address.parse("a".repeat(Address.MAX_LENGTH)).segments()).hasSize(1);
        assertThat(catchThrowableOfType(PrimitiveException.class, () -> Address.parse("a".repeat(Address.MAX_LENGTH + 1))))
                .isNotNull();
    }
}
