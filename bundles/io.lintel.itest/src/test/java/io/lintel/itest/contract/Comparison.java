// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.lintel.itest.contract.Expected.Elements;
import io.lintel.itest.contract.Expected.Flag;
import io.lintel.itest.contract.Expected.Matcher;
import io.lintel.itest.contract.Expected.Members;
import io.lintel.itest.contract.Expected.Named;
import io.lintel.itest.contract.Expected.Null;
import io.lintel.itest.contract.Expected.Number;
import io.lintel.itest.contract.Expected.Order;
import io.lintel.itest.contract.Expected.Text;
import io.lintel.itest.contract.Expected.Variable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Compares what came with what a case expects, member by member, and collects every difference. What is not named must not
 * be there. Numbers are compared by value. Since XML has no types, a text there equals a number or boolean that is written
 * in the same way.
 */
final class Comparison {
    private static final Pattern TIME = Pattern.compile("\\d{8}T\\d{6}(,\\d{1,6})?");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    private final Variables variables;
    private final boolean untyped;
    private final List<String> differences = new ArrayList<>();
    private final Map<String, JsonElement> named = new HashMap<>();

    private Comparison(Variables variables, boolean untyped) {
        this.variables = variables;
        this.untyped = untyped;
    }

    /**
     * All differences; if there are none, what the case names is in the variables from now on.
     *
     * @param untyped whether the serialisation has no types
     */
    static List<String> differences(Expected expected, JsonElement actual, Variables variables, boolean untyped) {
        Comparison comparison = new Comparison(variables, untyped);
        comparison.compare("", expected, actual);
        if (comparison.differences.isEmpty()) {
            comparison.named.forEach(variables::set);
        }
        return comparison.differences;
    }

    private void compare(String path, Expected expected, JsonElement actual) {
        if (expected instanceof Named name) {
            named.put(name.name(), actual);
            compare(path, name.value(), actual);
        } else if (expected instanceof Members members) {
            if (actual instanceof JsonObject object) {
                members(path, members, object);
            } else {
                differ(path, "an object", actual);
            }
        } else if (expected instanceof Elements elements) {
            if (actual instanceof JsonArray array) {
                elements(path, elements, array);
            } else {
                differ(path, "a list", actual);
            }
        } else if (expected instanceof Matcher matcher) {
            match(path, matcher, actual);
        } else {
            scalar(path, expected, actual);
        }
    }

    private void members(String path, Members expected, JsonObject actual) {
        Map<String, Expected> wanted = new HashMap<>();
        expected.members().forEach((name, value) -> wanted.put(variables.fill(name), value));
        wanted.forEach((name, value) -> {
            String member = path.isEmpty() ? name : path + "." + name;
            boolean unwanted = value instanceof Matcher matcher && matcher.word().equals("absent");
            if (!actual.has(name)) {
                if (!unwanted) {
                    differences.add(member + ": missing, expected " + show(value));
                }
            } else if (unwanted) {
                differences.add(member + ": must be absent, is " + actual.get(name));
            } else {
                compare(member, value, actual.get(name));
            }
        });
        if (!expected.open()) {
            actual.keySet().stream().filter(name -> !wanted.containsKey(name)).forEach(name -> differences.add(
                    (path.isEmpty() ? name : path + "." + name) + ": unexpected, is " + actual.get(name)));
        }
    }

    private void elements(String path, Elements expected, JsonArray actual) {
        if (expected.order() == Order.EXACT) {
            if (expected.elements().size() != actual.size()) {
                differences.add(path + ": " + actual.size() + " elements instead of " + expected.elements().size() + ": "
                        + actual);
                return;
            }
            for (int i = 0; i < actual.size(); i++) {
                compare(path + "[" + i + "]", expected.elements().get(i), actual.get(i));
            }
            return;
        }
        List<JsonElement> left = new ArrayList<>(actual.asList());
        for (Expected element : expected.elements()) {
            JsonElement found = left.stream().filter(candidate -> equal(element, candidate)).findFirst().orElse(null);
            if (found == null) {
                differences.add(path + ": no element is " + show(element) + ", in " + actual);
            } else {
                compare(path, element, found);
                left.remove(found);
            }
        }
        if (expected.order() == Order.SET && !left.isEmpty()) {
            differences.add(path + ": unexpected elements " + left);
        }
    }

