// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.outbound;

import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The times that a request carries on its way (TS-0004 7.3.2.6). Relative ones are milliseconds from {@code ot}. Stateless. */
public final class RequestTimes {
    private static final List<RequestParameter> TIMES = List.of(RequestParameter.REQUEST_EXPIRATION_TIMESTAMP,
            RequestParameter.RESULT_EXPIRATION_TIMESTAMP, RequestParameter.OPERATION_EXECUTION_TIME,
            RequestParameter.RESULT_PERSISTENCE);
    private static final int DEADLINES = 3;

    private RequestTimes() {
    }

    /** Whether the request says a time relative to {@code ot}. */
    public static boolean hasRelative(RequestPrimitive request) {
        return TIMES.stream().anyMatch(time -> text(request, time).filter(text -> Timestamps.parse(text).isEmpty()).isPresent());
    }

    /** The earliest of what the request says and the latest possible; {@code oet} counts unless it means "now". */
    static Instant deadline(RequestPrimitive request, Instant now, Instant latest) {
        Instant deadline = latest;
        Instant base = request.parameters().text("ot").flatMap(Timestamps::parse).orElse(now);
        for (RequestParameter time : TIMES.subList(0, DEADLINES)) {
            Optional<Instant> asked = text(request, time).flatMap(text -> Timestamps.parseAbsoluteOrRelative(text, base))
                    .filter(at -> time != RequestParameter.OPERATION_EXECUTION_TIME || at.isAfter(now));
            if (asked.isPresent() && asked.get().isBefore(deadline)) {
                deadline = asked.get();
            }
        }
        return deadline;
    }

    /** Relative times are meant from {@code ot}, which the first CSE fills in; further hops could only guess. */
    static RequestPrimitive absolute(RequestPrimitive request, Instant now) {
        RequestPrimitive.Builder builder = null;
        Instant base = request.parameters().text("ot").flatMap(Timestamps::parse).orElse(now);
        for (RequestParameter time : TIMES) {
            Optional<String> text = text(request, time);
            if (text.isPresent() && Timestamps.parse(text.get()).isEmpty()) {
                Optional<Instant> absolute = Timestamps.parseAbsoluteOrRelative(text.get(), base);
                if (absolute.isPresent()) {
                    builder = builder == null ? request.toBuilder() : builder;
                    builder.set(time, Timestamps.formatFine(absolute.get()));
                }
            }
        }
        if (builder != null && !request.parameters().has("ot")) {
            builder.set(RequestParameter.ORIGINATING_TIMESTAMP, Timestamps.formatFine(now));
        }
        return builder == null ? request : builder.build();
    }

    /** Relative times arrive as text or, from lenient peers, as a number. */
    private static Optional<String> text(RequestPrimitive request, RequestParameter time) {
        return request.parameters().get(time.shortName()).filter(value -> value instanceof String || value instanceof Long)
                .map(Object::toString);
    }
}
