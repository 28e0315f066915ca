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
        forEachLineOf(text, (words, number) -> action.accept(words));
    }

    /** What is done with a line: its words, and its number in the text for whoever has to complain. */
    public interface LineAction {
        void accept(String[] words, int number);
    }

    /** Hands over the words of each line of a text of this form. */
    public static void forEachLineOf(String text, LineAction action) {
        List<String> words = new ArrayList<>(8);
        int number = 0;
        int start = 0;
        while (start < text.length()) {
            int end = text.indexOf('\n', start);
            if (end < 0) {
                end = text.length();
            }
            number++;
            int last = end > start && text.charAt(end - 1) == '\r' ? end - 1 : end;
            if (last > start && text.charAt(start) != '#') {
                words.clear();
                split(text, start, last, words);
                if (!words.isEmpty()) {
                    action.accept(words.toArray(new String[0]), number);
                }
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
