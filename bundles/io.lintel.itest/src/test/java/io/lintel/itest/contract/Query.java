// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What HTTP and CoAP put into the query (TS-0009 6.2.2.2, TS-0008 6.2.2.4), not percent-encoded yet. */
final class Query {
    private static final Set<String> PARAMETERS = Set.of("rp", "rcn", "da", "drt", "rids", "tids", "ltids", "tqi", "asi", "auri",
            "sqi");
    private static final Set<String> CONDITIONS = Set.of("atr", "catr", "patr");

    /** One field. */
    record Field(String name, String value) {
    }

    private final List<Field> fields = new ArrayList<>();

    private Query() {
    }

    static List<Field> of(Request request) {
        Query query = new Query();
        for (Map.Entry<String, JsonElement> parameter : request.parameters().entrySet()) {
            String name = parameter.getKey();
            if (name.equals("rt")) {
                JsonObject rt = parameter.getValue().getAsJsonObject();
                if (rt.has("rtv")) {
                    query.add("rt", rt.get("rtv"));
                }
            } else if (name.equals("fc")) {
                query.filter(parameter.getValue().getAsJsonObject());
            } else if (PARAMETERS.contains(name)) {
                query.add(name, parameter.getValue());
            }
        }
        if (request.content() != null && request.operation() == Request.RETRIEVE) {
            JsonElement names = request.content().get("m2m:atrl");
            if (names == null) {
                throw new ContractFault("a RETRIEVE over HTTP or CoAP has no content but m2m:atrl");
            }
            query.add("atrl", names);
        }
        return query.fields;
    }

    private void filter(JsonObject criteria) {
        criteria.entrySet().forEach(criterion -> {
            if (CONDITIONS.contains(criterion.getKey())) {
                String prefix = criterion.getKey().equals("atr") ? "" : criterion.getKey().charAt(0) + ".";
                criterion.getValue().getAsJsonArray().forEach(one -> add(
                        prefix + one.getAsJsonObject().get("nm").getAsString(), one.getAsJsonObject().get("val")));
            } else {
                add(criterion.getKey(), criterion.getValue());
            }
        });
    }

    private void add(String name, JsonElement value) {
        if (value instanceof JsonArray array) {
            array.forEach(one -> fields.add(new Field(name, one.getAsString())));
        } else {
            fields.add(new Field(name, value.getAsString()));
        }
    }
}
