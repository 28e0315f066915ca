// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.operation.ResourceEvent;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.UnaryOperator;

/**
 * Holds an event against the {@code enc} of a subscription (TS-0001 9.6.8, TS-0004 7.4.8). The conditions on time, size
 * and state look at the resource that the event is about: the child in the events of children. Pure.
 *
 * @param criteria the members of {@code enc}; none when the subscription has no {@code enc}
 */
record SubscriptionCriteria(Attributes criteria) {
    private static final long FILTER_OPERATION_OR = 2;

    static SubscriptionCriteria of(Attributes subscription) {
        return new SubscriptionCriteria(subscription.object("enc").orElse(Attributes.empty()));
    }

    /** The event types: without {@code net} or {@code om} missing data if there is {@code md}, else update of the resource. */
    List<Long> eventTypes() {
        List<Long> types = criteria.numbers("net");
        if (types.isEmpty() && criteria.has("md")) {
            return List.of((long) ResourceEvent.Kind.MISSING_DATA.code());
        }
        return types.isEmpty() && !criteria.has("om") ? List.of(1L) : types;
    }

    /** Whether the subscription watches operations instead of event types. */
    boolean watchesOperations() {
        return criteria.has("om") && criteria.numbers("net").isEmpty();
    }

    /** Whether the update of the resource waits for the target's consent (net 7). */
    boolean blocksUpdates() {
        return eventTypes().contains((long) ResourceEvent.Kind.UPDATE_ASKED.code());
    }

    /** Whether it is about what no change of the tree brings up: reads, retrievals that find no instance, updates to come. */
    boolean isAsked() {
        return blocksUpdates() || eventTypes().contains((long) ResourceEvent.Kind.NO_INSTANCE.code()) || watchesOperations();
    }

    boolean matches(ResourceEvent event) {
        return matches(event, UnaryOperator.identity());
    }

    /**
     * Whether the event is to be notified.
     *
     * @param form the form in which IDs of originators are compared
     */
    boolean matches(ResourceEvent event, UnaryOperator<String> form) {
        boolean asked = watchesOperations() ? operationMatches(event, form)
                : eventTypes().contains((long) event.kind().code());
        if (!asked && !event.kind().isChange()) {
            return false;
        }
        List<Boolean> tags = new ArrayList<>(4);
        tags.add(asked);
        boolean update = event.kind() == ResourceEvent.Kind.UPDATED || event.kind() == ResourceEvent.Kind.UPDATE_ASKED;
        if (criteria.has("atr") && update) {
            tags.add(criteria.texts("atr").stream().anyMatch(event.modified()::has));
        }
        boolean child = event.kind() == ResourceEvent.Kind.CHILD_CREATED || event.kind() == ResourceEvent.Kind.CHILD_DELETED;
        if (criteria.has("chty") && child) {
            tags.add(criteria.numbers("chty").contains((long) event.affected().type()));
        }
        Resource about = event.affected();
        time(tags, "crb", about.text("ct"), Instant::isBefore);
        time(tags, "cra", about.text("ct"), (actual, limit) -> !actual.isBefore(limit));
        time(tags, "ms", about.text("lt"), (actual, limit) -> !actual.isBefore(limit));
        time(tags, "us", about.text("lt"), Instant::isBefore);
        time(tags, "exb", about.text("et"), Instant::isBefore);
        time(tags, "exa", about.text("et"), (actual, limit) -> !actual.isBefore(limit));
        number(tags, "sts", about.attributes().number("st"), (actual, limit) -> actual < limit);
        number(tags, "stb", about.attributes().number("st"), (actual, limit) -> actual >= limit);
        number(tags, "sza", about.attributes().number("cs"), (actual, limit) -> actual >= limit);
        number(tags, "szb", about.attributes().number("cs"), (actual, limit) -> actual < limit);
        boolean any = criteria.number("fo").orElse(1L) == FILTER_OPERATION_OR;
        return any ? tags.contains(true) : !tags.contains(false);
    }

    private void time(List<Boolean> tags, String member, Optional<String> value, BiPredicate<Instant, Instant> test) {
        criteria.text(member).flatMap(Timestamps::parse).ifPresent(limit ->
                tags.add(value.flatMap(Timestamps::parse).filter(actual -> test.test(actual, limit)).isPresent()));
    }

    private void number(List<Boolean> tags, String member, Optional<Long> value, BiPredicate<Long, Long> test) {
        criteria.number(member).ifPresent(limit -> tags.add(value.filter(actual -> test.test(actual, limit)).isPresent()));
    }

    /** {@code om}: in Releases 1 and 2 numbers of operations, from Release 3 on objects that may also name an originator. */
    private boolean operationMatches(ResourceEvent event, UnaryOperator<String> form) {
        Operation operation = event.context().request().operation();
        boolean onSubject = switch (event.kind()) {
            case UPDATED -> operation == Operation.UPDATE;
            case DELETED -> operation == Operation.DELETE;
            case CHILD_CREATED -> operation == Operation.CREATE;
            case RETRIEVED -> operation == Operation.RETRIEVE;
            case NOTIFIED -> operation == Operation.NOTIFY;
            case CHILD_DELETED, NO_INSTANCE, UPDATE_ASKED, MISSING_DATA -> false;
        };
        if (!onSubject) {
            return false;
        }
        if (criteria.numbers("om").contains((long) operation.code())) {
            return true;
        }
        return criteria.objects("om").stream().anyMatch(monitor -> {
            boolean operationFits = monitor.number("op").map(op -> op == operation.code()).orElse(true)
                    && monitor.number("ops").map(ops -> (ops & operation.accessControlBit()) != 0).orElse(true);
            Optional<String> originator = monitor.text("or").or(() -> monitor.text("org"));
            return operationFits && originator.map(form).map(form.apply(event.context().originator())::equals).orElse(true);
        });
    }
}
