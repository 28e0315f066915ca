// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.internal;

import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.Identity;
import io.lintel.mqtt.server.TopicPolicy.ConnectDecision;
import io.lintel.mqtt.server.TopicPolicy.PublishDecision;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A policy with its configuration, rules and registrations, asked as the server asks it. */
final class PolicyDriver implements AutoCloseable {
    static final InetSocketAddress HERE = new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);
    static final InetSocketAddress AFAR = new InetSocketAddress("192.0.2.7", 9);

    final OwnSockets ownSockets = new OwnSockets();
    final Registered registered = new Registered();
    final Path home;
    final AccessConfiguration access;
    final OneM2mTopicPolicy policy;

    private PolicyDriver(Path home, Map<String, Object> settings, List<String> rules) {
        this.home = home;
        rules(rules);
        access = new AccessConfiguration(Configs.of(AccessConfiguration.Config.class, settings), home);
        policy = new OneM2mTopicPolicy(access, ownSockets);
        policy.bindCse(new RecordingCse());
        policy.bindRegistrations(registered);
    }

    static PolicyDriver open(Path home) {
        return new PolicyDriver(home, Map.of(), List.of());
    }

    static PolicyDriver closed(Path home, String... rules) {
        return closed(home, Map.of(), rules);
    }

    static PolicyDriver closed(Path home, Map<String, Object> settings, String... rules) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("loopback", "closed");
        return new PolicyDriver(home, all, List.of(rules));
    }

    /** Writes the rules file. */
    void rules(List<String> lines) {
        try {
            Path file = home.resolve("etc/mqtt-rules");
            Files.createDirectories(file.getParent());
            Path next = file.resolveSibling("next");
            Files.write(next, lines);
            Files.move(next, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static ConnectedClient anonymous(String clientId) {
        return new ConnectedClient(clientId, Identity.ANONYMOUS, HERE, "tcp", true);
    }

    static ConnectedClient user(String clientId, String name) {
        return new ConnectedClient(clientId, Identity.user(name), HERE, "tcp", true);
    }

    static ConnectedClient certificate(String clientId, String... names) {
        return new ConnectedClient(clientId, Identity.certificate(List.of(names)), AFAR, "tls", false);
    }

    ConnectDecision connect(ConnectedClient client) {
        return Waiting.result(policy.connect(client));
    }

    boolean subscribe(ConnectedClient client, String filter) {
        return Waiting.result(policy.subscribe(client, filter));
    }

    PublishDecision publish(ConnectedClient client, String topic) {
        return Waiting.result(policy.publish(client, topic, false));
    }

    boolean deliver(ConnectedClient client, String topic) {
        return policy.deliver(client, topic);
    }

    @Override
    public void close() {
        access.close();
    }
}
