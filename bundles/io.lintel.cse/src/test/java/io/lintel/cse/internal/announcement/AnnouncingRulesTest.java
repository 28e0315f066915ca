// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.announcement;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.internal.type.TypeRules;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class AnnouncingRulesTest {
    /** A question that it did not pass on would be answered as if the type had no rules. */
    @Test
    void everyQuestionIsPassedOnToTheRulesInside() {
        assertThat(AnnouncingRules.class.getDeclaredMethods()).extracting(Method::getName)
                .containsAll(Arrays.stream(TypeRules.class.getDeclaredMethods()).map(Method::getName).toList());
    }
}
