// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import io.lintel.bench.internal.LoadPackets.PublishTemplate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * From the start of the process to the first CONNACK, of a node (a JVM, and all its other doors) and of Mosquitto: with
 * nothing kept, and with 100,000 messages waiting in ten sessions. All of them have to be there afterwards.
 */
final class MqttStart implements Benchmark {
    private static final int STARTS = 5;
    private static final String WAITING = "100,000 waiting";
    private static final int SESSIONS = 10;
    private static final int MESSAGES_EACH = 10_000;
    private static final int WINDOW = 100;
    private static final int PAYLOAD_BYTES = 300;
    private static final long ATTEMPT_MILLIS = 2;
    private static final int ANSWER_MILLIS = 10_000;
    private static final double PATIENCE_SECONDS = 120;

    private final Samples samples = new Samples();

    @Override
    public String name() {
        return "mqtt-start";
    }

    /** Starts a server and does not wait for it. */
    private interface Server {
        Running launch() throws IOException;
    }

    /** A server that was started. */
    private record Running(int port, long pid, AutoCloseable process) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            try {
                process.close();
            } catch (Exception e) {
                throw new IOException(e);
            }
        }
    }

    @Override
    public List<Figure> run(Workbench bench) throws Exception {
        Path home = bench.newHome("mn");
        bench.start("mn", home, List.of()).awaitReady().close();
        Server lintel = () -> {
            Node node = bench.start("mn", home, List.of());
            return new Running(node.mqttPort(), node.pid(), node);
        };
        measure(MqttSubject.LINTEL, lintel);
        boolean compared = Files.isExecutable(Mosquitto.PROGRAM);
        if (compared) {
            int port = Workbench.freePort();
            measure(MqttSubject.BY_DEFAULT, () -> {
                Child process = Mosquitto.launch(bench, port, Mosquitto.savingAtTheEnd(bench.directory()));
                return new Running(port, process.pid(), process);
            });
        }
        List<Figure> figures = new ArrayList<>();
        for (String state : List.of("empty", WAITING)) {
            for (String quantity : List.of("time", "CPU", "memory")) {
                String unit = quantity.equals("memory") ? "MB" : "s";
                String what = "mqtt-start: " + state + ": "
                        + (quantity.equals("memory") ? "memory at" : quantity + " to") + " the first CONNACK";
                String own = key(MqttSubject.LINTEL, state, quantity);
                figures.add(compared ? samples.compare(what, unit, own, key(MqttSubject.BY_DEFAULT, state, quantity), Budget.NONE)
                        : Figure.alone(what, unit, samples.median(own), Budget.NONE));
            }
        }
        return figures;
    }

    private static String key(String subject, String state, String quantity) {
        return subject + "/" + state + "/" + quantity;
    }

    private void measure(String subject, Server server) throws IOException, InterruptedException {
        for (int i = 0; i < STARTS; i++) {
            start(subject, "empty", server, "probe", false).close();
        }
        try (Running running = server.launch()) {
            firstConnack(running, "probe");
            fill(running.port());
        }
        for (int i = 0; i < STARTS; i++) {
            start(subject, WAITING, server, session(0), true).close();
        }
        try (Running running = server.launch()) {
            firstConnack(running, "probe");
            drain(running.port());
        }
    }

    private static String session(int number) {
        return "waiting-" + number;
    }

    private Running start(String subject, String state, Server server, String clientId, boolean durable) throws IOException,
            InterruptedException {
        long started = System.nanoTime();
        Running running = server.launch();
        boolean present = firstConnack(running, clientId);
        samples.add(key(subject, state, "time"), (System.nanoTime() - started) / 1e9);
        samples.add(key(subject, state, "CPU"), Proc.cpuSeconds(running.pid()) + Proc.childrenCpuSeconds(running.pid()));
        samples.add(key(subject, state, "memory"), Proc.residentMegabytes(running.pid()));
        if (present != durable) {
            throw new IOException("the session of " + clientId + (durable ? " is gone" : " was kept"));
        }
        return running;
    }

    /** Whether the session was there. A client that asks to resume takes nothing: it leaves at once. */
    private static boolean firstConnack(Running running, String clientId) throws IOException, InterruptedException {
        long end = System.nanoTime() + (long) (PATIENCE_SECONDS * 1e9);
        while (System.nanoTime() < end) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress("127.0.0.1", running.port()), ANSWER_MILLIS);
                socket.setSoTimeout(ANSWER_MILLIS);
                socket.getOutputStream().write(LoadPackets.connect(clientId, !clientId.startsWith("waiting")));
                byte[] answer = socket.getInputStream().readNBytes(4);
                if (answer.length == 4 && answer[0] == 0x20 && answer[3] == 0) {
                    return answer[2] == 1;
                }
                throw new IOException("CONNACK is " + java.util.Arrays.toString(answer));
            } catch (java.net.ConnectException e) {
                Thread.sleep(ATTEMPT_MILLIS);
            }
        }
        throw new IOException("no CONNACK within " + PATIENCE_SECONDS + " s");
    }

    // ---- what waits -------------------------------------------------------------------------------------------------

    private static void fill(int port) throws IOException {
        try (LoadLoop loop = new LoadLoop(); Sessions sessions = new Sessions(loop, port)) {
            sessions.await("the subscriptions", LoadClient::isSubscribed);
        }
        try (LoadLoop loop = new LoadLoop();
                LoadClient publisher = new LoadClient(loop, "127.0.0.1", port, "filling", true)) {
            for (int i = 0; i < SESSIONS; i++) {
                LoadStream stream = new LoadStream(i, publisher, PublishTemplate.of("waiting/" + i, new byte[PAYLOAD_BYTES]),
                        WINDOW, 0);
                publisher.receiver(new Acknowledged(stream));
                int[] sent = {0};
                loop.run("messages that shall wait", PATIENCE_SECONDS, () -> {
                    while (sent[0] < MESSAGES_EACH && stream.hasSlot()) {
                        stream.send(0);
                        sent[0]++;
                    }
                    return sent[0] == MESSAGES_EACH && stream.isDone();
                });
            }
        }
    }

    private static void drain(int port) throws IOException {
        try (LoadLoop loop = new LoadLoop(); Sessions sessions = new Sessions(loop, port)) {
            loop.run("100,000 messages that waited", PATIENCE_SECONDS, () -> sessions.received == SESSIONS * MESSAGES_EACH);
        }
    }

    /** The clients for whom messages wait; they count what they get. */
    private static final class Sessions implements AutoCloseable, LoadClient.Receiver {
        private final LoadLoop loop;
        private final List<LoadClient> clients = new ArrayList<>();
        private int received;

        Sessions(LoadLoop loop, int port) throws IOException {
            this.loop = loop;
            for (int i = 0; i < SESSIONS; i++) {
                LoadClient client = new LoadClient(loop, "127.0.0.1", port, session(i), false);
                client.receiver(this);
                client.subscribe("waiting/" + i);
                clients.add(client);
            }
        }

        /** What each of them has to come to. */
        private interface Check {
            boolean holds(LoadClient client) throws IOException;
        }

        void await(String what, Check check) throws IOException {
            loop.run(what, PATIENCE_SECONDS, () -> {
                for (LoadClient client : clients) {
                    if (!check.holds(client)) {
                        return false;
                    }
                }
                return true;
            });
        }

        @Override
        public void message(ByteBuffer packet, int payloadAt, int end) {
            received++;
        }

        @Override
        public void acknowledged(int packetId) {
            // they publish nothing
        }

        @Override
        public void close() throws IOException {
            for (LoadClient client : clients) {
                client.close();
            }
        }
    }

    /** Lets the next message go. */
    private record Acknowledged(LoadStream stream) implements LoadClient.Receiver {
        @Override
        public void message(ByteBuffer packet, int payloadAt, int end) {
            // it has no subscription
        }

        @Override
        public void acknowledged(int packetId) {
            stream.acknowledged(packetId);
        }
    }
}
