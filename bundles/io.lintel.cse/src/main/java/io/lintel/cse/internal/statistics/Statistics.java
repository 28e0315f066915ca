// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.statistics;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.TrafficCounters;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.record.Records;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ScheduleExpression;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/**
 * Counts the events that {@code <statsCollect>} resources ask for (TS-0001 10.2.15): successful operations of the collected
 * entity on resources here, such of them as store at least so many bytes, or the times of a schedule. The counts stand
 * among the node's counters. They are kept on disk, all in one record, when some have changed and a few seconds have passed, so
 * that no count costs a commit. Costs a request nothing while nothing is collected. Any thread.
 */
public final class Statistics {
    private static final int PAGE = 200;
    private static final long ACTIVE = 1;
    private static final String PREFIX = "statistics.";
    private static final String RECORD = "statistics";
    private static final Duration KEEP_EVERY = Duration.ofSeconds(5);

    private final ResourceStore store;
    private final EntityIds ids;
    private final Clock clock;
    private final TrafficCounters counters;
    private volatile List<Watch> watches = List.of();
    private volatile Map<String, Long> keptCounts = Map.of();
    private Instant nextKeeping = Instant.MIN;
    private final Map<String, Instant> nextTimes = new HashMap<>();

    /** An active {@code <statsCollect>} with its {@code <eventConfig>}. */
    private record Watch(String id, String entity, Attributes event, List<String> period) {

        boolean isOpen(Instant now) {
            boolean begun = event.text("evs").flatMap(Timestamps::parse).filter(now::isBefore).isEmpty();
            boolean ended = event.text("eve").flatMap(Timestamps::parse).filter(end -> !now.isBefore(end)).isPresent();
            return begun && !ended;
        }

        boolean inPeriod(Instant now) {
            return period.isEmpty() || period.stream().anyMatch(entry -> ScheduleExpression.contains(entry, now));
        }

        int type() {
            return event.number("evt").orElse(0L).intValue();
        }
    }

    public Statistics(ResourceStore store, EntityIds ids, Clock clock, TrafficCounters counters) {
        this.store = store;
        this.ids = ids;
        this.clock = clock;
        this.counters = counters;
    }

    /** Within a write task: what is collected is looked at again once that is on disk. */
    void changed() {
        store.write(writer -> true).whenComplete((done, failure) -> load());
    }

    /** Takes up what was counted before this start; once. */
    public void restore() {
        Records.get(store, RECORD).ifPresent(kept -> kept.forEach((id, count) -> counters.add(PREFIX + id, ((Number) count)
                .longValue())));
        keptCounts = counts();
    }

    private Map<String, Long> counts() {
        List<String> watched = watches.stream().map(Watch::id).toList();
        Map<String, Long> counts = new TreeMap<>();
        counters.counters().forEach((name, count) -> {
            if (name.startsWith(PREFIX) && watched.contains(name.substring(PREFIX.length()))) {
                counts.put(name.substring(PREFIX.length()), count);
            }
        });
        return counts;
    }

    /** Writes the counts down if there are new ones. */
    private void keep(Instant now) {
        if (now.isBefore(nextKeeping)) {
            return;
        }
        Map<String, Long> counts = counts();
        nextKeeping = now.plus(KEEP_EVERY);
        if (!counts.equals(keptCounts)) {
            keptCounts = counts;
            Attributes.Builder record = Attributes.builder();
            counts.forEach(record::set);
            store.write(writer -> {
                Records.put(writer, RECORD, record.build());
                return true;
            }).exceptionally(failure -> {
                keptCounts = Map.of();
                return false;
            });
        }
    }

    /** Reads what is to be collected. */
    public synchronized void load() {
        List<Watch> found = new ArrayList<>();
        String after = "";
        List<Resource> page;
        do {
            page = store.ofType(ResourceTypes.STATS_COLLECT, after, PAGE);
            for (Resource collection : page) {
                watch(collection).ifPresent(found::add);
                after = collection.id();
            }
        } while (page.size() == PAGE);
        nextTimes.keySet().retainAll(found.stream().map(Watch::id).toList());
        watches = List.copyOf(found);
    }

    private Optional<Watch> watch(Resource collection) {
        boolean active = collection.attributes().number("srs").filter(status -> status == ACTIVE).isPresent();
        String entity = collection.text("cdi").flatMap(ids::shorten).map(ids::absolute).orElse("");
        List<String> period = collection.attributes().object("cp").map(entries -> entries.texts("sce")).orElse(List.of());
        return !active ? Optional.empty() : collection.text("evi").flatMap(store::byId)
                .map(event -> new Watch(collection.id(), entity, event.attributes(), period));
    }

    /** Looks at the response to a request for something hosted here, when it is there. */
    public CompletionStage<ResponsePrimitive> observe(RequestContext context, CompletionStage<ResponsePrimitive> response) {
        return watches.isEmpty() ? response : response.thenApply(done -> {
            if (done.isSuccess()) {
                count(context, done);
            }
            return done;
        });
    }

    private void count(RequestContext context, ResponsePrimitive response) {
        String originator = ids.absolute(context.originator());
        for (Watch watch : watches) {
            if (watch.entity().equals(originator) && watch.isOpen(context.now()) && watch.inPeriod(context.now())
                    && isEvent(watch, context.request().operation(), response)) {
                counters.count(PREFIX + watch.id());
            }
        }
    }

    private static boolean isEvent(Watch watch, Operation operation, ResponsePrimitive response) {
        if (watch.type() == EventConfigRules.DATA_OPERATION) {
            List<Long> operations = watch.event().numbers("opt");
            return operations.isEmpty() || operations.contains((long) operation.code());
        }
        boolean stores = operation == Operation.CREATE || operation == Operation.UPDATE;
        long least = watch.event().number("ds").orElse(0L);
        return watch.type() == EventConfigRules.STORAGE_BASED && stores && response.content().map(Content::attributes)
                .flatMap(content -> content.number("cs")).filter(size -> size >= least).isPresent();
    }

    /** Counts the times that have come since the last call; every second or so. */
    public synchronized void tick() {
        Instant now = clock.instant();
        keep(now);
        for (Watch watch : watches) {
            if (watch.type() == EventConfigRules.TIMER_BASED) {
                Instant next = nextTimes.computeIfAbsent(watch.id(), id -> next(watch, now));
                if (!next.isAfter(now)) {
                    if (watch.isOpen(now)) {
                        counters.count(PREFIX + watch.id());
                    }
                    nextTimes.put(watch.id(), next(watch, now));
                }
            }
        }
    }

    private static Instant next(Watch watch, Instant now) {
        return watch.period().stream().flatMap(entry -> ScheduleExpression.next(entry, now.plusSeconds(1)).stream())
                .min(Instant::compareTo).orElse(Instant.MAX);
    }
}
