// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.cse.api.Binding;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.cse.api.UnreachableException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The network of a test: what listens at which authority, who can't be reached, and what was sent. A peer answers on
 * the sender's thread unless it is told to keep silent. Nodes learn who called, as MQTT tells them.
 */
public final class OutboundNetwork {
    private final Map<String, Function<OutboundRequest, CompletionStage<ResponsePrimitive>>> peers = new ConcurrentHashMap<>();
    private final Map<String, PrimitiveSender> real = new ConcurrentHashMap<>();
    private final List<OutboundRequest> sent = new CopyOnWriteArrayList<>();

    /** From now on requests of this scheme go by a binding. */
    public void real(String scheme, PrimitiveSender binding) {
        real.put(scheme, binding);
    }

    public Optional<PrimitiveSender> sender(String scheme) {
        if (real.containsKey(scheme)) {
            return Optional.of(real.get(scheme));
        }
        return scheme.equals("http") || scheme.equals("mqtt") ? Optional.of(this::send) : Optional.empty();
    }

    private CompletionStage<ResponsePrimitive> send(OutboundRequest request) {
        sent.add(request);
        synchronized (sent) {
            sent.notifyAll();
        }
        Function<OutboundRequest, CompletionStage<ResponsePrimitive>> peer = peers.get(request.pointOfAccess().getAuthority());
        return peer == null ? unreachable(false) : peer.apply(request);
    }

    public static CompletionStage<ResponsePrimitive> unreachable(boolean mayHaveArrived) {
        return CompletableFuture.failedFuture(new UnreachableException("nobody listens", mayHaveArrived, null));
    }

    /** A CSE listens; it is told by which CSE a request comes. */
    public void listen(String authority, OutboundNode node, String caller) {
        peers.put(authority, request -> node.handle(request.request(), new Hop(Binding.MQTT, caller, true, false,
                Optional.empty(),
                Optional.of(caller), Optional.empty(), Optional.empty())));
    }

    /** Somebody listens who answers everything with one status. */
    public void answer(String authority, ResponseStatusCode status) {
        peers.put(authority, request -> CompletableFuture.completedFuture(
                ResponsePrimitive.builder(status, request.request().requestIdentifier()).build()));
    }

    public void peer(String authority, Function<OutboundRequest, CompletionStage<ResponsePrimitive>> peer) {
        peers.put(authority, peer);
    }

    /** Somebody listens and never answers. */
    public void silent(String authority) {
        peers.put(authority, request -> new CompletableFuture<>());
    }

    public void gone(String authority) {
        peers.remove(authority);
    }

    public List<OutboundRequest> sent() {
        return List.copyOf(sent);
    }

    public List<OutboundRequest> sentTo(String authority) {
        return sent.stream().filter(request -> request.pointOfAccess().getAuthority().equals(authority)).toList();
    }

    public List<RequestPrimitive> requestsTo(String authority) {
        return sentTo(authority).stream().map(OutboundRequest::request).toList();
    }

    /** Waits until so many requests went to the authority. */
    public List<RequestPrimitive> awaitRequests(String authority, int count) {
        await(() -> sentTo(authority).size() >= count, count + " requests to " + authority);
        return requestsTo(authority);
    }

    /** Waits for a condition, looking again whenever something was sent, and often enough otherwise. */
    public void await(BooleanSupplier condition, String what) {
        await(condition, () -> what + "; sent: " + sent, 10);
    }

    /** As {@link #await(BooleanSupplier, String)}, for what takes longer. */
    public void await(BooleanSupplier condition, Supplier<String> what, int seconds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("did not happen: " + what.get());
            }
            synchronized (sent) {
                try {
                    sent.wait(5);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    /** Lets everything that is under way on a node's writer pass. */
    static void settle(OutboundNode node) {
        CountDownLatch passed = new CountDownLatch(1);
        node.store.write(writer -> true).thenRun(passed::countDown);
        try {
            if (!passed.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("the store stands still");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
