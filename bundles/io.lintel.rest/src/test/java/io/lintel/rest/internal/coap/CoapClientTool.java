// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.coap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The stock {@code coap-client} of libcoap: a peer that shares no code with us. It knows no oneM2M and drops answers with
 * critical options that it does not know, as oneM2M-RSC is: so what it received is read from its log.
 */
final class CoapClientTool {
    private static final String PLAIN = "/usr/bin/coap-client-notls";
    private static final String SECURE = "/usr/bin/coap-client-openssl";

    private CoapClientTool() {
    }

    /** Runs it for a second at most and gives all that it printed, each message received included. */
    static String run(String... arguments) throws IOException, InterruptedException {
        return finish(start(PLAIN, 1, arguments));
    }

    /** As {@link #run}, with DTLS, which takes a little longer. */
    static String runSecure(String... arguments) throws IOException, InterruptedException {
        return finish(start(SECURE, 3, arguments));
    }

    /** Starts it; it ends by itself after some seconds. */
    static Process start(int seconds, String... arguments) throws IOException {
        return start(PLAIN, seconds, arguments);
    }

    private static Process start(String program, int seconds, String... arguments) throws IOException {
        assertThat(new java.io.File(program)).as("coap-client is missing: install the Debian package libcoap3-bin").exists();
        List<String> command = new ArrayList<>(List.of(program, "-B", Integer.toString(seconds), "-v", "7"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        return process;
    }

    /** Waits for its end. */
    static String finish(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(15, TimeUnit.SECONDS)).isTrue();
        return output;
    }
}
