// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The load on HTTP: {@code wrk}, one thread, as many connections as requests shall be outstanding. Requests are put
 * together by a script, because each needs a request identifier of its own.
 */
final class Wrk {
    private static final Pattern TOTAL = Pattern.compile("(\\d+) requests in ([0-9.]+)(us|ms|s|m),");
    private static final Pattern REFUSED = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
    private static final Pattern SOCKET =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");

    private final Path directory;
    private int scripts;

    Wrk(Path directory) {
        this.directory = directory;
    }

    /** @param errors responses without success, and socket errors */
    record Result(long requests, double seconds, long errors) {
        double rate() {
            return requests / seconds;
        }

        Result expectNoErrors() {
            return expectNoErrors("");
        }

        /** @param what was asked for, to be named when it fails */
        Result expectNoErrors(String what) {
            if (errors > 0) {
                throw new IllegalStateException(errors + " of " + requests + " requests failed"
                        + (what.isEmpty() ? "" : ": " + what));
            }
            return this;
        }
    }

    /** One kind of request; {@code body} is empty for none. */
    record Request(String method, String path, String originator, int type, String body) {
        private String lua(String variable) {
            String headers = method + " " + path + " HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nX-M2M-Origin: " + originator
                    + "\\r\\nX-M2M-RVI: 2a\\r\\n"
                    + (body.isEmpty() ? "" : "Content-Type: application/json" + (type == 0 ? "" : ";ty=" + type)
                    + "\\r\\nContent-Length: "
                    + body.getBytes(StandardCharsets.UTF_8).length + "\\r\\n") + "X-M2M-RI: ";
            return "local " + variable + " = '" + headers + "'\nlocal " + variable + "Tail = '\\r\\n\\r\\n" + body + "'\n";
        }
    }

    static Request retrieve(String path, String originator) {
        return new Request("GET", path, originator, 0, "");
    }

    /** Sends the requests in turn, on so many connections. */
    Result run(int port, int connections, double seconds, Request... requests) throws IOException, InterruptedException {
        Path script = Files.writeString(directory.resolve("wrk" + scripts++ + ".lua"), script(requests, "w" + scripts + "x"
                + System.nanoTime()));
        List<String> command = new ArrayList<>(List.of("wrk", "-t1", "-c" + connections, "-d" + Math.round(seconds) + "s",
                "--timeout", "20s", "-s", script.toString(), "http://127.0.0.1:" + port));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return parse(said);
        } finally {
            process.destroy();
            Files.delete(script);
        }
    }

    private static String script(Request[] requests, String run) {
        StringBuilder lua = new StringBuilder("local n = 0\n");
        StringBuilder choose = new StringBuilder();
        for (int i = 0; i < requests.length; i++) {
            lua.append(requests[i].lua("r" + i));
            if (i + 1 < requests.length) {
                choose.append("if n % ").append(requests.length).append(" == ").append(i).append(" then return r").append(i)
                        .append(" .. '")
                        .append(run).append("' .. n .. r").append(i).append("Tail end\n");
            }
        }
        int last = requests.length - 1;
        return lua + "request = function()\nn = n + 1\n" + choose + "return r" + last + " .. '" + run + "' .. n .. r" + last
                + "Tail\nend\n";
    }

    static Result parse(String said) {
        Matcher total = TOTAL.matcher(said);
        if (!total.find()) {
            throw new IllegalStateException("wrk said: " + said);
        }
        double unit = switch (total.group(3)) {
            case "us" -> 1e-6;
            case "ms" -> 1e-3;
            case "m" -> 60;
            default -> 1;
        };
        long errors = 0;
        Matcher refused = REFUSED.matcher(said);
        if (refused.find()) {
            errors += Long.parseLong(refused.group(1));
        }
        Matcher socket = SOCKET.matcher(said);
        if (socket.find()) {
            for (int i = 1; i <= 4; i++) {
                errors += Long.parseLong(socket.group(i));
            }
        }
        return new Result(Long.parseLong(total.group(1)), Double.parseDouble(total.group(2)) * unit, errors);
    }
}
