// SPDX-License-Identifier: Apache-2.0
package io.lintel.cse.internal.delivery;

import io.lintel.cse.internal.request.Refusals;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The {@code <delivery>} resource as content of the requests between CSEs (TS-0001 9.6.11, TS-0004 7.4.11): what
 * {@code arq}, the aggregated requests, look like, and what the requests about a delivery are known by in the outbound queue.
 * Stateless.
 */
public final class AggregatedRequests {
    /** The number of the type. */
    public static final int TYPE = 6;
    public static final String MEMBER = "m2m:dlv";
    private static final String REQUESTS = "rqp";
    private static final String KEY = "delivery ";
    private static final Set<String> OUTSIDE_META = Set.of("op", "to", "fr", "rqi");
    private static final Set<Integer> UNSUPPORTED = Set.of(ResponseStatusCode.NOT_IMPLEMENTED.code(),
            ResponseStatusCode.OPERATION_NOT_ALLOWED.code(), ResponseStatusCode.INVALID_CHILD_RESOURCE_TYPE.code(),
            ResponseStatusCode.BAD_REQUEST.code(), ResponseStatusCode.CONTENTS_UNACCEPTABLE.code(),
            ResponseStatusCode.ORIGINATOR_HAS_NO_PRIVILEGE.code());

    private AggregatedRequests() {
    }

    /** The value of {@code arq}. */
    public static Attributes of(List<RequestPrimitive> requests) {
        return Attributes.of(REQUESTS, requests.stream().map(AggregatedRequests::entry).toList());
    }

    private static Attributes entry(RequestPrimitive request) {
        Attributes.Builder meta = request.parameters().toBuilder();
        OUTSIDE_META.forEach(meta::remove);
        Attributes.Builder entry = Attributes.builder().set("op", request.operation().code()).set("to", request.to())
                .set("fr", request.from()).set("rqi", request.requestIdentifier());
        request.content().ifPresent(content -> entry.set("pc", Attributes.of(content.name(), content.value())));
        Attributes information = meta.build();
        return (information.isEmpty() ? entry : entry.set("mi", information)).build();
    }

    /**
     * The requests in a value of {@code arq}. Parameters may stand in {@code mi}, or beside it as in a request of its own.
     *
     * @throws io.lintel.primitive.PrimitiveException 4000 if there is none, or one that is no request
     */
    public static List<RequestPrimitive> read(Attributes aggregated) {
        List<Attributes> entries = aggregated.objects(REQUESTS);
        if (entries.isEmpty()) {
            throw Refusals.badRequest("arq, the aggregated requests, has no rqp: there is nothing to deliver");
        }
        List<RequestPrimitive> requests = new ArrayList<>();
        for (Attributes entry : entries) {
            requests.add(request(entry, "request " + (requests.size() + 1) + " in arq"));
        }
        return requests;
    }

    private static RequestPrimitive request(Attributes entry, String name) {
        Operation operation = entry.number("op").flatMap(number -> Operation.ofCode(number.intValue()))
                .orElseThrow(() -> Refusals.badRequest(name + " has no op that is an operation"));
        RequestPrimitive.Builder builder = RequestPrimitive.builder(operation, text(entry, "to", name))
                .from(text(entry, "fr", name)).requestIdentifier(text(entry, "rqi", name));
        set(builder, entry);
        entry.object("mi").ifPresent(meta -> set(builder, meta));
        entry.object("pc").ifPresent(content -> {
            if (content.size() != 1) {
                throw Refusals.badRequest("pc of " + name + " has " + content.size() + " members instead of one");
            }
            content.forEach((member, value) -> builder.content(new Content(member, value)));
        });
        return builder.build();
    }

    private static void set(RequestPrimitive.Builder builder, Attributes parameters) {
        parameters.forEach((name, value) -> RequestParameter.ofShortName(name)
                .filter(parameter -> !OUTSIDE_META.contains(name)).ifPresent(parameter -> builder.set(parameter, value)));
    }

    private static String text(Attributes entry, String name, String whose) {
        return entry.text(name).filter(text -> !text.isEmpty()).orElseThrow(() -> Refusals.badRequest(whose + " has no " + name));
    }

    /** What is said about the resource itself: a member of the representation without what is behind {@code arq}. */
    static Attributes head(Attributes delivery) {
        Attributes.Builder head = Attributes.builder();
        for (String name : List.of("sr", "tg", "ls", "ec", "dmd")) {
            head.set(name, delivery.get(name));
        }
        return head.build();
    }

    /** Whether a request is the CREATE by which a delivery is handed to another CSE. */
    public static boolean isDelivery(RequestPrimitive request) {
        return request.operation() == Operation.CREATE && request.resourceType().filter(type -> type == TYPE).isPresent();
    }

    /** The requests that the CREATE of a delivery carries. */
    public static List<RequestPrimitive> in(RequestPrimitive delivery) {
        return delivery.content().map(Content::attributes).flatMap(attributes -> attributes.object("arq"))
                .map(AggregatedRequests::read).orElse(List.of());
    }

    /** Whether a CSE that answers so takes no deliveries: it gets the requests one by one. */
    public static boolean isUnsupported(int status) {
        return UNSUPPORTED.contains(status);
    }

    /** What a request that passes a delivery on is found by in the queue. */
    static String key(String id) {
        return KEY + id;
    }

    /** The same for the executions, and for the changes, that a delivery leads to. */
    static String key(String id, String which) {
        return KEY + id + " " + which;
    }

    /** The resource a waiting request of this CSE is about, empty for all else. */
    public static Optional<String> deliveryOf(String key) {
        return key.startsWith(KEY) ? Optional.of(key.substring(KEY.length()).split(" ", 2)[0])
                : Optional.empty();
    }

    /**
     * The name of a delivery at the next CSE. No two have the same, so that one that is there already has arrived, however
     * often its sender was interrupted before it knew.
     */
    public static String name(String cseId, String unique) {
        return "dlv-" + cseId.substring(cseId.lastIndexOf('/') + 1) + "-" + unique;
    }
}
