// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.timeseries.MissingDataReports;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Durations;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponseStatusCode;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the attributes of a subscription must be among each other and to their parent (TS-0004 7.4.8.2.1). Pure. */
final class SubscriptionChecks {
    private static final long NO_INSTANCE = 5;
    private static final long TRIGGER = 6;
    private static final long BLOCKING_UPDATE = 7;
    private static final long MISSING_DATA = 8;
    private static final long OPERATIONS = 5;
    /** Which notification content types an event type allows (TS-0001 9.6.8, table 9.6.8-4). */
    private static final Map<Long, Set<Long>> CONTENT_TYPES = Map.of(1L, Set.of(1L, 2L, 3L), 2L, Set.of(1L, 3L),
            3L, Set.of(1L, 3L), 4L, Set.of(1L, 3L), NO_INSTANCE, Set.of(1L, 3L), TRIGGER, Set.of(4L),
            BLOCKING_UPDATE, Set.of(1L, 2L), MISSING_DATA, Set.of(5L));
    /** Those that are not {@code 1}. */
    private static final Map<Long, Long> DEFAULT_CONTENT_TYPES = Map.of(TRIGGER, 4L, BLOCKING_UPDATE, 2L, MISSING_DATA, 5L);
    private static final Set<Long> OF_OPERATIONS = Set.of(1L, 2L, 3L);
    /** What goes with a blocking update (TS-0001 10.2.10.8): none of the attributes that say how to notify. */
    private static final Set<String> NOT_BLOCKING = Set.of("exc", "gpi", "nfu", "bn", "rl", "psn", "pn", "nsp", "ln", "nec", "su",
            "acrs", "nse", "ma");
    private static final Set<String> BLOCKING_CRITERIA = Set.of("net", "atr");

    private SubscriptionChecks() {
    }

    /** @throws PrimitiveException 4000 or 5001, saying which attribute is wrong */
    static void check(Attributes subscription, Resource parent) {
        if (subscription.texts("nu").isEmpty()) {
            throw bad("nu must name at least one notification target");
        }
        subscription.texts("nu").forEach(NotificationTarget::parse);
        subscription.text("su").ifPresent(NotificationTarget::parse);
        subscription.text("nfu").ifPresent(NotificationTarget::parse);
        subscription.object("enc").ifPresent(criteria -> criteria(criteria, parent));
        contentType(subscription);
        rates(subscription);
        if (SubscriptionCriteria.of(subscription).blocksUpdates()) {
            blocking(subscription);
        }
    }

    /** As {@link #check}; besides, a subscription does not become one that blocks updates later (TS-0001 10.2.10.8). */
    static void checkUpdate(Attributes before, Attributes after, Resource parent) {
        if (SubscriptionCriteria.of(after).blocksUpdates() && !SubscriptionCriteria.of(before).blocksUpdates()) {
            throw bad("net 7 can be set when the subscription is made only");
        }
        check(after, parent);
    }

    private static void criteria(Attributes criteria, Resource parent) {
        List<Long> types = criteria.numbers("net");
        if (criteria.has("net") && criteria.has("om")) {
            throw bad("enc must not have both net and om");
        }
        boolean timeSeries = parent.type() == ResourceTypes.TIME_SERIES;
        if ((criteria.has("md") || types.contains(MISSING_DATA)) && !timeSeries) {
            throw bad("missing data (md, net 8) is reported of a timeSeries only, not of " + parent.memberName());
        }
        if (types.contains(MISSING_DATA) && !criteria.has("md")) {
            throw bad("net 8 needs md");
        }
        criteria.object("md").ifPresent(MissingDataReports::check);
        for (long type : types) {
            if (!CONTENT_TYPES.containsKey(type)) {
                throw bad("there is no event type " + type + " in net");
            }
            if (type == TRIGGER) {
                throw notImplemented("no trigger from a network can reach this CSE (net 6)");
            }
            boolean instances = timeSeries || parent.type() == ResourceTypes.CONTAINER
                    || parent.type() == ResourceTypes.FLEX_CONTAINER;
            if (type == NO_INSTANCE && !instances) {
                throw bad("net 5 is about instances that are missing, which " + parent.memberName() + " has none of");
            }
        }
        Optional<ResourceType> parentType = ResourceTypes.ofMember(parent.memberName()).or(() -> ResourceTypes.ofNumber(parent
                .type()));
        boolean updates = types.isEmpty() || types.contains(1L) || types.contains(BLOCKING_UPDATE);
        parentType.filter(type -> updates && !type.isOpen()).ifPresent(type -> attributes(criteria, type));
        children(criteria, types, parentType, parent);
        operations(criteria);
        criteria.number("fo").filter(operation -> operation < 1 || operation > 2).ifPresent(operation -> {
            throw bad("fo in enc is 1 (AND) or 2 (OR), not " + operation);
        });
    }

