// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.internal;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;

/** The whole node in its container: everything starts, the doors open, and the console shows it. Real sockets throughout. */
class NodeTest {
    private static final BundleContext CONTEXT = FrameworkUtil.getBundle(NodeTest.class).getBundleContext();
    private static final String CONSOLE = CONTEXT.getProperty("lintel.itest.console");
    private static final String HTTP = CONTEXT.getProperty("lintel.itest.http");
    private static final HttpClient CLIENT = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private static final long PATIENCE_SECONDS = 60;

    @BeforeAll
    static void theNodeIsUp() throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        String last = "nothing yet";
        while (System.nanoTime() < end) {
            try {
                HttpResponse<String> health = get(CONSOLE + "/health");
                if (health.statusCode() == 200) {
                    return;
                }
                last = health.body();
            } catch (IOException e) {
                last = e.toString();
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        throw new AssertionError("not healthy after " + PATIENCE_SECONDS + " s: " + last);
    }

    @Test
    void everyBundleOfOursIsActive() {
        assertAll(Arrays.stream(CONTEXT.getBundles()).filter(bundle -> bundle.getSymbolicName().startsWith("io.lintel."))
                .map(bundle -> () -> assertEquals(Bundle.ACTIVE, bundle.getState(), bundle.toString())));
    }

    @Test
    void noBundleIsThereTwice() {
        long names = Arrays.stream(CONTEXT.getBundles()).map(Bundle::getSymbolicName).distinct().count();
        assertEquals(names, CONTEXT.getBundles().length);
    }

    @Test
    void nothingIsExportedThatIsInternal() {
        assertAll(Arrays.stream(CONTEXT.getBundles()).filter(bundle -> bundle.getSymbolicName().startsWith("io.lintel."))
                .map(bundle -> () -> assertFalse(Optional.ofNullable(bundle.getHeaders().get(Constants.EXPORT_PACKAGE)).orElse("")
                        .contains(".internal"), bundle.toString())));
    }

    @Test
    void healthNamesTheDoors() throws Exception {
        HttpResponse<String> health = get(CONSOLE + "/health");
        assertEquals(200, health.statusCode(), health.body());
        assertEquals("application/json", health.headers().firstValue("Content-Type").orElse(""));
        for (String part : new String[] {"\"status\":\"up\"", "\"ready\":true", "\"cse\":\"/mn-cse\"", "\"store\"",
                "\"mqttserver\"", "\"mqtt\"", "\"http\"", "\"coap\""}) {
            assertTrue(health.body().contains(part), part + " in " + health.body());
        }
    }

    @Test
    void theConsoleAsksWhoOneIs() throws Exception {
        assertEquals(401, get(CONSOLE + "/console/bundles.json").statusCode());
        HttpResponse<String> page = send(HttpRequest.newBuilder(URI.create(CONSOLE + "/console/lintel"))
                .header("Accept", "text/html"));
        assertEquals(302, page.statusCode());
        assertTrue(page.headers().firstValue("Location").orElse("").endsWith("/login?to=%2Fconsole%2Flintel"));
        assertEquals(401, login("admin", "admin").statusCode());
    }

    @Test
    void theOverviewShowsTheNodeAndTheBrowserItsTree() throws Exception {
        HttpResponse<String> in = login("admin", password());
        assertEquals(302, in.statusCode());
        String cookie = in.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];

        HttpResponse<String> overview = send(HttpRequest.newBuilder(URI.create(CONSOLE + "/console/lintel"))
                .header("Cookie", cookie));
        assertEquals(200, overview.statusCode());
        assertTrue(overview.body().contains("banner good") && overview.body().contains("/mn-cse"), overview.body());

        HttpResponse<String> tree = send(HttpRequest.newBuilder(URI.create(CONSOLE + "/console/resources?r=mn-name"))
                .header("Cookie", cookie));
        assertTrue(tree.body().contains("CSEBase") && tree.body().contains("resourceID"), tree.body());

        HttpResponse<String> style = send(HttpRequest.newBuilder(URI.create(CONSOLE + "/console/lintel/res/console.css"))
                .header("Cookie", cookie));
        assertEquals(200, style.statusCode());
    }