    private boolean equal(Expected expected, JsonElement actual) {
        return differences(expected, actual, variables, untyped).isEmpty();
    }

    private void match(String path, Matcher matcher, JsonElement actual) {
        boolean fits = switch (matcher.word()) {
            case "any" -> true;
            case "time" -> isText(actual) && TIME.matcher(actual.getAsString()).matches();
            case "id" -> isText(actual) && ID.matcher(actual.getAsString()).matches();
            case "text" -> isText(actual) && !actual.getAsString().isEmpty();
            case "number" -> number(actual) != null;
            case "bool" -> actual instanceof JsonPrimitive p
                    && (p.isBoolean() || untyped && Set.of("true", "false").contains(p.getAsString()));
            case "list" -> actual instanceof JsonArray;
            case "object" -> actual instanceof JsonObject;
            case "absent" -> false;
            case "like" -> isText(actual) && glob(argument(matcher).getAsString()).matcher(actual.getAsString()).matches();
            case "size" -> actual instanceof JsonArray array && array.size() == argument(matcher).getAsInt();
            case "oneof" -> ((Elements) matcher.argument()).elements().stream().anyMatch(one -> equal(one, actual));
            case "after" -> isText(actual) && actual.getAsString().compareTo(argument(matcher).getAsString()) >= 0;
            case "before" -> isText(actual) && actual.getAsString().compareTo(argument(matcher).getAsString()) <= 0;
            default -> throw new ContractFault("no matcher: " + matcher.word());
        };
        if (!fits) {
            differ(path, show(matcher), actual);
        }
    }

    private JsonElement argument(Matcher matcher) {
        return variables.json(matcher.argument());
    }

    /** A text in which {@code *} stands for anything. */
    static Pattern glob(String pattern) {
        StringBuilder regex = new StringBuilder();
        for (String part : pattern.split("\\*", -1)) {
            regex.append(regex.isEmpty() ? "" : ".*").append(Pattern.quote(part));
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    private void scalar(String path, Expected expected, JsonElement actual) {
        JsonElement wanted = variables.json(expected);
        boolean equal = wanted.equals(actual);
        if (!equal && wanted instanceof JsonPrimitive w && actual instanceof JsonPrimitive a) {
            if (w.isNumber()) {
                BigDecimal value = number(a);
                equal = value != null && value.compareTo(w.getAsBigDecimal()) == 0;
            } else {
                equal = untyped && w.getAsString().equals(a.getAsString());
            }
        }
        if (!equal) {
            differ(path, wanted.toString(), actual);
        }
    }

    private BigDecimal number(JsonElement actual) {
        if (actual instanceof JsonPrimitive p && (p.isNumber() || untyped && p.isString())) {
            try {
                return p.getAsBigDecimal();
            } catch (NumberFormatException e) {
                return null;
            }
        }
        return null;
    }

    private static boolean isText(JsonElement actual) {
        return actual instanceof JsonPrimitive p && p.isString();
    }

    private void differ(String path, String wanted, JsonElement actual) {
        differences.add((path.isEmpty() ? "" : path + ": ") + "expected " + wanted + ", is " + actual);
    }

    private String show(Expected expected) {
        if (expected instanceof Matcher matcher) {
            return matcher.word() + (matcher.argument() == null ? "" : " " + show(matcher.argument()));
        } else if (expected instanceof Text || expected instanceof Number || expected instanceof Flag
                || expected instanceof Variable) {
            return variables.json(expected).toString();
        }
        return expected instanceof Null ? JsonNull.INSTANCE.toString() : expected.toString();
    }
}
