// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.access;

import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.internal.address.EntityIds;
import io.lintel.cse.internal.outbound.Forwarding;
import io.lintel.cse.internal.request.Around;
import io.lintel.cse.internal.request.RequestChecks;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.cse.internal.request.RequestIdentifiers;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands around each operation on a hosted resource (TS-0003 7.3). Before: what the request proves of its originator is
 * looked at. After a denial: if a consultation is set up for the resource, its authorization system is asked by a NOTIFY,
 * and with what it grants the operation is tried again; a request with {@code tqi} is told where it may get tokens instead.
 * Nothing waits on a thread. A system that is asked is not itself asked for, and the same question under way twice goes out
 * once.
 */
public final class DynamicAuthorization implements Around {
    private static final Logger LOG = LoggerFactory.getLogger(DynamicAuthorization.class);
    private static final int MOST_AT_A_TIME = 1000;
    private static final String RELEASE = "2a";

    private final CseIdentity identity;
    private final EntityIds ids;
    private final ResourceReader reader;
    private final AccessControl access;
    private final Forwarding forwarding;
    private final Clock clock;
    private final Duration patience;
    private final LocalTokens local;
    private final Map<Question, CompletableFuture<Optional<SecurityInfo.Answer>>> underWay = new ConcurrentHashMap<>();

    private record Question(String consultation, String originator, String target, int bit, Optional<Integer> childType,
            List<String> roles) {
    }

    public DynamicAuthorization(ResourceReader reader, AccessControl access, Forwarding forwarding, Clock clock,
            Duration patience) {
        this.identity = access.identity();
        this.ids = new EntityIds(identity);
        this.reader = reader;
        this.access = access;
        this.local = access.localTokens();
        this.forwarding = forwarding;
        this.clock = clock;
        this.patience = patience;
    }

    @Override
    public CompletionStage<ResponsePrimitive> serve(RequestContext context, Work work) {
        RequestContext proven = access.proofs().attach(reader, context);
        CompletionStage<ResponsePrimitive> stage = attempt(proven, work, denied -> denied(proven, denied, work));
        return proven.entitlements().tokens().isEmpty() ? stage : stage.thenCompose(response -> response.isSuccess()
                ? local.assign(response, proven.originator(), proven.entitlements())
                : CompletableFuture.completedFuture(response));
    }

    private static CompletionStage<ResponsePrimitive> attempt(RequestContext context, Work work,
            Function<AccessDenied, CompletionStage<ResponsePrimitive>> otherwise) {
        CompletionStage<ResponsePrimitive> stage;
        try {
            stage = work.start(context);
        } catch (AccessDenied denied) {
            return otherwise.apply(denied);
        }
        if (stage instanceof CompletableFuture<ResponsePrimitive> done && done.isDone() && !done.isCompletedExceptionally()) {
            return stage;
        }
        return stage.handle((response, failure) -> {
            Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
            return cause instanceof AccessDenied denied ? otherwise.apply(denied) : stage;
        }).thenCompose(next -> next);
    }

    private CompletionStage<ResponsePrimitive> denied(RequestContext context, AccessDenied denied, Work work) {
        List<Resource> consultations = access.consultations().enabled(reader, denied.target(), context.now()).stream()
                .filter(consultation -> !access.consultations().isSystem(reader, consultation,
                        context.originator(), ids)).toList();
        if (consultations.isEmpty() || context.originator().equals(identity.cseId())) {
            return CompletableFuture.failedFuture(withFaults(denied, context.entitlements().faults()));
        }
        if (context.request().parameters().flag("tqi").orElse(false)) {
            return CompletableFuture.completedFuture(tokenRequest(context, denied, consultations));
        }
        Entitlements kept = kept(context);
        return kept.roles().isEmpty() && kept.permissions().isEmpty()
                ? consult(context, denied, work, consultations, context.entitlements().faults())
                : attempt(context.with(context.entitlements().and(kept)), work,
                        again -> consult(context, again, work, consultations, context.entitlements().faults()));
    }

    /** What the tokens that systems gave for this originator before are still good for. */
    private Entitlements kept(RequestContext context) {
        Entitlements kept = Entitlements.NONE;
        for (String token : local.given(context.originator())) {
            Entitlements worth = access.proofs().token(reader, token, context.originator(), context.now(), false);
            kept = worth.faults().isEmpty() ? kept.and(worth) : kept;
        }
        return kept;
    }

    private static AccessDenied withFaults(AccessDenied denied, List<String> faults) {
        return faults.isEmpty() ? denied : new AccessDenied(denied.getMessage() + "; " + String.join("; ", faults),
                denied.target(), denied.guarded(), denied.bit(), denied.childType());
    }

    /** Asks the first of the systems, tries again, and goes on to the next if that does not help. */
    private CompletionStage<ResponsePrimitive> consult(RequestContext context, AccessDenied denied, Work work,
            List<Resource> consultations, List<String> faults) {
        if (consultations.isEmpty()) {
            return CompletableFuture.failedFuture(withFaults(denied, faults));
        }
        Resource consultation = consultations.get(0);
        List<Resource> others = consultations.subList(1, consultations.size());
        return ask(context, denied, consultation).thenCompose(answer -> {
            if (answer.isEmpty()) {
                return consult(context, denied, work, others, faults);
            }
            RequestContext granted = context.with(context.entitlements().and(accept(context, denied, consultation,
                    answer.get())));
            return attempt(granted, work, again -> consult(granted, again, work, others, granted.entitlements().faults()));
        });
    }

