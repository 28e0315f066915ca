// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.notification;

import io.lintel.cse.api.store.Resource;
import io.lintel.cse.internal.timeseries.MissingDataReports;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponseStatusCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the attributes of a subscription must be among each other and to their parent (TS-0004 7.4.8.2.1). Pure. */
final class SubscriptionChecks {
    private static final Set<Long> EVENT_TYPES = Set.of(1L, 2L, 3L, 4L, 8L);
    private static final long RETRIEVE_WITHOUT_CHILD = 5;
    private static final long BLOCKING_UPDATE = 7;
    private static final long MISSING_DATA = 8;
    private static final long TIME_SERIES_NOTIFICATION = 5;
    private static final Set<Long> OBSERVED_OPERATIONS = Set.of(1L, 3L, 4L);

    /** Better refused than accepted and not done. */
    private static final Map<String, String> UNSUPPORTED = Map.of("bn", "notifications are not sent in batches",
            "rl", "the rate of notifications is not limited", "acrs", "cross resource subscriptions are not served");

    private SubscriptionChecks() {
    }

    /** @throws PrimitiveException 4000 or 5001, saying which attribute is wrong */
    static void check(Attributes subscription, Resource parent) {
        if (subscription.texts("nu").isEmpty()) {
            throw bad("nu must name at least one notification target");
        }
        UNSUPPORTED.forEach((attribute, what) -> {
            if (subscription.has(attribute) && !subscription.isNull(attribute)) {
                throw notImplemented(attribute + ": " + what + " by this CSE");
            }
        });
        subscription.texts("nu").forEach(NotificationTarget::parse);
        subscription.text("su").ifPresent(NotificationTarget::parse);
        subscription.object("enc").ifPresent(criteria -> criteria(criteria, parent));
        contentType(subscription);
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
            if (!EVENT_TYPES.contains(type)) {
                throw type >= RETRIEVE_WITHOUT_CHILD && type <= BLOCKING_UPDATE
                        ? notImplemented("event type " + type + " in net is not reported by this CSE")
                        : bad("there is no event type " + type + " in net");
            }
        }
        children(criteria, types, parent);
        operations(criteria);
        criteria.number("fo").filter(operation -> operation < 1 || operation > 2).ifPresent(operation -> {
            throw bad("fo in enc is 1 (AND) or 2 (OR), not " + operation);
        });
    }

    private static void children(Attributes criteria, List<Long> types, Resource parent) {
        if (criteria.has("chty") && !types.contains(3L) && !types.contains(4L)) {
            throw bad("chty in enc needs net 3 or 4");
        }
        Optional<ResourceType> parentType = ResourceTypes.ofMember(parent.memberName()).or(() -> ResourceTypes.ofNumber(parent
                .type()));
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
        if (!numbers.isEmpty() && numbers.stream().noneMatch(OBSERVED_OPERATIONS::contains)) {
            throw notImplemented("om watches CREATE, UPDATE and DELETE in this CSE, not " + numbers);
        }
    }

    private static void contentType(Attributes subscription) {
        boolean missingData = SubscriptionCriteria.of(subscription).eventTypes().contains(MISSING_DATA);
        long contentType = subscription.number("nct").orElse(missingData ? TIME_SERIES_NOTIFICATION : 1L);
        if (missingData != (contentType == TIME_SERIES_NOTIFICATION)
                || missingData && SubscriptionCriteria.of(subscription).eventTypes().size() > 1) {
            throw bad("nct 5, the time series notification, goes with net 8 alone, and net 8 with no other");
        }
        if (missingData) {
            return;
        }
        if (contentType < 1 || contentType > 3) {
            throw contentType == 4 ? notImplemented("nct " + contentType + " is not made by this CSE")
                    : bad("there is no notification content type " + contentType);
        }
        if (contentType == 2) {
            List<Long> types = SubscriptionCriteria.of(subscription).eventTypes();
            if (types.stream().anyMatch(type -> type != 1)) {
                throw bad("nct 2 (modified attributes) goes with net 1 only, not with net " + types);
            }
        }
    }

    private static PrimitiveException bad(String text) {
        return new PrimitiveException(ResponseStatusCode.BAD_REQUEST, text);
    }

    private static PrimitiveException notImplemented(String text) {
        return new PrimitiveException(ResponseStatusCode.NOT_IMPLEMENTED, text);
    }
}
