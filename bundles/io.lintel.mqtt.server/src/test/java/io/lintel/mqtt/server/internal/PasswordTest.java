// SPDX-License-Identifier: Apache-2.0
package io.lintel.mqtt.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.lintel.mqtt.server.ConnectedClient;
import io.lintel.mqtt.server.Identity;
import io.lintel.mqtt.server.TopicPolicy;
import io.lintel.mqtt.server.internal.users.TestUsers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Users and passwords at CONNECT, on the plain listener: who is let in, as whom, and what others learn by trying. */
class PasswordTest {
    private TestServer server;
    private final Seen seen = new Seen();

    @AfterEach
    void stop() {
        server.close();
    }

    /** Accepts everybody, anonymous clients unless loopback is closed, and notes who came. */
    static final class Seen implements TopicPolicy {
        private final BlockingQueue<ConnectedClient> clients = new LinkedBlockingQueue<>();
        private boolean closed;

        @Override
        public CompletionStage<ConnectDecision> connect(ConnectedClient client) {
            if (closed && client.identity().isAnonymous()) {
                return CompletableFuture.completedFuture(ConnectDecision.REFUSE_NOT_AUTHORIZED);
            }
            clients.add(client);
            return CompletableFuture.completedFuture(ConnectDecision.ACCEPT);
        }

        @Override
        public CompletionStage<Boolean> subscribe(ConnectedClient client, String topicFilter) {
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public CompletionStage<PublishDecision> publish(ConnectedClient client, String topic, boolean retain) {
            return CompletableFuture.completedFuture(PublishDecision.ALLOW);
        }

        @Override
        public boolean deliver(ConnectedClient client, String topic) {
            return true;
        }

        BlockingQueue<ConnectedClient> clients() {
            return clients;
        }

        ConnectedClient next() throws InterruptedException {
            return clients.poll(60, TimeUnit.SECONDS);
        }
    }

    private void start(String loopback) {
        seen.closed = loopback.equals("closed");
        server = TestServer.start(new InMemorySessionStore(), seen, Map.of("loopback", loopback, "connectTimeoutMillis", 60_000));
        TestUsers.put(server.home(), "lamp", "right");
    }

    private PacketClient connect(String clientId, String user, String password) {
        return PacketClient.open(server.port()).send(Packets.connect(clientId, false, user, password));
    }

    @Test
    void theRightPasswordMakesTheIdentity() throws Exception {
        start("closed");
        connect("c", "lamp", "right").expectConnack(0, false).close();
        ConnectedClient client = seen.next();
        assertThat(client.identity()).isEqualTo(Identity.user("lamp"));
        assertThat(client.listener()).isEqualTo("tcp");
        assertThat(client.loopback()).isTrue();
        assertThat(server.session("c").orElseThrow().principal()).contains("password:lamp");
    }

    @Test
    void whereLoopbackIsClosedEverybodyNeedsOne() {
        start("closed");
        PacketClient.open(server.port()).send(Packets.connect("c", true, 0)).expectConnack(5, false).expectClosed();
        connect("c", "lamp", "wrong").expectConnack(4, false).expectClosed();
        connect("c", "lamp", null).expectConnack(4, false).expectClosed();
        connect("c", "", "").expectConnack(4, false).expectClosed();
        connect("c", "nobody", "right").expectConnack(4, false).expectClosed();
        assertThat(seen.clients).isEmpty();
    }

    @Test
    void whereItIsOpenANameThatIsGivenIsVerifiedAllTheSame() throws Exception {
        start("open");
        PacketClient.open(server.port()).send(Packets.connect("a", true, 0)).expectConnack(0, false).close();
        assertThat(seen.next().identity()).isEqualTo(Identity.ANONYMOUS);
        connect("b", "lamp", "wrong").expectConnack(4, false).expectClosed();
        connect("c", "lamp", "right").expectConnack(0, false).close();
        assertThat(seen.next().identity()).isEqualTo(Identity.user("lamp"));
    }

    @Test
    void aChangeOfTheFileCountsAtOnce() {
        start("closed");
        connect("c", "lamp", "right").expectConnack(0, false).close();
        TestUsers.put(server.home(), "lamp", "new");
        connect("c", "lamp", "right").expectConnack(4, false).expectClosed();
        connect("c", "lamp", "new").expectConnack(0, true).close();
        TestUsers.remove(server.home(), "lamp");
        connect("c", "lamp", "new").expectConnack(4, false).expectClosed();
    }

