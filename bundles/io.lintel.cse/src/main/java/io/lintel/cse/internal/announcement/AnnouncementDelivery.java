// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.announcement;

import io.lintel.cse.api.Hop;
import io.lintel.cse.api.store.OutboundItem;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.outbound.Forwarding;
import io.lintel.cse.internal.registration.RemoteCseIndex;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.primitive.Address;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceType;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sends what the {@link Announcer} has put into the outbound queue. Where an announced resource goes is decided now: below
 * what {@code at} names, below the announced parent, below the {@code <CSEBaseAnnc>} that stands for this CSE, which is
 * made first if need be, or, where there is none of these, below the {@code <remoteCSE>} that does (TS-0001 10.2.18.4). An
 * attempt that is repeated leaves with the identifier it had before. On the outbound side's executor and, after an answer,
 * on the binding's threads.
 */
public final class AnnouncementDelivery {
    private static final String BASE_MEMBER = "m2m:cbA";
    private static final int BASE_TYPE = ResourceTypes.ANNOUNCED_OFFSET + ResourceTypes.CSE_BASE;
    private static final Duration LONG = Duration.ofDays(3650);
    private static final Set<ResponseStatusCode> IS_THERE = Set.of(ResponseStatusCode.CONFLICT,
            ResponseStatusCode.ALREADY_EXISTS, ResponseStatusCode.ORIGINATOR_HAS_ALREADY_REGISTERED);
    private static final Set<String> OLD_RELEASES = Set.of("1", "2", "2a");

    private final ResourceStore store;
    private final EntityIds ids;
    private final Links links;
    private final AnnouncedForm form;
    private final RemoteCseIndex remotes;
    private final Forwarding forwarding;
    private final AnnouncementOutcomes outcomes;
    private final Clock clock;
    /** Where this CSE stands at others, as far as they have confirmed it in this run. */
    private final Map<String, String> places = new ConcurrentHashMap<>();
    /** Announcements to come that were never sent: what becomes unwanted meanwhile need not be made. */
    private final Set<Long> attempted = ConcurrentHashMap.newKeySet();
    private final long firstOfThisRun;

    AnnouncementDelivery(ResourceStore store, EntityIds ids, Links links, AnnouncedForm form, Forwarding forwarding,
            AnnouncementOutcomes outcomes, Clock clock) {
        this.store = store;
        this.ids = ids;
        this.links = links;
        this.form = form;
        this.remotes = new RemoteCseIndex(store);
        this.forwarding = forwarding;
        this.outcomes = outcomes;
        this.clock = clock;
        this.firstOfThisRun = clock.millis();
    }

    /** Sends one item; completes with the answer, 1000 if it was not sent because nobody wants it any more. */
    public CompletionStage<ResponsePrimitive> send(OutboundItem item) {
        return switch (item.request().operation()) {
            case CREATE -> create(item);
            case UPDATE -> change(item);
            default -> forward(item.request(), item.request().to());
        };
    }

    /** An attempt did not succeed and is made again later. */
    public void failed(OutboundItem item) {
        outcomes.concluded(item.sequence());
    }

    private static CompletionStage<ResponsePrimitive> unwanted(OutboundItem item) {
        return CompletableFuture.completedFuture(ResponsePrimitive.builder(ResponseStatusCode.ACCEPTED,
                item.request().requestIdentifier()).build());
    }

    private CompletionStage<ResponsePrimitive> change(OutboundItem item) {
        Optional<String> address = store.byId(Announcer.original(item)).map(original -> links.of(original).get(item.target()));
        return address.filter(Links::isResource).isEmpty() ? unwanted(item) : forward(item.request(), address.get());
    }

    private CompletionStage<ResponsePrimitive> create(OutboundItem item) {
        Optional<Resource> original = store.byId(Announcer.original(item));
        boolean wanted = original.filter(found -> links.of(found).containsKey(item.target())).isPresent();
        boolean mayBeThere = item.since() < firstOfThisRun || !attempted.add(item.sequence());
        if (!wanted && !mayBeThere) {
            return unwanted(item);
        }
        return place(item).thenCompose(parent -> forward(item.request(), parent)
                .thenCompose(answer -> answer.statusCode() == ResponseStatusCode.NOT_FOUND.code()
                        && places.remove(item.target(), parent) ? place(item).thenCompose(again -> forward(item.request(), again)
                        .thenCompose(second -> adopt(item, again, second))) : adopt(item, parent, answer)))
                .whenComplete((answer, failure) -> {
                    if (failure == null) {
                        attempted.remove(item.sequence());
                    }
                });
    }

    /** An earlier attempt may have arrived though its answer did not: then the name is taken, by what is ours. */
    private CompletionStage<ResponsePrimitive> adopt(OutboundItem item, String parent, ResponsePrimitive answer) {
        if (answer.status().filter(IS_THERE::contains).isEmpty()) {
            return CompletableFuture.completedFuture(answer);
        }
        Attributes wanted = item.request().content().orElseThrow().attributes();
        RequestPrimitive look = RequestPrimitive.builder(Operation.RETRIEVE, parent).from(ids.identity().cseId())
                .requestIdentifier(RequestIdentifiers.next()).set(RequestParameter.RELEASE_VERSION_INDICATOR, "3").build();
        return forward(look, parent + "/" + Announcer.name(Announcer.original(item))).thenApply(found -> {
            boolean ours = found.content().flatMap(content -> content.attributes().text("lnk")).equals(wanted.text("lnk"));
            return found.isSuccess() && ours ? ResponsePrimitive.builder(ResponseStatusCode.CREATED,
                    item.request().requestIdentifier()).content(found.content().orElseThrow()).build() : answer;
        });
    }

