// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.address.ResourceReferences;
import io.lintel.cse.internal.outbound.OutboundSettings;
import io.lintel.cse.internal.schedule.Schedules;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Durations;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which subscriptions of a cross resource subscription have spoken in its window (TS-0001 10.2.29.5). Periodic windows follow
 * each other from its creation on; a sliding one begins with the first to speak. Kept where responses are, for as long as the
 * window lasts, so that it goes on after a restart. The changes are the writer's.
 */
final class CrossResourceWindows {
    private static final Logger LOG = LoggerFactory.getLogger(CrossResourceWindows.class);
    private static final long PERIODIC = 1;

    private final ResourceStore store;
    private final Notifications notifications;
    private final Notifier notifier;
    private final Schedules schedules;
    private final ResourceReferences references;
    private final OutboundSettings settings;

    /** @param told whether its targets were told already in this window */
    private record Window(Instant start, List<String> spoken, boolean told) {
    }

    CrossResourceWindows(ResourceStore store, Notifications notifications, Notifier notifier, Schedules schedules,
            ResourceReferences references, OutboundSettings settings) {
        this.store = store;
        this.notifications = notifications;
        this.notifier = notifier;
        this.schedules = schedules;
        this.references = references;
        this.settings = settings;
    }

    CompletionStage<Void> spoken(Resource crossResource, List<String> subscriptions, Instant now) {
        return store.write(writer -> {
            writer.byId(crossResource.id()).ifPresent(current -> spoken(writer, current, subscriptions, now));
            return null;
        });
    }

    private void spoken(ResourceWriter writer, Resource crossResource, List<String> subscriptions, Instant now) {
        Attributes attributes = crossResource.attributes();
        Duration size = attributes.text("tws").flatMap(Durations::parse).orElse(Duration.ofSeconds(1));
        boolean periodic = attributes.number("twt").orElse(PERIODIC) == PERIODIC;
        Instant origin = attributes.text("ct").flatMap(Timestamps::parse).orElse(Instant.EPOCH);
        Optional<Window> known = load(writer, crossResource);
        Optional<Window> current = known.filter(window -> periodic ? window.start().equals(Release.start(size, origin, now))
                : now.isBefore(window.start().plus(size)));
        Window before = current.orElseGet(() -> new Window(periodic ? Release.start(size, origin, now) : now, List.of(), false));
        List<String> spoken = new ArrayList<>(before.spoken());
        subscriptions.stream().filter(name -> !spoken.contains(name)).forEach(spoken::add);
        int expected = attributes.texts("rrat").size() + attributes.texts("srat").size();
        if (before.told() || spoken.size() < expected) {
            save(writer, crossResource, new Window(before.start(), spoken, before.told()), size);
            return;
        }
        // a sliding window is over with this; a periodic one lasts, and says nothing more
        save(writer, crossResource, new Window(periodic ? before.start() : Instant.EPOCH, List.of(), true), size);
        tell(writer, crossResource, now);
    }

    private void tell(ResourceWriter writer, Resource crossResource, Instant now) {
        if (crossResource.expiration() <= now.toEpochMilli() || !schedules.below(crossResource.id()).isOpen(now)) {
            return;
        }
        Content content = notifications.crossResource(references.reference(writer, crossResource), crossResource.text("cr"));
        for (String target : crossResource.attributes().texts("nu")) {
            try {
                notifier.put(writer, target, notifications.request(target, content, crossResource.attributes().number("nec"),
                        now), crossResource.id(), now.plus(settings.notificationLife()), now);
            } catch (PrimitiveException e) {
                LOG.warn("notification target {} of {} is left out: {}", target, crossResource.id(), e.getMessage());
            }
        }
        if (NotificationStatistics.isOn(crossResource.attributes())) {
            writer.update(crossResource.with(NotificationStatistics.event(crossResource.attributes())));
        }
    }

    /** It is deleted. */
    void forget(ResourceWriter writer, Resource crossResource) {
        save(writer, crossResource, new Window(Instant.EPOCH, List.of(), false), Duration.ZERO);
    }

    private static String key(Resource crossResource) {
        return "window of " + crossResource.id();
    }

    private static Optional<Window> load(ResourceWriter writer, Resource crossResource) {
        return writer.storedResponse(key(crossResource)).flatMap(ResponsePrimitive::content).map(Content::attributes)
                .flatMap(kept -> kept.text("start").flatMap(Timestamps::parse).map(start -> new Window(start,
                        kept.texts("spoken"), kept.flag("told").orElse(false))));
    }

    private static void save(ResourceWriter writer, Resource crossResource, Window window, Duration size) {
        writer.storeResponse(key(crossResource), ResponsePrimitive.builder(ResponseStatusCode.OK, "window").content(
                new Content("window", Attributes.builder().set("start", Timestamps.formatFine(window.start()))
                        .set("spoken", window.spoken()).set("told", window.told()).build())).build(),
                window.start().plus(size).toEpochMilli());
    }
}
