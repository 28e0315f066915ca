// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.cse.api.Departure;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What {@code lintel leave} reports, and in which order it goes about it. */
class DeparturesTest {
    private record Kept(String name, int order, CompletionStage<List<Outcome>> outcomes) implements Departure {
        @Override
        public CompletionStage<List<Outcome>> depart(Optional<String> which) {
            return outcomes.thenApply(all -> all.stream()
                    .map(outcome -> new Outcome(outcome.done(), outcome.text() + which.orElse(""))).toList());
        }
    }

    @Test
    void theRegistrationComesFirstAndOneFailureStopsNothing() throws Exception {
        Departure sessions = new Kept("mqtt", 20, CompletableFuture.completedStage(List.of(new Departure.Outcome(true, "a"),
                new Departure.Outcome(false, "b"))));
        Departure registration = new Kept("registrar", 10, CompletableFuture.failedStage(new IllegalStateException("broken")));

        String report = new Departures(() -> List.of(sessions, registration)).run(Optional.empty());

        assertThat(report.lines()).containsExactly("FAIL  registrar: java.lang.IllegalStateException: broken", "ok    a",
                "FAIL  b");
    }

    @Test
    void oneOfSeveralMayBeNamed() throws Exception {
        Departure sessions = new Kept("mqtt", 20,
                CompletableFuture.completedStage(List.of(new Departure.Outcome(true, "left "))));

        assertThat(new Departures(() -> List.of(sessions)).run(Optional.of("mqtt://h"))).isEqualTo("ok    left mqtt://h\n");
        assertThat(new Departures(List::of).run(Optional.empty())).isEqualTo("ok    there is nothing to leave\n");
    }
}
