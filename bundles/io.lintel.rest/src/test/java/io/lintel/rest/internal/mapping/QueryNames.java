// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.mapping;

import java.util.LinkedHashMap;
import java.util.Map;

import io.lintel.primitive.RequestParameter;

/** The query fields that the bindings know, for the description of the HTTP door: each with whether it is a list. */
public final class QueryNames {
    private QueryNames() {
    }

    public static Map<String, Boolean> all() {
        Map<String, Boolean> names = new LinkedHashMap<>();
        names.put("rt", false);
        for (RequestParameter parameter : RequestParameter.values()) {
            if (QueryWriter.isQueryParameter(parameter.shortName())) {
                names.put(parameter.shortName(), parameter.kind() == io.lintel.primitive.ParameterKind.TEXT_LIST);
            }
        }
        for (FilterMember member : FilterMember.values()) {
            names.put(member.shortName, member.form.isList());
        }
        names.put("atrl", true);
        return names;
    }

    /** Whether a field's values are numbers. */
    public static boolean isInteger(String name) {
        return FilterMember.ofShortName(name).filter(member -> member.form == FilterMember.Form.INTEGER
                || member.form == FilterMember.Form.INTEGERS).isPresent() || name.equals("rt") || name.equals("rcn")
                || name.equals("drt");
    }
}
