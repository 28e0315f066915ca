// SPDX-License-Identifier: Apache-2.0
package io.lintel.itest.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.paho.client.mqttv3.IMqttToken;
import org.eclipse.paho.client.mqttv3.MqttAsyncClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Gateways register at a closed node, each a process of its own: one whose certificate says its CSE-ID, and others whose
 * credential stands for a range of CSE-IDs, which so have to register with the Credential-ID first (TS-0010 6.4.4, 7.4).
 * That all is well is seen by an AE of the gateway that gets an AE-ID of type S, which the closed node assigns.
 */
class CseRegistrationTest {
    private static final Map<String, String> USERS = Map.of("hall", "password of hall", "CAdmin", "password of CAdmin");

    @TempDir
    private static Path folder;
    private static ClientKeys keys;
    private static ClosedNode registrar;

    @BeforeAll
    static void start() throws Exception {
        keys = new ClientKeys(folder.resolve("keys"));
        keys.issue("attic", "attic", "DNS:attic.example");
        keys.issue("barn", "barn", "DNS:barn.lintel.example");
        registrar = ClosedNode.start(folder.resolve("registrar"), keys.authority(), USERS, List.of("user hall is /hall-*",
                "certificate attic.example is /attic-*"));
    }

    @AfterAll
    static void stop() {
        if (registrar != null) {
            registrar.close();
        }
    }

    private static ClosedNode withPassword(String cseId, String... more) throws Exception {
        ClosedNode node = beginsWithPassword(cseId, more);
        node.awaitReady();
        return node;
    }

    private static ClosedNode beginsWithPassword(String cseId, String... more) throws Exception {
        String uri = "mqtt://127.0.0.1:" + registrar.userPort();
        return ClosedNode.registree(folder.resolve(cseId.substring(1)), cseId, join(List.of("registrar.uri=" + uri,
                "mqtt.server-up.uri=" + uri, "mqtt.server-up.userName=hall", "mqtt.server-up.password=" + USERS.get("hall")),
                more));
    }

    private static ClosedNode withCertificate(String cseId, String name, String... more) throws Exception {
        String uri = "mqtts://localhost:" + registrar.tlsPort();
        ClosedNode node = ClosedNode.registree(folder.resolve(cseId.substring(1)), cseId, join(List.of("registrar.uri=" + uri,
                "mqtt.server-up.uri=" + uri, "mqtt.server-up.caFile=" + registrar.serverCa(), "mqtt.server-up.certificateFile="
                + folder.resolve("keys").resolve(name + ".crt"), "mqtt.server-up.keyFile="
                + folder.resolve("keys").resolve(name + ".key")), more));
        node.awaitReady();
        return node;
    }

