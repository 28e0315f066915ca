// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.lintel.primitive.Attributes;
import io.lintel.primitive.Content;
import io.lintel.primitive.FlexContainerTypes;
import io.lintel.primitive.Operation;
import io.lintel.primitive.ParameterKind;
import io.lintel.primitive.PrimitiveException;
import io.lintel.primitive.RequestParameter;
import io.lintel.primitive.RequestPrimitive;
import io.lintel.primitive.ResourceTypes;
import io.lintel.primitive.ResponseStatusCode;

/**
 * Query fields to parameters of a request (TS-0009 6.2.2.2, TS-0008 6.2.2.2): single parameters, filter criteria,
 * attribute conditions and the attribute list of a partial RETRIEVE. {@link QueryWriter} is its reverse. One instance
 * reads one request.
 */
public final class QueryReader {
    private final Map<String, Object> parameters = new LinkedHashMap<>();
    private final Map<String, Object> filter = new LinkedHashMap<>();
    private Optional<Long> responseType = Optional.empty();
    private final List<String> attributeList = new ArrayList<>();
    private final Operation operation;

    private QueryReader(Operation operation) {
        this.operation = operation;
    }

    /**
     * Puts what the fields say into the request.
     *
     * @param targets the notification URIs of the response type, which travel elsewhere; may be empty
     * @throws PrimitiveException 4000 naming the field
     */
    public static void read(List<QueryField> fields, List<String> targets, Operation operation,
            RequestPrimitive.Builder request) {
        QueryReader reader = new QueryReader(operation);
        fields.forEach(reader::field);
        reader.parameters.forEach((name, value) -> request.set(RequestParameter.ofShortName(name).orElseThrow(), value));
        if (reader.responseType.isPresent() || !targets.isEmpty()) {
            Attributes.Builder rt = Attributes.builder().set("rtv", reader.responseType);
            if (!targets.isEmpty()) {
                rt.set("nu", targets);
            }
            request.set(RequestParameter.RESPONSE_TYPE, rt.build());
        }
        if (!reader.filter.isEmpty()) {
            Attributes.Builder criteria = Attributes.builder();
            reader.filter.forEach(criteria::set);
            request.set(RequestParameter.FILTER_CRITERIA, criteria.build());
        }
        if (!reader.attributeList.isEmpty()) {
            request.content(new Content("m2m:atrl", reader.attributeList));
        }
    }

    private void field(QueryField field) {
        String name = field.name();
        if (name.equals("rt")) {
            once(responseType.isEmpty(), name);
            responseType = Optional.of(Values.integer(name, field.text()));
        } else if (name.equals("atrl") && operation == Operation.RETRIEVE) {
            attributeList.addAll(field.parts());
        } else if (QueryWriter.isQueryParameter(name)) {
            parameter(RequestParameter.ofShortName(name).orElseThrow(), field);
        } else {
            FilterMember.ofShortName(name).ifPresentOrElse(member -> criterion(member, field), () -> attributeCondition(field));
        }
    }

    private void parameter(RequestParameter parameter, QueryField field) {
        String name = parameter.shortName();
        if (parameter.kind() == ParameterKind.TEXT_LIST) {
            append(parameters, name, field.parts());
        } else {
            once(!parameters.containsKey(name), name);
            parameters.put(name, Values.read(parameter.kind(), name, field.text()));
        }
    }

    private void criterion(FilterMember member, QueryField field) {
        String name = member.shortName;
        switch (member.form) {
            case TEXT, INTEGER -> {
                once(!filter.containsKey(name), name);
                filter.put(name, member.form == FilterMember.Form.TEXT ? field.text() : Values.integer(name, field.text()));
            }
            case TEXTS -> append(filter, name, field.parts());
            case INTEGERS -> append(filter, name, field.parts().stream().map(part -> Values.integer(name, part)).toList());
            case WORDS -> append(filter, name, List.of(field.text().split(" ")));
            case WHOLE_TEXTS -> append(filter, name, List.of(field.text()));
        }
    }

    private void attributeCondition(QueryField field) {
        String name = field.name();
        String member = name.startsWith("c.") ? "catr" : name.startsWith("p.") ? "patr" : "atr";
        String attribute = member.equals("atr") ? name : name.substring(2);
        if (!isAttribute(attribute)) {
            throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST,
                    "the query field '" + name + "' is neither a parameter nor an attribute");
        }
        append(filter, member, List.of(Attributes.builder().set("nm", attribute).set("val", field.text()).build()));
    }

    private static boolean isAttribute(String name) {
        return ResourceTypes.all().stream().anyMatch(type -> type.hasAttribute(name))
                || FlexContainerTypes.all().stream().flatMap(definition -> definition.attributes().stream())
                        .anyMatch(custom -> custom.shortName().equals(name));
    }

    private static void append(Map<String, Object> target, String name, List<?> values) {
        List<Object> all = new ArrayList<>();
        if (target.get(name) instanceof List<?> earlier) {
            all.addAll(earlier);
        }
        all.addAll(values);
        target.put(name, all);
    }

    private static void once(boolean first, String name) {
        if (!first) {
            throw new PrimitiveException(ResponseStatusCode.BAD_REQUEST, "the query field '" + name + "' occurs twice");
        }
    }
}
