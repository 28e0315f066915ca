// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.codec;

import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.ResponseStatusCode;
import java.util.Objects;
import java.util.Optional;

/** Input that is no primitive, with all that the refusal needs: status, sentence, and the identifiers if they were readable. */
public final class PrimitiveDecodeException extends PrimitiveException {
    private static final long serialVersionUID = 1L;

    private final String requestIdentifier;
    private final String releaseVersionIndicator;

    public PrimitiveDecodeException(ResponseStatusCode status, String debugText, String requestIdentifier,
            String releaseVersionIndicator) {
        super(status, debugText);
        this.requestIdentifier = Objects.requireNonNull(requestIdentifier);
        this.releaseVersionIndicator = Objects.requireNonNull(releaseVersionIndicator);
    }

    /** The {@code rqi} of the broken request, if it could be read. */
    public Optional<String> requestIdentifier() {
        return Optional.of(requestIdentifier).filter(id -> !id.isEmpty());
    }

    /** The {@code rvi} of the broken request, if it could be read. */
    public Optional<String> releaseVersionIndicator() {
        return Optional.of(releaseVersionIndicator).filter(rvi -> !rvi.isEmpty());
    }
}
