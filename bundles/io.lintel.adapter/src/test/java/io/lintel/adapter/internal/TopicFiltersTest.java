// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopicFiltersTest {

    @ParameterizedTest
    @CsvSource({"a/+,a/b", "a/+,a/", "+/+,/x", "/+,/x", "#,a/b", "a/#,a", "a/#,a/b/c", "+,a", "a/b,a/b"})
    void matches(String filter, String topic) {
        assertThat(TopicFilters.matches(filter, topic)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"a/+,a", "a/+,a/b/c", "+/+,a", "/+,x", "#,$SYS/x", "+/x,$SYS/x", "a/#,ab", "+,/a", "a/b,a", "a,a/b"})
    void doesNotMatch(String filter, String topic) {
        assertThat(TopicFilters.matches(filter, topic)).isFalse();
    }
}
