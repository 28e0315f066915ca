// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** What wrk 4.1 prints. */
class WrkTest {
    private static final String GOOD = """
            Running 2s test @ http://127.0.0.1:8080
              1 threads and 16 connections
              Thread Stats   Avg      Stdev     Max   +/- Stdev
                Latency   512.00us  100.00us   9.10ms   90.12%
                Req/Sec    31.20k     1.10k   33.00k    75.00%
              62112 requests in 2.01s, 17.00MB read
            Requests/sec:  30901.49
            Transfer/sec:      8.46MB
            """;

    @Test
    void requestsAndTimeAreRead() {
        Wrk.Result result = Wrk.parse(GOOD);

        assertThat(result.requests()).isEqualTo(62_112);
        assertThat(result.seconds()).isEqualTo(2.01);
        assertThat(result.expectNoErrors().rate()).isBetween(30_901.0, 30_902.0);
    }

    @Test
    void aRunLongerThanAMinuteIsReadToo() {
        assertThat(Wrk.parse("  600 requests in 1.50m, 1.00MB read").seconds()).isEqualTo(90);
    }

    @Test
    void refusalsAndBrokenConnectionsAreErrors() {
        Wrk.Result result = Wrk.parse(GOOD
                + "  Socket errors: connect 1, read 2, write 3, timeout 4\n  Non-2xx or 3xx responses: 5\n");

        assertThat(result.errors()).isEqualTo(15);
        assertThatThrownBy(result::expectNoErrors).hasMessageContaining("15 of 62112");
    }

    @Test
    void whatIsNoResultIsShown() {
        assertThatThrownBy(() -> Wrk.parse("unable to connect to 127.0.0.1:1")).hasMessageContaining("unable to connect");
    }
}
