// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests of this bundle are watched. */
class HangWatchTest {
    @Test
    void eachTestRunsInAThreadThatATimeoutCanLeaveBehind() {
        assertThat(Thread.currentThread().getName()).startsWith("junit-timeout");
    }

    @Test
    void whatIsWrittenDownNamesAllThreadsAndWhereTheyAre() {
        assertThat(HangWatch.dump()).contains("HangWatchTest.whatIsWrittenDownNamesAllThreadsAndWhereTheyAre",
                "Reference Handler");
        assertThat(Duration.ofSeconds(HangWatch.SECONDS)).isLessThan(Duration.ofMinutes(4));
    }
}
