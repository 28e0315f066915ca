// SPDX-License-Identifier: Apache-2.0
package io.lintel.adapter.internal;

import io.lintel.cse.api.Busy;
import io.lintel.cse.api.Cse;
import io.lintel.cse.api.CseIdentity;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResponsePrimitive;
import io.lintel.primitive.ResponseStatusCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The other side of the adapter host in its unit tests: keeps what is created by its address, so that what exists, what
 * is missing and what comes twice is answered as a CSE does. The real one takes part in the end-to-end tests.
 */
final class TreeCse implements Cse {
    /** An AE-ID that may not register here. */
    static final String REFUSED = "Ctasmota-stranger";

    private final Map<String, Attributes> resources = new LinkedHashMap<>();
    private final List<String> instances = new ArrayList<>();
    private final Map<String, ResponsePrimitive> kept = new HashMap<>();
    private boolean silent;
    private int busyTimes;
    private int count;
    private int refusals;

    @Override
    public synchronized CompletionStage<ResponsePrimitive> handle(RequestPrimitive request, Hop hop) {
        if (busyTimes > 0) {
            busyTimes--;
            return CompletableFuture.completedFuture(Busy.refusal(request, "the test says so"));
        }
        Optional<ResponsePrimitive> known = hop.first() ? Optional.empty() : hop.deliveryKey().map(kept::get);
        ResponsePrimitive response = known.orElseGet(() -> answer(request));
        hop.deliveryKey().ifPresent(key -> kept.put(key, response));
        return silent ? new CompletableFuture<>() : CompletableFuture.completedFuture(response);
    }

    private ResponsePrimitive answer(RequestPrimitive request) {
        return switch (request.operation()) {
            case CREATE -> create(request);
            case RETRIEVE -> retrieve(request);
            case UPDATE -> resources.containsKey(request.to()) ? update(request) : notFound(request);
            case DELETE, NOTIFY -> answer(request, ResponseStatusCode.OPERATION_NOT_ALLOWED);
        };
    }

    private ResponsePrimitive create(RequestPrimitive request) {
        Attributes attributes = request.content().orElseThrow().attributes();
        int type = request.resourceType().orElseThrow();
        String parent = request.to();
        if (type != 2 && !resources.containsKey(parent)) {
            return notFound(request);
        }
        if (type == 2 && request.from().orElseThrow().equals(REFUSED)) {
            refusals++;
            return answer(request, ResponseStatusCode.APP_RULE_VALIDATION_FAILED);
        }
        String address = type == 2 ? request.from().orElseThrow() : parent + "/" + attributes.text("rn").orElse("i" + count);
        if (resources.containsKey(address)) {
            return answer(request, ResponseStatusCode.CONFLICT);
        }
        Attributes stored = attributes.toBuilder().set("ri", "r" + count++).build();
        resources.put(address, stored);
        if (type == 4) {
            resources.put(parent + "/la", stored);
            instances.add(parent + " " + stored.text("con").orElseThrow());
        }
        return answer(request, ResponseStatusCode.CREATED, new Content(request.content().orElseThrow().name(), stored));
    }

    private ResponsePrimitive update(RequestPrimitive request) {
        Attributes before = resources.get(request.to());
        Attributes.Builder after = before.toBuilder().setAll(request.content().orElseThrow().attributes());
        if (before.has("cnd")) {
            after.set("st", before.number("st").orElse(0L) + 1);
        }
        resources.put(request.to(), after.build());
        return answer(request, ResponseStatusCode.UPDATED, new Content(request.content().get().name(), after.build()));
    }

    private ResponsePrimitive retrieve(RequestPrimitive request) {
        Attributes found = resources.get(request.to());
        return found == null ? notFound(request) : answer(request, ResponseStatusCode.OK, new Content("m2m:any", found));
    }

    private static ResponsePrimitive notFound(RequestPrimitive request) {
        return answer(request, ResponseStatusCode.NOT_FOUND);
    }

    private static ResponsePrimitive answer(RequestPrimitive request, ResponseStatusCode status) {
        return ResponsePrimitive.builder(status, request.requestIdentifier()).build();
    }

    private static ResponsePrimitive answer(RequestPrimitive request, ResponseStatusCode status, Content content) {
        return ResponsePrimitive.builder(status, request.requestIdentifier()).content(content).build();
    }

    @Override
    public CseIdentity identity() {
        return new CseIdentity("//lintel.example", "/mn-cse", "mn-name", "mn-id", CseIdentity.CseType.MN, "CAdmin");
    }

    /** All contentInstances ever created, as {@code container content}. */
    synchronized List<String> instances() {
        return List.copyOf(instances);
    }

    /** How often {@link #REFUSED} was refused. */
    synchronized int refusals() {
        return refusals;
    }

    synchronized boolean has(String address) {
        return resources.containsKey(address);
    }

    synchronized Attributes resource(String address) {
        return resources.get(address);
    }

    synchronized void forgetEverything() {
        resources.clear();
    }

    /** Does what it is asked and does not answer, as one that is killed in between. */
    synchronized void silent(boolean on) {
        silent = on;
    }

    synchronized void busy(int times) {
        busyTimes = times;
    }
}
