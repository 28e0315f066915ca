// SPDX-License-Identifier: Apache-2.0
package io.lintel.management.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The small files in which the kernel says what the machine is and how it is: {@code /proc}, {@code /sys}. What is not there,
 * may not be read or says nothing is empty; never an error. Stateless; any thread.
 *
 * @param root {@code /}, or a folder of a test
 */
record Kernel(Path root) {
    /** What firmware of PCs says where its maker filled in nothing. */
    private static final List<String> FILLERS = List.of("to be filled by o.e.m.", "default string", "not specified", "none",
            "system manufacturer", "system product name", "system version", "system serial number", "0123456789", "unknown");

    /** The text of a file, without the zero or the line's end behind it. */
    Optional<String> text(String file) {
        try {
            String text = new String(Files.readAllBytes(root.resolve(file)), StandardCharsets.UTF_8).replace("\0", "").strip();
            return Optional.of(text).filter(found -> !found.isEmpty());
        } catch (IOException | SecurityException e) {
            return Optional.empty();
        }
    }

    /** The first of these files that says something. */
    Optional<String> said(String... files) {
        for (String file : files) {
            Optional<String> text = text(file).filter(found -> !FILLERS.contains(found.toLowerCase(Locale.ROOT)));
            if (text.isPresent()) {
                return text;
            }
        }
        return Optional.empty();
    }

    Optional<Long> number(String file) {
        return text(file).filter(found -> found.matches("\\d{1,18}")).map(Long::parseLong);
    }

    /** The names in a folder, in order. */
    List<String> names(String folder) {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(folder))) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (IOException | SecurityException e) {
            return List.of();
        }
        names.sort(null);
        return names;
    }
}
