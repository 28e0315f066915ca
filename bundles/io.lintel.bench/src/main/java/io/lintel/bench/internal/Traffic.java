// SPDX-License-Identifier: Apache-2.0
package io.lintel.bench.internal;

import io.lintel.bench.internal.LoadPackets.PublishTemplate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Who sends what to whom on one server, QoS 1, receivers with durable sessions. Clients and topics are named as TS-0010
 * names them, so that the node's topic policy has its work; the node itself is not addressed. Made connected; ends its
 * sessions with {@link #close}.
 */
final class Traffic implements AutoCloseable {
    /** A request primitive has about this size. */
    private static final int PAYLOAD_BYTES = 300;
    private static final double PATIENCE_SECONDS = 30;

    private final LoadLoop loop;
    private final int port;
    private final int window;
    private final List<LoadClient> clients = new ArrayList<>();
    private final List<String> durable = new ArrayList<>();
    private final List<LoadStream> streams = new ArrayList<>();
    private final Latencies latencies = new Latencies();
    private int messagesEach = 1;
    private int unacknowledgedAnswers;
    private boolean saturating;
    private long outOfOrderBefore;
    private long started;
    private long end;

    /** @param window messages under way at most, for each publisher */
    private Traffic(LoadLoop loop, int port, int window) {
        this.loop = loop;
        this.port = port;
        this.window = window;
    }

    /**
     * What a phase gave.
     *
     * @param messages   all that were sent, each delivered to each of its receivers
     * @param outOfOrder how many of them came in another order than that of their publisher
     */
    record Result(long messages, double seconds, Latencies latencies, long outOfOrder) {
        double rate() {
            return messages / seconds;
        }
    }

    // ---- patterns ---------------------------------------------------------------------------------------------------

    /** Publishers, each with a subscriber of its own. */
    static Traffic oneWay(LoadLoop loop, int port, int pairs, int window) throws IOException {
        Traffic traffic = new Traffic(loop, port, window);
        for (int i = 0; i < pairs; i++) {
            traffic.subscriber("C::sub" + i, "/oneM2M/req/+/sub" + i + "/#", 0);
            traffic.publisher("A::Cpub" + i, "/oneM2M/req/Cpub" + i + "/sub" + i + "/json", 1);
        }
        return traffic.ready();
    }

    /** Publishers with one subscriber for all. */
    static Traffic fanIn(LoadLoop loop, int port, int publishers, int window) throws IOException {
        Traffic traffic = new Traffic(loop, port, window);
        traffic.subscriber("C::sub", "/oneM2M/req/+/sub/#", 0);
        for (int i = 0; i < publishers; i++) {
            traffic.publisher("A::Cpub" + i, "/oneM2M/req/Cpub" + i + "/sub/json", 1);
        }
        return traffic.ready();
    }

    /** One publisher with many subscribers; not a topic of TS-0010, where each has one receiver. */
    static Traffic fanOut(LoadLoop loop, int port, int subscribers, int window) throws IOException {
        Traffic traffic = new Traffic(loop, port, window);
        for (int i = 0; i < subscribers; i++) {
            traffic.subscriber("bench-sub" + i, "bench/state/#", i);
        }
        traffic.publisher("bench-pub", "bench/state/json", subscribers);
        return traffic.ready();
    }

    /** Requesters and one client that answers at once; two messages for each request. */
    static Traffic echo(LoadLoop loop, int port, int requesters, int window) throws IOException {
        Traffic traffic = new Traffic(loop, port, window);
        traffic.messagesEach = 2;
        List<PublishTemplate> responses = new ArrayList<>();
        for (int i = 0; i < requesters; i++) {
            traffic.requester(i);
            responses.add(PublishTemplate.of("/oneM2M/resp/Creq" + i + "/res/json", payload()));
        }
        LoadClient answering = traffic.connect("C::res", false);
        answering.subscribe("/oneM2M/req/+/res/#");
        answering.receiver(traffic.new Answering(answering, responses));
        return traffic.ready();
    }

    private LoadClient connect(String clientId, boolean cleanSession) throws IOException {
        LoadClient client = new LoadClient(loop, "127.0.0.1", port, clientId, cleanSession);
        clients.add(client);
        if (!cleanSession) {
            durable.add(clientId);
        }
        return client;
    }

    private void subscriber(String clientId, String filter, int receiver) throws IOException {
        LoadClient client = connect(clientId, false);
        client.subscribe(filter);
        client.receiver(new Hearing(null, receiver));
    }

    private void publisher(String clientId, String topic, int receivers) throws IOException {
        LoadClient client = connect(clientId, true);
        client.receiver(new Hearing(stream(client, topic, receivers), 0));
    }

    private void requester(int index) throws IOException {
        LoadClient client = connect("A::Creq" + index, false);
        client.subscribe("/oneM2M/resp/Creq" + index + "/#");
        client.receiver(new Hearing(stream(client, "/oneM2M/req/Creq" + index + "/res/json", 1), 0));
    }

    private LoadStream stream(LoadClient client, String topic, int receivers) {
        LoadStream stream = new LoadStream(streams.size(), client, PublishTemplate.of(topic, payload()), window, receivers);
        streams.add(stream);
        return stream;
    }

    /** Sixteen bytes for time and number, and text that looks like a request. */
    private static byte[] payload() {
        byte[] payload = new byte[PAYLOAD_BYTES];
        byte[] text = "{\"op\":1,\"ty\":4,\"rvi\":\"2a\",\"pc\":{\"m2m:cin\":{\"con\":\"21.5\"}}}"
                .getBytes(StandardCharsets.US_ASCII);
        Arrays.fill(payload, (byte) ' ');
        System.arraycopy(text, 0, payload, 2 * Long.BYTES, text.length);
        return payload;
    }

    private Traffic ready() throws IOException {
        await("CONNACK and SUBACK", client -> client.isConnected() && (!client.subscribes() || client.isSubscribed()));
        return this;
    }

    private void await(String what, Check check) throws IOException {
        int[] good = {0};
        loop.run(what, PATIENCE_SECONDS, () -> {
            while (good[0] < clients.size() && check.holds(clients.get(good[0]))) {
                good[0]++;
            }
            return good[0] == clients.size();
        });
    }

    // ---- what clients hear ------------------------------------------------------------------------------------------

    /** One that gets messages, or acknowledgements of its own, or both. */
    private final class Hearing implements LoadClient.Receiver {
        private final LoadStream own;
        private final int receiver;

        /** @param receiver which of a message's receivers it is */
        Hearing(LoadStream own, int receiver) {
            this.own = own;
            this.receiver = receiver;
        }

        @Override
        public void message(ByteBuffer packet, int payloadAt, int packetEnd) {
            latencies.add(System.nanoTime() - LoadStream.sentAt(packet, payloadAt));
            LoadStream stream = streams.get(LoadStream.streamOf(packet, payloadAt));
            stream.received(receiver, packet, payloadAt);
            more(stream);
        }

        @Override
        public void acknowledged(int packetId) {
            own.acknowledged(packetId);
            more(own);
        }
    }

    /** The one that answers: sends what marks the request back. */
    private final class Answering implements LoadClient.Receiver {
        private final LoadClient client;
        private final List<PublishTemplate> responses;
        private int packetId;

        Answering(LoadClient client, List<PublishTemplate> responses) {
            this.client = client;
            this.responses = responses;
        }

        @Override
        public void message(ByteBuffer packet, int payloadAt, int packetEnd) {
            packetId = packetId % LoadStream.PACKET_IDS + 1;
            unacknowledgedAnswers++;
            client.publish(responses.get(LoadStream.streamOf(packet, payloadAt)), packetId, packet.getLong(payloadAt),
                    packet.getLong(payloadAt + Long.BYTES));
        }

        @Override
        public void acknowledged(int acknowledgedId) {
            unacknowledgedAnswers--;
        }
    }

    private void more(LoadStream stream) {
        if (saturating && stream.hasSlot()) {
            long now = System.nanoTime();
            if (now < end) {
                stream.send(now);
            }
        }
    }

    // ---- phases -----------------------------------------------------------------------------------------------------

    /** As much as the windows let through. */
    Result saturate(double seconds) throws IOException {
        begin(seconds);
        saturating = true;
        for (LoadStream stream : streams) {
            while (stream.hasSlot()) {
                stream.send(started);
            }
        }
        loop.run("the end of the load", seconds + PATIENCE_SECONDS, () -> System.nanoTime() >= end && isDone());
        saturating = false;
        return result();
    }

    /**
     * So many messages a second, evenly spread over the publishers. Latency counts from when a message was due, so that
     * it tells of the time that a server made it wait.
     */
    Result paced(double messagesPerSecond, double seconds) throws IOException {
        begin(seconds);
        double nanosEach = 1e9 / (messagesPerSecond / messagesEach / streams.get(0).receivers());
        long[] number = {0};
        List<ArrayDeque<Long>> late = new ArrayList<>();
        streams.forEach(stream -> late.add(new ArrayDeque<>()));
        loop.run(now -> {
            long due = started + (long) (number[0] * nanosEach);
            while (due <= now) {
                late.get((int) (number[0] % streams.size())).add(due);
                number[0]++;
                due = started + (long) (number[0] * nanosEach);
            }
            for (int i = 0; i < streams.size(); i++) {
                while (!late.get(i).isEmpty() && streams.get(i).hasSlot()) {
                    streams.get(i).send(late.get(i).poll());
                }
            }
            return due;
        }, end);
        loop.run("the rest of the load", PATIENCE_SECONDS, this::isDone);
        return result();
    }

    private void begin(double seconds) {
        latencies.clear();
        outOfOrderBefore = outOfOrder();
        started = System.nanoTime();
        end = started + (long) (seconds * 1e9);
    }

    private Result result() {
        return new Result((long) latencies.count() * messagesEach, (System.nanoTime() - started) / 1e9, latencies, outOfOrder()
                - outOfOrderBefore);
    }

    private long outOfOrder() {
        return streams.stream().mapToLong(LoadStream::outOfOrder).sum();
    }

    private boolean isDone() {
        return unacknowledgedAnswers == 0 && streams.stream().allMatch(LoadStream::isDone);
    }

    /** Disconnects and ends the durable sessions, so that what follows finds the server as this found it. */
    @Override
    public void close() throws IOException {
        for (LoadClient client : clients) {
            client.close();
        }
        clients.clear();
        for (String clientId : List.copyOf(durable)) {
            connect(clientId, true);
        }
        await("the end of the sessions", LoadClient::isConnected);
        for (LoadClient client : clients) {
            client.close();
        }
    }

    /** What may fail because a server refused. */
    private interface Check {
        boolean holds(LoadClient client) throws IOException;
    }
}
