// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.operation;

import io.lintel.cse.api.store.ResourceStore;
import io.lintel.cse.api.store.ResourceWriter;
import io.lintel.cse.internal.CseSettings;
import io.lintel.cse.internal.registration.RegistrationView;
import io.lintel.cse.internal.request.Deliveries;
import io.lintel.cse.internal.request.RequestChecks;
import io.lintel.cse.internal.request.RequestContext;
import io.lintel.primitive.ResponseParameter;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * The hand-off of a change to the store's writer. The response is made inside the task and kept with the change under
 * the delivery key, so that a repeated delivery gets it again, also after a restart; it is given out after the commit,
 * when the registrations are up to date.
 */
public final class Writes {

    /** A change, on the writer's thread, inside its task. */
    public interface Change {
        ResponsePrimitive apply(ResourceWriter writer, Effects effects);
    }

    private record Outcome(ResponsePrimitive response, Effects effects) {
    }

    private final ResourceStore store;
    private final RegistrationView registrations;
    private final RequestChecks checks;
    private final Clock clock;
    private final long keptMillis;
    private volatile boolean closed;

    public Writes(ResourceStore store, RegistrationView registrations, RequestChecks checks, Clock clock, CseSettings settings) {
        this.store = store;
        this.registrations = registrations;
        this.checks = checks;
        this.clock = clock;
        this.keptMillis = settings.storedResponse().toMillis();
    }

    public CompletionStage<ResponsePrimitive> run(RequestContext context, Change change) {
        Optional<String> key = context.hop().deliveryKey();
        return store.write(writer -> {
            Effects effects = new Effects();
            Optional<ResponsePrimitive> stored = context.hop().first() ? Optional.empty() : key.flatMap(writer::storedResponse);
            if (stored.isPresent()) {
                return new Outcome(stored.get(), effects);
            }
            checks.refuseIfPast(context.request(), clock.instant());
            ResponsePrimitive response = change.apply(writer, effects);
            context.alongside().write(writer, response);
            key.ifPresent(k -> writer.storeResponse(k, response, context.now().toEpochMilli() + keptMillis));
            return new Outcome(response, effects);
        }).thenApply(this::committed);
    }

    private ResponsePrimitive committed(Outcome outcome) {
        refresh(outcome.effects());
        return outcome.response();
    }

    /** To be called after the commit of a task that had effects. */
    void refresh(Effects effects) {
        if (!effects.registrations().isEmpty()) {
            registrations.refresh(effects.registrations());
        }
        effects.afterCommit().forEach(Runnable::run);
    }

    /** Asks the store for the response to this delivery before other entities are troubled a second time. */
    public CompletionStage<ResponsePrimitive> unlessDone(RequestContext context,
            Supplier<CompletionStage<ResponsePrimitive>> work) {
        Optional<String> key = context.hop().deliveryKey();
        if (key.isEmpty() || context.hop().first()) {
            return work.get();
        }
        return store.write(writer -> writer.storedResponse(key.get()))
                .thenCompose(stored -> stored.isPresent() ? CompletableFuture.completedFuture(stored.get())
                        : work.get());
    }

    /**
     * The time of the first delivery of a request that says times relative to one it does not say. Its repetition has to
     * leave with the same times, or the next CSE would not know it again.
     */
    public CompletionStage<Instant> firstSeen(RequestContext context) {
        String key = context.hop().deliveryKey().orElseThrow() + " since";
        return store.write(writer -> {
            Optional<Instant> known = context.hop().first() ? Optional.empty() : writer.storedResponse(key)
                    .flatMap(mark -> mark.parameters().text("ot")).flatMap(Timestamps::parse);
            if (known.isEmpty()) {
                writer.storeResponse(key, ResponsePrimitive.builder(ResponseStatusCode.OK, "")
                        .set(ResponseParameter.ORIGINATING_TIMESTAMP, Timestamps.formatFine(context.now())).build(),
                        context.now().toEpochMilli() + keptMillis);
            }
            return known.orElse(context.now());
        });
    }

    /** No response is kept any more. */
    public void close() {
        closed = true;
    }

    /** Keeps the response of another entity before it is given out, unless a repetition has to be judged again. */
    public CompletionStage<ResponsePrimitive> keep(RequestContext context, ResponsePrimitive response) {
        Optional<String> key = context.hop().deliveryKey();
        if (closed || key.isEmpty() || !Deliveries.isSettled(context.request().operation(), response)) {
            return CompletableFuture.completedFuture(response);
        }
        return store.write(writer -> {
            writer.storeResponse(key.get(), response, context.now().toEpochMilli() + keptMillis);
            return response;
        });
    }
}
