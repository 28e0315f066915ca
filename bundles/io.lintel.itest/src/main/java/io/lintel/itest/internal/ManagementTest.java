// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;

/** The node's management objects in its container: what they show is there, and what they do happens to real bundles. */
class ManagementTest {
    private static final BundleContext CONTEXT = FrameworkUtil.getBundle(ManagementTest.class).getBundleContext();
    private static final String NODE = CONTEXT.getProperty("lintel.itest.http") + "/~/mn-cse/mn-name/node";
    private static final HttpClient CLIENT = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private static final long PATIENCE_SECONDS = 60;

    @BeforeAll
    static void theNodeIsThere() throws Exception {
        await("the node has its objects", () -> answers("/reboot", 200));
    }

    @Test
    void theMachineIsShown() throws Exception {
        String memory = get("/memory").body();
        assertTrue(memory.matches(".*\"mma\":[1-9]\\d+,\"mmt\":[1-9]\\d+.*"), memory);
        String device = get("/deviceInfo").body();
        assertTrue(device.contains("Java " + System.getProperty("java.version")), device);
        String log = get("/log").body();
        assertTrue(log.contains("\"lgst\":1") && log.contains("\"lgt\":1"), log);
    }

    @Test
    void softwareIsARealBundleThatStopsAndStarts() throws Exception {
        Bundle adapter = bundle("io.lintel.adapter");
        assertEquals(Bundle.ACTIVE, adapter.getState());
        HttpResponse<String> answer = update("/io.lintel.adapter", "{\"m2m:swr\":{\"dea\":true}}");
        assertEquals(200, answer.statusCode(), answer.body());
        assertTrue(answer.body().contains("\"acts\":{\"acn\":\"dea\",\"sus\":3}"), answer.body());
        try {
            await("the bundle has stopped", () -> adapter.getState() == Bundle.RESOLVED);
            await("its object says so", () -> get("/io.lintel.adapter").body().contains("\"acts\":{\"acn\":\"dea\",\"sus\":1}"));
        } finally {
            assertEquals(200, update("/io.lintel.adapter", "{\"m2m:swr\":{\"act\":true}}").statusCode());
            await("the bundle runs", () -> adapter.getState() == Bundle.ACTIVE);
        }
        await("its object says so", () -> get("/io.lintel.adapter").body().contains("\"acts\":{\"acn\":\"act\",\"sus\":1}"));
    }

    @Test
    void whatRequestsStandOnDoesNotStop() throws Exception {
        for (String name : new String[] {"io.lintel.cse", "io.lintel.store.sqlite", "io.lintel.mqtt.server", "io.lintel.rest",
            "io.lintel.management", "io.lintel.primitive"}) {
            HttpResponse<String> answer = update("/" + name, "{\"m2m:swr\":{\"dea\":true}}");
            assertEquals("4005", answer.headers().firstValue("X-M2M-RSC").orElse(""), name + ": " + answer.body());
            assertEquals(Bundle.ACTIVE, bundle(name).getState());
        }
    }

    @Test
    void aProcessThatNobodyWouldStartAgainIsNotEnded() throws Exception {
        HttpResponse<String> answer = update("/reboot", "{\"m2m:rbo\":{\"rbo\":true}}");
        assertEquals("5001", answer.headers().firstValue("X-M2M-RSC").orElse(""), answer.body());
    }

    private static Bundle bundle(String name) {
        return Arrays.stream(CONTEXT.getBundles()).filter(bundle -> name.equals(bundle.getSymbolicName())).findFirst()
                .orElseThrow();
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.call()) {
            assertTrue(System.nanoTime() < end, "waited in vain: " + what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static boolean answers(String object, int status) throws InterruptedException {
        try {
            return get(object).statusCode() == status;
        } catch (IOException e) {
            return false;
        }
    }

    private static HttpResponse<String> get(String object) throws IOException, InterruptedException {
        return send(request(object).GET());
    }

    private static HttpResponse<String> update(String object, String content) throws IOException, InterruptedException {
        return send(request(object).header("Content-Type", "application/json").PUT(HttpRequest.BodyPublishers.ofString(content)));
    }

    private static HttpRequest.Builder request(String object) {
        return HttpRequest.newBuilder(URI.create(NODE + object)).header("X-M2M-Origin", "CAdmin").header("X-M2M-RVI", "3")
                .header("X-M2M-RI", "m" + System.nanoTime()).header("Accept", "application/json").timeout(Duration.ofSeconds(20));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }
}
