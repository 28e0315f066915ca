// SPDX-License-Identifier: Apache-2.0
package io.lintel.console.internal;

import io.lintel.cse.api.Cse;
import io.lintel.cse.api.Hop;
import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.Operation;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponsePrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Reads the resource tree for the browser, and changes what a page offers to change, by ordinary requests through the CSE's
 * door in the administrator's name; what the CSE would refuse an AE, its shape and its limits are therefore those that
 * everybody gets.
 */
final class TreeReader {
    /** As many children as a page shows. */
    static final int MAX_CHILDREN = 200;

    private static final long PATIENCE_SECONDS = 5;
    private static final Hop HOP = Hop.local("io.lintel.console");

    private final Cse cse;

    TreeReader(Cse cse) {
        this.cse = cse;
    }

    /** A child as its parent refers to it. */
    record Child(String name, Optional<Integer> type, String address) {
    }

    /**
     * A resource as the page shows it.
     *
     * @param refusal why there is nothing to show; empty if there is
     * @param latest  the last contentInstance of a container, if there is one
     */
    record Node(String address, String refusal, String memberName, Attributes attributes, List<Child> children,
            Optional<Attributes> latest) {
        Optional<Integer> type() {
            return attributes.number("ty").map(Long::intValue);
        }
    }

    Node read(String address) throws InterruptedException {
        ResponsePrimitive whole = retrieve(address, 5);
        Optional<List<Child>> references = whole.isSuccess() ? whole.content().map(c -> references(c.attributes().objects("ch")))
                : Optional.empty();
        if (!whole.isSuccess()) {
            whole = retrieve(address, 1);
        }
        if (!whole.isSuccess() || whole.content().isEmpty()) {
            return new Node(address, refusal(whole), "", Attributes.empty(), List.of(), Optional.empty());
        }
        Content content = whole.content().get();
        Attributes attributes = content.attributes().toBuilder().remove("ch").build();
        List<Child> children = references.isPresent() ? references.get() : discover(address);
        Optional<Attributes> latest = Optional.empty();
        if (attributes.number("ty").filter(type -> type == ResourceTypes.CONTAINER).isPresent()) {
            latest = Optional.of(retrieve(address + "/la", 1)).filter(ResponsePrimitive::isSuccess)
                    .flatMap(ResponsePrimitive::content).map(Content::attributes);
        }
        return new Node(address, "", content.name(), attributes, children, latest);
    }

    /** The attributes of a resource alone; none if it is not to be had. */
    Attributes attributes(String address) throws InterruptedException {
        return Optional.of(retrieve(address, 1)).filter(ResponsePrimitive::isSuccess).flatMap(ResponsePrimitive::content)
                .map(Content::attributes).orElse(Attributes.empty());
    }

    /** Changes a resource; why not, if it is refused. */
    Optional<String> update(String address, String memberName, Attributes changes) throws InterruptedException {
        ResponsePrimitive response = ask(request(Operation.UPDATE, address).content(new Content(memberName, changes)).build());
        return response.isSuccess() ? Optional.empty() : Optional.of(refusal(response));
    }

    private List<Child> discover(String address) throws InterruptedException {
        Attributes filter = Attributes.builder().set("fu", 1).set("lvl", 1).set("lim", MAX_CHILDREN).build();
        ResponsePrimitive response = ask(request(address).set(RequestParameter.FILTER_CRITERIA, filter).build());
        if (!response.isSuccess() || response.content().isEmpty()) {
            return List.of();
        }
        Content content = response.content().get();
        if (content.value() instanceof List<?> addresses) {
            return addresses.stream().map(String::valueOf)
                    .map(child -> new Child(lastOf(child), Optional.empty(), child)).toList();
        }
        return references(content.attributes().objects("rrf"));
    }

    private static List<Child> references(List<Attributes> references) {
        List<Child> children = new ArrayList<>();
        for (Attributes reference : references) {
            reference.text("val").ifPresent(address -> children.add(new Child(reference.text("nm").orElse(lastOf(address)),
                    reference.number("typ").map(Long::intValue), address)));
        }
        return children;
    }

    private static String lastOf(String address) {
        return address.substring(address.lastIndexOf('/') + 1);
    }

    private ResponsePrimitive retrieve(String address, int resultContent) throws InterruptedException {
        RequestPrimitive.Builder request = request(address);
        if (resultContent != 1) {
            request.set(RequestParameter.RESULT_CONTENT, resultContent).set(RequestParameter.FILTER_CRITERIA,
                    Attributes.builder().set("lvl", 1).set("lim", MAX_CHILDREN).build());
        }
        return ask(request.build());
    }

    private RequestPrimitive.Builder request(String address) {
        return request(Operation.RETRIEVE, address);
    }

    private RequestPrimitive.Builder request(Operation operation, String address) {
        return RequestPrimitive.builder(operation, address).from(cse.identity().administrator())
                .requestIdentifier(UUID.randomUUID().toString()).set(RequestParameter.RELEASE_VERSION_INDICATOR, "2a");
    }

    private ResponsePrimitive ask(RequestPrimitive request) throws InterruptedException {
        try {
            return cse.handle(request, HOP).toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return ResponsePrimitive.builder(4008, request.requestIdentifier())
                    .content(Content.debugInfo("no answer within " + PATIENCE_SECONDS + " s")).build();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the CSE completed a request exceptionally", e.getCause());
        }
    }

    private static String refusal(ResponsePrimitive response) {
        String why = response.content().map(content -> String.valueOf(content.value())).orElse("no content");
        return response.statusCode() + ": " + why;
    }
}
