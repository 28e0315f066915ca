// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.request;

import io.lintel.cse.internal.outbound.EventCategory;
import io.lintel.cse.internal.type.TypeCatalog;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseStatusCode;
import io.lintel.primitive.Timestamps;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The checks on a request that need neither its target nor its sender (TS-0004 7.3.2, in its order). Runs on the door's
 * thread; touches nothing but the primitive.
 */
public final class RequestChecks {
    private static final Map<Operation, Set<Integer>> RESULT_CONTENTS = Map.of(
            Operation.CREATE, Set.of(0, 1, 2, 3, 9),
            Operation.RETRIEVE, Set.of(1, 4, 5, 6, 7, 8, 10, 11, 12),
            Operation.UPDATE, Set.of(0, 1, 9),
            Operation.DELETE, Set.of(0, 1, 4, 5, 6, 8),
            Operation.NOTIFY, Set.of());
    private static final Set<Integer> UNSUPPORTED_RESULT_CONTENTS = Set.of(10, 12);

    private final List<String> releaseVersions;

    public RequestChecks(List<String> releaseVersions) {
        this.releaseVersions = releaseVersions;
    }

    /** Before the sender is looked at: the times. */
    void beforeOriginator(RequestPrimitive request, Instant now) {
        if (request.requestIdentifier().isEmpty()) {
            throw Refusals.badRequest("rqi, the request identifier, is missing");
        }
        request.parameters().text("ot").filter(origin -> Timestamps.parse(origin).isEmpty()).ifPresent(origin -> {
            throw Refusals.badRequest("ot is no timestamp: " + origin);
        });
        refuseIfPast(request, now);
    }

    /** 4008 when the request's own deadline, or that of its result, has passed; asked again when its turn comes. */
    public void refuseIfPast(RequestPrimitive request, Instant now) {
        refuseIfPast(request, "rqet", now);
        refuseIfPast(request, "rset", now);
    }

    private static void refuseIfPast(RequestPrimitive request, String parameter, Instant now) {
        time(request, parameter, now).filter(time -> !time.isAfter(now)).ifPresent(time -> {
            throw Refusals.timeout(parameter + " has passed: " + request.parameters().get(parameter).orElse(""));
        });
    }

    /** The earlier of the request's own expiration and that of its result. */
    public static Optional<Instant> deadline(RequestPrimitive request, Instant now) {
        Optional<Instant> own = time(request, "rqet", now);
        Optional<Instant> result = time(request, "rset", now);
        return own.isEmpty() || result.isPresent() && result.get().isBefore(own.get()) ? result : own;
    }

    /** When the operation is to be executed, if that is not now already. */
    static Optional<Instant> executionTime(RequestPrimitive request, Instant now) {
        return time(request, "oet", now).filter(now::isBefore);
    }

    /** A time that is absolute, or relative to {@code ot}, or without that to the reception. */
    public static Optional<Instant> time(RequestPrimitive request, String parameter, Instant now) {
        Optional<String> text = request.parameters().get(parameter).map(Object::toString);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Instant base = request.parameters().text("ot").flatMap(Timestamps::parse).orElse(now);
        Optional<Instant> time = Timestamps.parseAbsoluteOrRelative(text.get(), base);
        if (time.isEmpty()) {
            throw Refusals.badRequest(parameter + " is neither a timestamp nor a number of milliseconds: " + text.get());
        }
        return time;
    }

    /** After the sender is known: what the operation must, may and must not carry. */
    void operation(RequestPrimitive request) {
        Operation operation = request.operation();
        if (operation == Operation.CREATE) {
            if (request.resourceType().isEmpty()) {
                throw Refusals.badRequest("ty, the resource type, is missing in a CREATE request");
            }
            if (request.filterCriteria().isPresent()) {
                throw Refusals.badRequest("fc, filter criteria, is not allowed in a CREATE request");
            }
        } else if (request.resourceType().isPresent()) {
            throw Refusals.badRequest("ty is only allowed in a CREATE request");
        }
        if (operation != Operation.RETRIEVE && request.filterCriteria().flatMap(fc -> fc.number("fu")).filter(fu -> fu == 1)
                .isPresent()) {
            throw Refusals.badRequest("fu 1, discovery, goes with RETRIEVE only");
        }
        if (request.parameters().has("drt") && request.parameters().number("drt").filter(n -> n == 1 || n == 2).isEmpty()) {
            throw Refusals.badRequest("drt must be 1 (structured) or 2 (unstructured)");
        }
        request.parameters().number("ec").filter(category -> !EventCategory.isDefined(category)).ifPresent(
                category -> {
                    throw Refusals.badRequest("ec must be an event category, 2 to 4 or 100 to 999, not " + category);
                });
        request.resultContent().ifPresent(rcn -> {
            if (!RESULT_CONTENTS.get(operation).contains(rcn)) {
                throw Refusals.badRequest("rcn " + rcn + " is not allowed for " + operation);
            }
        });
        int responseType = request.responseType();
        if (request.parameters().has("rt") && (responseType < 1 || responseType > 5)) {
            throw Refusals.badRequest("rt must be a response type from 1 to 5");
        }
        if ((operation == Operation.UPDATE || operation == Operation.NOTIFY) && request.content().isEmpty()) {
            throw Refusals.badRequest("pc, the content, is missing in a " + operation + " request");
        }
    }

    /** What only the hosting CSE asks: releases, types and parameters that it serves. */
    void hosted(RequestPrimitive request) {
        String release = request.releaseVersionIndicator().orElse("1");
        if (request.releaseVersionIndicator().isPresent() && !releaseVersions.contains(release)) {
            throw new PrimitiveException(ResponseStatusCode.RELEASE_VERSION_NOT_SUPPORTED,
                    "rvi " + release + " is not served here, but " + String.join(", ", releaseVersions));
        }
        request.resourceType().ifPresent(TypeCatalog::refuseUncreatable);
        Attributes parameters = request.parameters();
        if (parameters.flag("sqi").orElse(false)) {
            throw Refusals.notImplemented("sqi, semantic queries, are not supported");
        }
        request.resultContent().filter(UNSUPPORTED_RESULT_CONTENTS::contains).ifPresent(rcn -> {
            throw Refusals.notImplemented("rcn " + rcn + " is not supported");
        });
    }
}
