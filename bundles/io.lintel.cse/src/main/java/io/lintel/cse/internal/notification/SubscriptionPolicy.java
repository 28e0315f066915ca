// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.internal.outbound.EventCategory;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Durations;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * How the notifications of a subscription are to be sent, besides to whom (TS-0001 9.6.8).
 *
 * @param batch    {@code bn}: several at a time
 * @param rate     {@code rl}: not too many at a time
 * @param latest   {@code ln}: only the newest matters
 * @param pending  {@code pn}: what becomes of those that can't be sent by the schedule
 * @param category {@code nec}, or 4 with {@code ln}
 * @param maxAge   {@code ma}: how old one may become
 */
record SubscriptionPolicy(Optional<Batch> batch, Optional<Rate> rate, boolean latest, Pending pending, Optional<Long> category,
        Optional<Duration> maxAge) {

    /** At most so many are collected, if the number is not 0, and for as long as this after the first. */
    record Batch(long number, Duration duration) {
    }

    /** At most so many in each window; the windows follow each other without a gap. */
    record Rate(long most, Duration window) {
    }

    /** {@code pendingNotification}. */
    enum Pending { DISCARD, LATEST, ALL }

    /** @param usualDuration of a batch that says none itself */
    static SubscriptionPolicy of(Attributes subscription, Duration usualDuration) {
        Optional<Batch> batch = subscription.object("bn").map(bn -> new Batch(bn.number("num").orElse(0L),
                Durations.of(bn, "dur", ChronoUnit.SECONDS).orElse(usualDuration)));
        Optional<Rate> rate = subscription.object("rl").map(rl -> new Rate(rl.number("mnn").orElse(1L),
                Durations.of(rl, "tww", ChronoUnit.MILLIS).orElse(usualDuration)));
        boolean latest = subscription.flag("ln").orElse(false);
        long pn = subscription.number("pn").orElse(0L);
        return new SubscriptionPolicy(batch, rate, latest, pn == 1 ? Pending.LATEST : pn == 2 ? Pending.ALL : Pending.DISCARD,
                latest ? Optional.of((long) EventCategory.LATEST) : subscription.number("nec"),
                subscription.text("ma").flatMap(Durations::parse));
    }

    /**
     * How a group gathers: by its {@code nar}, else as many as it has members.
     *
     * @param usualDuration if {@code nar} says none
     */
    static SubscriptionPolicy ofGroup(Attributes group, Duration usualDuration) {
        Optional<Attributes> wanted = group.object("nar");
        long number = wanted.flatMap(nar -> nar.number("num")).filter(most -> most > 0)
                .orElseGet(() -> group.number("cnm").orElse(0L));
        Duration duration = wanted.flatMap(nar -> Durations.of(nar, "dur", ChronoUnit.SECONDS)).orElse(usualDuration);
        return new SubscriptionPolicy(Optional.of(new Batch(number, duration)), Optional.empty(), false, Pending.DISCARD,
                Optional.empty(), Optional.empty());
    }

    /** Whether it pays no attention to the subscription's schedule. */
    boolean isImmediate() {
        return category.filter(value -> value == EventCategory.IMMEDIATE).isPresent();
    }

    /** Whether each waits for its turn, whatever the schedule says. */
    boolean collects() {
        return batch.isPresent() || rate.isPresent();
    }
}
