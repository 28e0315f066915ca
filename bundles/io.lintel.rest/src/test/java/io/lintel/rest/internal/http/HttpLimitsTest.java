// SPDX-License-Identifier: Apache-2.0
package io.lintel.rest.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.http.MetaData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.lintel.rest.internal.mapping.RecordingCse;
import io.lintel.rest.internal.mapping.Settings;

/** What clients may not do on real sockets, and that others are served meanwhile. */
class HttpLimitsTest {
    private static final String GET = "GET /mn-name HTTP/1.1\r\nHost: h\r\nX-M2M-RI: r1\r\nX-M2M-Origin: C1\r\n";

    private final RecordingCse cse = new RecordingCse();
    private final ScheduledExecutorService trickle = Executors.newSingleThreadScheduledExecutor();
    private HttpDoor door;

    private void open(Object... settings) throws Exception {
        Map<String, Object> values = new HashMap<>(Map.of("port", 0));
        for (int i = 0; i < settings.length; i += 2) {
            values.put((String) settings[i], settings[i + 1]);
        }
        door = new HttpDoor(Settings.of(HttpSettings.class, values));
        door.bindCse(cse);
    }

    @AfterEach
    void close() throws Exception {
        trickle.shutdownNow();
        door.close();
    }

    private void othersAreServed() throws IOException {
        assertThat(RawHttp.exchange(door.port(), GET + "\r\n").status()).isEqualTo(200);
    }

    private interface Sending {
        void run() throws IOException;
    }

