// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Command line programs of other makers, run to their end. */
final class Tools {
    private Tools() {
    }

    /** What a program has printed, on either output. */
    static byte[] run(List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("tool", ".out");
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
            process.getOutputStream().close();
            if (!process.waitFor(Waiting.SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError("does not end: " + command);
            }
            return Files.readAllBytes(output);
        } finally {
            Files.delete(output);
        }
    }

    /** What a program has printed up to a line with this text, byte by byte; it is ended then. */
    static String until(List<String> command, String end) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        StringBuilder printed = new StringBuilder();
        try (BufferedReader lines = process.inputReader(StandardCharsets.ISO_8859_1)) {
            for (String line = lines.readLine(); line != null && !line.contains(end); line = lines.readLine()) {
                printed.append(line).append('\n');
            }
        } finally {
            process.destroy();
        }
        return printed.toString();
    }

    static Path file(byte[] content) throws IOException {
        Path file = Files.createTempFile("tool", ".in");
        file.toFile().deleteOnExit();
        return Files.write(file, content);
    }

    static String text(byte[] output) {
        return new String(output, StandardCharsets.UTF_8);
    }
}
