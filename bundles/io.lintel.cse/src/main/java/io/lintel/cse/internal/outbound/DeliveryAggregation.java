// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.UnreachableException;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.delivery.AggregatedRequests;
import io.lintel.cse.internal.record.Records;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivery aggregation ({@code da}, TS-0001 8.1.2, TS-0004 H): requests that wait for one CSE and want it leave together, in
 * a {@code <delivery>} at the next CSE. What belongs to a delivery, and its name there, is on disk before it is sent; so it
 * is sent again under the same name after a crash, and the next CSE, which has it already, says so (4105). A CSE that takes
 * no deliveries gets the requests one by one. Called by the step whose turn it is, one at a time for each target.
 */
final class DeliveryAggregation {
    private static final Logger LOG = LoggerFactory.getLogger(DeliveryAggregation.class);
    /** Most requests, and about as many bytes, in one delivery. */
    private static final int MOST = 64;
    private static final int MOST_BYTES = 256 << 10;
    private static final String RECORD = "delivery to ";

    private final String cseId;
    private final ResourceStore store;
    private final OutboundQueue queue;
    private final String releaseVersion;
    private final BiFunction<OutboundItem, Instant, CompletionStage<ResponsePrimitive>> sending;
    /** Targets whose CSEs have refused deliveries in this run. */
    private final Set<String> without = ConcurrentHashMap.newKeySet();
    /** By target, the name of a delivery that certainly did not arrive: what belongs to it may be chosen anew. */
    private final Map<String, String> unsent = new ConcurrentHashMap<>();

    /** @param sending sends an item of the queue on, until a time */
    DeliveryAggregation(String cseId, ResourceStore store, OutboundQueue queue, String releaseVersion,
            BiFunction<OutboundItem, Instant, CompletionStage<ResponsePrimitive>> sending) {
        this.cseId = cseId;
        this.store = store;
        this.queue = queue;
        this.releaseVersion = releaseVersion;
        this.sending = sending;
    }

    /** What leaves together. */
    private record Bundle(String name, OutboundItem first, List<OutboundItem> others) {
        List<OutboundItem> all() {
            List<OutboundItem> all = new ArrayList<>(List.of(first));
            all.addAll(others);
            return all;
        }
    }

    /** Sends the item, and others with it if it wants that. Completes and fails as sending the item alone does. */
    CompletionStage<ResponsePrimitive> send(OutboundItem item, Instant end) {
        if (!wants(item) || without.contains(item.target())) {
            return sending.apply(item, end);
        }
        Bundle bundle = bundle(item);
        return noted(bundle).thenCompose(done -> sending.apply(delivery(bundle), end)).handle((response, failure) -> {
            boolean there = failure == null && (response.isSuccess()
                    || response.statusCode() == ResponseStatusCode.CONFLICT.code());
            if (there) {
                return accepted(bundle);
            }
            queue.disclaim(bundle.others(), false);
            if (failure != null) {
                Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause()
                        : failure;
                if (cause instanceof UnreachableException unreachable && !unreachable.mayHaveArrived()) {
                    unsent.put(item.target(), bundle.name());
                }
                return CompletableFuture.<ResponsePrimitive>failedFuture(failure);
            }
            if (AggregatedRequests.isUnsupported(response.statusCode()) && !Busy.isBusy(response)) {
                LOG.info("{} takes no <delivery> ({}): requests go there one by one", item.target(), response.statusCode());
                without.add(item.target());
                return sending.apply(item, end);
            }
            return CompletableFuture.completedFuture(response);
        }).thenCompose(answer -> answer);
    }

    /**
     * Of the category latest only the newest counts, immediate ones wait for nobody, notifications may be for an AE, and
     * another service provider is spoken to in absolute terms.
     */
    private static boolean wants(OutboundItem item) {
        return item.kind() == OutboundItem.Kind.REQUEST && item.rank() != EventCategory.IMMEDIATE
                && !EventCategory.isLatest(item.request()) && !AggregatedRequests.isDelivery(item.request())
                && item.request().parameters().flag("da").orElse(false) && !item.target().startsWith("//")
                && item.request().operation() != Operation.NOTIFY;
    }

