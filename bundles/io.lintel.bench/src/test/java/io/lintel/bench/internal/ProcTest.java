// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class ProcTest {
    private final long self = ProcessHandle.current().pid();

    @Test
    void theNameOfAProgramMayHoldBracketsAndBlanks() {
        String stat = "7 (a) b (c) S 1 7 7 0 -1 4194560 100 0 0 0 150 50 20 10 20 0 30 0";

        assertThat(Proc.parseTimes(stat, 11)).isEqualTo(2.0);
        assertThat(Proc.parseTimes(stat, 13)).isEqualTo(0.3);
    }

    @Test
    void workOfThisProcessIsSeen() throws IOException {
        double before = Proc.cpuSeconds(self);
        long end = System.nanoTime() + 5_000_000_000L;
        while (Proc.cpuSeconds(self) < before + 0.03 && System.nanoTime() < end) {
            continue;
        }

        assertThat(Proc.cpuSeconds(self)).isGreaterThanOrEqualTo(before + 0.03);
        assertThat(Proc.residentMegabytes(self)).isGreaterThan(10);
        assertThat(Proc.runs(self, "java")).isTrue();
        assertThat(Proc.runs(self, "bash")).isFalse();
    }
}
