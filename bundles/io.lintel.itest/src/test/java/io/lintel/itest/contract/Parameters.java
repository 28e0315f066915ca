// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Turns the {@code name=value} of a request line into parameters of the primitive, each of its type. */
final class Parameters {
    private static final Set<String> TEXTS = Set.of("ot", "rqet", "rset", "oet", "rp", "gid", "vsi");
    private static final Set<String> NUMBERS = Set.of("rcn", "ec", "drt");
    private static final Set<String> FLAGS = Set.of("da", "tqi", "sqi", "asi", "auri");
    private static final Set<String> LISTS = Set.of("rids", "tkns", "tids", "ltids");
    private static final Set<String> ELSEWHERE = Set.of("from", "rvi", "rqi");
    private static final Set<String> TYPE_LISTS = Set.of("ty", "chty", "pty");
    private static final Set<String> TEXT_LISTS = Set.of("lbl", "clbl", "palb", "cty", "smf");
    private static final Set<String> CONDITIONS = Set.of("atr", "catr", "patr");
    private static final Set<String> FILTER_NUMBERS = Set.of("sts", "stb", "sza", "szb", "fu", "lim", "fo", "cfs", "lvl", "ofst");
    private static final Map<String, Integer> TYPES = new HashMap<>();

    static {
        String types = "acp 1 ae 2 cnt 3 cin 4 cb 5 dlv 6 evcg 7 exin 8 grp 9 lcp 10 mssp 11 mgc 12 mgo 13 nod 14 pch 15 csr 16"
                + " req 17 sch 18 asar 19 svsn 20 stcl 21 stcg 22 sub 23 smd 24 ntpr 25 ntp 26 pdr 27 fcnt 28 ts 29 tsi 30 rol 31"
                + " tk 32 dac 34 crs 48 fci 58";
        String[] words = types.split(" ");
        for (int i = 0; i < words.length; i += 2) {
            TYPES.put(words[i], Integer.valueOf(words[i + 1]));
        }
    }

    private Parameters() {
    }

    static JsonObject of(int operation, Map<String, Expected> parameters, Variables variables) {
        JsonObject made = new JsonObject();
        JsonObject criteria = new JsonObject();
        JsonObject responseType = new JsonObject();
        parameters.forEach((name, expected) -> {
            JsonElement value = variables.json(expected);
            if (ELSEWHERE.contains(name)) {
                return;
            } else if (name.equals("ty") && (operation == Request.CREATE || operation == Request.NOTIFY)) {
                made.addProperty(name, type(value));
            } else if (name.equals("rt")) {
                responseType.addProperty("rtv", value.getAsInt());
            } else if (name.equals("rtu")) {
                responseType.add("nu", list(value));
            } else if (name.equals("fc")) {
                value.getAsJsonObject().entrySet().forEach(entry -> criteria.add(entry.getKey(), entry.getValue()));
            } else if (TEXTS.contains(name)) {
                made.addProperty(name, value.getAsString());
            } else if (NUMBERS.contains(name)) {
                made.add(name, number(value));
            } else if (FLAGS.contains(name)) {
                made.addProperty(name, Boolean.valueOf(value.getAsString()));
            } else if (LISTS.contains(name)) {
                made.add(name, list(value));
            } else {
                criteria.add(name, criterion(name, value));
            }
        });
        if (responseType.size() > 0) {
            made.add("rt", responseType);
        }
        if (criteria.size() > 0) {
            made.add("fc", criteria);
        }
        return made;
    }

    private static JsonElement criterion(String name, JsonElement value) {
        if (TYPE_LISTS.contains(name)) {
            JsonArray types = new JsonArray();
            list(value).forEach(one -> types.add(type(one)));
            return types;
        } else if (TEXT_LISTS.contains(name)) {
            return list(value);
        } else if (CONDITIONS.contains(name)) {
            JsonArray conditions = new JsonArray();
            list(value).forEach(one -> {
                if (one instanceof JsonPrimitive) {
                    String[] pair = one.getAsString().split(":", 2);
                    JsonObject condition = new JsonObject();
                    condition.addProperty("nm", pair[0]);
                    condition.addProperty("val", pair[1]);
                    conditions.add(condition);
                } else {
                    conditions.add(one);
                }
            });
            return conditions;
        }
        return FILTER_NUMBERS.contains(name) ? number(value) : value;
    }

    private static int type(JsonElement value) {
        Integer type = TYPES.get(value.getAsString());
        return type != null ? type : value.getAsInt();
    }

    private static JsonElement number(JsonElement value) {
        return value instanceof JsonPrimitive p && p.isString() && p.getAsString().matches("-?\\d+")
                ? new JsonPrimitive(Long.valueOf(p.getAsString())) : value;
    }

    private static JsonArray list(JsonElement value) {
        if (value instanceof JsonArray array) {
            return array;
        }
        JsonArray list = new JsonArray();
        list.add(value);
        return list;
    }
}
