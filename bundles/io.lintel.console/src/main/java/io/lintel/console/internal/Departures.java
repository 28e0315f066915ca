// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import io.lintel.cse.api.Departure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends what this node keeps at others, one after the other, and says of each what came of it. Blocks. */
final class Departures {
    private static final Logger LOG = LoggerFactory.getLogger(Departures.class);
    private static final long PATIENCE_SECONDS = 75;

    private final Supplier<List<Departure>> present;

    Departures(BundleContext context) {
        this(() -> services(context));
    }

    Departures(Supplier<List<Departure>> present) {
        this.present = present;
    }

    /**
     * @param which one of several, by its address; empty for all
     * @return a line for each, which begins with {@code ok} or {@code FAIL}
     */
    String run(Optional<String> which) throws InterruptedException {
        List<Departure.Outcome> outcomes = new ArrayList<>();
        for (Departure departure : present.get().stream().sorted(Comparator.comparingInt(Departure::order)).toList()) {
            outcomes.addAll(outcomes(departure, which));
        }
        if (outcomes.isEmpty()) {
            outcomes.add(new Departure.Outcome(true, "there is nothing to leave"));
        }
        StringBuilder report = new StringBuilder();
        for (Departure.Outcome outcome : outcomes) {
            LOG.info("leaving: {}", outcome.text());
            report.append(outcome.done() ? "ok    " : "FAIL  ").append(outcome.text()).append('\n');
        }
        return report.toString();
    }

    private static List<Departure.Outcome> outcomes(Departure departure, Optional<String> which) throws InterruptedException {
        try {
            return departure.depart(which).toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return List.of(new Departure.Outcome(false, departure.name() + ": " + (e.getCause() == null
                    ? "no outcome in " + PATIENCE_SECONDS + " s" : e.getCause().toString())));
        }
    }

    private static List<Departure> services(BundleContext context) {
        try {
            Collection<ServiceReference<Departure>> references = context.getServiceReferences(Departure.class, null);
            return references.stream().map(context::getService).filter(Objects::nonNull).toList();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException("no filter has no syntax", e);
        }
    }
}
