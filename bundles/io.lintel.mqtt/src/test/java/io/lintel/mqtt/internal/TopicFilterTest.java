// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Topic filters (MQTT 3.1.1 4.7), against topics and against each other. */
class TopicFilterTest {
    @ParameterizedTest
    @CsvSource({"a/b, a/b, true", "a/b, a/bc, false", "a/b, a, false", "a/b, a/b/c, false", "a/+, a/b, true", "a/+, a/, true",
        "a/+, a, false", "a/#, a, true", "a/#, a/b/c, true", "a/#, ab, false", "#, a/b, true", "#, $SYS/x, false",
                "+/x, $SYS/x, false",
        "$SYS/#, $SYS/x, true", "+, a, true", "+, a/b, false", "+/+, /a, true", "/+, /a, true", "/+, a, false",
                "a//b, a//b, true",
        "a/+/b, a//b, true", "a/b/, a/b, false"})
    void matches(String filter, String topic, boolean matches) {
        assertThat(TopicFilter.of(filter).matches(topic)).isEqualTo(matches);
    }

    @ParameterizedTest
    @CsvSource({"a/b, a/b, true", "a/+, +/b, true", "a/+, b/+, false", "a/#, +/b/c, true", "a/#, a, true", "a, a/#, true",
        "a/b, a, false", "#, x/y, true", "#, $SYS/#, false", "+/a, $SYS/a, false", "$SYS/#, $SYS/a, true", "a/b/#, a/+, true",
        "a/b/c/#, a/+, false", "a/+/c, a/b/d, false"})
    void overlaps(String one, String other, boolean overlaps) {
        assertThat(TopicFilter.of(one).overlaps(TopicFilter.of(other))).isEqualTo(overlaps);
        assertThat(TopicFilter.of(other).overlaps(TopicFilter.of(one))).isEqualTo(overlaps);
    }
}