    /** Below what the announced resource is made. */
    private CompletionStage<String> place(OutboundItem item) {
        String entry = item.request().to();
        if (Links.isResource(entry)) {
            return CompletableFuture.completedFuture(entry);
        }
        String cse = item.target();
        String parentId = item.reason().substring(item.reason().indexOf(' ') + 1);
        Optional<String> parent = store.byId(parentId).map(found -> links.of(found).get(cse)).filter(Links::isResource);
        return parent.isPresent() ? CompletableFuture.completedFuture(parent.get())
                : standing(cse, item.request().resourceType().orElse(0));
    }

    private CompletionStage<String> standing(String cse, int type) {
        ResourceType base = ResourceTypes.ofNumber(BASE_TYPE).orElseThrow();
        boolean below = ResourceTypes.ofNumber(type).filter(base::allowsChild).isPresent();
        Optional<Resource> remote = remotes.withCseId(cse).stream().findFirst();
        if (!below || remote.filter(AnnouncementDelivery::isOld).isPresent()) {
            return CompletableFuture.completedFuture(remoteCse(cse, remote));
        }
        String known = places.get(cse);
        return known != null ? CompletableFuture.completedFuture(known) : makeBase(cse, remote);
    }

    /** Whether the CSE says that it speaks no release that has {@code <CSEBaseAnnc>}. */
    private static boolean isOld(Resource remote) {
        List<String> releases = remote.attributes().texts("srv");
        return !releases.isEmpty() && OLD_RELEASES.containsAll(releases);
    }

    private static String base(String cse, Optional<Resource> remote) {
        String named = remote.flatMap(found -> found.text("cb")).orElse(cse + "/-");
        return named.startsWith("/") ? named : cse + "/" + named;
    }

    private String remoteCse(String cse, Optional<Resource> remote) {
        return base(cse, remote) + "/" + ids.identity().cseIdElement();
    }

    private CompletionStage<String> makeBase(String cse, Optional<Resource> remote) {
        String name = ids.identity().cseIdElement() + "_Annc";
        String link = ids.identity().cseId() + "/" + ids.identity().baseId();
        Attributes content = Attributes.builder().set("rn", name)
                .set("lnk", cse.startsWith("//") ? ids.identity().spId() + link : link)
                .set("et", Timestamps.format(clock.instant().plus(LONG))).build();
        RequestPrimitive create = RequestPrimitive.builder(Operation.CREATE, base(cse, remote)).from(ids.identity().cseId())
                .requestIdentifier(RequestIdentifiers.next()).set(RequestParameter.RELEASE_VERSION_INDICATOR, "3")
                .resourceType(BASE_TYPE).content(new Content(BASE_MEMBER, content)).build();
        return forward(create, create.to()).thenApply(answer -> {
            if (isSilence(answer)) {
                throw new CompletionException(new PrimitiveException(ResponseStatusCode.TARGET_NOT_REACHABLE, cse
                        + " gives no answer"));
            }
            boolean there = answer.status().filter(IS_THERE::contains).isPresent();
            Optional<String> address = there ? Optional.of(base(cse, remote) + "/" + name)
                    : answer.isSuccess() ? Announcer.address(cse, answer) : Optional.empty();
            address.ifPresent(known -> places.put(cse, known));
            return address.orElseGet(() -> remoteCse(cse, remote));
        });
    }

    static boolean isSilence(ResponsePrimitive answer) {
        return answer.status().filter(status -> status == ResponseStatusCode.TARGET_NOT_REACHABLE
                || status == ResponseStatusCode.REQUEST_TIMEOUT || status == ResponseStatusCode.REMOTE_ENTITY_NOT_REACHABLE
                || status == ResponseStatusCode.ORIGINATOR_NOT_AUTHENTICATED
                || status == ResponseStatusCode.SECURITY_ASSOCIATION_REQUIRED).isPresent();
    }

    /** The same request is known again by its identifier, which is made of its own. No way to a CSE is an answer, too. */
    private CompletionStage<ResponsePrimitive> forward(RequestPrimitive request, String to) {
        RequestPrimitive addressed = request.toBuilder().to(to).build();
        return forwarding.forward(addressed, ids.identity().cseId(), Hop.local(RequestContext.SELF,
                "announcement " + request.requestIdentifier(), false), Address.parse(to)).exceptionally(failure -> {
                    Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause()
                            : failure;
                    if (cause instanceof PrimitiveException refusal && refusal.status() == ResponseStatusCode.NOT_FOUND) {
                        return ResponsePrimitive.refusal(addressed, refusal);
                    }
                    throw new CompletionException(cause);
                });
    }
}
