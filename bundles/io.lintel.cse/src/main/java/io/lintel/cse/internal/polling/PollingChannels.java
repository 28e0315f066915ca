// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.polling;

import io.lintel.cse.api.OutboundRequest;
import io.lintel.cse.api.PrimitiveSender;
import io.lintel.cse.api.UnreachableException;
import io.lintel.cse.api.store.Resource;
import io.lintel.cse.api.store.ResourceReader;
import io.lintel.cse.api.store.StoreFullException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What waits at polling channels (TS-0001 9.6.21, TS-0004 7.4.23): requests for entities that nobody can connect to, until
 * they fetch and answer them, and polls that wait for a request. For the outbound side it is one more sender, whose points
 * of access are the channels. A request that was fetched stays until it is answered, since the poll that took it may never
 * have arrived: it is given out again after a while. Holds no thread; any thread.
 */
public final class PollingChannels implements PrimitiveSender {
    /** Of the URIs by which the channels are named inside this CSE. */
    public static final String SCHEME = "pollingchannel";
    static final Duration AGAIN = Duration.ofSeconds(5);
    static final int MOST_REQUESTS = 1000;
    static final int MOST_POLLS = 4;
    /** Most requests that one poll gets, if it gets several. */
    static final int MOST_TOGETHER = 32;
    private static final int MOST_POLLS_IN_ALL = 10_000;

    private final ResourceReader store;
    private final Clock clock;
    private final Map<String, Channel> channels = new HashMap<>();
    private int polls;

    private static final class Channel {
        private final List<Waiting> requests = new ArrayList<>();
        private final Deque<Poll> polls = new ArrayDeque<>();
    }

    private static final class Waiting {
        private final RequestPrimitive request;
        private final Instant deadline;
        private final CompletableFuture<ResponsePrimitive> answer = new CompletableFuture<>();
        private Instant fetched;

        Waiting(RequestPrimitive request, Instant deadline) {
            this.request = request;
            this.deadline = deadline;
        }
    }

    private record Poll(Instant end, CompletableFuture<Optional<RequestPrimitive>> answer) {
    }