    @Test
    void aSessionBelongsToItsUser() {
        start("open");
        TestUsers.put(server.home(), "other", "password");
        connect("s", "lamp", "right").expectConnack(0, false).subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        connect("s", "other", "password").expectConnack(5, false).expectClosed();
        PacketClient.open(server.port()).send(Packets.connect("s", false, 0)).expectConnack(5, false).expectClosed();
        connect("s", "lamp", "right").expectConnack(0, true).close();
    }

    @Test
    void anAnonymousSessionGoesToTheFirstUserWithWhatWaitsInIt() {
        start("open");
        server.connectedDurably("s").subscribed("t", 1).send(Packets.DISCONNECT).expectClosed();
        try (PacketClient publisher = server.connected("p")) {
            publisher.send(Packets.publish("t", "waits", 1, 1)).expectPuback(1);
        }
        connect("s", "lamp", "right").expectConnack(0, true).expectPublishAndAcknowledge("t", "waits");
        PacketClient.open(server.port()).send(Packets.connect("s", false, 0)).expectConnack(5, false).expectClosed();
        server = server.killedAndRestarted();
        PacketClient.open(server.port()).send(Packets.connect("s", false, 0)).expectConnack(5, false).expectClosed();
    }

    @Test
    void theNodesOwnClientsHaveAccountsThatNobodyElseCanRead() throws Exception {
        start("closed");
        Path accounts = server.home().resolve("data/mqtt-accounts");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(accounts))).isEqualTo("rw-------");
        for (String line : Files.readAllLines(accounts)) {
            String name = line.substring(0, line.indexOf(':'));
            connect(name, name, line.substring(line.indexOf(':') + 1)).expectConnack(0, false).close();
            assertThat(seen.next().identity()).isEqualTo(Identity.user(name));
            connect(name, name, "guessed").expectConnack(4, false).expectClosed();
        }
        assertThat(Files.readAllLines(accounts)).hasSize(2);
    }

    @Test
    void nobodyBecomesAnInternalAccountByTheFile() throws IOException {
        start("closed");
        Path users = server.home().resolve("etc/mqtt-users");
        String line = Files.readAllLines(users).get(0);
        Files.write(users, List.of(line, line.replace("lamp:", "lintel.cse:")));
        connect("c", "lintel.cse", "right").expectConnack(4, false).expectClosed();
        connect("c", "lamp", "right").expectConnack(0, false).close();
    }

    @Test
    void manyWrongPasswordsComeLateAndTheRightOneDoesNot() {
        start("closed");
        for (int i = 0; i < 3; i++) {
            connect("c", "lamp", "guess " + i).expectConnack(4, false).expectClosed();
        }
        long start = System.nanoTime();
        connect("c", "lamp", "guess").expectConnack(4, false).expectClosed();
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isGreaterThanOrEqualTo(250);
        connect("c", "lamp", "right").expectConnack(0, false).close();
    }

    @Test
    void aSuspectHasOnlyAFewQuestionsOpen() {
        start("closed");
        for (int i = 0; i < 3; i++) {
            connect("c", "lamp", "guess " + i).expectConnack(4, false).expectClosed();
        }
        List<PacketClient> clients = IntStream.range(0, 30).mapToObj(i -> connect("c" + i, "lamp", "many " + i)).toList();
        int turnedAway = 0;
        for (PacketClient client : clients) {
            int code = client.receiveConnack();
            assertThat(code).isIn(3, 4);
            turnedAway += code == 3 ? 1 : 0;
            client.close();
        }
        assertThat(turnedAway).isGreaterThanOrEqualTo(20);
    }

    @Test
    void aStormOfReconnectionsIsHashedOnce() {
        start("closed");
        connect("c", "lamp", "right").expectConnack(0, false).close();
        long start = System.nanoTime();
        for (int round = 0; round < 6; round++) {
            List<PacketClient> clients = IntStream.range(0, 100).mapToObj(i -> connect("s" + i, "lamp", "right")).toList();
            clients.forEach(client -> assertThat(client.receiveConnack()).isZero());
            clients.forEach(PacketClient::close);
        }
        // 600 hashes would take more than half a minute of a core
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).isLessThan(25);
    }
}
