// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lintel.primitive.PrimitiveException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The expressions of lbq on labels with and without values (TS-0001 8.1.2). */
class LabelsQueryTest {
    private static final List<String> LABELS = List.of("plain", "room:hall", "room:floor 1", "url:http://x");

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"plain | true", "room | true", "hall | false", "NT plain | false", "NT garden | true",
        "nt garden | true", "room EQ hall | true", "room eq hall | true", "room:hall | true", "room EQ bath | false",
        "room EQ \"floor 1\" | true", "url:http://x | true", "plain EQ hall | false", "room NE bath | true",
        "room NE hall | false",
        "garden NE bath | false", "plain NE bath | false", "room IN (bath, hall) | true", "room IN (bath) | false",
        "room IN(bath,hall) | true", "room NI (bath, cellar) | true", "room NI (bath, hall) | false", "garden NI (bath) | false"})
    void anExpressionHoldsOrNot(String expression, boolean holds) {
        assertThat(LabelsQuery.parse(expression).matches(LABELS)).isEqualTo(holds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a b c", "a EQ", "a EQ b c", "a IN b", "a IN ()", "a IN (b", "a IN b)",
            "a EQ \"b", ":x",
        "NT", "(", "NT (", "a IN ((b))", "EQ b"})
    void whatIsNoExpressionIsRefused(String expression) {
        if (expression.equals("NT")) {
            assertThat(LabelsQuery.parse(expression).matches(List.of("NT"))).as("a key of its own").isTrue();
            return;
        }
        assertThatThrownBy(() -> LabelsQuery.parse(expression)).isInstanceOf(PrimitiveException.class)
                .hasMessageContaining("lbq");
    }
}