    private static List<String> join(List<String> first, String... more) {
        List<String> all = new java.util.ArrayList<>(first);
        all.addAll(List.of(more));
        return all;
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("in vain: " + what).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private static long count(ClosedNode node, String sentence) throws Exception {
        return node.log().lines().filter(line -> line.contains(sentence)).count();
    }

    /** An AE of the gateway gets an AE-ID from the registrar: there and back again over the link between the two. */
    private static String registersAe(ClosedNode gateway, String number) throws Exception {
        try (AeClient ae = new AeClient("tcp://127.0.0.1:" + gateway.userPort(), "x" + number, new MqttConnectOptions())) {
            assertThat(ae.subscribes("/oneM2M/reg_resp/12-ae/#")).isTrue();
            String cse = gateway.home().getFileName().toString();
            String request = "{\"op\":1,\"to\":\"mn-name\",\"fr\":\"S\",\"rqi\":\"" + number
                    + "\",\"rvi\":\"2a\",\"ty\":2,\"pc\":{\"m2m:ae\":{\"api\":\"Ntest\",\"rr\":true}}}";
            assertThat(ae.publishes("/oneM2M/reg_req/12-ae/" + cse + "/json", request, false)).isTrue();
            return ae.next("the answer to its registration").payload();
        }
    }

    private static boolean hasSession(String clientId) throws MqttException {
        MqttAsyncClient client = new MqttAsyncClient("tcp://127.0.0.1:" + registrar.userPort(), clientId,
                new MemoryPersistence());
        MqttConnectOptions options = new MqttConnectOptions();
        options.setMqttVersion(MqttConnectOptions.MQTT_VERSION_3_1_1);
        options.setCleanSession(false);
        options.setUserName("hall");
        options.setPassword(USERS.get("hall").toCharArray());
        IMqttToken token = client.connect(options);
        token.waitForCompletion(20_000);
        boolean present = token.getSessionPresent();
        client.disconnect().waitForCompletion(20_000);
        client.close();
        return present;
    }

    /** By the administrator of the registrar. */
    private static void deregister(String name) throws Exception {
        MqttConnectOptions options = new MqttConnectOptions();
        options.setUserName("CAdmin");
        options.setPassword(USERS.get("CAdmin").toCharArray());
        try (AeClient admin = new AeClient("tcp://127.0.0.1:" + registrar.userPort(), "A::CAdmin", options)) {
            assertThat(admin.subscribes("/oneM2M/resp/CAdmin/#")).isTrue();
            assertThat(admin.publishes("/oneM2M/req/CAdmin/mn-cse/json", "{\"op\":4,\"to\":\"mn-name/" + name
                    + "\",\"fr\":\"CAdmin\",\"rqi\":\"d\",\"rvi\":\"2a\"}", false)).isTrue();
            assertThat(admin.next("the answer").payload()).contains("\"rsc\":2002");
        }
    }

    @Test
    @Tag("MQ-14") @Tag("MQ-20") @Tag("MQ-33") @Tag("MQ-57") @Tag("MQ-60") @Tag("MQ-65")
    void aGatewayWithAPasswordOnlyRegistersWithItsCredentialIdFirst() throws Exception {
        try (ClosedNode gateway = withPassword("/hall-1", "registrar.credentialId=12-hall")) {
            await("it registers: " + gateway.log(), () -> count(gateway, "registered at /mn-cse") == 1);
            assertThat(gateway.log()).contains(" as 12-hall");
            await("it speaks for itself", () -> gateway.log().contains(registrar.userPort() + " as C::hall-1"));
            await("the other session is left", () -> gateway.log().contains("the session of 12-hall is ended for good"));
            assertThat(registersAe(gateway, "1")).contains("\"rsc\":2001", "\"aei\":\"S");
            assertThat(hasSession("12-hall")).isFalse();

            deregister("hall-1");
            await("it registers anew", () -> count(gateway, "registered at /mn-cse") == 2);
            assertThat(registersAe(gateway, "2")).as("by the connection that had lost its rights").contains("\"rsc\":2001");

            registrar.killAndRestart();
            await("it is back", () -> registersAe(gateway, "3").contains("\"rsc\":2001"));
            assertThat(count(gateway, "registered at /mn-cse")).as("the registrar knows the credential for ever").isEqualTo(2);

            try (ClosedNode second = beginsWithPassword("/hall-2", "registrar.credentialId=12-hall")) {
                await("the second is refused", () -> health(second).contains("is registered with Credential-ID 12-hall"));
                assertThat(health(second)).contains("4106");
            }
        }
    }

    /** Empty while the console is not there yet. */
    private static String health(ClosedNode node) throws InterruptedException {
        try {
            return HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.consolePort()
                    + "/health")).build(), HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "";
        }
    }

    @Test
    @Tag("MQ-33") @Tag("MQ-60") @Tag("MQ-62")
    void aGatewayWhoseCertificateCarriesNoIdRegistersWithItsCredentialIdFirst() throws Exception {
        try (ClosedNode gateway = withCertificate("/attic-1", "attic", "registrar.credentialId=31-attic.example")) {
            await("it registers", () -> count(gateway, "registered at /mn-cse") == 1);
            await("it speaks for itself", () -> gateway.log().contains(registrar.tlsPort() + " as C::attic-1"));
            assertThat(registersAe(gateway, "1")).contains("\"rsc\":2001", "\"aei\":\"S");
        }
    }

    @Test
    @Tag("MQ-13") @Tag("MQ-62")
    void aGatewayWhoseCertificateSaysItsCseIdIsItFromTheStart() throws Exception {
        try (ClosedNode gateway = withCertificate("/barn", "barn")) {
            await("it registers", () -> count(gateway, "registered at /mn-cse") == 1);
            assertThat(gateway.log()).contains(registrar.tlsPort() + " as C::barn").doesNotContain("32-barn");
            assertThat(registersAe(gateway, "1")).contains("\"rsc\":2001", "\"aei\":\"S");
        }
    }

    /** MQ-57: nobody is let in under a CSE-ID that the credential has not registered. */
    @Test
    @Tag("MQ-57")
    void theDefinitiveClientIdentifierComesWithTheRegistration() {
        assertThatThrownBy(() -> hasSession("C::hall-7")).isInstanceOfSatisfying(MqttException.class,
                refusal -> assertThat(refusal.getReasonCode()).isEqualTo(MqttException.REASON_CODE_INVALID_CLIENT_ID));
    }
}
