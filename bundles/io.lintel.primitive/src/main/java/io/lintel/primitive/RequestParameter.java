// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive;

import static io.lintel.primitive.ParameterKind.BOOLEAN;
import static io.lintel.primitive.ParameterKind.INTEGER;
import static io.lintel.primitive.ParameterKind.OBJECT;
import static io.lintel.primitive.ParameterKind.TEXT;
import static io.lintel.primitive.ParameterKind.TEXT_LIST;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The parameters of a request primitive besides its content (TS-0004 7.2.1.1), in the order they are written. */
public enum RequestParameter {
    OPERATION("op", INTEGER),
    TO("to", TEXT),
    FROM("fr", TEXT),
    REQUEST_IDENTIFIER("rqi", TEXT),
    RESOURCE_TYPE("ty", INTEGER),
    ROLE_IDS("rids", TEXT_LIST),
    ORIGINATING_TIMESTAMP("ot", TEXT),
    REQUEST_EXPIRATION_TIMESTAMP("rqet", TEXT),
    RESULT_EXPIRATION_TIMESTAMP("rset", TEXT),
    OPERATION_EXECUTION_TIME("oet", TEXT),
    RESPONSE_TYPE("rt", OBJECT),
    RESULT_PERSISTENCE("rp", TEXT),
    RESULT_CONTENT("rcn", INTEGER),
    EVENT_CATEGORY("ec", INTEGER),
    DELIVERY_AGGREGATION("da", BOOLEAN),
    GROUP_REQUEST_IDENTIFIER("gid", TEXT),
    GROUP_REQUEST_TARGET_MEMBERS("gtm", TEXT_LIST),
    FILTER_CRITERIA("fc", OBJECT),
    DESIRED_IDENTIFIER_RESULT_TYPE("drt", INTEGER),
    TOKENS("tkns", TEXT_LIST),
    TOKEN_IDS("tids", TEXT_LIST),
    LOCAL_TOKEN_IDS("ltids", TEXT_LIST),
    TOKEN_REQUEST_INDICATOR("tqi", BOOLEAN),
    SEMANTIC_QUERY_INDICATOR("sqi", BOOLEAN),
    AUTHOR_SIGN_INDICATOR("asi", BOOLEAN),
    AUTHOR_SIGNS("aus", TEXT_LIST),
    AUTHOR_REL_INDICATOR("auri", BOOLEAN),
    RELEASE_VERSION_INDICATOR("rvi", TEXT),
    VENDOR_INFORMATION("vsi", TEXT);

    private static final Map<String, RequestParameter> BY_SHORT_NAME = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(RequestParameter::shortName, Function.identity()));

    private final String shortName;
    private final ParameterKind kind;

    RequestParameter(String shortName, ParameterKind kind) {
        this.shortName = shortName;
        this.kind = kind;
    }

    public String shortName() {
        return shortName;
    }

    public ParameterKind kind() {
        return kind;
    }

    /** The parameter of this short name; {@code grtm} is the other edition's spelling of {@code gtm}. */
    public static Optional<RequestParameter> ofShortName(String shortName) {
        return Optional.ofNullable(BY_SHORT_NAME.get("grtm".equals(shortName) ? "gtm" : shortName));
    }
}
