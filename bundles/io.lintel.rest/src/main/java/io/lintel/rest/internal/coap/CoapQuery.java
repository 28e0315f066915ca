// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import java.util.ArrayList;
import java.util.List;

import io.lintel.rest.internal.mapping.QueryField;

/**
 * Uri-Query options, which CoAP carries unescaped: so a list element that itself contains "+" can't be told from two
 * elements. Lists are sent as repeated options and read in both forms.
 */
final class CoapQuery {
    private CoapQuery() {
    }

    static List<QueryField> read(List<String> options) {
        List<QueryField> fields = new ArrayList<>();
        for (String option : options) {
            int equals = option.indexOf('=');
            String name = equals < 0 ? option : option.substring(0, equals);
            String value = equals < 0 ? "" : option.substring(equals + 1);
            fields.add(new QueryField(name, value, List.of(value.split("\\+", -1))));
        }
        return fields;
    }

    static List<String> write(List<QueryField> fields) {
        List<String> options = new ArrayList<>();
        for (QueryField field : fields) {
            field.parts().forEach(part -> options.add(field.name() + "=" + part));
        }
        return options;
    }
}