    @Test
    void aForgedChangeIsRefused() throws Exception {
        String cookie = login("admin", password()).headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
        Bundle self = CONTEXT.getBundle();
        HttpResponse<String> forged = send(HttpRequest.newBuilder(URI.create(CONSOLE + "/console/bundles/" + self.getBundleId()))
                .header("Cookie", cookie).header("Origin", "http://evil.example")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("action=stop")));
        assertEquals(403, forged.statusCode());
        assertEquals(Bundle.ACTIVE, self.getState());
    }

    @Test
    void theMqttPageShowsAClientAndDropsItsSession() throws Exception {
        String cookie = login("admin", password()).headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
        String page = CONSOLE + "/console/mqtt";
        String hostile = "<script>alert(1)</script>";
        String session = page + "?c=" + URLEncoder.encode(hostile, StandardCharsets.UTF_8);
        String drop = session + "&action=drop";
        try (Socket client = new Socket(InetAddress.getLoopbackAddress(), mqttPort())) {
            byte[] name = hostile.getBytes(StandardCharsets.UTF_8);
            ByteArrayOutputStream connect = new ByteArrayOutputStream();
            connect.writeBytes(new byte[] {0x10, (byte) (12 + name.length), 0, 4, 'M', 'Q', 'T', 'T', 4, 0, 0, 0, 0,
                    (byte) name.length});
            connect.writeBytes(name);
            client.getOutputStream().write(connect.toByteArray());
            assertArrayEquals(new byte[] {0x20, 2, 0, 0}, client.getInputStream().readNBytes(4));

            String shown = send(HttpRequest.newBuilder(URI.create(page)).header("Cookie", cookie)).body();
            assertTrue(shown.contains("&lt;script&gt;alert(1)") && !shown.contains(hostile), shown);
            assertEquals(401, send(HttpRequest.newBuilder(URI.create(page))).statusCode());
            assertEquals(401, send(post(drop)).statusCode());
            assertEquals(403, send(post(drop).header("Cookie", cookie).header("Origin", "http://evil.example")).statusCode());
            assertTrue(send(HttpRequest.newBuilder(URI.create(session)).header("Cookie", cookie)).body()
                    .contains("connected for"));

            assertEquals(302, send(post(drop).header("Cookie", cookie).header("Origin", CONSOLE)).statusCode());
            assertEquals(-1, client.getInputStream().read());
            assertTrue(send(HttpRequest.newBuilder(URI.create(session)).header("Cookie", cookie)).body().contains("No session"));
        }
    }

    private static HttpRequest.Builder post(String uri) {
        return HttpRequest.newBuilder(URI.create(uri)).POST(HttpRequest.BodyPublishers.noBody());
    }

    private static int mqttPort() throws IOException, InterruptedException {
        Matcher door = Pattern.compile("\"name\":\"mqttserver\".*?127\\.0\\.0\\.1:(\\d+)")
                .matcher(get(CONSOLE + "/health").body());
        assertTrue(door.find());
        return Integer.parseInt(door.group(1));
    }

    @Test
    void theConsolePortServesNoOneM2m() throws Exception {
        assertEquals(404, get(CONSOLE + "/~/mn-cse/mn-name").statusCode());
        assertFalse(get(HTTP + "/health").statusCode() == 200, "/health on the oneM2M port");
    }

    private static HttpResponse<String> login(String user, String password) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(CONSOLE + "/login"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("user=" + user + "&password="
                        + URLEncoder.encode(password, StandardCharsets.UTF_8))));
    }

    private static String password() throws IOException {
        Path file = Path.of(CONTEXT.getProperty("lintel.home"), "data", "console-password.txt");
        return Files.readAllLines(file).get(1).substring("password ".length());
    }

    private static HttpResponse<String> get(String uri) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(URI.create(uri)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString());
    }
}
