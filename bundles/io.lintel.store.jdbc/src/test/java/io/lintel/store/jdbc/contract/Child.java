// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.jdbc.contract;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A JVM of its own that is killed with kill -9 once it has printed enough lines. */
public final class Child {
    private Child() {
    }

    /** Complete lines that the main class printed until it was killed. */
    public static List<String> killedAfter(int lines, Class<?> main, String... arguments) {
        return killedAfter(lines, "-Xmx64m", main, arguments);
    }

    /** The same, with the heap that this option of the JVM gives. */
    public static List<String> killedAfter(int lines, String heap, Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        List<String> printed = new ArrayList<>();
        try {
            Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            try (BufferedReader reader = new BufferedReader(new InputStreamReader(process.getInputStream(),
                    StandardCharsets.UTF_8))) {
                StringBuilder line = new StringBuilder();
                for (int c = reader.read(); c >= 0; c = reader.read()) {
                    if (c != '\n') {
                        line.append((char) c);
                        continue;
                    }
                    printed.add(line.toString());
                    line.setLength(0);
                    if (printed.size() == lines) {
                        process.toHandle().destroyForcibly();
                    }
                }
            } finally {
                process.destroyForcibly();
            }
            process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (printed.size() < lines) {
            throw new AssertionError("the process ended by itself after " + printed);
        }
        return printed;
    }
}
