// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.contract;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.lintel.itest.contract.Expected.Elements;
import io.lintel.itest.contract.Expected.Flag;
import io.lintel.itest.contract.Expected.Members;
import io.lintel.itest.contract.Expected.Null;
import io.lintel.itest.contract.Expected.Number;
import io.lintel.itest.contract.Expected.Text;
import io.lintel.itest.contract.Expected.Variable;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The variables of one run of a case: what the harness gives ({@code ${me}}, {@code ${ae}} …), what was named with
 * {@code as}, and those that are computed: {@code ${now+60}}, a timestamp, and {@code ${repeat x 300}}.
 */
final class Variables {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}]*)\\}");
    private static final Pattern NOW = Pattern.compile("now(?:([+-])(\\d+))?");
    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss").withZone(ZoneOffset.UTC);

    private final Map<String, JsonElement> values = new HashMap<>();

    void set(String name, String value) {
        values.put(name, new JsonPrimitive(value));
    }

    void set(String name, JsonElement value) {
        values.put(name, value);
    }

    JsonElement get(String name) {
        Matcher now = NOW.matcher(name);
        if (now.matches()) {
            long seconds = now.group(2) == null ? 0 : Long.parseLong(now.group(2));
            return new JsonPrimitive(TIMESTAMP.format(Instant.now().plusSeconds("-".equals(now.group(1)) ? -seconds : seconds)));
        }
        if (name.startsWith("repeat ")) {
            String[] words = name.split(" ");
            return new JsonPrimitive(words[1].repeat(Integer.parseInt(words[2])));
        }
        JsonElement value = values.get(name);
        if (value == null) {
            throw new ContractFault("there is no variable ${" + name + "}");
        }
        return value;
    }

    /** A text with its references replaced. */
    String fill(String text) {
        return REFERENCE.matcher(text).replaceAll(reference -> {
            JsonElement value = get(reference.group(1));
            return Matcher.quoteReplacement(value.isJsonPrimitive() ? value.getAsString() : value.toString());
        });
    }

    /** A value that is to be sent. */
    JsonElement json(Expected value) {
        if (value instanceof Members members) {
            JsonObject object = new JsonObject();
            members.members().forEach((name, member) -> {
                if (!(member instanceof Expected.Matcher matcher && matcher.word().equals("absent"))) {
                    object.add(fill(name), json(member));
                }
            });
            return object;
        } else if (value instanceof Elements elements) {
            JsonArray array = new JsonArray();
            elements.elements().forEach(element -> array.add(json(element)));
            return array;
        } else if (value instanceof Text text) {
            return new JsonPrimitive(fill(text.text()));
        } else if (value instanceof Number number) {
            return new JsonPrimitive(number.value());
        } else if (value instanceof Flag flag) {
            return new JsonPrimitive(flag.value());
        } else if (value instanceof Null) {
            return JsonNull.INSTANCE;
        } else if (value instanceof Variable variable) {
            return get(variable.name());
        }
        throw new ContractFault("not to be sent: " + value);
    }
}