    public PollingChannels(ResourceReader store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /** The channel of an AE or CSE that can't be reached in another way, as a point of access. */
    public Optional<String> pointOfAccess(Resource entity) {
        boolean reachable = entity.attributes().flag("rr").orElse(true) && !entity.attributes().texts("poa").isEmpty();
        return reachable ? Optional.empty() : store.children(entity.id(), ResourceTypes.POLLING_CHANNEL, "", 1).stream()
                .findFirst().map(channel -> SCHEME + ":" + channel.id());
    }

    @Override
    public CompletionStage<ResponsePrimitive> send(OutboundRequest outbound) {
        Waiting waiting = new Waiting(outbound.request(), outbound.deadline());
        List<Runnable> outcomes = new ArrayList<>();
        synchronized (this) {
            Channel channel = channels.computeIfAbsent(outbound.pointOfAccess().getSchemeSpecificPart(), id -> new Channel());
            if (channel.requests.size() >= MOST_REQUESTS) {
                return CompletableFuture.failedFuture(new UnreachableException(MOST_REQUESTS
                        + " requests wait at the polling channel already", false, null));
            }
            channel.requests.add(waiting);
            handOut(channel, outcomes);
        }
        outcomes.forEach(Runnable::run);
        return waiting.answer;
    }

    /** Waits for a request; empty if none came until the end. */
    CompletionStage<Optional<RequestPrimitive>> poll(String id, Instant end) {
        Poll poll = new Poll(end, new CompletableFuture<>());
        List<Runnable> outcomes = new ArrayList<>();
        synchronized (this) {
            if (polls >= MOST_POLLS_IN_ALL) {
                return CompletableFuture.failedFuture(new StoreFullException(polls + " polls wait for requests already"));
            }
            Channel channel = channels.computeIfAbsent(id, key -> new Channel());
            channel.polls.add(poll);
            polls++;
            if (channel.polls.size() > MOST_POLLS) {
                end(channel.polls.removeFirst(), Optional.empty(), outcomes);
            }
            handOut(channel, outcomes);
        }
        outcomes.forEach(Runnable::run);
        return poll.answer;
    }

    /** Takes what else waits, for whoever has just got a request and wants all; the connection is the same. */
    List<RequestPrimitive> others(String id) {
        List<RequestPrimitive> others = new ArrayList<>();
        synchronized (this) {
            Channel channel = channels.get(id);
            for (Waiting waiting : channel == null ? List.<Waiting>of() : channel.requests) {
                if (waiting.fetched == null && others.size() < MOST_TOGETHER - 1) {
                    waiting.fetched = clock.instant();
                    others.add(waiting.request);
                }
            }
        }
        return others;
    }

    private void end(Poll poll, Optional<RequestPrimitive> request, List<Runnable> outcomes) {
        polls--;
        outcomes.add(() -> poll.answer.complete(request));
    }

    /** The first request to the newest poll, which is the least likely to be that of a dead connection. */
    private void handOut(Channel channel, List<Runnable> outcomes) {
        Instant now = clock.instant();
        while (!channel.polls.isEmpty()) {
            Optional<Waiting> next = channel.requests.stream().filter(waiting -> waiting.fetched == null).findFirst()
                    .or(() -> channel.requests.stream().filter(waiting -> !waiting.fetched.plus(AGAIN).isAfter(now)).findFirst());
            if (next.isEmpty()) {
                return;
            }
            next.get().fetched = now;
            end(channel.polls.removeLast(), Optional.of(next.get().request), outcomes);
        }
    }

    /** The owner's answer to a request; false if no request of this identifier waits. */
    boolean answer(String id, ResponsePrimitive response) {
        Waiting answered = null;
        synchronized (this) {
            Channel channel = channels.get(id);
            Iterator<Waiting> requests = channel == null ? List.<Waiting>of().iterator() : channel.requests.iterator();
            while (answered == null && requests.hasNext()) {
                Waiting waiting = requests.next();
                if (waiting.request.requestIdentifier().equals(response.requestIdentifier())) {
                    answered = waiting;
                    requests.remove();
                }
            }
        }
        return answered != null && answered.answer.complete(response);
    }

    /** Ends what has waited long enough, and gives out again what was not answered. Called every second or so. */
    public void sweep() {
        Instant now = clock.instant();
        List<Runnable> outcomes = new ArrayList<>();
        synchronized (this) {
            channels.values().removeIf(channel -> {
                channel.polls.removeIf(poll -> {
                    boolean over = !poll.end().isAfter(now);
                    if (over) {
                        end(poll, Optional.empty(), outcomes);
                    }
                    return over;
                });
                channel.requests.removeIf(waiting -> {
                    boolean over = !waiting.deadline.isAfter(now);
                    if (over) {
                        fail(waiting, "it was not answered at the polling channel in time", outcomes);
                    }
                    return over;
                });
                handOut(channel, outcomes);
                return channel.polls.isEmpty() && channel.requests.isEmpty();
            });
        }
        outcomes.forEach(Runnable::run);
    }

    private static void fail(Waiting waiting, String why, List<Runnable> outcomes) {
        outcomes.add(() -> waiting.answer.completeExceptionally(new UnreachableException(why, waiting.fetched != null, null)));
    }

    /** Ends all that waits at a channel if that is gone. */
    void deleted(String id) {
        if (store.byId(id).isPresent()) {
            return;
        }
        List<Runnable> outcomes = new ArrayList<>();
        synchronized (this) {
            Channel channel = channels.remove(id);
            if (channel != null) {
                channel.polls.forEach(poll -> end(poll, Optional.empty(), outcomes));
                channel.requests.forEach(waiting -> fail(waiting, "the polling channel was deleted", outcomes));
            }
        }
        outcomes.forEach(Runnable::run);
    }
}
