// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.timeseries;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.cse.internal.record.Records;
import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Durations;
import io.lintel.primitive.Timestamps;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * When a subscription with {@code md} is told of missing data (TS-0001 9.6.8): the first missing point opens a window of
 * {@code dur}; from the {@code num}-th on, all points of the window are reported, with each further one again, until the
 * window ends. The next one opens another. Windows go by the times at which points are judged, also when the CSE catches up;
 * points that one step judges are reported together. Called by the notifier on the writer's thread.
 */
public final class MissingDataReports {
    private static final String RECORD = "missingDataWindow.";

    private MissingDataReports() {
    }

    /** Refuses a {@code md} that no window can be made of. */
    public static void check(Attributes missingData) {
        if (missingData.number("num").filter(num -> num > 0).isEmpty()) {
            throw Refusals.badRequest("num of md must be a number from 1 on");
        }
        if (duration(missingData).filter(duration -> !duration.isZero() && !duration.isNegative()).isEmpty()) {
            throw Refusals.badRequest("dur of md must be a duration such as PT10S");
        }
    }

    /** A plain number is one of seconds. */
    private static Optional<Duration> duration(Attributes missingData) {
        return Durations.of(missingData, "dur", ChronoUnit.SECONDS);
    }

    /** What is to be reported now, as {@code m2m:tsn}: usually nothing or one notification. */
    public static List<Attributes> reports(ResourceWriter writer, Resource subscription, ResourceEvent event) {
        Attributes wanted = subscription.attributes().object("enc").flatMap(enc -> enc.object("md")).orElse(Attributes.empty());
        Optional<Duration> duration = duration(wanted);
        if (duration.isEmpty()) {
            return List.of();
        }
        long number = wanted.number("num").orElse(1L);
        long detection = event.affected().attributes().number("mdt").orElse(0L);
        Window window = Records.get(writer, RECORD + subscription.id()).filter(record -> wanted.equals(record.object("md")
                .orElse(null))).map(Window::new).orElseGet(() -> new Window(wanted));
        List<Attributes> reports = new ArrayList<>();
        boolean more = false;
        for (String point : event.modified().texts("mdlt")) {
            long judged = Timestamps.parse(point).map(time -> time.toEpochMilli() + detection).orElse(0L);
            if (judged >= window.end) {
                if (more) {
                    reports.add(window.report());
                }
                window.open(judged + duration.get().toMillis());
            }
            window.add(point);
            more = window.count >= number;
        }
        if (more) {
            reports.add(window.report());
        }
        Records.put(writer, RECORD + subscription.id(), window.record());
        return reports;
    }

    /** The subscription is gone. */
    public static void forget(ResourceWriter writer, Resource subscription) {
        Records.remove(writer, RECORD + subscription.id());
    }

    /** The missing points since one was missing first. */
    private static final class Window {
        private final Attributes wanted;
        private final List<String> points;
        private long end;
        private long count;

        Window(Attributes record) {
            this.wanted = record.object("md").orElse(record);
            this.points = new ArrayList<>(record.texts("points"));
            this.end = record.number("end").orElse(Long.MIN_VALUE);
            this.count = record.number("count").orElse(0L);
        }

        void open(long newEnd) {
            end = newEnd;
            count = 0;
            points.clear();
        }

        void add(String point) {
            count++;
            points.add(point);
            if (points.size() > Series.LONGEST_LIST) {
                points.remove(0);
            }
        }

        Attributes report() {
            return Attributes.builder().set("mdlt", List.copyOf(points)).set("mdc", count).build();
        }

        Attributes record() {
            return Attributes.builder().set("md", wanted).set("end", end).set("count", count).set("points", List.copyOf(points))
                    .build();
        }
    }
}
