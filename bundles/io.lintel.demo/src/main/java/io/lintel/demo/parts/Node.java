// SPDX-License-Identifier: Apache-2.0
package io.lintel.demo.parts;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One node of the demonstration: a process started by {@code run-configs/gateway}, as anybody would start it. */
public final class Node implements AutoCloseable {
    private static final long READY_SECONDS = 120;

    private final Path script;
    private final Path home;
    private final int offset;
    private final List<String> arguments;
    private Process process;
    private String readyLine = "";

    public Node(Path script, String role, Path home, int offset, List<String> settings) {
        this.script = script;
        this.home = home;
        this.offset = offset;
        arguments = new ArrayList<>(List.of("--role", role, "--home", home.toString(), "--port-offset",
                Integer.toString(offset)));
        arguments.addAll(settings);
    }

    /** Starts the process; {@link #awaitReady} waits for its doors. */
    public CompletableFuture<String> start() throws IOException {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(arguments);
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        CompletableFuture<String> ready = new CompletableFuture<>();
        Process started = process;
        Thread reader = new Thread(() -> read(started, ready), "demo-node-output");
        reader.setDaemon(true);
        reader.start();
        return ready;
    }

    public Node awaitReady(CompletableFuture<String> ready) throws IOException {
        try {
            readyLine = ready.get(READY_SECONDS, TimeUnit.SECONDS);
            return this;
        } catch (TimeoutException e) {
            throw new IOException("no ready line within " + READY_SECONDS + " s; see " + home.resolve("log"), e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage() + "; see " + home.resolve("log"), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void read(Process process, CompletableFuture<String> ready) {
        StringBuilder said = new StringBuilder();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("lintel ready")) {
                    ready.complete(line);
                } else if (said.length() < 2000) {
                    said.append(line).append('\n');
                }
            }
        } catch (IOException e) {
            said.append(e.getMessage());
        }
        ready.completeExceptionally(new IOException("the node ended before it was ready: " + said));
    }

    public String readyLine() {
        return readyLine;
    }

    public Path home() {
        return home;
    }

    public int mqttPort() {
        return 1883 + offset;
    }

    public int httpPort() {
        return 8080 + offset;
    }

    public int httpsPort() {
        return 8443 + offset;
    }

    public int coapPort() {
        return 5683 + offset;
    }

    public int consolePort() {
        return 8181 + offset;
    }

    public String http() {
        return "http://127.0.0.1:" + httpPort();
    }

    public String mqtt() {
        return "mqtt://127.0.0.1:" + mqttPort();
    }

    public String coap() {
        return "coap://127.0.0.1:" + coapPort();
    }

    public String console() {
        return "http://127.0.0.1:" + consolePort() + "/";
    }

    /** What to log in with, as the node made it at its first start. */
    public String consoleLogin() throws IOException {
        Path password = home.resolve("data").resolve("console-password.txt");
        return Files.exists(password) ? Files.readString(password).trim().replace("\n", ", ") : "";
    }

    /** What each of its threads does now, as the JDK's {@code jstack} shows it, or why that is not to be had. */
    public String threads() throws IOException {
        Process jstack = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jstack").toString(),
                Long.toString(process.pid())).redirectErrorStream(true).start();
        return new String(jstack.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** As a power cut ends it: kill -9. */
    public void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        if (process == null) {
            return;
        }
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
