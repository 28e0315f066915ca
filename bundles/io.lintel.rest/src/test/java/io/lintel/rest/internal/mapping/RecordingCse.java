// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;

/** Keeps what a door hands in, and answers as the test says. */
public final class RecordingCse implements Cse {
    private final String cseId;
    private final BlockingQueue<RequestPrimitive> requests = new LinkedBlockingQueue<>();
    private final BlockingQueue<Hop> hops = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> reached = new LinkedBlockingQueue<>();
    private volatile Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> answer =
            request -> done(ok(request).build());

    public RecordingCse() {
        this("/mn-cse");
    }

    public RecordingCse(String cseId) {
        this.cseId = cseId;
    }

    public static ResponsePrimitive.Builder ok(RequestPrimitive request) {
        return ResponsePrimitive.builder(ResponseStatusCode.OK, request.requestIdentifier());
    }

    public static CompletionStage<ResponsePrimitive> done(ResponsePrimitive response) {
        return CompletableFuture.completedFuture(response);
    }

    public void answers(Function<RequestPrimitive, ResponsePrimitive> newAnswer) {
        answer = request -> done(newAnswer.apply(request));
    }

    public void answersLater(Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> newAnswer) {
        answer = newAnswer;
    }

    @Override
    public CompletionStage<ResponsePrimitive> handle(RequestPrimitive request, Hop hop) {
        CompletionStage<ResponsePrimitive> answered = answer.apply(request);
        hops.add(hop);
        requests.add(request);
        return answered;
    }

    @Override
    public void reachable(String entity) {
        reached.add(entity);
    }

    /** Who was said to be reachable, in order. */
    public List<String> reached() {
        return List.copyOf(reached);
    }

    @Override
    public CseIdentity identity() {
        return new CseIdentity("//lintel.example", cseId, "mn-name", "mn-id", CseIdentity.CseType.MN, "CAdmin");
    }

    /** The next request that came in. */
    public RequestPrimitive request() throws InterruptedException {
        RequestPrimitive request = requests.poll(5, TimeUnit.SECONDS);
        if (request == null) {
            throw new AssertionError("no request reached the CSE");
        }
        return request;
    }

    public Hop hop() throws InterruptedException {
        return hops.poll(5, TimeUnit.SECONDS);
    }

    public int waiting() {
        return requests.size();
    }
}
