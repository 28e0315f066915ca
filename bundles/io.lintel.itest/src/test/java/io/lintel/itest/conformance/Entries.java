// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The lists behind {@code docs/conformance.md}: text files with {@code [sections]} of entries, each an identifier on a line
 * of its own and {@code key: value} lines below. An indented line goes on with the one before; {@code #} begins a comment.
 */
final class Entries {
    /** One entry. */
    record Entry(String section, String id, Map<String, String> values) {
        String value(String key) {
            return optional(key).orElseThrow(() -> new IllegalArgumentException(id + " does not say its " + key));
        }

        Optional<String> optional(String key) {
            return Optional.ofNullable(values.get(key));
        }
    }

    private Entries() {
    }

    static List<Entry> read(String resource) throws IOException {
        try (InputStream in = Entries.class.getResourceAsStream("/conformance/" + resource)) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** @throws IllegalArgumentException naming the line that belongs nowhere, or an identifier that is there twice */
    static List<Entry> parse(String text) {
        List<Entry> entries = new ArrayList<>();
        String section = "";
        String key = "";
        for (String line : text.lines().toList()) {
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int colon = line.indexOf(": ");
            Entry last = entries.isEmpty() ? null : entries.get(entries.size() - 1);
            if (line.startsWith("[") && line.endsWith("]")) {
                section = line.substring(1, line.length() - 1);
                key = "";
            } else if (line.startsWith("  ") && !key.isEmpty() && last != null) {
                last.values().merge(key, line.strip(), (before, more) -> before + " " + more);
            } else if (line.matches("[A-Z]+-[0-9]+")) {
                entries.add(new Entry(section, line, new LinkedHashMap<>()));
                key = "";
            } else if (line.matches("[a-z]+: .*") && last != null) {
                key = line.substring(0, colon);
                last.values().put(key, line.substring(colon + 2).strip());
            } else {
                throw new IllegalArgumentException("belongs nowhere: " + line);
            }
        }
        entries.stream().collect(Collectors.groupingBy(Entry::id, Collectors.counting())).forEach((id, count) -> {
            if (count > 1) {
                throw new IllegalArgumentException("there twice: " + id);
            }
        });
        return entries;
    }
}
