// SPDX-License-Identifier: Apache-2.0
package io.lintel.primitive.internal;

import io.lintel.primitive.ResourceTypes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The form that our data files share: words between single blanks, empty lines and lines that begin with # mean
 * nothing. Scanned by hand, because the tables are read while the gateway starts, on a budget of milliseconds.
 */
public final class TableFile {
    private TableFile() {
    }

    /** Hands over the words of each line of a file that lies beside the root package's classes. */
    public static void forEachLine(String file, Consumer<String[]> action) {
        String text;
        try (InputStream in = ResourceTypes.class.getResourceAsStream(file)) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
        List<String> words = new ArrayList<>(8);
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                end = text.length();
            }
            if (end > start && text.charAt(start) != '#') {
                words.clear();
                split(text, start, end, words);
                action.accept(words.toArray(new String[0]));
            }
            start = end + 1;
        }
    }

    private static void split(String text, int start, int end, List<String> words) {
        int from = start;
        while (from < end) {
            int blank = text.indexOf(' ', from);
            int to = blank < 0 || blank > end ? end : blank;
            if (to > from) {
                words.add(text.substring(from, to));
            }
            from = to + 1;
        }
    }
}