    private void dribble(Sending some) {
        trickle.scheduleWithFixedDelay(() -> {
            try {
                some.run();
            } catch (IOException e) {
                throw new IllegalStateException(e);   // closed: as it should be
            }
        }, 50, 50, TimeUnit.MILLISECONDS);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "a request line|GET /mn-",
        "a head|GET /mn-name HTTP/1.1\\r\\nHost: h\\r\\nX-M",
        "a body|POST /mn-name HTTP/1.1\\r\\nHost: h\\r\\nContent-Type: application/json\\r\\nContent-Length: 900\\r\\n\\r\\n",
        "a chunk|POST /mn-name HTTP/1.1\\r\\nHost: h\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n384\\r\\n"})
    void whatComesTooSlowlyEnds(String what, String begins) throws Exception {
        open("receiveTimeoutMillis", 500, "minBytesPerSecond", 100);
        List<RawHttp> slow = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            RawHttp http = new RawHttp(door.port());
            http.sendText(begins.replace("\\r\\n", "\r\n"));
            slow.add(http);
        }
        dribble(() -> slow.get(0).sendText("x"));
        othersAreServed();
        for (RawHttp http : slow) {
            assertThat(http.isClosedByPeer()).as(what).isTrue();
            http.close();
        }
        assertThat(cse.waiting()).as("only the others").isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void aStreamWhoseBodyComesTooSlowlyEndsAndTheOthersOfItsConnectionDoNot(boolean trickling) throws Exception {
        open("receiveTimeoutMillis", 500, "minBytesPerSecond", 100);
        try (RawHttp2 http = new RawHttp2(door.port())) {
            http.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS, 1, RawHttp2.block("POST", "/mn-name",
                    Map.of("x-m2m-ri", "slow", "content-type", "application/json;ty=3")));
            http.send(RawHttp2.DATA, 0, 1, "{".getBytes());
            if (trickling) {
                dribble(() -> http.send(RawHttp2.DATA, 0, 1, "x".getBytes()));
            }
            http.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 3, RawHttp2.block("GET", "/mn-name",
                    Map.of("x-m2m-ri", "r1")));
            RawHttp2.Frame other = http.receive();
            assertThat(other.stream()).isEqualTo(3);
            assertThat(http.response(other).getStatus()).isEqualTo(200);

            RawHttp2.Frame head = http.receive();
            assertThat(head.stream()).isEqualTo(1);
            MetaData.Response refusal = http.response(head);
            assertThat(refusal.getStatus()).isEqualTo(408);
            assertThat(refusal.getHttpFields().get("X-M2M-RSC")).isEqualTo("4008");
            assertThat(http.receive().text()).isEqualTo("{\"m2m:dbg\":\"the body came too slowly\"}");
            RawHttp2.Frame end = http.receive();
            assertThat(end.type()).isEqualTo(RawHttp2.RST_STREAM);
            assertThat(end.stream()).isEqualTo(1);

            http.send(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, 5, RawHttp2.block("GET", "/mn-name",
                    Map.of("x-m2m-ri", "r2")));
            RawHttp2.Frame later = http.receive();
            assertThat(later.stream()).isEqualTo(5);
            assertThat(http.response(later).getStatus()).isEqualTo(200);
        }
        assertThat(cse.waiting()).as("only the others").isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"6, 0, 8", "9, 1, 1"})
    void aConnectionOfHttp2WithoutARequestEndsWhateverElseItSends(int type, int stream, int length) throws Exception {
        open("idleTimeoutMillis", 1_500);
        try (RawHttp2 http = new RawHttp2(door.port())) {
            if (type == RawHttp2.CONTINUATION) {
                http.send(RawHttp2.HEADERS, 0, 1, RawHttp2.block("GET", "/mn-name", Map.of()));
            }
            dribble(() -> http.send(type, 0, stream, new byte[length]));
            othersAreServed();
            assertThat(http.receive().type()).isEqualTo(RawHttp2.GOAWAY);
            assertThat(http.isClosedByPeer()).isTrue();
        }
    }

    @Test
    void whoIsFastEnoughMayTakeLonger() throws Exception {
        open("receiveTimeoutMillis", 200, "minBytesPerSecond", 100);
        try (RawHttp http = new RawHttp(door.port())) {
            http.sendText("PUT /mn-name HTTP/1.1\r\nHost: h\r\nX-M2M-RI: 1\r\nX-M2M-Origin: C1\r\n"
                    + "Content-Type: application/json\r\nContent-Length: 2000\r\n\r\n{\"m2m:cnt\":{\"lbl\":[\"");
            StringBuilder rest = new StringBuilder("x".repeat(2000 - 20 - 4) + "\"]}}");
            var done = trickle.scheduleWithFixedDelay(() -> {
                try {
                    int some = Math.min(70, rest.length());
                    http.sendText(rest.substring(0, some));
                    rest.delete(0, some);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            }, 0, 100, TimeUnit.MILLISECONDS);
            assertThat(http.receive().status()).isEqualTo(200);
            done.cancel(true);
        }
    }

    @Test
    void whoAwaitsAnAnswerIsNotTakenForSlow() throws Exception {
        open("receiveTimeoutMillis", 200, "idleTimeoutMillis", 400, "answerTimeoutMillis", 2_500);
        cse.answersLater(request -> new java.util.concurrent.CompletableFuture<>());
        assertThat(RawHttp.exchange(door.port(), GET + "\r\n").header("X-M2M-RSC")).isEqualTo("4008");
    }

    @ParameterizedTest
    @CsvSource({"414, 4000, /mn-name/%s, x", "431, 4000, /mn-name, %s"})
    void whatIsTooLongIsRefusedInOneM2mTermsToo(int status, int rsc, String path, String header) throws Exception {
        open("maxHeaderBytes", 2048);
        String longer = "x".repeat(4000);
        RawHttp.Answer answer = RawHttp.exchange(door.port(), "GET " + path.replace("%s", longer) + " HTTP/1.1", "Host: h",
                "X-M2M-RI: 1", "X-Long: " + header.replace("%s", longer), "", "");
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("X-M2M-RSC")).isEqualTo(String.valueOf(rsc));
        assertThat(answer.body()).startsWith("{\"m2m:dbg\":");
        othersAreServed();
    }

    @Test
    void aChunkedBodyIsBoundedToo() throws Exception {
        open("maxBodyBytes", 1000);
        try (RawHttp http = new RawHttp(door.port())) {
            http.sendText("POST /mn-name HTTP/1.1\r\nHost: h\r\nX-M2M-RI: 1\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\n" + ("80\r\n" + "x".repeat(128) + "\r\n").repeat(10));
            RawHttp.Answer answer = http.receive();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.header("X-M2M-RSC")).isEqualTo("4000");
            assertThat(answer.body()).contains("m2m:dbg");
        }
        othersAreServed();
    }

    @Test
    void idleConnectionsMakeRoomAndBusyOnesStay() throws Exception {
        open("maxConnections", 40);
        cse.answersLater(request -> request.to().equals("mn-name/poll") ? new java.util.concurrent.CompletableFuture<>()
                : RecordingCse.done(RecordingCse.ok(request).build()));
        List<RawHttp> idle = new ArrayList<>();
        try (RawHttp polling = new RawHttp(door.port())) {
            polling.sendText(GET.replace("/mn-name", "/mn-name/poll") + "\r\n");
            cse.request();
            for (int i = 0; i < 200; i++) {
                RawHttp http = new RawHttp(door.port());
                http.sendText(GET + "\r\n");
                assertThat(http.receive().status()).as("connection %d", i).isEqualTo(200);
                idle.add(http);
            }
            assertThat(door.connections()).isLessThanOrEqualTo(41);
            assertThat(idle.get(0).isClosedByPeer()).as("the first of the idle ones").isTrue();
            assertThat(polling.isOpen()).as("who waits for an answer").isTrue();
        } finally {
            for (RawHttp http : idle) {
                http.close();
            }
        }
    }

    @Test
    void aSilentConnectionEnds() throws Exception {
        open("idleTimeoutMillis", 300);
        try (RawHttp http = new RawHttp(door.port())) {
            http.sendText(GET + "\r\n");
            http.receive();
            assertThat(http.isClosedByPeer()).isTrue();
        }
    }
}
