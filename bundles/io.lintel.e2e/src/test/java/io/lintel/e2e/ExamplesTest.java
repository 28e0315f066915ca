// SPDX-License-Identifier: Apache-2.0
package io.lintel.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.demo.parts.Node;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The page of examples, as a reader uses it: each command of a {@code console} block is run by bash, in order and in one
 * folder, and what it prints is compared with what the page shows below it; {@code …} stands for anything. Only the ports
 * are others. {@code -Dexamples.write=true} writes what the commands print into the page.
 */
class ExamplesTest {
    private static final Path PAGE = Path.of("../../docs/examples.md").toAbsolutePath().normalize();
    private static final String ANYTHING = "…";
    private static final String SCRIPT = "viewer.mjs";

    private final List<String> page = new ArrayList<>();
    private final List<String> faults = new ArrayList<>();
    private Map<String, String> ports;
    private Path folder;

    @Test
    void everyCommandDoesWhatThePageSays() throws Exception {
        try (Topology topology = new Topology(getClass())) {
            Node node = topology.node("mn", "mn", List.of());
            topology.ready();
            folder = topology.folder();
            ports = ports(node);
            run(Files.readAllLines(PAGE));
        }
        if (Boolean.getBoolean("examples.write")) {
            Files.writeString(PAGE, String.join("\n", page) + "\n");
        }
        assertThat(faults).isEmpty();
    }

    private static Map<String, String> ports(Node node) throws IOException {
        Map<String, String> ports = new LinkedHashMap<>();
        ports.put("127.0.0.1:8080", "127.0.0.1:" + node.httpPort());
        ports.put("127.0.0.1:5683", "127.0.0.1:" + node.coapPort());
        ports.put("-p 1883", "-p " + node.mqttPort());
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            ports.put("127.0.0.1:9000", "127.0.0.1:" + free.getLocalPort());
            ports.put("listen(9000,", "listen(" + free.getLocalPort() + ",");
        }
        return ports;
    }

    private String here(String text) {
        String changed = text;
        for (Map.Entry<String, String> port : ports.entrySet()) {
            changed = changed.replace(port.getKey(), port.getValue());
        }
        return changed;
    }

    private String asOnThePage(String text) {
        String changed = text;
        for (Map.Entry<String, String> port : ports.entrySet()) {
            changed = changed.replace(port.getValue(), port.getKey());
        }
        return changed;
    }

    private void run(List<String> lines) throws Exception {
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            page.add(line);
            if (line.equals("```js")) {
                int end = lines.subList(i, lines.size()).indexOf("```") + i;
                Files.write(folder.resolve(SCRIPT), lines.subList(i + 1, end));
            } else if (line.equals("```console")) {
                int end = lines.subList(i + 1, lines.size()).indexOf("```") + i + 1;
                block(lines.subList(i + 1, end));
                i = end - 1;
            }
        }
    }

    /** The commands of a block share a shell, so that what one leaves running is there for the next. */
    private void block(List<String> lines) throws Exception {
        List<String> commands = lines.stream().filter(line -> line.startsWith("$ ")).map(line -> line.substring(2)).toList();
        List<List<String>> shown = new ArrayList<>();
        for (String line : lines) {
            if (line.startsWith("$ ")) {
                shown.add(new ArrayList<>());
            } else {
                shown.get(shown.size() - 1).add(line);
            }
        }
        StringBuilder script = new StringBuilder();
        for (int i = 0; i < commands.size(); i++) {
            script.append("exec >out").append(i).append(" 2>&1\n").append(here(commands.get(i))).append('\n');
        }
        Files.writeString(folder.resolve("commands"), script);
        ProcessBuilder bash = new ProcessBuilder("bash", "commands").directory(folder.toFile());
        webSocketOfNode().forEach(bash.environment()::put);
        Process process = bash.redirectErrorStream(true).start();
        process.getOutputStream().close();
        assertThat(process.waitFor(Waiting.SECONDS, TimeUnit.SECONDS)).as("the end of " + commands).isTrue();
        for (int i = 0; i < commands.size(); i++) {
            String printed = asOnThePage(Files.readString(folder.resolve("out" + i)).replace("\r", "")).stripTrailing();
            page.add("$ " + commands.get(i));
            if (!printed.isEmpty()) {
                page.addAll(masked(printed).lines().toList());
            }
            compare(commands.get(i), String.join("\n", shown.get(i)).stripTrailing(), printed);
        }
    }

    private void compare(String command, String shown, String printed) {
        String pattern = java.util.Arrays.stream(shown.split(ANYTHING, -1)).map(Pattern::quote)
                .collect(java.util.stream.Collectors.joining("[^\\n]*?"));
        if (!Pattern.compile(pattern).matcher(printed).matches()) {
            faults.add("$ " + command + "\nshows\n" + shown + "\nand prints\n" + printed);
        }
    }

    /** Times, identifiers that the node has made, and message identifiers. */
    private static String masked(String printed) {
        return printed.replaceAll("\\d{8}T\\d{6}(,\\d+)?", ANYTHING)
                .replaceAll("\\b(acp|cnt|cin|sub)-[0-9a-z]+(-[0-9a-z]+)?", "$1-" + ANYTHING)
                .replaceAll("\"rqi\":\"[0-9a-z]+-[0-9a-z-]+\"", "\"rqi\":\"" + ANYTHING + "\"")
                .replaceAll("i:[0-9a-f]{4}", "i:" + ANYTHING);
    }

    /** Older versions of Node.js have their WebSocket behind an option, or in a package. */
    private static Map<String, String> webSocketOfNode() throws Exception {
        if (Tools.text(Tools.run(List.of("node", "-p", "typeof WebSocket"))).startsWith("function")) {
            return Map.of();
        }
        if (Tools.text(Tools.run(List.of("node", "--experimental-websocket", "-p", "typeof WebSocket"))).startsWith("function")) {
            return Map.of("NODE_OPTIONS", "--experimental-websocket");
        }
        Path shim = Files.writeString(Files.createTempFile("websocket", ".cjs"),
                "globalThis.WebSocket = require('/usr/share/nodejs/ws');");
        return Map.of("NODE_OPTIONS", "--require " + shim);
    }
}
