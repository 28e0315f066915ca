// SPDX-License-Identifier: Apache-2.0
package io.lintel.store.sqlite.internal;

import io.lintel.mqtt.server.internal.PlainServer;
import io.lintel.store.jdbc.StoreSettings;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The real MQTT server over the real store in a JVM of its own, to be killed. It begins when it is told its directory and
 * settings on standard input, so that a test can have one waiting; it answers {@code port N} when it serves.
 */
final class ServerProcess {
    private final Process process;
    private final BufferedReader output;

    /**
     * @param options of the JVM, its class path among them
     * @param wrapper a command that runs the command behind it, such as strace; or nothing
     */
    ServerProcess(Path log, List<String> options, String... wrapper) {
        List<String> command = new ArrayList<>(List.of(wrapper));
        command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData",
                "-Dlogback.statusListenerClass=ch.qos.logback.core.status.NopStatusListener"));
        command.addAll(options);
        command.add(ServerProcess.class.getName());
        try {
            process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Gives its port when it serves. */
    int serve(Path directory, Map<String, String> settings) {
        StringBuilder line = new StringBuilder(directory.toString());
        settings.forEach((name, value) -> line.append('\t').append(name).append('=').append(value));
        try {
            Writer input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
            input.write(line.append('\n').toString());
            input.flush();
            for (String answer = output.readLine(); answer != null; answer = output.readLine()) {
                if (answer.startsWith("port ")) {
                    return Integer.parseInt(answer.substring(5));
                }
                System.out.println(answer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("the server ended without serving");
    }

    /** Kill -9, of the server itself also where something else was put around it. */
    void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Lets it end by itself. */
    void end() {
        try {
            process.getOutputStream().close();
            process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Settings of the store begin with {@code store.}; the others are the server's. */
    public static void main(String[] arguments) throws Exception {
        preload();
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        String line = input.readLine();
        if (line == null) {
            return;
        }
        String[] words = line.split("\t");
        Map<String, String> settings = new HashMap<>();
        for (int i = 1; i < words.length; i++) {
            String[] pair = words[i].split("=", 2);
            settings.put(pair[0], pair[1]);
        }
        int checkpoint = Integer.parseInt(settings.getOrDefault("store.walAutocheckpoint", "4000"));
        long reserve = Long.parseLong(settings.getOrDefault("store.minimumFreeBytes", "1048576"));
        SqliteStore store = new SqliteStore(new SqliteSettings(Path.of(words[0]), SqliteSettings.SyncLevel.FULL, checkpoint,
                reserve, 64 << 20), new StoreSettings(1024, 100, 1 << 20, 2));
        PlainServer server = PlainServer.open(store, settings);
        if (!"serving".equals(server.state())) {
            throw new IllegalStateException(server.state());
        }
        System.out.println("port " + server.port());
        input.readLine();   // the end of the test, should it forget to kill
        System.exit(0);
    }

    /** What every start needs, while nobody waits for it. */
    private static void preload() throws ClassNotFoundException {
        for (String name : List.of("org.sqlite.core.NativeDB", "io.netty.channel.nio.NioEventLoop",
                "io.netty.handler.codec.mqtt.MqttDecoder", "io.netty.buffer.PooledByteBufAllocator",
                "org.slf4j.LoggerFactory", "io.netty.channel.socket.nio.NioServerSocketChannel")) {
            Class.forName(name);
        }
        org.slf4j.LoggerFactory.getLogger(ServerProcess.class).debug("waiting");
    }
}