    /** An attribute that the resource can't have never changes. */
    private static void attributes(Attributes criteria, ResourceType type) {
        criteria.texts("atr").stream().filter(name -> !type.hasAttribute(name)).findFirst().ifPresent(name -> {
            throw bad("atr in enc names " + name + ", which is no attribute of " + type.name());
        });
    }

    private static void children(Attributes criteria, List<Long> types, Optional<ResourceType> parentType, Resource parent) {
        if (criteria.has("chty") && !types.contains(3L) && !types.contains(4L)) {
            throw bad("chty in enc needs net 3 or 4");
        }
        for (long child : criteria.numbers("chty")) {
            Optional<ResourceType> childType = ResourceTypes.ofNumber(Math.toIntExact(child));
            if (parentType.isPresent() && !childType.filter(parentType.get()::allowsChild).isPresent()) {
                throw bad("chty names type " + child + ", which can't be a child of " + parent.memberName());
            }
        }
    }

    private static void operations(Attributes criteria) {
        if (!criteria.has("om")) {
            return;
        }
        List<Long> numbers = criteria.numbers("om");
        if (numbers.isEmpty() && criteria.objects("om").isEmpty()) {
            throw bad("om in enc must name at least one operation");
        }
        numbers.stream().filter(operation -> operation < 1 || operation > OPERATIONS).findFirst().ifPresent(operation -> {
            throw bad("om in enc names operation " + operation + ", which there is none of");
        });
    }

    private static void contentType(Attributes subscription) {
        SubscriptionCriteria criteria = SubscriptionCriteria.of(subscription);
        long contentType = subscription.number("nct").orElseGet(() -> defaultContentType(subscription));
        if (contentType < 1 || contentType > 5) {
            throw bad("there is no notification content type " + contentType);
        }
        if (criteria.watchesOperations() && !OF_OPERATIONS.contains(contentType)) {
            throw bad("nct " + contentType + " does not go with om");
        }
        for (long type : criteria.eventTypes()) {
            if (!CONTENT_TYPES.getOrDefault(type, OF_OPERATIONS).contains(contentType)) {
                throw bad("nct " + contentType + " does not go with event type " + type + " in net");
            }
        }
    }

    /** What {@code nct} is when nobody says it: that of the event types, which must have the same. */
    static long defaultContentType(Attributes subscription) {
        List<Long> defaults = SubscriptionCriteria.of(subscription).eventTypes().stream()
                .map(type -> DEFAULT_CONTENT_TYPES.getOrDefault(type, 1L)).distinct().toList();
        if (defaults.size() > 1) {
            throw bad("the event types in net have different notification content types by default: say nct");
        }
        return defaults.isEmpty() ? 1 : defaults.get(0);
    }

    private static void rates(Attributes subscription) {
        subscription.object("rl").filter(rate -> rate.number("mnn").orElse(0L) < 1 || !rate.has("tww")).ifPresent(rate -> {
            throw bad("rl needs mnn, at least 1, and tww");
        });
        for (String[] member : new String[][] {{"bn", "dur"}, {"rl", "tww"}}) {
            subscription.object(member[0]).filter(object -> object.has(member[1])
                    && Durations.of(object, member[1], ChronoUnit.SECONDS).filter(span -> !span.isZero()).isEmpty())
                    .ifPresent(object -> {
                        throw bad(member[1] + " in " + member[0] + " must be a duration longer than nothing");
                    });
        }
    }

    private static void blocking(Attributes subscription) {
        Attributes criteria = subscription.object("enc").orElse(Attributes.empty());
        if (criteria.numbers("net").size() > 1 || !BLOCKING_CRITERIA.containsAll(criteria.names())) {
            throw bad("with net 7 enc holds nothing but this net, and atr");
        }
        List<String> targets = subscription.texts("nu");
        if (targets.size() > 1 || NotificationTarget.parse(targets.get(0)).uri().isPresent()) {
            throw bad("net 7 needs one target in nu, and that a resource ID");
        }
        NOT_BLOCKING.stream().filter(name -> subscription.has(name) && !subscription.isNull(name)).findFirst().ifPresent(name -> {
            throw bad(name + " does not go with net 7");
        });
    }

    private static PrimitiveException bad(String text) {
        return new PrimitiveException(ResponseStatusCode.BAD_REQUEST, text);
    }

    private static PrimitiveException notImplemented(String text) {
        return new PrimitiveException(ResponseStatusCode.NOT_IMPLEMENTED, text);
    }
}