    /** What was on its way together stays together; else all that waits behind the item in the same way. */
    private Bundle bundle(OutboundItem first) {
        Optional<Attributes> before = Records.get(store, RECORD + first.target())
                .filter(record -> record.numbers("items").contains(first.sequence()))
                .filter(record -> !record.text("rn").equals(Optional.ofNullable(unsent.get(first.target()))));
        List<OutboundItem> others = new ArrayList<>();
        if (before.isPresent()) {
            before.get().numbers("items").stream().filter(sequence -> sequence != first.sequence()).map(store::outboundItem)
                    .flatMap(Optional::stream).filter(queue::claim).forEach(others::add);
            return new Bundle(before.get().text("rn").orElseThrow(), first, others);
        }
        int bytes = first.bytes();
        String from = RequestOutcomes.firstReason(first);
        for (OutboundItem next : store.outbound(first.target(), first.sequence(), MOST - 1)) {
            bytes += next.bytes();
            boolean fits = wants(next) && next.rank() == first.rank() && bytes <= MOST_BYTES
                    && RequestOutcomes.firstReason(next).equals(from);
            if (!fits || !queue.claim(next)) {
                break;
            }
            others.add(next);
        }
        return new Bundle(AggregatedRequests.name(cseId, RequestIdentifiers.next()), first, others);
    }

    private CompletionStage<Boolean> noted(Bundle bundle) {
        String name = RECORD + bundle.first().target();
        Attributes wanted = Attributes.builder().set("rn", bundle.name())
                .set("items", bundle.all().stream().map(OutboundItem::sequence).toList()).build();
        return Records.get(store, name).filter(there -> Objects.equals(there.text("rn"), wanted.text("rn"))).isPresent()
                ? CompletableFuture.completedFuture(true) : store.write(writer -> {
                    Records.put(writer, name, wanted);
                    return true;
                });
    }

    private OutboundItem delivery(Bundle bundle) {
        OutboundItem first = bundle.first();
        Instant end = bundle.all().stream().map(OutboundItem::expiration).max(Long::compare).map(Instant::ofEpochMilli)
                .orElseThrow();
        String target = EntityIds.cseOf(first.target());
        Attributes content = Attributes.builder().set("rn", bundle.name()).set("sr", cseId).set("tg", target)
                .set("ls", Timestamps.format(end)).set("ec", EventCategory.of(first.request()).orElse((long) first.rank()))
                .set("dmd", Attributes.of("tcop", false))
                .set("arq", AggregatedRequests.of(bundle.all().stream().map(OutboundItem::request).toList())).build();
        RequestPrimitive create = RequestPrimitive.builder(Operation.CREATE, target).from(cseId)
                .requestIdentifier(RequestIdentifiers.next()).resourceType(AggregatedRequests.TYPE)
                .set(RequestParameter.RESULT_CONTENT, 0).set(RequestParameter.RELEASE_VERSION_INDICATOR, releaseVersion)
                .content(new Content(AggregatedRequests.MEMBER, content)).build();
        return new OutboundItem(first.sequence(), first.target(), create, RequestOutcomes.firstReason(first), end.toEpochMilli(),
                OutboundItem.Kind.REQUEST, first.rank(), "", first.since(), first.bytes());
    }

    /** The results come on their own, as of a single request that the next CSE has accepted. */
    private CompletionStage<ResponsePrimitive> accepted(Bundle bundle) {
        bundle.others().forEach(item -> RequestOutcomes.requestOf(item).ifPresent(queue.results().outcomes()::forwarded));
        ResponsePrimitive taken = ResponsePrimitive.builder(ResponseStatusCode.ACCEPTED_NON_BLOCKING_ASYNCH,
                bundle.first().request().requestIdentifier()).build();
        return bundle.others().isEmpty() ? CompletableFuture.completedFuture(taken)
                : queue.remove(bundle.others(), item -> Optional.empty()).thenApply(count -> taken);
    }
}
