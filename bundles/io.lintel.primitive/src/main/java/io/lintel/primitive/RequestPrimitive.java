// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * A request on its way (TS-0004 7.2.1.1). Made by a binding from what arrived, or by the CSE for what it sends;
 * never changed afterwards: a hop that has to rewrite a parameter makes a new one with {@link #toBuilder()}.
 *
 * <p>All parameters are kept by short name, also those that Lintel itself does not interpret, so that a request can
 * leave by another binding without loss. {@code from} may be missing only in an AE's registration.
 */
public final class RequestPrimitive implements Primitive {
    private final Operation operation;
    private final Attributes parameters;
    private final Content content;

    private RequestPrimitive(Operation operation, Attributes parameters, Content content) {
        this.operation = operation;
        this.parameters = parameters;
        this.content = content;
    }

    /** Starts a request with its two parameters that are always there; the identifier must follow before it is sent. */
    public static Builder builder(Operation operation, String to) {
        return new Builder(Attributes.builder().set("op", operation.code()).set("to", to), operation, null);
    }

    public Builder toBuilder() {
        return new Builder(parameters.toBuilder(), operation, content);
    }

    public Operation operation() {
        return operation;
    }

    /** The target, verbatim ({@code to}). */
    public String to() {
        return parameters.text("to").orElseThrow();
    }

    /** The originator, verbatim ({@code fr}); an empty text counts as missing. */
    public Optional<String> from() {
        return parameters.text("fr").filter(from -> !from.isEmpty());
    }

    @Override
    public String requestIdentifier() {
        return parameters.text("rqi").orElse("");
    }

    /** The type of the resource to be created ({@code ty}). */
    public Optional<Integer> resourceType() {
        return parameters.number("ty").map(Long::intValue);
    }

    @Override
    public Optional<Content> content() {
        return Optional.ofNullable(content);
    }

    /** How the result is wanted ({@code rt}/{@code rtv}): 3, blocking, when nothing was said. */
    public int responseType() {
        return parameters.object("rt").flatMap(rt -> rt.number("rtv")).map(Long::intValue).orElse(3);
    }

    /** Where asynchronous results go ({@code rt}/{@code nu}). */
    public List<String> notificationTargets() {
        return parameters.object("rt").map(rt -> rt.texts("nu")).orElse(List.of());
    }

    public Optional<Integer> resultContent() {
        return parameters.number("rcn").map(Long::intValue);
    }

    public Optional<Attributes> filterCriteria() {
        return parameters.object("fc");
    }

    /** Absolute timestamp, or milliseconds as text. */
    public Optional<String> requestExpirationTimestamp() {
        return parameters.text("rqet");
    }

    public Optional<String> releaseVersionIndicator() {
        return parameters.text("rvi");
    }

    @Override
    public Attributes parameters() {
        return parameters;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RequestPrimitive r && parameters.equals(r.parameters) && Objects.equals(content, r.content);
    }

    @Override
    public int hashCode() {
        return Objects.hash(parameters, content);
    }

    @Override
    public String toString() {
        return "RequestPrimitive" + parameters + (content == null ? "" : " pc=" + content);
    }

    /** Collects the parameters of a request. */
    public static final class Builder {
        private final Attributes.Builder parameters;
        private final Operation operation;
        private Content content;

        private Builder(Attributes.Builder parameters, Operation operation, Content content) {
            this.parameters = parameters;
            this.operation = operation;
            this.content = content;
        }

        public Builder to(String to) {
            return set(RequestParameter.TO, to);
        }

        public Builder from(String from) {
            return set(RequestParameter.FROM, from);
        }

        public Builder requestIdentifier(String requestIdentifier) {
            return set(RequestParameter.REQUEST_IDENTIFIER, requestIdentifier);
        }

        public Builder resourceType(int type) {
            return set(RequestParameter.RESOURCE_TYPE, type);
        }

        public Builder content(Content newContent) {
            content = Objects.requireNonNull(newContent);
            return this;
        }

        /** Sets any parameter; its value must be of the parameter's kind. */
        public Builder set(RequestParameter parameter, Object value) {
            parameters.set(parameter.shortName(), value);
            return this;
        }

        public Builder remove(RequestParameter parameter) {
            parameters.remove(parameter.shortName());
            return this;
        }

        public RequestPrimitive build() {
            return new RequestPrimitive(operation, parameters.build(), content);
        }
    }
}
