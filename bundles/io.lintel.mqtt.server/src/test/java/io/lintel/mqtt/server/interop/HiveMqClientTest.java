// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.interop;

import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt3.Mqtt3ClientBuilder;
import com.hivemq.client.mqtt.mqtt3.message.connect.Mqtt3Connect;
import com.hivemq.client.mqtt.mqtt3.message.connect.Mqtt3ConnectBuilder;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManagerFactory;

/** HiveMQ's client for Java, in the flavour that brings its own Netty under another name. */
class HiveMqClientTest extends ForeignClientSuite {
    private static final long MILLIS = 10_000;

    @Override
    ForeignClient connect(Endpoint endpoint, String clientId, boolean clean, String will) throws Exception {
        return new HiveMq(endpoint, clientId, clean, will);
    }

    private final class HiveMq implements ForeignClient {
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        private final Mqtt3AsyncClient client;
        private final String clientId;
        private final boolean present;
        private boolean dead;

        HiveMq(Endpoint endpoint, String clientId, boolean clean, String will) throws Exception {
            this.clientId = clientId;
            Mqtt3ClientBuilder builder = Mqtt3Client.builder().identifier(clientId).serverHost("localhost")
                    .serverPort(endpoint.port());
            Mqtt3ConnectBuilder connect = Mqtt3Connect.builder().cleanSession(clean);
            if (endpoint.transport().isSecure()) {
                builder = builder.sslConfig(MqttClientSslConfig.builder().trustManagerFactory(trust(endpoint)).build());
                connect = connect.simpleAuth().username(Endpoint.USER)
                        .password(Endpoint.PASSWORD.getBytes(StandardCharsets.UTF_8)).applySimpleAuth();
            }
            if (endpoint.transport().isWebSocket()) {
                builder = builder.webSocketConfig().serverPath(Endpoint.PATH).applyWebSocketConfig();
            }
            if (will != null) {
                connect = connect.willPublish().topic(will).payload("gone".getBytes(StandardCharsets.UTF_8))
                        .qos(MqttQos.AT_LEAST_ONCE).applyWillPublish();
            }
            client = builder.buildAsync();
            // before the connection, or messages that wait in the session would come too early
            client.publishes(MqttGlobalPublishFilter.ALL, this::arrived);
            present = client.connect(connect.build()).get(MILLIS, TimeUnit.MILLISECONDS).isSessionPresent();
        }

        private TrustManagerFactory trust(Endpoint endpoint) throws Exception {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry("ca", endpoint.certificate());
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            return trust;
        }

        private void arrived(Mqtt3Publish publish) {
            received.add(ForeignClient.describe(publish.getTopic().toString(), publish.getPayloadAsBytes(),
                    publish.getQos().getCode(), publish.isRetain()));
        }

        @Override
        public boolean sessionPresent() {
            return present;
        }

        @Override
        public void subscribe(String filter, int qos) throws Exception {
            client.subscribeWith().topicFilter(filter).qos(MqttQos.fromCode(qos)).send().get(MILLIS, TimeUnit.MILLISECONDS);
        }

        @Override
        public void unsubscribe(String filter) throws Exception {
            client.unsubscribeWith().topicFilter(filter).send().get(MILLIS, TimeUnit.MILLISECONDS);
        }

        @Override
        public void publish(String topic, byte[] payload, int qos, boolean retain) throws Exception {
            client.publishWith().topic(topic).payload(payload).qos(MqttQos.fromCode(qos)).retain(retain).send()
                    .get(MILLIS, TimeUnit.MILLISECONDS);
        }

        @Override
        public String next() throws InterruptedException {
            return received.poll(MILLIS, TimeUnit.MILLISECONDS);
        }

        @Override
        public void disconnect() throws Exception {
            client.disconnect().get(MILLIS, TimeUnit.MILLISECONDS);
        }

        @Override
        public void die() {
            dead = true;
            cut(clientId);   // the client always says DISCONNECT
        }

        @Override
        public void close() throws Exception {
            if (!dead && client.getState().isConnected()) {
                disconnect();
            }
        }
    }
}