    /** Keeps the privileges for as long as they were granted, and tokens; what has no end counts for this request. */
    private Entitlements accept(RequestContext context, AccessDenied denied, Resource consultation,
            SecurityInfo.Answer answer) {
        Instant now = clock.instant();
        Entitlements entitlements = Entitlements.NONE;
        List<AccessRule> rules = answer.privileges().stream().flatMap(set -> AccessRule.of(set, ids).stream()).toList();
        if (!rules.isEmpty()) {
            entitlements = new Entitlements(Set.of(), List.of(new TokenPermission(Set.of(denied.guarded().id()), rules)),
                    List.of(), List.of());
            Optional<Instant> end = consultation.text("dal").flatMap(Timestamps::parse);
            answer.until().map(until -> end.isPresent() && end.get().isBefore(until) ? end.get() : until)
                    .filter(until -> until.isAfter(now)).ifPresent(until -> access.grants().add(denied.guarded(),
                            new Grants.Grant(answer.privileges(), ids, consultation.id(), until), now));
        }
        for (String token : answer.tokens()) {
            Entitlements worth = access.proofs().token(reader, token, context.originator(), now, false);
            entitlements = entitlements.and(worth);
            if (worth.faults().isEmpty()) {
                local.give(context.originator(), token);
            }
        }
        return entitlements;
    }

    private CompletionStage<Optional<SecurityInfo.Answer>> ask(RequestContext context, AccessDenied denied,
            Resource consultation) {
        Question question = new Question(consultation.id(), context.originator(), denied.target().id(), denied.bit(),
                denied.childType(), context.request().parameters().texts("rids"));
        CompletableFuture<Optional<SecurityInfo.Answer>> answer = new CompletableFuture<>();
        CompletableFuture<Optional<SecurityInfo.Answer>> same = underWay.putIfAbsent(question, answer);
        if (same != null) {
            return same;
        }
        if (underWay.size() > MOST_AT_A_TIME) {
            underWay.remove(question, answer);
            return CompletableFuture.completedFuture(Optional.empty());
        }
        Attributes request = request(context, denied, consultation);
        send(request, consultation.attributes().texts("dap"), deadline(context)).whenComplete((found, failure) -> {
            underWay.remove(question, answer);
            if (failure != null) {
                LOG.error("the consultation {} for {} failed", consultation.id(), context.originator(), failure);
            }
            answer.complete(failure == null ? found : Optional.empty());
        });
        return answer;
    }

    private Attributes request(RequestContext context, AccessDenied denied, Resource consultation) {
        return SecurityInfo.request(context, denied, consultation, ids, access.rolesNamed(reader, denied.guarded()),
                access.place(reader, context, denied.target()));
    }

    private Instant deadline(RequestContext context) {
        Instant latest = clock.instant().plus(patience);
        return RequestChecks.deadline(context.request(), context.now()).filter(latest::isAfter).orElse(latest);
    }

    /** The addresses of one system, in their order, until one answers. */
    private CompletionStage<Optional<SecurityInfo.Answer>> send(Attributes request, List<String> targets, Instant deadline) {
        if (targets.isEmpty() || !deadline.isAfter(clock.instant())) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        String target = targets.get(0);
        RequestPrimitive notification = RequestPrimitive.builder(Operation.NOTIFY, target).from(identity.cseId())
                .requestIdentifier(RequestIdentifiers.next()).content(SecurityInfo.question(request))
                .set(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP, Timestamps.formatFine(deadline))
                .set(RequestParameter.RELEASE_VERSION_INDICATOR, RELEASE).build();
        CompletionStage<ResponsePrimitive> sent;
        try {
            sent = forwarding.ask(notification, target);
        } catch (RuntimeException e) {
            sent = CompletableFuture.failedFuture(e);
        }
        return sent.handle((response, failure) -> {
            if (failure != null) {
                LOG.debug("authorization system {} can't be asked: {}", target, failure.toString());
                return send(request, targets.subList(1, targets.size()), deadline);
            }
            return CompletableFuture.completedFuture(SecurityInfo.answer(response, clock.instant()));
        }).thenCompose(next -> next);
    }

    /** 4103 with {@code tqf}, which HTTP and CoAP carry in the place of a sentence: who gives tokens for this, and how to ask. */
    private ResponsePrimitive tokenRequest(RequestContext context, AccessDenied denied, List<Resource> consultations) {
        List<Attributes> systems = new ArrayList<>();
        for (Resource consultation : consultations) {
            Attributes request = request(context, denied, consultation);
            for (String target : consultation.attributes().texts("dap")) {
                systems.add(Attributes.builder().set("uri", target).set("dreq", request).build());
            }
        }
        return ResponsePrimitive.builder(denied.status(), context.request().requestIdentifier())
                .set(ResponseParameter.TOKEN_REQUEST_INFORMATION, Attributes.of("dasi", systems)).build();
    }
}
