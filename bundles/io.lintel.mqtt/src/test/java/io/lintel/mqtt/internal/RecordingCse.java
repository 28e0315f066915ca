// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.cse.api.RequestCustody;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Schedule;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A CSE that keeps what it is asked, and answers by a function: normally 2000 with the request's own content. */
final class RecordingCse implements Cse {
    static final CseIdentity MN = new CseIdentity("//lintel.example", "/mn-cse", "mn-name", "cb", CseIdentity.CseType.MN,
            "CAdmin");

    /** One call. */
    record Asked(RequestPrimitive request, Hop hop) {
    }

    final List<Asked> asked = new CopyOnWriteArrayList<>();
    volatile Schedule schedule = Schedule.ALWAYS;
    private final CseIdentity identity;
    private volatile RequestCustody custody = new MemoryCustody(100_000);
    private volatile Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> answer =
            request -> CompletableFuture.completedFuture(ok(request));

    RecordingCse() {
        this(MN);
    }

    RecordingCse(CseIdentity identity) {
        this.identity = identity;
    }

    RecordingCse answering(Function<RequestPrimitive, CompletionStage<ResponsePrimitive>> by) {
        answer = by;
        return this;
    }

    static ResponsePrimitive ok(RequestPrimitive request) {
        ResponsePrimitive.Builder response = ResponsePrimitive.builder(ResponseStatusCode.OK, request.requestIdentifier());
        request.content().ifPresent(response::content);
        return response.build();
    }

    @Override
    public CompletionStage<ResponsePrimitive> handle(RequestPrimitive request, Hop hop) {
        asked.add(new Asked(request, hop));
        return answer.apply(request);
    }

    RecordingCse with(RequestCustody other) {
        custody = other;
        return this;
    }

    @Override
    public RequestCustody custody() {
        return custody;
    }

    @Override
    public Schedule schedule() {
        return schedule;
    }

    @Override
    public CseIdentity identity() {
        return identity;
    }
}
