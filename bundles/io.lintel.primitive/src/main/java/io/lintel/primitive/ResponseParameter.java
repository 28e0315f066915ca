// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import static io.lintel.primitive.ParameterKind.INTEGER;
import static io.lintel.primitive.ParameterKind.OBJECT;
import static io.lintel.primitive.ParameterKind.TEXT;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The parameters of a response primitive besides its content (TS-0004 7.2.1.2), in the order they are written. */
public enum ResponseParameter {
    RESPONSE_STATUS_CODE("rsc", INTEGER),
    REQUEST_IDENTIFIER("rqi", TEXT),
    TO("to", TEXT),
    FROM("fr", TEXT),
    ORIGINATING_TIMESTAMP("ot", TEXT),
    RESULT_EXPIRATION_TIMESTAMP("rset", TEXT),
    EVENT_CATEGORY("ec", INTEGER),
    CONTENT_STATUS("cnst", INTEGER),
    CONTENT_OFFSET("cnot", INTEGER),
    ASSIGNED_TOKEN_IDENTIFIERS("ati", OBJECT),
    TOKEN_REQUEST_INFORMATION("tqf", OBJECT),
    AUTHOR_SIGN_REQUEST_INFORMATION("asri", TEXT),
    RELEASE_VERSION_INDICATOR("rvi", TEXT),
    VENDOR_INFORMATION("vsi", TEXT);

    private static final Map<String, ResponseParameter> BY_SHORT_NAME = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(ResponseParameter::shortName, Function.identity()));

    private final String shortName;
    private final ParameterKind kind;

    ResponseParameter(String shortName, ParameterKind kind) {
        this.shortName = shortName;
        this.kind = kind;
    }

    public String shortName() {
        return shortName;
    }

    public ParameterKind kind() {
        return kind;
    }

    public static Optional<ResponseParameter> ofShortName(String shortName) {
        return Optional.ofNullable(BY_SHORT_NAME.get(shortName));
    }
}
