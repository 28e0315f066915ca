// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

import org.eclipse.californium.core.coap.Request;
import org.eclipse.californium.core.coap.Response;
import org.eclipse.californium.core.observe.ObserveManager;
import org.eclipse.californium.elements.config.Configuration;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.rest.internal.coap.Answers.Answer;
import io.lintel.rest.internal.mapping.CseLink;

/**
 * Who observes the latest instance of a container (RFC 7641). TS-0008 has no use for Observe, since subscriptions notify;
 * this is a convenience for clients that know CoAP better than oneM2M, on a GET of {@code …/la} that succeeds. Any other
 * Observe is ignored. When the CSE says that what is below the container has changed, the client's own request is asked again,
 * with all checks, and a result that differs leaves as a notification. Nobody polls. The number of observers is bounded, and
 * of one peer's there is a quarter of it at most; who finds no room gets an answer and no notifications. Who acknowledges no
 * confirmable one is forgotten (Californium does that), and everybody is sent one in time. Any thread.
 */
final class Observations {
    private static final String LATEST = "la";
    private static final int SHARE_OF_A_PEER = 4;

    private final CseLink cse;
    private final CoapResponses responses;
    private final Downloads downloads;
    private final Executor threads;
    private final LongSupplier nanoClock;
    private final int maxObservers;
    private final ObserveManager manager;
    private final Map<String, Set<Observation>> byContainer = new ConcurrentHashMap<>();
    private final Map<String, Integer> byPeer = new ConcurrentHashMap<>();
    private final AtomicInteger count = new AtomicInteger();

    Observations(CseLink cse, CoapResponses responses, Downloads downloads, Configuration configuration, Executor threads,
            int maxObservers, LongSupplier nanoClock) {
        this.cse = cse;
        this.responses = responses;
        this.downloads = downloads;
        this.threads = threads;
        this.maxObservers = maxObservers;
        this.nanoClock = nanoClock;
        this.manager = new ObserveManager(configuration);
    }

    /** A request that wants to observe, and may, if its answer is one that can be observed. */
    final class Wish {
        private final Request request;
        private final RequestPrimitive primitive;
        private final Answer answer;
        private final CoapResponseWriter.Form form;

        private Wish(Request request, RequestPrimitive primitive, Answer answer, CoapResponseWriter.Form form) {
            this.request = request;
            this.primitive = primitive;
            this.answer = answer;
            this.form = form;
        }

        /** What has to be done right before the answer leaves, so that it begins an observation; empty if it is no instance. */
        Optional<Runnable> beginning(ResponsePrimitive response, Response coap) {
            Optional<String> container = response.statusCode() != 2000 ? Optional.empty()
                    : response.content().map(content -> content.value()).filter(Attributes.class::isInstance)
                            .map(Attributes.class::cast).flatMap(instance -> instance.text("pi"));
            if (container.isEmpty() || !hasRoom(answer.peer().name())) {
                return Optional.empty();
            }
            Observation observation = new Observation(Observations.this, container.get(), answer.peer(),
                    new Observation.Question(request, primitive, form, answer.key()), answer.exchange(), nanoClock);
            return Optional.of(() -> {
                observation.answered(coap);
                manager.addObserveRelation(answer.exchange(), observation);
            });
        }
    }

    /** Whether a request wants to observe what can be observed; ends what it wants to end. */
    Optional<Wish> wish(Request request, RequestPrimitive primitive, Answer answer, CoapResponseWriter.Form form) {
        if (!request.getOptions().hasObserve() || primitive.operation() != Operation.RETRIEVE) {
            return Optional.empty();
        }
        if (request.isObserveCancel()) {
            manager.cancelObserveRelation(answer.exchange());
            return Optional.empty();
        }
        boolean latest = primitive.to().endsWith("/" + LATEST) && primitive.responseType() == 3;
        return latest && request.isObserve() ? Optional.of(new Wish(request, primitive, answer, form)) : Optional.empty();
    }

    private boolean hasRoom(String peer) {
        return count.get() < maxObservers && byPeer.getOrDefault(peer, 0) < Math.max(1, maxObservers / SHARE_OF_A_PEER);
    }

    /** The first answer leaves. What has changed since it was made is asked at once. */
    void begun(Observation observation) {
        count.incrementAndGet();
        byPeer.merge(observation.peer().name(), 1, Integer::sum);
        byContainer.compute(observation.container(), (id, observers) -> {
            Set<Observation> all = observers == null ? ConcurrentHashMap.newKeySet() : observers;
            all.add(observation);
            return all;
        });
        changed(observation);
    }

    /** A notification as it leaves: whole, or its first block. */
    Response cut(Observation observation, Response notification) {
        return downloads.cut(observation.question()::key, observation.question().request(), notification,
                BlockSizes.LARGEST_SZX);
    }

    /** An observation has ended. */
    void ended(Observation observation) {
        count.decrementAndGet();
        byPeer.computeIfPresent(observation.peer().name(), (name, ofPeer) -> ofPeer == 1 ? null : ofPeer - 1);
        byContainer.computeIfPresent(observation.container(), (id, observers) -> {
            observers.remove(observation);
            return observers.isEmpty() ? null : observers;
        });
    }

    boolean watches(String resourceId) {
        return byContainer.containsKey(resourceId);
    }

    /** What is below a resource has changed. */
    void changed(String resourceId) {
        byContainer.getOrDefault(resourceId, Set.of()).forEach(this::changed);
    }

    /** Asks for those of whom nobody knows whether they are still there. */
    void sweep() {
        if (cse.identity().isPresent()) {
            byContainer.values().forEach(observers -> observers.stream().filter(Observation::isUncertain)
                    .forEach(this::changed));
        }
    }

    private void changed(Observation observation) {
        if (observation.wants()) {
            try {
                threads.execute(() -> ask(observation));
            } catch (RejectedExecutionException e) {
                observation.asked();   // closing: all observations end with this listener
            }
        }
    }

    private void ask(Observation observation) {
        observation.asked();
        RequestPrimitive question = observation.question().primitive();
        cse.handle(question, observation.peer().hop(question, Optional.empty()))
                .whenComplete((response, never) -> observation.tell(response, responses));
    }

    int count() {
        return count.get();
    }
}
