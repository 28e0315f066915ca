// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.timeseries;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.api.store.StoreFullException;
import io.lintel.cse.internal.address.TargetResolver;
import io.lintel.cse.internal.operation.EventSink;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.record.DueTimes;
import io.lintel.cse.internal.record.Records;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The detection of missing data points of {@code <timeSeries>} (TS-0004 7.4.38): told of each instance by the task that
 * creates it, and looking by {@link #tick} at each series whose next point is overdue, in a task of its own. What it knows
 * is a record beside the series; what it missed while the CSE was away is judged when it is back.
 */
public final class MissingData {
    private static final Logger LOG = LoggerFactory.getLogger(MissingData.class);
    private static final String RECORD = "missingData.";
    private static final int AT_A_TIME = 200;
    private static final long AGAIN_MILLIS = 1000;

    private final CseIdentity identity;
    private final ResourceStore store;
    private final EventSink events;
    private final Clock clock;
    private final DueTimes due = new DueTimes();

    public MissingData(CseIdentity identity, ResourceStore store, EventSink events, Clock clock) {
        this.identity = identity;
        this.store = store;
        this.events = events;
        this.clock = clock;
    }

    /** Takes up what was watched before the CSE was started. */
    public void load() {
        Records.each(store, RECORD, (id, record) -> due.set(id, 0));
    }

    /** Looks at the series whose next point is overdue; every quarter of a second or so, on the executor. */
    public void tick() {
        for (String id : due.take(clock.millis(), AT_A_TIME)) {
            store.write(writer -> {
                judge(writer, id);
                return null;
            }).whenComplete((done, failure) -> {
                if (failure != null) {
                    due.set(id, clock.millis() + AGAIN_MILLIS);
                    if (!(failure instanceof StoreFullException)) {
                        LOG.error("the missing data of {} could not be looked for; it is tried again", id, failure);
                    }
                }
            });
        }
    }

    /** How many series are watched. */
    public int watched() {
        return due.size();
    }

    /** An instance has been created; the first one starts the watch. */
    void arrived(ResourceWriter writer, Resource timeSeries, Resource instance) {
        if (!Series.isWatched(timeSeries.attributes()) || instance.generated().isEmpty()) {
            return;
        }
        Series series = Series.of(timeSeries.attributes());
        long generated = instance.generated().getAsLong();
        Optional<Watch> before = watch(writer, timeSeries.id());
        Watch watch = before.orElseGet(() -> new Watch(generated));
        if (before.isPresent()) {
            watch.arrived(series.point(watch.first(), generated));
        }
        keep(writer, timeSeries.id(), series, watch);
    }

    /** Forgets how far the detection had come: it begins anew with the next instance, if it is on. The next tick sees that. */
    void restart(ResourceWriter writer, String id) {
        Records.remove(writer, RECORD + id);
    }

    private static Optional<Watch> watch(ResourceWriter writer, String id) {
        return Records.get(writer, RECORD + id).map(Watch::of);
    }

    private void keep(ResourceWriter writer, String id, Series series, Watch watch) {
        Records.put(writer, RECORD + id, watch.record());
        due.set(id, series.dueMillis(watch.first(), watch.next()));
    }

    private void judge(ResourceWriter writer, String id) {
        Optional<Resource> found = writer.byId(id).filter(resource -> resource.type() == ResourceTypes.TIME_SERIES
                && Series.isWatched(resource.attributes()) && TargetResolver.end(resource) > clock.millis());
        Optional<Watch> known = watch(writer, id);
        if (found.isEmpty() || known.isEmpty()) {
            restart(writer, id);
            return;
        }
        Series series = Series.of(found.get().attributes());
        Watch watch = known.get();
        long last = series.lastDue(watch.first(), clock.millis());
        if (last >= watch.next()) {
            List<Long> missing = watch.judge(last, Series.LONGEST_LIST);
            if (!missing.isEmpty()) {
                report(writer, found.get(), series, missing.stream().map(point -> Series.text(series.expected(watch.first(),
                        point))).toList());
            }
        }
        keep(writer, id, series, watch);
    }

    private void report(ResourceWriter writer, Resource timeSeries, Series series, List<String> missing) {
        List<String> list = new ArrayList<>(timeSeries.attributes().texts("mdlt"));
        list.addAll(missing);
        List<String> kept = List.copyOf(list.subList(Math.max(0, list.size() - series.most()), list.size()));
        Resource after = timeSeries.with(listed(timeSeries.attributes(), kept));
        writer.update(after);
        events.on(writer, new ResourceEvent(ResourceEvent.Kind.MISSING_DATA, after, after, Attributes.of("mdlt", missing),
                context()));
    }

    /** {@code mdlt} and {@code mdc} together; an empty list is not shown. */
    static Attributes listed(Attributes series, List<String> missing) {
        Attributes.Builder after = series.toBuilder().remove("mdlt").set("mdc", missing.size());
        return missing.isEmpty() ? after.build() : after.set("mdlt", missing).build();
    }

    private RequestContext context() {
        String own = identity.cseId();
        RequestPrimitive request = RequestPrimitive.builder(Operation.UPDATE, own).from(own).requestIdentifier("missing-data")
                .build();
        return new RequestContext(request, own, Hop.local("io.lintel.cse"), clock.instant());
    }
}
