// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import java.util.Objects;
import java.util.Optional;

/**
 * The answer to a request (TS-0004 7.2.1.2). Made by the CSE, or by a binding for what could not even be read;
 * never changed afterwards.
 */
public final class ResponsePrimitive implements Primitive {
    private final Attributes parameters;
    private final Content content;

    private ResponsePrimitive(Attributes parameters, Content content) {
        this.parameters = parameters;
        this.content = content;
    }

    public static Builder builder(ResponseStatusCode status, String requestIdentifier) {
        return builder(status.code(), requestIdentifier);
    }

    /** For a status of a peer that this edition does not name. */
    public static Builder builder(int statusCode, String requestIdentifier) {
        return new Builder(Attributes.builder().set("rsc", statusCode).set("rqi", requestIdentifier), null);
    }

    /** The refusal of a request: status, and a sentence in {@code m2m:dbg}; echoes the request's release version. */
    public static ResponsePrimitive refusal(RequestPrimitive request, PrimitiveException why) {
        Builder builder = builder(why.status(), request.requestIdentifier()).content(Content.debugInfo(why.getMessage()));
        request.releaseVersionIndicator().ifPresent(rvi -> builder.set(ResponseParameter.RELEASE_VERSION_INDICATOR, rvi));
        return builder.build();
    }

    public Builder toBuilder() {
        return new Builder(parameters.toBuilder(), content);
    }

    /** The number in {@code rsc}, known or not. */
    public int statusCode() {
        return parameters.number("rsc").map(Long::intValue).orElse(0);
    }

    public Optional<ResponseStatusCode> status() {
        return ResponseStatusCode.ofCode(statusCode());
    }

    /** True for 1xxx and 2xxx. */
    public boolean isSuccess() {
        return statusCode() >= 1000 && statusCode() < 3000;
    }

    @Override
    public String requestIdentifier() {
        return parameters.text("rqi").orElse("");
    }

    @Override
    public Optional<Content> content() {
        return Optional.ofNullable(content);
    }

    @Override
    public Attributes parameters() {
        return parameters;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ResponsePrimitive r && parameters.equals(r.parameters) && Objects.equals(content, r.content);
    }

    @Override
    public int hashCode() {
        return Objects.hash(parameters, content);
    }

    @Override
    public String toString() {
        return "ResponsePrimitive" + parameters + (content == null ? "" : " pc=" + content);
    }

    /** Collects the parameters of a response. */
    public static final class Builder {
        private final Attributes.Builder parameters;
        private Content content;

        private Builder(Attributes.Builder parameters, Content content) {
            this.parameters = parameters;
            this.content = content;
        }

        public Builder content(Content newContent) {
            content = Objects.requireNonNull(newContent);
            return this;
        }

        public Builder requestIdentifier(String requestIdentifier) {
            return set(ResponseParameter.REQUEST_IDENTIFIER, requestIdentifier);
        }

        public Builder set(ResponseParameter parameter, Object value) {
            parameters.set(parameter.shortName(), value);
            return this;
        }

        public ResponsePrimitive build() {
            return new ResponsePrimitive(parameters.build(), content);
        }
    }
}
