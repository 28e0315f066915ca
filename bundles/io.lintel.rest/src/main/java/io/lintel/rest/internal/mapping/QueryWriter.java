// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import static io.lintel.primitive.RequestParameter.AUTHOR_REL_INDICATOR;
import static io.lintel.primitive.RequestParameter.AUTHOR_SIGN_INDICATOR;
import static io.lintel.primitive.RequestParameter.DELIVERY_AGGREGATION;
import static io.lintel.primitive.RequestParameter.DESIRED_IDENTIFIER_RESULT_TYPE;
import static io.lintel.primitive.RequestParameter.LOCAL_TOKEN_IDS;
import static io.lintel.primitive.RequestParameter.RESULT_CONTENT;
import static io.lintel.primitive.RequestParameter.RESULT_PERSISTENCE;
import static io.lintel.primitive.RequestParameter.ROLE_IDS;
import static io.lintel.primitive.RequestParameter.SEMANTIC_QUERY_INDICATOR;
import static io.lintel.primitive.RequestParameter.TOKENS;
import static io.lintel.primitive.RequestParameter.TOKEN_IDS;
import static io.lintel.primitive.RequestParameter.TOKEN_REQUEST_INDICATOR;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;

/** Parameters of a request to query fields: the reverse of {@link QueryReader}. */
public final class QueryWriter {
    private static final List<RequestParameter> QUERY_PARAMETERS = List.of(
            RESULT_PERSISTENCE, RESULT_CONTENT, DELIVERY_AGGREGATION, DESIRED_IDENTIFIER_RESULT_TYPE, ROLE_IDS, TOKENS,
            TOKEN_IDS, LOCAL_TOKEN_IDS, TOKEN_REQUEST_INDICATOR, SEMANTIC_QUERY_INDICATOR, AUTHOR_SIGN_INDICATOR,
            AUTHOR_REL_INDICATOR);
    private static final Set<String> QUERY_NAMES =
            QUERY_PARAMETERS.stream().map(RequestParameter::shortName).collect(Collectors.toUnmodifiableSet());

    private QueryWriter() {
    }

    static boolean isQueryParameter(String shortName) {
        return QUERY_NAMES.contains(shortName);
    }

    /**
     * @param elsewhere parameters that this binding carries in another place than the query
     */
    public static List<QueryField> write(RequestPrimitive request, Set<RequestParameter> elsewhere) {
        List<QueryField> fields = new ArrayList<>();
        request.parameters().object("rt").flatMap(rt -> rt.number("rtv"))
                .ifPresent(rtv -> fields.add(QueryField.single("rt", Long.toString(rtv))));
        for (RequestParameter parameter : QUERY_PARAMETERS) {
            if (!elsewhere.contains(parameter)) {
                request.parameters().get(parameter.shortName()).ifPresent(value -> add(fields, parameter.shortName(), value));
            }
        }
        request.filterCriteria().ifPresent(criteria -> criteria.forEach((name, value) -> criterion(fields, name, value)));
        String attribute = TargetPath.attribute(request.to());
        if (!attribute.isEmpty()) {
            fields.add(QueryField.single("atrl", attribute));
        } else {
            request.content().filter(content -> content.name().equals("m2m:atrl"))
                    .ifPresent(content -> add(fields, "atrl", content.value()));
        }
        return fields;
    }

    private static void criterion(List<QueryField> fields, String name, Object value) {
        switch (name) {
            case "atr", "catr", "patr" -> {
                String prefix = name.equals("atr") ? "" : name.substring(0, 1) + ".";
                List<?> conditions = value instanceof List<?> list ? list : List.of(value);
                for (Object condition : conditions) {
                    if (condition instanceof Attributes pair && pair.text("nm").isPresent()) {
                        fields.add(QueryField.single(prefix + pair.text("nm").get(), pair.get("val").map(Object::toString)
                                .orElse("")));
                    }
                }
            }
            case "cty", "smf" -> {
                List<?> values = value instanceof List<?> list ? list : List.of(value);
                values.forEach(element -> fields.add(QueryField.single(name, element.toString())));
            }
            default -> add(fields, name, value);
        }
    }

    private static void add(List<QueryField> fields, String name, Object value) {
        if (value instanceof List<?> list) {
            if (!list.isEmpty()) {
                fields.add(QueryField.list(name, list.stream().map(Object::toString).toList()));
            }
        } else {
            fields.add(QueryField.single(name, value.toString()));
        }
    }
}
